//! Finds the client's address and the origin of our pages for each request.
//!
//! [`resolve_client`] is the axum middleware that does so before all other handlers. They receive the result as
//! [`ClientInfo`].

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
use super::public_origins::PublicOrigins;
use super::{ConnectionLimiter, HttpError, SocketPermit};
use crate::chat::{ClientAddress, LimitLog};

/// The paths that accept any host, since health checks use addresses and names of their own.
const HEALTH_PATHS: [&str; 2] = ["/healthz", "/readyz"];

/// Minimum time between two warnings in the log about hosts that are not the server's.
const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// Both socket addresses of a TCP connection. The accept loop adds it to the extensions of each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionAddresses {
    pub(crate) peer: SocketAddr,
    pub(crate) local: SocketAddr,
}

/// Address of the client that sends a request, and the origin under which it reaches this server.
///
/// As an axum extractor it fails with status 500 where [`resolve_client`] has not run.
#[derive(Clone, Debug)]
pub(crate) struct ClientInfo {
    /// The client's own address; behind a trusted proxy the address that the proxy forwards.
    pub(crate) address: ClientAddress,
    /// The origin of our pages for this client. `None` for an HTTP/1.0 request without `Host`.
    pub(crate) origin: Option<Origin>,
}

impl ClientInfo {
    /// Whether the client reaches the server by HTTPS.
    pub(crate) fn is_https(&self) -> bool {
        self.origin.as_ref().is_some_and(|origin| origin.scheme == Scheme::Https)
    }
}

impl<S: Sync> FromRequestParts<S> for ClientInfo {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // `resolve_client` adds it to the extensions of each request.
        parts.extensions.get().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// State of [`resolve_client`]: trusted proxies, public origins and connection limits. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct ClientResolver(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    trusted_proxies: Vec<IpNet>,
    origins: PublicOrigins,
    limiter: ConnectionLimiter,
    limit_log: Arc<LimitLog>,
    /// Whether the warning about a forwarding header of an untrusted peer has been logged, which happens once.
    untrusted_header_logged: AtomicBool,
    /// When the last warning about a foreign host was logged.
    misdirected_logged: Mutex<Option<Instant>>,
}

/// Why the host of a request is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
enum HostError {
    /// `Host` is missing, repeated or malformed (RFC 9112 §3.2).
    Invalid,
    /// The host is not one of this server's.
    Misdirected { host: String, scheme: Scheme },
}

impl ClientResolver {
    /// A resolver that trusts forwarding headers of these proxies, accepts these origins, and counts requests that come
    /// through a proxy with `limiter`.
    pub(crate) fn new(
        trusted_proxies: Vec<IpNet>,
        origins: PublicOrigins,
        limiter: ConnectionLimiter,
        limit_log: Arc<LimitLog>,
    ) -> Self {
        Self(Arc::new(Inner {
            trusted_proxies,
            origins,
            limiter,
            limit_log,
            untrusted_header_logged: AtomicBool::new(false),
            misdirected_logged: Mutex::new(None),
        }))
    }

    /// Whether the peer of a connection is a trusted proxy: then limits count its clients instead of the proxy.
    pub(crate) fn is_trusted_proxy(&self, peer: SocketAddr) -> bool {
        is_trusted(&self.0.trusted_proxies, peer.ip())
    }

    fn resolve(
        &self,
        connection: ConnectionAddresses,
        uri: &Uri,
        version: Version,
        headers: &HeaderMap,
    ) -> Result<ClientInfo, HostError> {
        let peer = connection.peer.ip().to_canonical();
        let authority = request_authority(uri, version, headers)?;
        let forwarded = if self.is_trusted_proxy(connection.peer) {
            Forwarded::parse(headers, &self.0.trusted_proxies)
        } else {
            self.log_untrusted_header(connection.peer, headers);
            // Without --trusted-proxy, a proxy on this machine may still forward that the client uses TLS.
            let scheme = forwarded::scheme(headers).filter(|_| peer.is_loopback() && self.0.trusted_proxies.is_empty());
            Forwarded { scheme, ..Forwarded::default() }
        };
        let authority = match forwarded.host {
            Some(host) => Some(host.parse().map_err(|_| HostError::Invalid)?),
            None => authority,
        };
        let scheme = forwarded.scheme.unwrap_or(Scheme::Http);
        let address = forwarded.client.unwrap_or(peer);
        let client = |origin| ClientInfo { address: address.into(), origin };
        let Some(authority) = authority else { return Ok(client(None)) };
        match self.0.origins.page_origin(&authority, scheme, connection.local.ip(), address) {
            Some(origin) => Ok(client(Some(origin))),
            None if HEALTH_PATHS.contains(&uri.path()) => Ok(client(None)),
            None => Err(HostError::Misdirected { host: Origin::new(scheme, authority).authority(), scheme }),
        }
    }

