//! Links to a session that work once and not for long.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use parlor::{Token, limits};
use sha2::{Digest, Sha256};

use crate::chat::Session;
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
}

impl Links {
    /// The code of a new link, in place of the one that the session may have. None if there are too many of others.
    pub(super) fn make(&self, token: Token, now: Instant) -> Option<String> {
        let mut links = self.0.lock();
        links.retain(|_, link| link.is_good(now) && link.token != token);
        if links.len() >= limits::DEVICE_LINKS {
            return None;
        }
        let code = random::text::<16>();
        links.insert(hash(&code), Link { token, made: now });
        Some(code)
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
        let late = links.make(token.clone(), now).unwrap();
        assert_eq!(links.session(&late, now), Some(session));
        assert_eq!(links.take(&late, now + LIFE), None);
        let replaced = links.make(token.clone(), now).unwrap();
        let good = links.make(token.clone(), now).unwrap();
        assert_eq!(links.take(&replaced, now), None);
        assert_eq!(links.take("nonsense", now), None);
        assert_eq!(links.take(&good, now), Some(token.clone()));
        assert_eq!(links.take(&good, now), None);
        let revoked = links.make(token.clone(), now).unwrap();
        links.revoke(&token);
        assert_eq!(links.session(&revoked, now), None);
    }

    #[test]
    fn there_are_so_many_links_and_not_one_more() {
        let (links, now) = (Links::default(), Instant::now());
        for _ in 0..limits::DEVICE_LINKS {
            assert!(links.make(Session::new().1, now).is_some());
        }
        assert!(links.make(Session::new().1, now).is_none());
        assert!(links.make(Session::new().1, now + LIFE).is_some(), "old ones make room");
    }
}
