//! Who sends a request, and by which name they call this server. Found out once, before anything else is done with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use ipnet::IpNet;
use parking_lot::Mutex;

use super::forwarded::{self, Forwarded, is_trusted};
use super::host::Authority;
use super::origin::{Origin, Scheme};
use super::own_name::OwnNames;
use super::{ConnectionLimiter, HttpError, SocketPermit};
use crate::chat::{ClientAddress, LimitLog};

/// Answered whatever the server is called: health checks know it by addresses and names of their own.
const HEALTH: &str = "/healthz";

/// The least time between two lines in the log about names that are not the server's.
const LOG_PAUSE: Duration = Duration::from_secs(60);

/// The two ends of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
}

/// Who sends a request.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// Where they are; behind trusted proxies the address that those tell.
    pub(crate) address: ClientAddress,
    /// The origin of our pages, as this client knows it. `None` where an old client names no host (HTTP/1.0).
    pub(crate) origin: Option<Origin>,
}

impl Client {
    /// Whether they came by TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.origin.as_ref().is_some_and(|origin| origin.scheme == Scheme::Https)
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // The layer below puts it there for each request.
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// What it takes to tell who sends a request.
#[derive(Clone, Debug)]
pub(crate) struct Clients(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    trusted: Vec<IpNet>,
    names: OwnNames,
    limiter: ConnectionLimiter,
    log: Arc<LimitLog>,
    untrusted_header_logged: AtomicBool,
    misdirected_logged: Mutex<Option<Instant>>,
}

/// Why a request is not looked at further.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Refusal {
    /// `Host` is missing, repeated or no host (RFC 9112 §3.2).
    BadHost,
    /// The server is not called so.
    Misdirected { host: String, scheme: Scheme },
}

impl Clients {
    pub(crate) fn new(trusted: Vec<IpNet>, names: OwnNames, limiter: ConnectionLimiter, log: Arc<LimitLog>) -> Self {
        Self(Arc::new(Inner {
            trusted,
            names,
            limiter,
            log,
            untrusted_header_logged: AtomicBool::new(false),
            misdirected_logged: Mutex::new(None),
        }))
    }

    /// Whether the peer of a connection is a trusted proxy, so that its clients are counted and not itself.
    pub(crate) fn is_proxy(&self, peer: SocketAddr) -> bool {
        is_trusted(&self.0.trusted, peer.ip())
    }

    fn identify(&self, ends: Ends, uri: &Uri, version: Version, headers: &HeaderMap) -> Result<Client, Refusal> {
        let peer = ends.peer.ip().to_canonical();
        let asked = authority(uri, version, headers)?;
        let told = if self.is_proxy(ends.peer) {
            Forwarded::read(headers, &self.0.trusted)
        } else {
            self.log_untrusted(ends.peer, headers);
            // A proxy on this machine that nobody has named may at least say that it speaks TLS.
            let scheme = forwarded::scheme(headers).filter(|_| peer.is_loopback() && self.0.trusted.is_empty());
            Forwarded { scheme, ..Forwarded::default() }
        };
        let asked = match told.host {
            Some(host) => Some(host.parse().map_err(|_| Refusal::BadHost)?),
            None => asked,
        };
        let scheme = told.scheme.unwrap_or(Scheme::Http);
        let from = told.client.unwrap_or(peer);
        let client = |origin| Client { address: from.into(), origin };
        let Some(asked) = asked else { return Ok(client(None)) };
        match self.0.names.origin(&asked, scheme, ends.local.ip(), from) {
            Some(origin) => Ok(client(Some(origin))),
            None if uri.path() == HEALTH => Ok(client(None)),
            None => Err(Refusal::Misdirected { host: Origin::new(scheme, asked).authority(), scheme }),
        }
    }

    fn log_untrusted(&self, peer: SocketAddr, headers: &HeaderMap) {
        let header = forwarded::any_header(headers).filter(|_| !self.0.untrusted_header_logged.load(Ordering::Relaxed));
        let taken = self.0.trusted.is_empty() && peer.ip().to_canonical().is_loopback();
        if let Some(header) = header.filter(|header| !(taken && *header == "x-forwarded-proto"))
            && !self.0.untrusted_header_logged.swap(true, Ordering::Relaxed)
        {
            let peer = peer.ip().to_canonical();
            tracing::warn!(
                %peer, header,
                "a header about a client came from a peer that is no trusted proxy, and does not count; if it is one, \
                 start with --trusted-proxy {peer}"
            );
        }
    }

    fn log_misdirected(&self, host: &str, scheme: Scheme) {
        let (mut logged, now) = (self.0.misdirected_logged.lock(), Instant::now());
        if logged.is_none_or(|at| now.saturating_duration_since(at) >= LOG_PAUSE) {
            *logged = Some(now);
            tracing::warn!(
                host,
                "refused with 421: this server is not called so; if it is, start with --public-url {scheme}://{host}"
            );
        }
    }

    fn refuse(&self, refusal: Refusal) -> Response {
        match refusal {
            Refusal::BadHost => HttpError::InvalidHost.into_response(),
            Refusal::Misdirected { host, scheme } => {
                self.log_misdirected(&host, scheme);
                HttpError::Misdirected { host, scheme }.into_response()
            }
        }
    }
}

