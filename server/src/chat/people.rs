//! Who holds which name, with which connections, and for how long after the last of them is gone.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor::{Author, AuthorId, Name, Token, limits};
use sha2::{Digest, Sha256};

use super::names::{Look, Names, Taken};
use super::{AddressQuota, ClientAddress, Connection, ConnectionId};
use crate::random;

/// How long a name is held for somebody who has no connection, from one request to the next: a long message is written
/// meanwhile.
const VISIT: Duration = Duration::from_secs(limits::VISIT_SECONDS);

/// One person's identity over connections, tabs and reloads. Whoever has the secret is that person; all others, and
/// the server's memory, know the id made from it, which can't be turned back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The public id: the author id of what the person writes.
    pub id: AuthorId,
}

impl Session {
    /// The session of this secret.
    pub fn of(token: &Token) -> Self {
        let hash = Sha256::new().chain_update(b"parlor session\0").chain_update(token.reveal()).finalize();
        Self { id: AuthorId(URL_SAFE_NO_PAD.encode(&hash[..12]).into()) }
    }

    /// A new session with its secret.
    ///
    /// # Panics
    /// Never: the secret has the form of one.
    #[expect(clippy::expect_used, reason = "16 bytes are 22 characters of base64")]
    pub fn new() -> (Self, Token) {
        let token = Token::parse(&random::text::<16>()).expect("a token is 22 characters of base64");
        (Self::of(&token), token)
    }
}

/// Names, and the sessions that are connected or hold one.
#[derive(Debug)]
pub(super) struct People {
    /// Names that nobody else can have, also those that are on their way to the disk.
    names: Names,
    /// What people are called.
    called: HashMap<AuthorId, Name>,
    sessions: HashMap<AuthorId, State>,
    /// Sessions that hold a name, by where they took it.
    named: AddressQuota<AuthorId>,
    /// Sessions that are here by forms alone.
    visitors: AddressQuota<AuthorId>,
}

#[derive(Debug, Default)]
struct State {
    connections: Vec<Arc<Connection>>,
    /// Since when there has been no connection; the name is held for the grace period.
    gone_since: Option<Instant>,
    /// When they last sent or fetched something without a connection, if that is how they are here.
    visited: Option<Instant>,
}

impl State {
    /// Whether a name is not held any longer for a session that is gone.
    fn is_late(&self, now: Instant, grace: Duration) -> bool {
        let past = |since: Instant, hold: Duration| now.duration_since(since) >= hold;
        let visiting = self.visited.is_some_and(|at| !past(at, VISIT));
        !visiting && self.gone_since.is_some_and(|since| past(since, grace))
    }

    /// Since when the session has done nothing; `None` while it has a connection.
    fn idle_since(&self) -> Option<Instant> {
        self.visited.or(self.gone_since).filter(|_| self.connections.is_empty())
    }
}

impl People {
    /// Nobody yet. Without limits an address may have any number of names and visitors.
    pub(super) fn new(limits_on: bool) -> Self {
        let quota = |limit| AddressQuota::new(if limits_on { limit } else { usize::MAX });
        Self {
            names: Names::default(),
            called: HashMap::new(),
            sessions: HashMap::new(),
            named: quota(limits::NAMES_PER_ADDRESS),
            visitors: quota(limits::VISITORS_PER_ADDRESS),
        }
    }

    /// One more connection of a session.
    pub(super) fn arrive(&mut self, id: &AuthorId, connection: &Arc<Connection>) {
        let state = self.sessions.entry(id.clone()).or_default();
        state.connections.push(connection.clone());
        state.gone_since = None;
        state.visited = None;
        self.visitors.remove(id);
    }

    /// Somebody without a connection is here.
    pub(super) fn visit(&mut self, id: &AuthorId, address: ClientAddress, now: Instant) {
        let state = self.sessions.entry(id.clone()).or_default();
        if state.connections.is_empty() {
            state.gone_since.get_or_insert(now);
            state.visited = Some(now);
            self.visitors.insert(id.clone(), address);
        }
    }

    /// The visitor who has to give way before another session at this address may visit: where the address has too many,
    /// the one of it that has been idle the longest; where there are too many at all, the one of all.
    pub(super) fn visitor_to_release(&self, id: &AuthorId, address: ClientAddress) -> Option<AuthorId> {
        if self.sessions.contains_key(id) {
            return None;
        }
        if self.visitors.is_full(address) {
            return self.longest_idle(self.visitors.of(address));
        }
        (self.visitors.count() >= limits::VISITORS).then(|| self.longest_idle(self.visitors.all())).flatten()
    }

