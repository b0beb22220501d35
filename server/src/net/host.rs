//! A host with an optional port, as in the `Host` header (RFC 9110 §7.2, RFC 3986 §3.2).

use std::fmt::{self, Display, Formatter};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Maximum length of a domain name in bytes (RFC 1035 §2.3.4).
const MAX_NAME_BYTES: usize = 253;

/// Maximum length of a label of a domain name in bytes (RFC 1035 §2.3.4).
const MAX_LABEL_BYTES: usize = 63;

/// An IP address or a domain name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Host {
    /// An IP address; IPv6 is written in brackets.
    Ip(IpAddr),
    /// A domain name in lower case, without a trailing dot.
    Name(String),
}

/// A host with its optional port (RFC 3986 §3.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Authority {
    pub(crate) host: Host,
    pub(crate) port: Option<u16>,
}

/// The text is not a host with an optional port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a host with an optional port, such as chat.example.org or [2001:db8::1]:3000")]
pub(crate) struct InvalidHost;

impl FromStr for Host {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        if let Some(literal) = text.strip_prefix('[') {
            let address = literal.strip_suffix(']').ok_or(InvalidHost)?;
            return address.parse::<Ipv6Addr>().map(|address| Self::Ip(address.into())).map_err(|_| InvalidHost);
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Ok(Self::Ip(address.into()));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let is_label = |label: &str| {
            // RFC 1123 allows no underscore in host names, but some machines have one in theirs.
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            !label.is_empty() && label.len() <= MAX_LABEL_BYTES && label.bytes().all(allowed)
        };
        if name.len() > MAX_NAME_BYTES || !name.split('.').all(is_label) {
            return Err(InvalidHost);
        }
        Ok(Self::Name(name.to_ascii_lowercase()))
    }
}

impl FromStr for Authority {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        // A colon inside brackets is part of an IPv6 address.
        let (host, port) = match text.rfind(':').filter(|colon| text.rfind(']').is_none_or(|end| end < *colon)) {
            Some(colon) => (&text[..colon], Some(&text[colon + 1..])),
            None => (text, None),
        };
        let port = match port {
            // RFC 3986 §3.2.3 allows a colon without a port.
            None | Some("") => None,
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(port.parse().map_err(|_| InvalidHost)?)
            }
            Some(_) => return Err(InvalidHost),
        };
        Ok(Self { host: host.parse()?, port })
    }
}

impl Display for Host {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(IpAddr::V4(address)) => address.fmt(f),
            Self::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl Host {
    /// Whether the name is `localhost` or ends with `.localhost`, which always means this machine (RFC 6761 §6.3).
    pub(crate) fn is_localhost(&self) -> bool {
        matches!(self, Self::Name(name) if name == "localhost" || name.ends_with(".localhost"))
    }

    /// Whether nobody outside the local network can make this host resolve to another machine.
    ///
    /// Such hosts are IP addresses, `localhost`, names of one label, and names under a suffix that public DNS does not
    /// have.
    pub(crate) fn is_internal(&self) -> bool {
        const SUFFIXES: [&str; 4] = [".local", ".internal", ".lan", ".home.arpa"];
        match self {
            Self::Ip(_) => true,
            Self::Name(name) => {
                self.is_localhost() || !name.contains('.') || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<(String, Option<u16>)> {
        text.parse::<Authority>().ok().map(|authority| (authority.host.to_string(), authority.port))
    }

    #[test]
    fn hosts_are_parsed_to_one_normal_form() {
        for (text, host, port) in [
            ("chat.example.org", "chat.example.org", None),
            ("Chat.Example.ORG.:443", "chat.example.org", Some(443)),
            ("localhost:", "localhost", None),
            ("127.0.0.1:3000", "127.0.0.1", Some(3000)),
            ("[::1]", "[::1]", None),
            ("[2001:DB8:0:0::1]:80", "[2001:db8::1]", Some(80)),
            ("my_box", "my_box", None),
            ("xn--bcher-kva.example", "xn--bcher-kva.example", None),
        ] {
            assert_eq!(parse(text), Some((host.to_owned(), port)), "{text}");
        }
    }

    #[test]
    fn invalid_hosts_are_rejected() {
        let long = "a".repeat(64);
        for text in [
            "",
            ".",
            "a b",
            "a/b",
            "user@host",
            "host:1:2",
            "host:99999",
            "host:abc",
            "host:-1",
            "[::1",
            "::1]",
            "::1",
            "[::1]x",
            "[1.2.3.4]",
            "[fe80::1%eth0]",
            "<script>",
            "a..b",
            ".a",
            "b\u{e9}",
            "a\u{0}",
            "a,b",
            "%41",
            "*",
            &long,
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn internal_hosts_are_those_outside_of_public_dns() {
        let internal = |text: &str| text.parse::<Host>().unwrap().is_internal();
        for text in [
            "127.0.0.1",
            "[2001:db8::1]",
            "localhost",
            "a.LOCALHOST",
            "talk",
            "a.local",
            "b.c.internal",
            "nas.lan",
            "nas.home.arpa.",
        ] {
            assert!(internal(text), "{text}");
        }
        for text in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocal.example",
            "a.arpa",
            "home.arpa.example",
            "127.1",
        ] {
            assert!(!internal(text), "{text}");
        }
    }
}
