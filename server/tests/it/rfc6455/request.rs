//! Upgrade requests as data, with the expected responses (RFC 6455 §4).

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::dialect::{BOTH, Dialect, MessageIds};
use super::frame::{Input, close, ping};
use super::observer::Observer;
use super::section::{self, Report};
use crate::support::raw::{self, Delivery, RawClient, ResponseHead};

/// Longer than an answer takes on a busy machine; only a failing case waits this long.
const DEADLINE: Duration = Duration::from_secs(5);

const DELIVERIES: [Delivery; 2] = [Delivery::Whole, Delivery::Bytewise];

/// The expected response.
#[derive(Clone, Debug)]
enum Expected {
    /// 101, and a WebSocket that answers a ping and a close frame.
    Accepted,
    /// One of these statuses.
    Status(Vec<u16>),
    /// Any status from 400 on.
    Refused,
}

/// One upgrade request with its expected response.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The name in reports. Unique in the suite.
    pub(crate) name: String,
    method: &'static str,
    target: String,
    version: &'static str,
    headers: Vec<(String, Vec<u8>)>,
    /// The expected subprotocol, if the case is about that. Otherwise the case runs in both dialects.
    subprotocol: Option<Option<&'static str>>,
    expected: Expected,
}

/// A correct request, which a case then changes. `{host}` stands for the server's address in its target and its
/// headers.
pub(crate) fn request(name: impl Into<String>) -> Request {
    let headers = [
        ("Host", "{host}"),
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", raw::KEY),
    ];
    Request {
        name: name.into(),
        method: "GET",
        target: "/ws/chat".to_owned(),
        version: "HTTP/1.1",
        headers: headers.map(|(name, value)| (name.to_owned(), value.into())).to_vec(),
        subprotocol: None,
        expected: Expected::Accepted,
    }
}

impl Request {
    pub(crate) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn target(mut self, target: impl Into<String>) -> Self {
        self.target = target.into();
        self
    }

    pub(crate) fn version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// Adds a header, after those of the same name.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Removes all headers of this name.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| !header.eq_ignore_ascii_case(name));
        self
    }

    /// Replaces all headers of this name by one.
    pub(crate) fn set(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).with(name, value)
    }

    /// Changes the spelling of all header names.
    pub(crate) fn header_names(mut self, write: fn(&str) -> String) -> Self {
        for (name, _) in &mut self.headers {
            *name = write(name);
        }
        self
    }

    /// Expects that the server selects this subprotocol, or none.
    pub(crate) fn chooses(mut self, subprotocol: Option<&'static str>) -> Self {
        self.subprotocol = Some(subprotocol);
        self
    }

    /// Expects one of these statuses.
    pub(crate) fn answers<const N: usize>(mut self, statuses: [u16; N]) -> Self {
        self.expected = Expected::Status(statuses.to_vec());
        self
    }

    /// Expects a status from 400 on.
    pub(crate) fn refused(mut self) -> Self {
        self.expected = Expected::Refused;
        self
    }

    /// Whether the request has its own subprotocol header.
    fn has_subprotocols(&self) -> bool {
        self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Protocol"))
    }

    fn encode(&self, address: SocketAddr, dialect: Dialect) -> Vec<u8> {
        let host = address.to_string();
        let target = self.target.replace("{host}", &host);
        let mut head = format!("{} {target} {}\r\n", self.method, self.version).into_bytes();
        for (name, value) in &self.headers {
            head.extend(name.bytes().chain(*b": "));
            match std::str::from_utf8(value) {
                Ok(value) => head.extend(value.replace("{host}", &host).bytes()),
                Err(_) => head.extend(value),
            }
            head.extend(b"\r\n");
        }
        if let Some(subprotocol) = dialect.subprotocol().filter(|_| !self.has_subprotocols()) {
            head.extend(format!("Sec-WebSocket-Protocol: {subprotocol}\r\n").bytes());
        }
        head.extend(b"\r\n");
        head
    }

    async fn play(&self, address: SocketAddr, dialect: Dialect, delivery: Delivery) -> Result<(), String> {
        let mut client = RawClient::connect(address).await?;
        client.send(&self.encode(address, dialect), delivery).await;
        let response = client.response().await?;
        match &self.expected {
            Expected::Accepted => {
                self.check_upgrade(&response, dialect)?;
                check_socket(&mut client).await
            }
            Expected::Status(statuses) if statuses.contains(&response.status) => check_refusal(&response),
            Expected::Refused if (400..600).contains(&response.status) => check_refusal(&response),
            expected => Err(format!("answered {} instead of {expected:?}", response.status)),
        }
    }

    fn check_upgrade(&self, response: &ResponseHead, dialect: Dialect) -> Result<(), String> {
        let key = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Sec-WebSocket-Key"));
        let accept = key.map(|(_, key)| derive_accept_key(key.trim_ascii())).unwrap_or_default();
        let subprotocol = self.subprotocol.unwrap_or_else(|| dialect.subprotocol());
        let is_one = |name: &str, expected: &str| response.values(name) == [expected];
        let lists = |name: &str, expected: &str| matches!(response.values(name)[..], [value] if value.eq_ignore_ascii_case(expected));
        let correct = response.status == 101
            && lists("connection", "upgrade")
            && lists("upgrade", "websocket")
            && is_one("sec-websocket-accept", &accept)
            && response.values("sec-websocket-extensions").is_empty()
            && response.values("sec-websocket-protocol") == subprotocol.into_iter().collect::<Vec<_>>();
        if correct { Ok(()) } else { Err(format!("not the expected upgrade: {response:?}")) }
    }
}

