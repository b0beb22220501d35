//! By which names this server may be called. A page of another site whose name is made to point at this machine would
//! otherwise be of our own origin (DNS rebinding).

use std::net::IpAddr;

use super::host::{Authority, Host};
use super::origin::{Origin, Scheme};

/// The names of this server.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnNames {
    /// What it is called from outside, as the host has said; empty if they have not.
    pub(crate) public: Vec<Origin>,
}

impl OwnNames {
    /// The origin of a page that a client asks for under this name. `None` where the server is not called so.
    pub(crate) fn origin(&self, authority: &Authority, scheme: Scheme, local: IpAddr, peer: IpAddr) -> Option<Origin> {
        let asked = Origin::new(scheme, authority.clone());
        let named = || self.public.iter().filter(|public| public.host == asked.host);
        // A proxy may pass on the host without its port.
        if let Some(public) = named().find(|public| **public == asked).or_else(|| named().next()) {
            return Some(public.clone());
        }
        let is_own = if self.public.is_empty() {
            !is_inside(local) || asked.host.is_internal()
        } else {
            // Programs on this machine, such as bots and health checks.
            peer.to_canonical().is_loopback() && (matches!(asked.host, Host::Ip(_)) || asked.host.is_localhost())
        };
        is_own.then_some(asked)
    }
}

/// Whether an address is of a network that the public can't reach, so that a browser inside is the way in for pages of
/// others.
fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(names: &OwnNames, host: &str, local: &str, peer: &str) -> Option<String> {
        let (local, peer) = (local.parse().unwrap(), peer.parse().unwrap());
        names.origin(&host.parse().unwrap(), Scheme::Http, local, peer).map(|origin| origin.to_string())
    }

    #[test]
    fn without_a_public_url_names_of_strangers_are_refused_inside() {
        let names = OwnNames::default();
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
            assert!(origin(&names, "evil.example", local, "127.0.0.1").is_none(), "{local}");
            assert!(origin(&names, "nas.local:3000", local, "127.0.0.1").is_some(), "{local}");
        }
        for local in ["203.0.113.7", "2001:db8::7", "100.64.0.1"] {
            assert!(origin(&names, "talk.example.org", local, "198.51.100.1").is_some(), "{local}");
        }
    }

    #[test]
    fn with_a_public_url_others_are_refused_everywhere_but_programs_on_this_machine_pass() {
        let public = ["https://talk.example.org", "http://talk.example.org:8080"].map(|url| url.parse().unwrap());
        let names = OwnNames { public: public.to_vec() };
        let from = |host, peer| origin(&names, host, "127.0.0.1", peer);
        assert_eq!(from("talk.example.org", "192.0.2.1").as_deref(), Some("https://talk.example.org"));
        assert_eq!(from("TALK.example.org.:8080", "192.0.2.1").as_deref(), Some("http://talk.example.org:8080"));
        assert_eq!(from("127.0.0.1:3000", "127.0.0.1").as_deref(), Some("http://127.0.0.1:3000"));
        assert!(from("localhost:3000", "::1").is_some());
        assert!(from("127.0.0.1:3000", "192.0.2.1").is_none());
        assert!(from("nas.local", "127.0.0.1").is_none());
        assert!(origin(&names, "other.example.org", "203.0.113.7", "192.0.2.1").is_none());
    }
}
