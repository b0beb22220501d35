//! Decides which hosts are this server's, against DNS rebinding.
//!
//! Without this check, a site could point its own domain name at this machine, and its pages would be of our origin.

use std::net::IpAddr;

use super::host::{Authority, Host};
use super::origin::{Origin, Scheme};

/// The origins under which this server may be reached.
#[derive(Clone, Debug, Default)]
pub(crate) struct PublicOrigins {
    /// The origins of `--public-url`; empty if the flag is not set.
    pub(crate) configured: Vec<Origin>,
}

impl PublicOrigins {
    /// The origin of our pages for a request to this authority and scheme; `None` if the host is not this server's.
    ///
    /// With configured origins, only these count; clients on this machine may also use IP addresses and `localhost`.
    /// Without them, a server on a private address accepts internal hosts, and one on a public address any host.
    pub(crate) fn page_origin(
        &self,
        authority: &Authority,
        scheme: Scheme,
        local: IpAddr,
        client: IpAddr,
    ) -> Option<Origin> {
        let requested = Origin::new(scheme, authority.clone());
        let same_host = || self.configured.iter().filter(|origin| origin.host == requested.host);
        // A proxy may forward the host without its port.
        if let Some(origin) = same_host().find(|origin| **origin == requested).or_else(|| same_host().next()) {
            return Some(origin.clone());
        }
        let is_own = if self.configured.is_empty() {
            !is_private(local) || requested.host.is_internal()
        } else {
            // For programs on this machine, such as bots and health checks.
            client.to_canonical().is_loopback()
                && (matches!(requested.host, Host::Ip(_)) || requested.host.is_localhost())
        };
        is_own.then_some(requested)
    }
}

/// Whether an address is private, so that other sites can reach it only through a browser inside its network.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_origin(origins: &PublicOrigins, host: &str, local: &str, client: &str) -> Option<String> {
        let (local, client) = (local.parse().unwrap(), client.parse().unwrap());
        origins.page_origin(&host.parse().unwrap(), Scheme::Http, local, client).map(|origin| origin.to_string())
    }

    #[test]
    fn without_public_urls_a_private_address_accepts_internal_hosts_only() {
        let origins = PublicOrigins::default();
        for local in [
            "127.0.0.1",
            "::1",
            "192.168.1.2",
            "10.0.0.1",
            "172.20.0.1",
            "169.254.1.1",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(page_origin(&origins, "evil.example", local, "127.0.0.1").is_none(), "{local}");
            assert!(page_origin(&origins, "nas.local:3000", local, "127.0.0.1").is_some(), "{local}");
        }
        for local in ["203.0.113.7", "2001:db8::7", "100.64.0.1"] {
            assert!(page_origin(&origins, "talk.example.org", local, "198.51.100.1").is_some(), "{local}");
        }
    }

    #[test]
    fn with_public_urls_only_these_and_loopback_hosts_of_local_programs_are_accepted() {
        let configured = ["https://talk.example.org", "http://talk.example.org:8080"].map(|url| url.parse().unwrap());
        let origins = PublicOrigins { configured: configured.to_vec() };
        let from = |host, client| page_origin(&origins, host, "127.0.0.1", client);
        assert_eq!(from("talk.example.org", "192.0.2.1").as_deref(), Some("https://talk.example.org"));
        assert_eq!(from("TALK.example.org.:8080", "192.0.2.1").as_deref(), Some("http://talk.example.org:8080"));
        assert_eq!(from("127.0.0.1:3000", "127.0.0.1").as_deref(), Some("http://127.0.0.1:3000"));
        assert!(from("localhost:3000", "::1").is_some());
        assert!(from("127.0.0.1:3000", "192.0.2.1").is_none());
        assert!(from("nas.local", "127.0.0.1").is_none());
        assert!(page_origin(&origins, "other.example.org", "203.0.113.7", "192.0.2.1").is_none());
    }
}
