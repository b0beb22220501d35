//! The accounts in use: their connections, their names, and how long a name is held without a connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parlor::{Author, AuthorId, Name, limits};

use super::{AddressQuota, ClientAddress, Connection, ConnectionId, Session};
use crate::engine::SecretHash;

/// How long a form session holds its name between two requests: long enough to write a long message.
const FORM_SESSION_HOLD: Duration = Duration::from_secs(limits::FORM_SESSION_SECONDS);

/// The accounts that have a connection or hold a name, and the display names of all people, plain clients included.
/// Whether a name is taken is decided by the [`Directory`](crate::engine::Directory).
#[derive(Debug)]
pub(super) struct AccountRegistry {
    /// The name under which each person appears.
    display_names: HashMap<AuthorId, Name>,
    accounts: HashMap<AuthorId, AccountState>,
    /// The accounts that hold a name, by the address at which they claimed it.
    named: AddressQuota<AuthorId>,
    /// The accounts without a WebSocket, whose people use HTML forms.
    form_sessions: AddressQuota<AuthorId>,
}

#[derive(Debug, Default)]
struct AccountState {
    /// Each connection with the secret of its session.
    connections: Vec<(SecretHash, Arc<Connection>)>,
    /// When the last connection ended; the name is held for the grace period. `None` while there is a connection.
    disconnected_at: Option<Instant>,
    /// When a form session last fetched a page or sent a form. `None` for an account with connections.
    last_form_request: Option<Instant>,
    /// Whether it is the account of a bot token.
    is_bot: bool,
}

impl AccountState {
    /// Whether the name of an account without a connection is no longer held.
    fn is_expired(&self, now: Instant, grace: Duration) -> bool {
        let has_passed = |since: Instant, hold: Duration| now.duration_since(since) >= hold;
        let has_form_session = self.last_form_request.is_some_and(|at| !has_passed(at, FORM_SESSION_HOLD));
        !has_form_session && self.disconnected_at.is_some_and(|since| has_passed(since, grace))
    }

    /// The time of the last activity; `None` while the account has a connection.
    fn idle_since(&self) -> Option<Instant> {
        self.last_form_request.or(self.disconnected_at).filter(|_| self.connections.is_empty())
    }
}

impl AccountRegistry {
    /// An empty registry. Without limits an address may have any number of names and form sessions.
    pub(super) fn new(limits_on: bool) -> Self {
        let quota = |limit| AddressQuota::new(if limits_on { limit } else { usize::MAX });
        Self {
            display_names: HashMap::new(),
            accounts: HashMap::new(),
            named: quota(limits::NAMES_PER_ADDRESS),
            form_sessions: quota(limits::FORM_SESSIONS_PER_ADDRESS),
        }
    }

    /// Adds a connection of a session.
    pub(super) fn add_connection(&mut self, session: &Session, connection: &Arc<Connection>) {
        let state = self.accounts.entry(session.account.clone()).or_default();
        state.connections.push((session.secret, connection.clone()));
        state.disconnected_at = None;
        state.is_bot = session.bot.is_some();
        state.last_form_request = None;
        self.form_sessions.remove(&session.account);
    }

    /// Makes an account without connections a form session. Does nothing if it has a connection.
    pub(super) fn open_form_session(&mut self, id: &AuthorId, address: ClientAddress, now: Instant) {
        let state = self.accounts.entry(id.clone()).or_default();
        if state.connections.is_empty() {
            state.disconnected_at.get_or_insert(now);
            state.last_form_request = Some(now);
            self.form_sessions.insert(id.clone(), address);
        }
    }

    /// The form session to remove before the account `id` at this address may open one, if a limit is reached. At the
    /// limit of the address, the longest idle form session of that address; at the global limit, the longest idle one.
    pub(super) fn form_session_to_release(&self, id: &AuthorId, address: ClientAddress) -> Option<AuthorId> {
        if self.accounts.contains_key(id) {
            return None;
        }
        if self.form_sessions.is_full(address) {
            return self.longest_idle(self.form_sessions.of(address));
        }
        (self.form_sessions.count() >= limits::FORM_SESSIONS)
            .then(|| self.longest_idle(self.form_sessions.all()))
            .flatten()
    }

    /// The account whose name must be released before the account `id` at this address may claim one.
    pub(super) fn name_to_release(&self, id: &AuthorId, address: ClientAddress) -> Option<AuthorId> {
        if self.display_names.contains_key(id) || !self.named.is_full(address) {
            return None;
        }
        self.longest_idle(self.named.of(address))
    }

