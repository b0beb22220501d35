//! Origins: scheme, host and port of a URL (RFC 6454).

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::host::{Authority, Host, InvalidHost};

/// The scheme of a URL: HTTP or HTTPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    /// Unencrypted, default port 80.
    Http,
    /// With TLS, which a proxy in front of this server terminates; default port 443.
    Https,
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Display for Scheme {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// Scheme, host and port. Two origins are the same if all three are equal (RFC 6454 §5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) scheme: Scheme,
    pub(crate) host: Host,
    pub(crate) port: u16,
}

impl Origin {
    /// The origin with this scheme and host, and the scheme's default port if `authority` has none.
    pub(crate) fn new(scheme: Scheme, authority: Authority) -> Self {
        let Authority { host, port } = authority;
        Self { scheme, host, port: port.unwrap_or(scheme.default_port()) }
    }

    /// Whether the address works on this machine only.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host.is_localhost() || matches!(self.host, Host::Ip(address) if address.is_loopback())
    }

    /// The host, with the port unless it is the scheme's default.
    pub(crate) fn authority(&self) -> String {
        let port = if self.port == self.scheme.default_port() { String::new() } else { format!(":{}", self.port) };
        format!("{}{port}", self.host)
    }
}

impl FromStr for Origin {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        let (scheme, authority) = text.split_once("://").ok_or(InvalidHost)?;
        let scheme = match scheme {
            scheme if scheme.eq_ignore_ascii_case("http") => Scheme::Http,
            scheme if scheme.eq_ignore_ascii_case("https") => Scheme::Https,
            _ => return Err(InvalidHost),
        };
        Ok(Self::new(scheme, authority.parse()?))
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_written_unless_it_is_the_schemes_default() {
        let origin = |scheme, authority: &str| Origin::new(scheme, authority.parse().unwrap()).to_string();
        assert_eq!(origin(Scheme::Https, "A.example.:443"), "https://a.example");
        assert_eq!(origin(Scheme::Http, "[::1]:443"), "http://[::1]:443");
    }
}
