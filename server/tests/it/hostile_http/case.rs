//! A case: the bytes to send on a new connection, and the allowed responses.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::Server;
use crate::support::http_response::{HttpResponse, ResponseReader};

/// Maximum time for a response or the end of the connection.
///
/// The server itself waits three times as long for the rest of a request, so a case fails if the server waits.
const DEADLINE: Duration = Duration::from_secs(5);

/// Number of cases that run at the same time.
const CONCURRENT_CASES: usize = 24;

/// A valid request that follows the case's request on the same connection, if that is still open.
const FOLLOW_UP: &[u8] = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// The allowed responses of a case.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// One of these statuses.
    Status(Vec<u16>),
    /// Any status from 400 to 499.
    ClientError,
    /// Any status from 400 to 499, or the end of the connection without a response.
    Rejected,
    /// Any status below 500, for requests that are unusual but valid.
    NoServerError,
}

impl Expected {
    fn allows(&self, status: u16) -> bool {
        match self {
            Self::Status(statuses) => statuses.contains(&status),
            Self::ClientError | Self::Rejected => (400..500).contains(&status),
            Self::NoServerError => status < 500,
        }
    }
}

/// Allows only this status.
pub(crate) fn status(status: u16) -> Expected {
    Expected::Status(vec![status])
}

type Condition = Box<dyn Fn(&HttpResponse) -> bool>;

/// A request and its allowed responses.
pub(crate) struct Case {
    pub(crate) name: String,
    request: Vec<u8>,
    expected: Expected,
    conditions: Vec<(String, Condition)>,
}

impl Case {
    pub(crate) fn new(name: impl Into<String>, request: impl Into<Vec<u8>>, expected: Expected) -> Self {
        Self { name: name.into(), request: request.into(), expected, conditions: Vec::new() }
    }

    /// Adds a condition for the response, if there is one.
    pub(crate) fn with(mut self, what: impl Into<String>, holds: impl Fn(&HttpResponse) -> bool + 'static) -> Self {
        self.conditions.push((what.into(), Box::new(holds)));
        self
    }

    /// The head and the body of the response must not contain this text.
    pub(crate) fn without_text(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.with(format!("must not contain {text:?}"), move |response| !response.contains(&text))
    }

    /// The body of the response must contain this text.
    pub(crate) fn with_text(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.with(format!("the body must contain {text:?}"), move |response| response.text().contains(&text))
    }

    /// The response must not have this header.
    pub(crate) fn without_header(self, name: &'static str) -> Self {
        self.with(format!("must not have the header {name}"), move |response| !response.has_header(name))
    }

    /// Sends the request and checks the response.
    ///
    /// # Errors
    /// The difference between the response and the allowed ones.
    async fn run(&self, address: SocketAddr) -> Result<(), String> {
        let stream = TcpStream::connect(address).await.map_err(|error| format!("no connection: {error}"))?;
        let (read_half, mut write_half) = stream.into_split();
        let mut responses = ResponseReader::new(read_half);
        let to_head_request = self.request.starts_with(b"HEAD ");

        // The server may respond and stop reading before everything is sent.
        let mut is_sent = false;
        let response = {
            let sending = async {
                is_sent = write_half.write_all(&self.request).await.is_ok();
                std::future::pending().await
            };
            tokio::select! {
                response = timeout(DEADLINE, responses.next(to_head_request)) => response,
                never = sending => never,
            }
        };
        let Some(response) = response.map_err(|_| "neither a response nor a close in time")?? else {
            return match self.expected {
                Expected::Rejected => Ok(()),
                _ => Err(format!("closed without a response, expected {:?}", self.expected)),
            };
        };
        self.check(&response)?;
        if is_sent && !response.closes() {
            // This fails only if the connection is closed already, which is allowed.
            let _ = write_half.write_all(FOLLOW_UP).await;
        }
        let next = timeout(DEADLINE, responses.next(false)).await;
        match next.map_err(|_| "the connection is neither closed nor in use after the response")?? {
            None => Ok(()),
            Some(next) if !response.closes() && next.status == 200 && next.text().starts_with("User-agent") => Ok(()),
            Some(next) => Err(format!("a second response comes after {}: {}", response.status, next.head)),
        }
    }

    fn check(&self, response: &HttpResponse) -> Result<(), String> {
        let (status, expected) = (response.status, &self.expected);
        if !expected.allows(status) {
            return Err(format!("responded with {status}, expected {expected:?}"));
        }
        match self.conditions.iter().find(|(_, holds)| !holds(response)) {
            Some((what, _)) => Err(format!("the response {status} {what}")),
            None => Ok(()),
        }
    }
}

/// Runs all cases of a section, then checks that two pages load.
///
/// # Panics
/// If a case fails. The message lists all failed cases.
pub(crate) async fn run(server: &Server, section: &str, cases: Vec<Case>) {
    assert!(!cases.is_empty(), "{section} has no cases");
    let (count, address) = (cases.len(), server.address);
    let outcomes = stream::iter(cases).map(|case| async move {
        let outcome = case.run(address).await;
        outcome.err().map(|why| format!("- {}: {why}", case.name))
    });
    let mut failures: Vec<_> =
        outcomes.buffer_unordered(CONCURRENT_CASES).filter_map(std::future::ready).collect::<Vec<_>>().await;
    failures.sort();
    for path in ["/healthz", "/"] {
        let (status, ..) = server.get(path, "").await;
        assert_eq!(status, 200, "{section}: {path} loads afterwards");
    }
    let failed = failures.len();
    assert!(failures.is_empty(), "{section}: {failed} of {count} cases fail:\n{}", failures.join("\n"));
}