/// The host that a request is for: that of its target where it has one, of `Host` otherwise (RFC 9112 §3.2.2).
fn authority(uri: &Uri, version: Version, headers: &HeaderMap) -> Result<Option<Authority>, Refusal> {
    let parse = |text: &str| text.parse::<Authority>().map_err(|_| Refusal::BadHost);
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(parse(host.to_str().map_err(|_| Refusal::BadHost)?)?),
        (None, _) if version < Version::HTTP_11 => None,
        _ => return Err(Refusal::BadHost),
    };
    match uri.authority() {
        Some(target) => parse(target.as_str()).map(Some),
        None => Ok(host),
    }
}

/// Tells all that come after who sends the request. One for another server is refused, and so is one of a client behind
/// a proxy that has too many.
pub(crate) async fn identify(State(clients): State<Clients>, mut request: Request, next: Next) -> Response {
    let Some(ends) = request.extensions().get::<Ends>().copied() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let client = match clients.identify(ends, request.uri(), request.version(), request.headers()) {
        Ok(client) => client,
        Err(refusal) => return clients.refuse(refusal),
    };
    let address = client.address;
    request.extensions_mut().insert(client);
    if !clients.is_proxy(ends.peer) {
        return next.run(request).await;
    }
    // The connection is the proxy's, and carries requests of many: each counts for its client until it is answered.
    let Some(permit) = clients.0.limiter.acquire(address) else {
        clients.0.log.reached(address, "CONNECTIONS_PER_ADDRESS");
        return ([(header::RETRY_AFTER, "5")], HttpError::TooMany).into_response();
    };
    let permit = Arc::new(permit);
    if let Some(socket) = request.extensions_mut().get_mut::<SocketPermit>() {
        socket.client = Some(permit.clone());
    }
    next.run(request).await.map(|body| {
        axum::body::Body::new(body.map_frame(move |frame| {
            let _held = &permit;
            frame
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clients(trusted: &[&str], public: &[&str]) -> Clients {
        let trusted = trusted.iter().map(|network| format!("{network}/32").parse().unwrap()).collect();
        let names = OwnNames { public: public.iter().map(|url| url.parse().unwrap()).collect() };
        Clients::new(trusted, names, ConnectionLimiter::new(8), Arc::default())
    }

    /// Who sends such a request from `peer`, as address and origin.
    fn who(
        clients: &Clients,
        peer: &str,
        uri: &str,
        head: &[(&'static str, &str)],
    ) -> Result<(String, String), Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in head {
            headers.append(*name, value.parse().unwrap());
        }
        let ends = Ends { peer: format!("{peer}:50000").parse().unwrap(), local: "127.0.0.1:3000".parse().unwrap() };
        let client = clients.identify(ends, &uri.parse().unwrap(), Version::HTTP_11, &headers)?;
        Ok((client.address.to_string(), client.origin.map(|origin| origin.to_string()).unwrap_or_default()))
    }

    #[test]
    fn a_trusted_proxy_tells_who_its_client_is() {
        let clients = clients(&["127.0.0.1"], &["https://talk.example.org"]);
        let told = [
            ("host", "127.0.0.1:3000"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "talk.example.org"),
        ];
        let (address, origin) = who(&clients, "127.0.0.1", "/", &told).unwrap();
        assert_eq!((address.as_str(), origin.as_str()), ("192.0.2.1", "https://talk.example.org"));
        // What passes from this machine itself does not pass through a proxy on it.
        let literal = [("host", "127.0.0.1:3000"), ("x-forwarded-for", "192.0.2.1")];
        assert!(matches!(who(&clients, "127.0.0.1", "/", &literal), Err(Refusal::Misdirected { .. })));
        assert!(who(&clients, "127.0.0.1", "/", &[("host", "127.0.0.1:3000")]).is_ok());
        // The same from anybody else is not believed.
        assert!(matches!(who(&clients, "192.0.2.9", "/", &told), Err(Refusal::Misdirected { .. })));
    }

    #[test]
    fn without_the_flag_a_peer_on_this_machine_tells_the_scheme_alone() {
        let clients = clients(&[], &[]);
        let told = [
            ("host", "talk"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "other"),
        ];
        let expected = ("127.0.0.1".to_owned(), "https://talk".to_owned());
        assert_eq!(who(&clients, "127.0.0.1", "/", &told).unwrap(), expected);
        assert_eq!(who(&clients, "192.0.2.9", "/", &told).unwrap().1, "http://talk");
    }

    #[test]
    fn a_host_is_named_once_and_well_and_an_absolute_target_wins() {
        let clients = clients(&[], &[]);
        let of = |uri: &str, head: &[(&'static str, &str)]| who(&clients, "127.0.0.1", uri, head);
        assert_eq!(of("/", &[]), Err(Refusal::BadHost));
        assert_eq!(of("/", &[("host", "a"), ("host", "a")]), Err(Refusal::BadHost));
        assert_eq!(of("/", &[("host", "a b")]), Err(Refusal::BadHost));
        assert_eq!(of("http://user@talk/", &[("host", "talk")]), Err(Refusal::BadHost));
        assert_eq!(of("http://talk/", &[("host", "evil.example")]).unwrap().1, "http://talk");
        assert!(of("http://evil.example/", &[("host", "talk")]).is_err());
        assert!(of("/healthz", &[("host", "evil.example")]).is_ok());
        assert_eq!(of("/healthz", &[]), Err(Refusal::BadHost));
    }
}
