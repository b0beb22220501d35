//! Stores device links in memory: single-use links to a session, with a short lifetime.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use parlor::{Token, limits};
use sha2::{Digest, Sha256};

use crate::chat::{ClientAddress, Session};
use crate::random;

/// How long a link is valid.
const LINK_LIFETIME: Duration = Duration::from_secs(limits::DEVICE_LINK_SECONDS);

/// Valid links by the SHA-256 hash of their code, so that a leak of this memory reveals no usable code.
#[derive(Debug, Default)]
pub(crate) struct DeviceLinks(Mutex<HashMap<[u8; 32], DeviceLink>>);

#[derive(Debug)]
struct DeviceLink {
    /// The session token, which the other device needs. The server stores it nowhere else.
    token: Token,
    created: Instant,
    /// The address of the client that created the link.
    address: ClientAddress,
}

impl DeviceLinks {
    /// Creates a link, which replaces the session's earlier one. Returns its code.
    ///
    /// If the address has too many links its oldest one is removed; if there are too many in all, the oldest of all.
    /// The name of the reached limit is returned too.
    pub(super) fn create(&self, token: Token, address: ClientAddress, now: Instant) -> (String, Option<&'static str>) {
        let mut links = self.0.lock();
        links.retain(|_, link| link.is_valid(now) && link.token != token);
        let reached_limit =
            if links.values().filter(|link| link.address == address).count() >= limits::DEVICE_LINKS_PER_ADDRESS {
                remove_oldest(&mut links, |link| link.address == address);
                Some("DEVICE_LINKS_PER_ADDRESS")
            } else if links.len() >= limits::DEVICE_LINKS {
                remove_oldest(&mut links, |_| true);
                Some("DEVICE_LINKS")
            } else {
                None
            };
        let code = random::text::<16>();
        links.insert(hash(&code), DeviceLink { token, created: now, address });
        (code, reached_limit)
    }

    /// The session of a valid link.
    pub(super) fn session(&self, code: &str, now: Instant) -> Option<Session> {
        let mut links = self.0.lock();
        links.retain(|_, link| link.is_valid(now));
        links.get(&hash(code)).map(|link| Session::of(&link.token))
    }

    /// Removes a link and returns its session token, if the link is still valid.
    pub(super) fn redeem(&self, code: &str, now: Instant) -> Option<Token> {
        self.0.lock().remove(&hash(code)).filter(|link| link.is_valid(now)).map(|link| link.token)
    }

    /// Removes the session's link.
    pub(crate) fn revoke(&self, token: &Token) {
        self.0.lock().retain(|_, link| link.token != *token);
    }
}

impl DeviceLink {
    fn is_valid(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.created) < LINK_LIFETIME
    }
}

/// Removes the oldest of the links that match `filter`.
fn remove_oldest(links: &mut HashMap<[u8; 32], DeviceLink>, filter: impl Fn(&DeviceLink) -> bool) {
    let oldest =
        links.iter().filter(|(_, link)| filter(link)).min_by_key(|(_, link)| link.created).map(|(hash, _)| *hash);
    oldest.and_then(|hash| links.remove(&hash));
}

fn hash(code: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"parlor device\0").chain_update(code).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_once_within_its_lifetime() {
        let (links, now) = (DeviceLinks::default(), Instant::now());
        let (session, token) = Session::new();
        let create = |token: Token| links.create(token, address(1), now).0;
        let expired = create(token.clone());
        assert_eq!(links.session(&expired, now), Some(session));
        assert_eq!(links.redeem(&expired, now + LINK_LIFETIME), None);
        let replaced = create(token.clone());
        let valid = create(token.clone());
        assert_eq!(links.redeem(&replaced, now), None);
        assert_eq!(links.redeem("nonsense", now), None);
        assert_eq!(links.redeem(&valid, now), Some(token.clone()));
        assert_eq!(links.redeem(&valid, now), None);
        let revoked = create(token.clone());
        links.revoke(&token);
        assert_eq!(links.session(&revoked, now), None);
    }

    fn address(i: u32) -> ClientAddress {
        std::net::IpAddr::from(i.to_be_bytes()).into()
    }

    #[test]
    fn an_address_with_too_many_links_loses_its_oldest_one() {
        let (links, start) = (DeviceLinks::default(), Instant::now());
        let at = |i: usize| start + Duration::from_millis(i as u64);
        let (other, _) = links.create(Session::new().1, address(2), start);
        let codes: Vec<_> = (0..limits::DEVICE_LINKS_PER_ADDRESS)
            .map(|i| links.create(Session::new().1, address(1), at(i)))
            .inspect(|(_, limit)| assert!(limit.is_none()))
            .collect();
        assert_eq!(links.create(Session::new().1, address(1), at(1_000)).1, Some("DEVICE_LINKS_PER_ADDRESS"));
        assert_eq!(links.session(&codes[0].0, at(1_000)), None);
        assert!(links.session(&codes[1].0, at(1_000)).is_some() && links.session(&other, at(1_000)).is_some());
    }

    #[test]
    fn the_oldest_link_is_removed_when_there_are_too_many_in_all() {
        let (links, start) = (DeviceLinks::default(), Instant::now());
        let create = |i: usize| {
            links.create(Session::new().1, address((i / 50) as u32), start + Duration::from_millis(i as u64))
        };
        let codes: Vec<_> = (0..limits::DEVICE_LINKS).map(create).collect();
        assert_eq!(create(100_000).1, Some("DEVICE_LINKS"));
        assert_eq!(links.session(&codes[0].0, start), None);
        assert!(links.session(&codes[1].0, start).is_some());
    }
}
