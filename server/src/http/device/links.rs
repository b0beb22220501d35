//! Links to a session that work once and not for long.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use parlor::{Token, limits};
use sha2::{Digest, Sha256};

use crate::chat::{ClientAddress, Session};
use crate::random;

/// How long a link can be used.
const LIFE: Duration = Duration::from_secs(limits::DEVICE_LINK_SECONDS);

/// The links that can be used, by the hash of their code: whoever sees this memory can't open one.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<HashMap<[u8; 32], Link>>);

#[derive(Debug)]
struct Link {
    /// The session's secret: the other device needs it, and nowhere else is it kept.
    token: Token,
    made: Instant,
    /// Where it was made.
    address: ClientAddress,
}

impl Links {
    /// The code of a new link, in place of the one that the session may have. Where there are too many, the oldest of the
    /// same address goes, or the oldest of all: then the limit is named, too.
    pub(super) fn make(&self, token: Token, address: ClientAddress, now: Instant) -> (String, Option<&'static str>) {
        let mut links = self.0.lock();
        links.retain(|_, link| link.is_good(now) && link.token != token);
        let surplus =
            if links.values().filter(|link| link.address == address).count() >= limits::DEVICE_LINKS_PER_ADDRESS {
                drop_oldest(&mut links, |link| link.address == address);
                Some("DEVICE_LINKS_PER_ADDRESS")
            } else if links.len() >= limits::DEVICE_LINKS {
                drop_oldest(&mut links, |_| true);
                Some("DEVICE_LINKS")
            } else {
                None
            };
        let code = random::text::<16>();
        links.insert(hash(&code), Link { token, made: now, address });
        (code, surplus)
    }

    /// The session that a link leads to, if it can be used.
    pub(super) fn session(&self, code: &str, now: Instant) -> Option<Session> {
        let mut links = self.0.lock();
        links.retain(|_, link| link.is_good(now));
        links.get(&hash(code)).map(|link| Session::of(&link.token))
    }

    /// Uses a link up.
    pub(super) fn take(&self, code: &str, now: Instant) -> Option<Token> {
        self.0.lock().remove(&hash(code)).filter(|link| link.is_good(now)).map(|link| link.token)
    }

    /// No link leads to this session any more.
    pub(crate) fn revoke(&self, token: &Token) {
        self.0.lock().retain(|_, link| link.token != *token);
    }
}

impl Link {
    fn is_good(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.made) < LIFE
    }
}

fn drop_oldest(links: &mut HashMap<[u8; 32], Link>, which: impl Fn(&Link) -> bool) {
    let oldest = links.iter().filter(|(_, link)| which(link)).min_by_key(|(_, link)| link.made).map(|(hash, _)| *hash);
    oldest.and_then(|hash| links.remove(&hash));
}

fn hash(code: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"parlor device\0").chain_update(code).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_once_and_in_time() {
        let (links, now) = (Links::default(), Instant::now());
        let (session, token) = Session::new();
        let make = |token: Token| links.make(token, address(1), now).0;
        let late = make(token.clone());
        assert_eq!(links.session(&late, now), Some(session));
        assert_eq!(links.take(&late, now + LIFE), None);
        let replaced = make(token.clone());
        let good = make(token.clone());
        assert_eq!(links.take(&replaced, now), None);
        assert_eq!(links.take("nonsense", now), None);
        assert_eq!(links.take(&good, now), Some(token.clone()));
        assert_eq!(links.take(&good, now), None);
        let revoked = make(token.clone());
        links.revoke(&token);
        assert_eq!(links.session(&revoked, now), None);
    }

    fn address(i: u32) -> ClientAddress {
        std::net::IpAddr::from(i.to_be_bytes()).into()
    }

    #[test]
    fn the_oldest_link_of_an_address_gives_way_and_no_other() {
        let (links, start) = (Links::default(), Instant::now());
        let at = |i: usize| start + Duration::from_millis(i as u64);
        let (other, _) = links.make(Session::new().1, address(2), start);
        let codes: Vec<_> = (0..limits::DEVICE_LINKS_PER_ADDRESS)
            .map(|i| links.make(Session::new().1, address(1), at(i)))
            .inspect(|(_, limit)| assert!(limit.is_none()))
            .collect();
        assert_eq!(links.make(Session::new().1, address(1), at(1_000)).1, Some("DEVICE_LINKS_PER_ADDRESS"));
        assert_eq!(links.session(&codes[0].0, at(1_000)), None);
        assert!(links.session(&codes[1].0, at(1_000)).is_some() && links.session(&other, at(1_000)).is_some());
    }

    #[test]
    fn the_oldest_of_all_gives_way_when_many_addresses_have_links() {
        let (links, start) = (Links::default(), Instant::now());
        let make =
            |i: usize| links.make(Session::new().1, address((i / 50) as u32), start + Duration::from_millis(i as u64));
        let codes: Vec<_> = (0..limits::DEVICE_LINKS).map(make).collect();
        assert_eq!(make(100_000).1, Some("DEVICE_LINKS"));
        assert_eq!(links.session(&codes[0].0, start), None);
        assert!(links.session(&codes[1].0, start).is_some());
    }
}