    fn longest_idle<'a>(&self, ids: impl Iterator<Item = &'a AuthorId>) -> Option<AuthorId> {
        let idle = ids.filter_map(|id| Some((self.accounts.get(id)?.idle_since()?, id)));
        idle.min_by_key(|(since, _)| *since).map(|(_, id)| id.clone())
    }

    /// Counts the name of an account for an address.
    pub(super) fn count_name(&mut self, id: &AuthorId, address: ClientAddress) {
        self.named.insert(id.clone(), address);
    }

    /// Removes an account with its name, unless it has a connection. True if it was removed.
    pub(super) fn remove_idle(&mut self, id: &AuthorId) -> bool {
        let idle = self.accounts.get(id).is_some_and(|state| state.idle_since().is_some());
        if idle {
            self.remove(id);
        }
        idle
    }

    fn remove(&mut self, id: &AuthorId) {
        self.accounts.remove(id);
        self.form_sessions.remove(id);
        self.release_name(id);
    }

    /// Records a request of a form session, so that its name is held longer.
    pub(super) fn refresh_form_session(&mut self, id: &AuthorId, now: Instant) {
        if let Some(last_form_request) = self.accounts.get_mut(id).and_then(|state| state.last_form_request.as_mut()) {
            *last_form_request = now;
        }
    }

    /// Removes an account that has neither a connection nor a name.
    pub(super) fn remove_nameless(&mut self, id: &AuthorId) {
        if !self.display_names.contains_key(id)
            && self.accounts.get(id).is_some_and(|state| state.connections.is_empty())
        {
            self.accounts.remove(id);
            self.form_sessions.remove(id);
        }
    }

    /// Removes a connection of an account. An account without a name is removed with its last connection.
    pub(super) fn remove_connection(&mut self, id: &AuthorId, connection: ConnectionId, now: Instant) {
        let Some(state) = self.accounts.get_mut(id) else { return };
        state.connections.retain(|(_, other)| other.id != connection);
        if state.connections.is_empty() {
            state.disconnected_at = Some(now);
            if !self.display_names.contains_key(id) {
                self.accounts.remove(id);
            }
        }
    }

    /// Removes the accounts that have had no connection for `grace`, with their names, and returns their ids.
    pub(super) fn expire(&mut self, now: Instant, grace: Duration) -> Vec<AuthorId> {
        let expired = self.accounts.iter().filter(|(_, state)| state.is_expired(now, grace));
        let expired: Vec<_> = expired.map(|(id, _)| id.clone()).collect();
        expired.iter().for_each(|id| self.remove(id));
        expired
    }

    /// Sets the name that a person has claimed. Returns the previous one.
    pub(super) fn set_display_name(&mut self, author: &Author) -> Option<Name> {
        self.display_names.insert(author.id.clone(), author.name.clone())
    }

    /// Restores an account that held a name when the last process ended, or holds one at another node. Without a connection
    /// its grace period starts now.
    pub(super) fn restore(&mut self, author: &Author, now: Instant) {
        self.set_display_name(author);
        let idle = || AccountState { disconnected_at: Some(now), ..AccountState::default() };
        self.accounts.entry(author.id.clone()).or_insert_with(idle);
    }

    /// Removes a person's name.
    pub(super) fn release_name(&mut self, id: &AuthorId) {
        self.display_names.remove(id);
        self.named.remove(id);
    }

    /// The author with this id and their display name; `None` without a name.
    pub(super) fn author(&self, id: &AuthorId) -> Option<Author> {
        self.display_names.get(id).map(|name| Author { id: id.clone(), name: name.clone() })
    }

    /// Whether this is the id of a person's account in use, and not that of a bot or a plain connection.
    pub(super) fn is_person(&self, id: &AuthorId) -> bool {
        self.accounts.get(id).is_some_and(|state| !state.is_bot)
    }

    /// The accounts of people that hold a name.
    pub(super) fn named_people(&self) -> Vec<AuthorId> {
        self.display_names.keys().filter(|id| self.is_person(id)).cloned().collect()
    }

    /// Whether the person is away on all connections of the account. False without connections.
    pub(super) fn is_away(&self, id: &AuthorId) -> bool {
        let connections = self.accounts.get(id).map_or(&[][..], |state| &state.connections);
        !connections.is_empty() && connections.iter().all(|(_, connection)| connection.is_away())
    }

    /// The open connections of an account.
    pub(super) fn connections(&self, id: &AuthorId) -> Vec<Arc<Connection>> {
        self.connections_where(id, |_| true)
    }

    /// The open connections of one session of an account.
    pub(super) fn connections_of_session(&self, id: &AuthorId, secret: SecretHash) -> Vec<Arc<Connection>> {
        self.connections_where(id, |other| other == secret)
    }

    fn connections_where(&self, id: &AuthorId, matches: impl Fn(SecretHash) -> bool) -> Vec<Arc<Connection>> {
        let connections = self.accounts.get(id).into_iter().flat_map(|state| &state.connections);
        connections.filter(|(secret, _)| matches(*secret)).map(|(_, connection)| connection.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(i: u32) -> ClientAddress {
        std::net::IpAddr::from(i.to_be_bytes()).into()
    }

    #[test]
    fn a_form_session_holds_its_name_between_requests() {
        let (start, grace) = (Instant::now(), Duration::from_secs(30));
        let at = |seconds| start + Duration::from_secs(seconds);
        let (id, mut sessions) = (session_id(1), AccountRegistry::new(true));
        let author = Author { id: id.clone(), name: Name::parse("ana").unwrap() };
        sessions.open_form_session(&id, address(1), start);
        sessions.set_display_name(&author);
        sessions.refresh_form_session(&id, at(100));
        assert_eq!(sessions.expire(at(99 + limits::FORM_SESSION_SECONDS), grace), []);
        assert_eq!(sessions.expire(at(100 + limits::FORM_SESSION_SECONDS), grace), std::slice::from_ref(&id));
        sessions.refresh_form_session(&id, at(200));
        assert!(sessions.author(&id).is_none() && sessions.accounts.is_empty());
    }

    fn session_id(i: usize) -> AuthorId {
        AuthorId(i.to_string().into())
    }

    fn open(sessions: &mut AccountRegistry, id: &AuthorId, from: ClientAddress, now: Instant) -> Option<AuthorId> {
        let removed = sessions.form_session_to_release(id, from);
        removed.iter().for_each(|id| assert!(sessions.remove_idle(id)));
        sessions.open_form_session(id, from, now);
        removed
    }

    #[test]
    fn the_longest_idle_form_session_of_a_full_address_is_removed() {
        let (start, mut sessions) = (Instant::now(), AccountRegistry::new(true));
        let at = |i: usize| start + Duration::from_millis(i as u64);
        assert_eq!(open(&mut sessions, &AuthorId("other".into()), address(2), start), None);
        for i in 0..limits::FORM_SESSIONS_PER_ADDRESS {
            assert_eq!(open(&mut sessions, &session_id(i), address(1), at(i)), None);
        }
        sessions.refresh_form_session(&session_id(0), at(10_000));
        assert_eq!(open(&mut sessions, &session_id(9_999), address(1), at(10_001)), Some(session_id(1)));
        assert_eq!(open(&mut sessions, &session_id(0), address(1), at(10_002)), None, "an open form session stays");
    }

    #[test]
    fn the_longest_idle_form_session_of_all_is_removed_at_the_global_limit() {
        let (start, mut sessions) = (Instant::now(), AccountRegistry::new(true));
        for i in 0..limits::FORM_SESSIONS {
            let from = address((i / 100) as u32);
            assert_eq!(open(&mut sessions, &session_id(i), from, start + Duration::from_millis(i as u64)), None);
        }
        assert_eq!(open(&mut sessions, &session_id(9_999), address(9_999), start), Some(session_id(0)));
    }

    #[test]
    fn the_longest_idle_name_of_a_full_address_is_released_for_a_new_one() {
        let (start, mut sessions) = (Instant::now(), AccountRegistry::new(true));
        for i in 0..limits::NAMES_PER_ADDRESS {
            let author = Author { id: session_id(i), name: Name::parse(&format!("n{i}")).unwrap() };
            sessions.restore(&author, start + Duration::from_millis((i + 1) as u64));
            assert_eq!(sessions.name_to_release(&session_id(i), address(1)), None);
            sessions.count_name(&session_id(i), address(1));
        }
        assert_eq!(sessions.name_to_release(&session_id(0), address(1)), None, "a session that holds a name keeps it");
        assert_eq!(sessions.name_to_release(&session_id(9_999), address(1)), Some(session_id(0)));
        assert_eq!(sessions.name_to_release(&session_id(9_999), address(2)), None);
    }
}
