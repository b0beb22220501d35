//! Forwarding headers of trusted proxies: `X-Forwarded-For`, `-Host` and `-Proto`, or `Forwarded` (RFC 7239).

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

use super::origin::Scheme;

const FORWARDED: &str = "forwarded";
const FOR: &str = "x-forwarded-for";
const HOST: &str = "x-forwarded-host";
const PROTO: &str = "x-forwarded-proto";

/// Client address, host and scheme from forwarding headers. A value that is missing or malformed is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// The client's address: the last hop that is not a trusted proxy.
    pub(crate) client: Option<IpAddr>,
    /// The host, with an optional port, that the client requested.
    pub(crate) host: Option<String>,
    /// The scheme between the client and the first proxy.
    pub(crate) scheme: Option<Scheme>,
}

impl Forwarded {
    /// Parses the forwarding headers of a request from a trusted proxy.
    ///
    /// If both kinds of headers are present, those that begin with `X-` count. Most proxies set these, and pass on a
    /// `Forwarded` that the client itself may have sent.
    pub(crate) fn parse(headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let has_x_headers = [FOR, HOST, PROTO].iter().any(|name| headers.contains_key(*name));
        if has_x_headers {
            let hops = list_items(headers, FOR).collect::<Vec<_>>();
            Self {
                client: client_address(&hops, trusted),
                host: list_items(headers, HOST).next(),
                scheme: scheme(headers),
            }
        } else {
            let elements = list_items(headers, FORWARDED).collect::<Vec<_>>();
            let parameter = |name: &str| elements.iter().map(|element| parameter(element, name)).collect::<Vec<_>>();
            let hops: Vec<_> = parameter("for").into_iter().map(Option::unwrap_or_default).collect();
            Self {
                client: client_address(&hops, trusted),
                host: parameter("host").into_iter().flatten().next(),
                scheme: parameter("proto").into_iter().flatten().next().and_then(|proto| parse_scheme(&proto)),
            }
        }
    }
}

/// The scheme from `X-Forwarded-Proto`, as set by the proxy nearest to the client.
pub(crate) fn scheme(headers: &HeaderMap) -> Option<Scheme> {
    list_items(headers, PROTO).next().and_then(|proto| parse_scheme(&proto))
}

/// The name of the first forwarding header in a request.
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

/// The items of a comma-separated list, which may span several headers of this name (RFC 9110 §5.3). A comma within
/// quotes does not separate items.
fn list_items(headers: &HeaderMap, name: &str) -> impl Iterator<Item = String> {
    let lists = headers.get_all(name).iter().map(|list| list.to_str().unwrap_or_default().to_owned());
    lists.flat_map(|list| split_unquoted(&list, ',')).map(|item| item.trim().to_owned()).filter(|item| !item.is_empty())
}

/// Splits at a separator outside of quotes.
fn split_unquoted(text: &str, separator: char) -> Vec<String> {
    let (mut items, mut quoted) = (vec![String::new()], false);
    for c in text.chars() {
        quoted ^= c == '"';
        match items.last_mut() {
            Some(item) if quoted || c != separator => item.push(c),
            _ => items.push(String::new()),
        }
    }
    items
}

/// A parameter of an element of `Forwarded`, without its quotes.
fn parameter(element: &str, name: &str) -> Option<String> {
    split_unquoted(element, ';').iter().find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The last hop that is not a trusted proxy.
///
/// Hops before a malformed one can't be trusted: the hop after it counts, or none if the last one is malformed.
fn client_address(hops: &[String], trusted: &[IpNet]) -> Option<IpAddr> {
    let mut last = None;
    for hop in hops.iter().rev() {
        let Some(address) = parse_hop(hop) else { return last };
        last = Some(address);
        if !is_trusted(trusted, address) {
            break;
        }
    }
    last
}

/// Whether an address is in one of the trusted networks. IPv4-mapped IPv6 addresses count as IPv4.
pub(crate) fn is_trusted(trusted: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// Parses an address with or without a port; an IPv6 address with or without brackets.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip())).ok()?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&'static str, &str)]) -> Forwarded {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        let trusted = ["127.0.0.1/32", "10.0.0.0/8", "2001:db8:aaaa::/48"].map(|net| net.parse().unwrap());
        Forwarded::parse(&headers, &trusted)
    }

    fn client(pairs: &[(&'static str, &str)]) -> Option<String> {
        parse(pairs).client.map(|address| address.to_string())
    }

    #[test]
    fn the_client_is_the_last_hop_that_is_not_a_trusted_proxy() {
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
    fn the_forwarded_header_is_parsed_in_the_same_way() {
        let header = "for=198.51.100.9, for=\"[2001:db8::1]:47\";proto=https;Host=\"talk.example.org\", For=10.0.0.1";
        let forwarded = parse(&[("forwarded", header)]);
        assert_eq!(forwarded.client.unwrap().to_string(), "2001:db8::1");
        assert_eq!((forwarded.host.as_deref(), forwarded.scheme), (Some("talk.example.org"), Some(Scheme::Https)));
        assert_eq!(client(&[("forwarded", "for=_hidden")]), None);
    }

    #[test]
    fn x_headers_take_precedence_over_the_forwarded_header() {
        let forwarded = parse(&[("forwarded", "for=198.51.100.9;host=evil.example"), ("x-forwarded-for", "192.0.2.1")]);
        assert_eq!((forwarded.client.unwrap().to_string().as_str(), forwarded.host), ("192.0.2.1", None));
    }

    #[test]
    fn the_scheme_is_that_of_the_first_proxy() {
        for proto in ["https", "HTTPS", "https,https", "https, http", " https "] {
            assert_eq!(parse(&[("x-forwarded-proto", proto)]).scheme, Some(Scheme::Https), "{proto}");
        }
        assert_eq!(parse(&[("x-forwarded-proto", "http, https")]).scheme, Some(Scheme::Http));
        assert_eq!(parse(&[("x-forwarded-proto", "gopher")]).scheme, None);
    }
}