    fn log_untrusted_header(&self, peer: SocketAddr, headers: &HeaderMap) {
        let header = forwarded::any_header(headers).filter(|_| !self.0.untrusted_header_logged.load(Ordering::Relaxed));
        let scheme_counts = self.0.trusted_proxies.is_empty() && peer.ip().to_canonical().is_loopback();
        if let Some(header) = header.filter(|header| !(scheme_counts && *header == "x-forwarded-proto"))
            && !self.0.untrusted_header_logged.swap(true, Ordering::Relaxed)
        {
            let peer = peer.ip().to_canonical();
            tracing::warn!(
                %peer, header,
                "ignored a forwarding header: the peer is not a trusted proxy; if it is one, start with \
                 --trusted-proxy {peer}"
            );
        }
    }

    fn log_misdirected(&self, host: &str, scheme: Scheme) {
        let (mut logged, now) = (self.0.misdirected_logged.lock(), Instant::now());
        if logged.is_none_or(|at| now.saturating_duration_since(at) >= LOG_INTERVAL) {
            *logged = Some(now);
            tracing::warn!(
                host,
                "refused with 421: the host is not one of this server's; if it is, start with \
                 --public-url {scheme}://{host}"
            );
        }
    }

    fn reject(&self, error: HostError) -> Response {
        match error {
            HostError::Invalid => HttpError::InvalidHost.into_response(),
            HostError::Misdirected { host, scheme } => {
                self.log_misdirected(&host, scheme);
                HttpError::Misdirected { host, scheme }.into_response()
            }
        }
    }
}

/// The host and port that a request is for: those of an absolute target, otherwise those of `Host` (RFC 9112 §3.2.2).
fn request_authority(uri: &Uri, version: Version, headers: &HeaderMap) -> Result<Option<Authority>, HostError> {
    let parse = |text: &str| text.parse::<Authority>().map_err(|_| HostError::Invalid);
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(parse(host.to_str().map_err(|_| HostError::Invalid)?)?),
        (None, _) if version < Version::HTTP_11 => None,
        _ => return Err(HostError::Invalid),
    };
    match uri.authority() {
        Some(target) => parse(target.as_str()).map(Some),
        None => Ok(host),
    }
}