fn check_refusal(response: &ResponseHead) -> Result<(), String> {
    if !response.values("sec-websocket-accept").is_empty() {
        return Err(format!("a refusal with an accept key: {response:?}"));
    }
    let upgrade_required = response.status != 426
        || response.values("sec-websocket-version") == ["13"] && response.values("upgrade") == ["websocket"];
    if upgrade_required { Ok(()) } else { Err(format!("426 does not tell what is supported: {response:?}")) }
}

/// Checks that frames are exchanged in both directions.
async fn check_socket(client: &mut RawClient) -> Result<(), String> {
    let inputs: [Input; 2] = [ping("p").into(), close(1000, "").into()];
    let bytes: Vec<u8> =
        inputs.iter().flat_map(|input| input.encode(Dialect::Plain, "", &mut MessageIds::default())).collect();
    client.send(&bytes, Delivery::Whole).await;
    let mut frames = Vec::new();
    while let Some(frame) = client.frame().await? {
        frames.push((frame.opcode, frame.payload));
    }
    let expected = [(raw::PONG, b"p".to_vec()), (raw::CLOSE, 1000u16.to_be_bytes().to_vec())];
    if frames == expected { Ok(()) } else { Err(format!("a ping and a close frame were answered by {frames:?}")) }
}

/// Sends each request whole and byte by byte, in its dialects.
pub(crate) async fn run(section: &'static str, requests: &[Request]) {
    let server = section::server().await;
    let mut observer = Observer::join(&server).await;
    let mut report = Report::new(section);
    for request in requests {
        report.count_case();
        let dialects = if request.has_subprotocols() { &BOTH[..1] } else { &BOTH };
        let ways = dialects.iter().flat_map(|&dialect| DELIVERIES.map(|delivery| (dialect, delivery)));
        let played = join_all(ways.map(async |(dialect, delivery)| {
            let answer = tokio::time::timeout(DEADLINE, request.play(server.address, dialect, delivery)).await;
            (dialect, delivery, answer.unwrap_or_else(|_| Err("nothing more came".to_owned())))
        }));
        for (dialect, delivery, outcome) in played.await {
            report.record(|| format!("{} ({dialect:?} {delivery:?})", request.name), outcome);
        }
        report.record(|| format!("{}, afterwards", request.name), observer.check().await);
    }
    report.finish(requests.len());
}
