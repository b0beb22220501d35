//! What a trusted proxy tells of its clients: `X-Forwarded-For`, `-Host`, `-Proto`, or `Forwarded` (RFC 7239).

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

use super::origin::Scheme;

const FORWARDED: &str = "forwarded";
const FOR: &str = "x-forwarded-for";
const HOST: &str = "x-forwarded-host";
const PROTO: &str = "x-forwarded-proto";

/// What was told. A part that is missing or can't be read is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// The client's address: that of the last hop that is no trusted proxy.
    pub(crate) client: Option<IpAddr>,
    /// The host that the client asked for.
    pub(crate) host: Option<String>,
    /// How the client came.
    pub(crate) scheme: Option<Scheme>,
}

impl Forwarded {
    /// Reads the headers of a request that a trusted proxy has sent.
    ///
    /// Where there are both kinds of headers, those that begin with `X-` count: that is what most proxies set, and
    /// whatever else they pass on is the client's own.
    pub(crate) fn read(headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let is_set = [FOR, HOST, PROTO].iter().any(|name| headers.contains_key(*name));
        if is_set {
            let hops = list(headers, FOR).collect::<Vec<_>>();
            Self { client: client(&hops, trusted), host: list(headers, HOST).next(), scheme: scheme(headers) }
        } else {
            let elements = list(headers, FORWARDED).collect::<Vec<_>>();
            let parameter = |name: &str| elements.iter().map(|element| parameter(element, name)).collect::<Vec<_>>();
            let hops: Vec<_> = parameter("for").into_iter().map(Option::unwrap_or_default).collect();
            Self {
                client: client(&hops, trusted),
                host: parameter("host").into_iter().flatten().next(),
                scheme: parameter("proto").into_iter().flatten().next().and_then(|proto| parse_scheme(&proto)),
            }
        }
    }
}

/// How the client came, by the proxy nearest to it.
pub(crate) fn scheme(headers: &HeaderMap) -> Option<Scheme> {
    list(headers, PROTO).next().and_then(|proto| parse_scheme(&proto))
}

/// The first header here that tells of a client, if there is one.
pub(crate) fn any_header(headers: &HeaderMap) -> Option<&'static str> {
    [FORWARDED, FOR, HOST, PROTO].into_iter().find(|name| headers.contains_key(*name))
}

fn parse_scheme(text: &str) -> Option<Scheme> {
    match text.trim() {
        proto if proto.eq_ignore_ascii_case("https") || proto.eq_ignore_ascii_case("wss") => Some(Scheme::Https),
        proto if proto.eq_ignore_ascii_case("http") || proto.eq_ignore_ascii_case("ws") => Some(Scheme::Http),
        _ => None,
    }
}

/// The items of a header that is a comma-separated list, which may come in several lines (RFC 9110 §5.3). A comma within
/// quotes divides nothing.
fn list(headers: &HeaderMap, name: &str) -> impl Iterator<Item = String> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default().to_owned());
    lines.flat_map(|line| split(&line, ',')).map(|item| item.trim().to_owned()).filter(|item| !item.is_empty())
}

fn split(text: &str, at: char) -> Vec<String> {
    let (mut parts, mut quoted) = (vec![String::new()], false);
    for c in text.chars() {
        quoted ^= c == '"';
        match parts.last_mut() {
            Some(part) if quoted || c != at => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts
}

/// A parameter of an element of `Forwarded`, without quotes.
fn parameter(element: &str, name: &str) -> Option<String> {
    split(element, ';').iter().find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The last hop that is no trusted proxy. Behind one that can't be read everything is hearsay: the hop after it counts.
fn client(hops: &[String], trusted: &[IpNet]) -> Option<IpAddr> {
    let mut last = None;
    for hop in hops.iter().rev() {
        let Some(address) = address(hop) else { return last };
        last = Some(address);
        if !is_trusted(trusted, address) {
            break;
        }
    }
    last
}

/// Whether an address is of a trusted proxy.
pub(crate) fn is_trusted(trusted: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// An address with or without a port; one of IPv6 with or without brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip())).ok()?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Forwarded {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let trusted = ["127.0.0.1/32", "10.0.0.0/8", "2001:db8:aaaa::/48"].map(|net| net.parse().unwrap());
        Forwarded::read(&headers, &trusted)
    }

    fn client(pairs: &[(&'static str, &str)]) -> Option<String> {
        read(pairs).client.map(|address| address.to_string())
    }

    #[test]
    fn the_client_is_the_last_hop_that_is_no_trusted_proxy() {
        for (header, expected) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("198.51.100.9, 192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1, 10.1.2.3, 127.0.0.1", Some("192.0.2.1")),
            ("192.0.2.1:4711,10.1.2.3:80", Some("192.0.2.1")),
            ("[2001:db8::1]:80, 2001:db8:aaaa::5", Some("2001:db8::1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("10.0.0.1, 10.0.0.2", Some("10.0.0.1")),
            ("198.51.100.9, unknown, 10.0.0.2", Some("10.0.0.2")),
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(client(&[("x-forwarded-for", header)]).as_deref(), expected, "{header}");
        }
        assert_eq!(client(&[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2")]).unwrap(), "2.2.2.2");
    }

    #[test]
    fn the_standard_header_is_read_likewise() {
        let header = "for=198.51.100.9, for=\"[2001:db8::1]:47\";proto=https;Host=\"talk.example.org\", For=10.0.0.1";
        let told = read(&[("forwarded", header)]);
        assert_eq!(told.client.unwrap().to_string(), "2001:db8::1");
        assert_eq!((told.host.as_deref(), told.scheme), (Some("talk.example.org"), Some(Scheme::Https)));
        assert_eq!(client(&[("forwarded", "for=_hidden")]), None);
    }

    #[test]
    fn what_a_client_writes_beside_the_proxys_headers_does_not_count() {
        let told = read(&[("forwarded", "for=198.51.100.9;host=evil.example"), ("x-forwarded-for", "192.0.2.1")]);
        assert_eq!((told.client.unwrap().to_string().as_str(), told.host), ("192.0.2.1", None));
    }

    #[test]
    fn the_scheme_is_that_of_the_first_proxy() {
        for proto in ["https", "HTTPS", "https,https", "https, http", " https "] {
            assert_eq!(read(&[("x-forwarded-proto", proto)]).scheme, Some(Scheme::Https), "{proto}");
        }
        assert_eq!(read(&[("x-forwarded-proto", "http, https")]).scheme, Some(Scheme::Http));
        assert_eq!(read(&[("x-forwarded-proto", "gopher")]).scheme, None);
    }
}