/// Middleware that adds [`ClientInfo`] to the request's extensions.
///
/// A request for a foreign host gets status 421, and one with an invalid host 400. A client behind a trusted proxy that
/// has too many requests at once gets 429.
pub(crate) async fn resolve_client(
    State(resolver): State<ClientResolver>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(connection) = request.extensions().get::<ConnectionAddresses>().copied() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let client = match resolver.resolve(connection, request.uri(), request.version(), request.headers()) {
        Ok(client) => client,
        Err(error) => return resolver.reject(error),
    };
    let address = client.address;
    request.extensions_mut().insert(client);
    if !resolver.is_trusted_proxy(connection.peer) {
        return next.run(request).await;
    }
    // A proxy's connection carries requests of many clients. Each request counts for its client until the end of the
    // response.
    let Some(permit) = resolver.0.limiter.acquire(address) else {
        resolver.0.limit_log.reached(address, "CONNECTIONS_PER_ADDRESS");
        return ([(header::RETRY_AFTER, "5")], HttpError::TooManyConnections).into_response();
    };
    let permit = Arc::new(permit);
    if let Some(socket) = request.extensions_mut().get_mut::<SocketPermit>() {
        socket.client = Some(permit.clone());
    }
    next.run(request).await.map(|body| {
        axum::body::Body::new(body.map_frame(move |frame| {
            let _permit = &permit;
            frame
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolver(trusted: &[&str], public_urls: &[&str]) -> ClientResolver {
        let trusted = trusted.iter().map(|network| format!("{network}/32").parse().unwrap()).collect();
        let origins = PublicOrigins { configured: public_urls.iter().map(|url| url.parse().unwrap()).collect() };
        ClientResolver::new(trusted, origins, ConnectionLimiter::new(8), Arc::default())
    }

    /// Resolves a request from `peer` with these headers to the client's address and our origin.
    fn resolve(
        resolver: &ClientResolver,
        peer: &str,
        uri: &str,
        pairs: &[(&'static str, &str)],
    ) -> Result<(String, String), HostError> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let connection = ConnectionAddresses {
            peer: format!("{peer}:50000").parse().unwrap(),
            local: "127.0.0.1:3000".parse().unwrap(),
        };
        let client = resolver.resolve(connection, &uri.parse().unwrap(), Version::HTTP_11, &headers)?;
        Ok((client.address.to_string(), client.origin.map(|origin| origin.to_string()).unwrap_or_default()))
    }

    #[test]
    fn a_trusted_proxy_forwards_client_scheme_and_host() {
        let resolver = resolver(&["127.0.0.1"], &["https://talk.example.org"]);
        let forwarded = [
            ("host", "127.0.0.1:3000"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "talk.example.org"),
        ];
        let (address, origin) = resolve(&resolver, "127.0.0.1", "/", &forwarded).unwrap();
        assert_eq!((address.as_str(), origin.as_str()), ("192.0.2.1", "https://talk.example.org"));
        // Loopback hosts are for programs on this machine, not for clients behind a proxy on it.
        let literal = [("host", "127.0.0.1:3000"), ("x-forwarded-for", "192.0.2.1")];
        assert!(matches!(resolve(&resolver, "127.0.0.1", "/", &literal), Err(HostError::Misdirected { .. })));
        assert!(resolve(&resolver, "127.0.0.1", "/", &[("host", "127.0.0.1:3000")]).is_ok());
        // Other peers are not trusted.
        assert!(matches!(resolve(&resolver, "192.0.2.9", "/", &forwarded), Err(HostError::Misdirected { .. })));
    }

    #[test]
    fn without_trusted_proxies_a_loopback_peer_forwards_only_the_scheme() {
        let resolver = resolver(&[], &[]);
        let forwarded = [
            ("host", "talk"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "other"),
        ];
        let expected = ("127.0.0.1".to_owned(), "https://talk".to_owned());
        assert_eq!(resolve(&resolver, "127.0.0.1", "/", &forwarded).unwrap(), expected);
        assert_eq!(resolve(&resolver, "192.0.2.9", "/", &forwarded).unwrap().1, "http://talk");
    }

    #[test]
    fn one_valid_host_is_required_and_an_absolute_target_takes_precedence() {
        let resolver = resolver(&[], &[]);
        let from_loopback = |uri: &str, pairs: &[(&'static str, &str)]| resolve(&resolver, "127.0.0.1", uri, pairs);
        assert_eq!(from_loopback("/", &[]), Err(HostError::Invalid));
        assert_eq!(from_loopback("/", &[("host", "a"), ("host", "a")]), Err(HostError::Invalid));
        assert_eq!(from_loopback("/", &[("host", "a b")]), Err(HostError::Invalid));
        assert_eq!(from_loopback("http://user@talk/", &[("host", "talk")]), Err(HostError::Invalid));
        assert_eq!(from_loopback("http://talk/", &[("host", "evil.example")]).unwrap().1, "http://talk");
        assert!(from_loopback("http://evil.example/", &[("host", "talk")]).is_err());
        assert!(from_loopback("/healthz", &[("host", "evil.example")]).is_ok());
        assert!(from_loopback("/readyz", &[("host", "evil.example")]).is_ok());
        assert_eq!(from_loopback("/healthz", &[]), Err(HostError::Invalid));
    }
}