    /// The session whose name has to be released before another one at this address may take one.
    pub(super) fn name_to_release(&self, id: &AuthorId, address: ClientAddress) -> Option<AuthorId> {
        if self.called.contains_key(id) || !self.named.is_full(address) {
            return None;
        }
        self.longest_idle(self.named.of(address))
    }

    fn longest_idle<'a>(&self, ids: impl Iterator<Item = &'a AuthorId>) -> Option<AuthorId> {
        let idle = ids.filter_map(|id| Some((self.sessions.get(id)?.idle_since()?, id)));
        idle.min_by_key(|(since, _)| *since).map(|(_, id)| id.clone())
    }

    /// Counts a name that somebody has taken.
    pub(super) fn count_name(&mut self, id: &AuthorId, address: ClientAddress) {
        self.named.insert(id.clone(), address);
    }

    /// Forgets a session and frees its name, unless it has come back meanwhile. True if it has not.
    pub(super) fn forget_idle(&mut self, id: &AuthorId) -> bool {
        let idle = self.sessions.get(id).is_some_and(|state| state.idle_since().is_some());
        if idle {
            self.forget(id);
        }
        idle
    }

    fn forget(&mut self, id: &AuthorId) {
        self.sessions.remove(id);
        self.visitors.remove(id);
        self.release(id);
    }

    /// Somebody who is here without a connection still is.
    pub(super) fn revisit(&mut self, id: &AuthorId, now: Instant) {
        if let Some(visited) = self.sessions.get_mut(id).and_then(|state| state.visited.as_mut()) {
            *visited = now;
        }
    }

    /// Forgets somebody who has neither a connection nor a name.
    pub(super) fn forget_nameless(&mut self, id: &AuthorId) {
        if !self.called.contains_key(id) && self.sessions.get(id).is_some_and(|state| state.connections.is_empty()) {
            self.sessions.remove(id);
            self.visitors.remove(id);
        }
    }

    /// A connection of a session is gone.
    pub(super) fn depart(&mut self, id: &AuthorId, connection: ConnectionId, now: Instant) {
        let Some(state) = self.sessions.get_mut(id) else { return };
        state.connections.retain(|other| other.id != connection);
        if state.connections.is_empty() {
            state.gone_since = Some(now);
            if !self.called.contains_key(id) {
                self.sessions.remove(id);
            }
        }
    }

    /// Frees the names whose sessions are not back within `grace`, and tells whose they were.
    pub(super) fn expire(&mut self, now: Instant, grace: Duration) -> Vec<AuthorId> {
        let late = self.sessions.iter().filter(|(_, state)| state.is_late(now, grace));
        let late: Vec<_> = late.map(|(id, _)| id.clone()).collect();
        late.iter().for_each(|id| self.forget(id));
        late
    }

    /// Keeps a name for somebody, so that nobody else gets it. What they are called does not change yet.
    pub(super) fn reserve(&mut self, id: &AuthorId, name: &Name) -> Result<(), Taken> {
        self.names.claim(name, id)
    }

    /// Gives up a reservation: they keep the name they are called by, if any.
    pub(super) fn give_up(&mut self, id: &AuthorId) {
        match self.called.get(id) {
            // Nobody else can have taken what was theirs a moment ago but by a race that they lose.
            Some(name) if self.names.claim(name, id).is_ok() => {}
            _ => self.release(id),
        }
    }

    /// Calls somebody by the name reserved for them. Returns what they were called before.
    pub(super) fn call(&mut self, author: &Author) -> Option<Name> {
        self.called.insert(author.id.clone(), author.name.clone())
    }

    /// Takes in somebody who held a name when the last process ended: they have the grace period to come back.
    pub(super) fn restore(&mut self, author: &Author, now: Instant) {
        if self.reserve(&author.id, &author.name).is_ok() {
            self.call(author);
            self.sessions.insert(author.id.clone(), State { gone_since: Some(now), ..State::default() });
        }
    }

    /// Frees somebody's name at once.
    pub(super) fn release(&mut self, id: &AuthorId) {
        self.names.release(id);
        self.called.remove(id);
        self.named.remove(id);
    }

    /// Somebody with the name they are called by.
    pub(super) fn author(&self, id: &AuthorId) -> Option<Author> {
        self.called.get(id).map(|name| Author { id: id.clone(), name: name.clone() })
    }

    /// Those whose name has this look, and perhaps others.
    pub(super) fn with_look(&self, look: &Look) -> impl Iterator<Item = Author> {
        self.names.with_look(look).filter_map(|id| self.author(id))
    }

    /// Whether the person is away from all the session's connections.
    pub(super) fn is_away(&self, id: &AuthorId) -> bool {
        let connections = self.sessions.get(id).map_or(&[][..], |state| &state.connections);
        !connections.is_empty() && connections.iter().all(|connection| connection.is_away())
    }

    /// The open connections of a session.
    pub(super) fn connections(&self, id: &AuthorId) -> Vec<Arc<Connection>> {
        self.sessions.get(id).map(|state| state.connections.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_known_by_its_secret_alone() {
        let (session, token) = Session::new();
        assert_eq!(Session::of(&token), session);
        assert_ne!(Session::new().0, session);
        assert!(!format!("{session:?}").contains(token.reveal()));
    }

    fn address(i: u32) -> ClientAddress {
        std::net::IpAddr::from(i.to_be_bytes()).into()
    }

    #[test]
    fn a_name_is_held_from_one_visit_to_the_next() {
        let (start, grace) = (Instant::now(), Duration::from_secs(30));
        let at = |seconds| start + Duration::from_secs(seconds);
        let (id, mut people) = (Session::new().0.id, People::new(true));
        let author = Author { id: id.clone(), name: Name::parse("ana").unwrap() };
        people.visit(&id, address(1), start);
        people.reserve(&id, &author.name).unwrap();
        people.call(&author);
        people.revisit(&id, at(100));
        assert_eq!(people.expire(at(99 + limits::VISIT_SECONDS), grace), []);
        assert_eq!(people.expire(at(100 + limits::VISIT_SECONDS), grace), std::slice::from_ref(&id));
        people.revisit(&id, at(200));
        assert!(people.author(&id).is_none() && people.sessions.is_empty());
    }

    fn who(i: usize) -> AuthorId {
        AuthorId(i.to_string().into())
    }

    fn visit(people: &mut People, id: &AuthorId, from: ClientAddress, now: Instant) -> Option<AuthorId> {
        let gone = people.visitor_to_release(id, from);
        gone.iter().for_each(|id| assert!(people.forget_idle(id)));
        people.visit(id, from, now);
        gone
    }

    #[test]
    fn the_longest_idle_visitor_of_an_address_gives_way_and_no_other() {
        let (start, mut people) = (Instant::now(), People::new(true));
        let at = |i: usize| start + Duration::from_millis(i as u64);
        assert_eq!(visit(&mut people, &AuthorId("other".into()), address(2), start), None);
        for i in 0..limits::VISITORS_PER_ADDRESS {
            assert_eq!(visit(&mut people, &who(i), address(1), at(i)), None);
        }
        people.revisit(&who(0), at(10_000));
        assert_eq!(visit(&mut people, &who(9_999), address(1), at(10_001)), Some(who(1)));
        assert_eq!(visit(&mut people, &who(0), address(1), at(10_002)), None, "who is here stays");
    }

    #[test]
    fn the_longest_idle_of_all_gives_way_when_many_addresses_have_visitors() {
        let (start, mut people) = (Instant::now(), People::new(true));
        for i in 0..limits::VISITORS {
            let from = address((i / 100) as u32);
            assert_eq!(visit(&mut people, &who(i), from, start + Duration::from_millis(i as u64)), None);
        }
        assert_eq!(visit(&mut people, &who(9_999), address(9_999), start), Some(who(0)));
    }

    #[test]
    fn the_longest_idle_name_of_an_address_is_released_for_a_new_one() {
        let (start, mut people) = (Instant::now(), People::new(true));
        for i in 0..limits::NAMES_PER_ADDRESS {
            let author = Author { id: who(i), name: Name::parse(&format!("n{i}")).unwrap() };
            people.restore(&author, start + Duration::from_millis((i + 1) as u64));
            assert_eq!(people.name_to_release(&who(i), address(1)), None);
            people.count_name(&who(i), address(1));
        }
        assert_eq!(people.name_to_release(&who(0), address(1)), None, "who has a name keeps it");
        assert_eq!(people.name_to_release(&who(9_999), address(1)), Some(who(0)));
        assert_eq!(people.name_to_release(&who(9_999), address(2)), None);
    }
}
