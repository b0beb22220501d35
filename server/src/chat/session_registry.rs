//! All sessions: their connections, the names that they hold, and how long a name is held without a connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parlor::{Author, AuthorId, Name, limits};

use super::name_registry::{ConfusableKey, NameRegistry, Taken};
use super::{AddressQuota, ClientAddress, Connection, ConnectionId};

/// How long a form session holds its name between two requests: long enough to write a long message.
const FORM_SESSION_HOLD: Duration = Duration::from_secs(limits::FORM_SESSION_SECONDS);

/// The sessions that have a connection or hold a name, and all held names, including those of plain clients.
#[derive(Debug)]
pub(super) struct SessionRegistry {
    /// The names that are taken, including names that are reserved while they are written to disk.
    names: NameRegistry,
    /// The name under which each person appears.
    display_names: HashMap<AuthorId, Name>,
    sessions: HashMap<AuthorId, SessionState>,
    /// The sessions that hold a name, by the address at which they claimed it.
    named: AddressQuota<AuthorId>,
    /// The sessions without a WebSocket, which use HTML forms.
    form_sessions: AddressQuota<AuthorId>,
}

#[derive(Debug, Default)]
struct SessionState {
    connections: Vec<Arc<Connection>>,
    /// When the last connection ended; the name is held for the grace period. `None` while there is a connection.
    disconnected_at: Option<Instant>,
    /// When a form session last fetched a page or sent a form. `None` for a session with connections.
    last_form_request: Option<Instant>,
}

impl SessionState {
    /// Whether the name of a session without a connection is no longer held.
    fn is_expired(&self, now: Instant, grace: Duration) -> bool {
        let has_passed = |since: Instant, hold: Duration| now.duration_since(since) >= hold;
        let has_form_session = self.last_form_request.is_some_and(|at| !has_passed(at, FORM_SESSION_HOLD));
        !has_form_session && self.disconnected_at.is_some_and(|since| has_passed(since, grace))
    }

    /// The time of the last activity; `None` while the session has a connection.
    fn idle_since(&self) -> Option<Instant> {
        self.last_form_request.or(self.disconnected_at).filter(|_| self.connections.is_empty())
    }
}

impl SessionRegistry {
    /// An empty registry. Without limits an address may have any number of names and form sessions.
    pub(super) fn new(limits_on: bool) -> Self {
        let quota = |limit| AddressQuota::new(if limits_on { limit } else { usize::MAX });
        Self {
            names: NameRegistry::default(),
            display_names: HashMap::new(),
            sessions: HashMap::new(),
            named: quota(limits::NAMES_PER_ADDRESS),
            form_sessions: quota(limits::FORM_SESSIONS_PER_ADDRESS),
        }
    }

    /// Adds a connection of a session.
    pub(super) fn add_connection(&mut self, id: &AuthorId, connection: &Arc<Connection>) {
        let state = self.sessions.entry(id.clone()).or_default();
        state.connections.push(connection.clone());
        state.disconnected_at = None;
        state.last_form_request = None;
        self.form_sessions.remove(id);
    }

    /// Makes a session without connections a form session. Does nothing if it has a connection.
    pub(super) fn open_form_session(&mut self, id: &AuthorId, address: ClientAddress, now: Instant) {
        let state = self.sessions.entry(id.clone()).or_default();
        if state.connections.is_empty() {
            state.disconnected_at.get_or_insert(now);
            state.last_form_request = Some(now);
            self.form_sessions.insert(id.clone(), address);
        }
    }

    /// The form session to remove before the session `id` at this address may open one, if a limit is reached. At the
    /// limit of the address, the longest idle form session of that address; at the global limit, the longest idle one.
    pub(super) fn form_session_to_release(&self, id: &AuthorId, address: ClientAddress) -> Option<AuthorId> {
        if self.sessions.contains_key(id) {
            return None;
        }
        if self.form_sessions.is_full(address) {
            return self.longest_idle(self.form_sessions.of(address));
        }
        (self.form_sessions.count() >= limits::FORM_SESSIONS)
            .then(|| self.longest_idle(self.form_sessions.all()))
            .flatten()
    }

    /// The session whose name must be released before the session `id` at this address may claim one.
    pub(super) fn name_to_release(&self, id: &AuthorId, address: ClientAddress) -> Option<AuthorId> {
        if self.display_names.contains_key(id) || !self.named.is_full(address) {
            return None;
        }
        self.longest_idle(self.named.of(address))
    }

    fn longest_idle<'a>(&self, ids: impl Iterator<Item = &'a AuthorId>) -> Option<AuthorId> {
        let idle = ids.filter_map(|id| Some((self.sessions.get(id)?.idle_since()?, id)));
        idle.min_by_key(|(since, _)| *since).map(|(_, id)| id.clone())
    }

    /// Counts the name of a session for an address.
    pub(super) fn count_name(&mut self, id: &AuthorId, address: ClientAddress) {
        self.named.insert(id.clone(), address);
    }

    /// Removes a session and releases its name, unless it has a connection. True if it was removed.
    pub(super) fn remove_idle(&mut self, id: &AuthorId) -> bool {
        let idle = self.sessions.get(id).is_some_and(|state| state.idle_since().is_some());
        if idle {
            self.remove(id);
        }
        idle
    }

    fn remove(&mut self, id: &AuthorId) {
        self.sessions.remove(id);
        self.form_sessions.remove(id);
        self.release_name(id);
    }

    /// Records a request of a form session, so that its name is held longer.
    pub(super) fn refresh_form_session(&mut self, id: &AuthorId, now: Instant) {
        if let Some(last_form_request) = self.sessions.get_mut(id).and_then(|state| state.last_form_request.as_mut()) {
            *last_form_request = now;
        }
    }

    /// Removes a session that has neither a connection nor a name.
    pub(super) fn remove_nameless(&mut self, id: &AuthorId) {
        if !self.display_names.contains_key(id)
            && self.sessions.get(id).is_some_and(|state| state.connections.is_empty())
        {
            self.sessions.remove(id);
            self.form_sessions.remove(id);
        }
    }

    /// Removes a connection of a session. A session without a name is removed with its last connection.
    pub(super) fn remove_connection(&mut self, id: &AuthorId, connection: ConnectionId, now: Instant) {
        let Some(state) = self.sessions.get_mut(id) else { return };
        state.connections.retain(|other| other.id != connection);
        if state.connections.is_empty() {
            state.disconnected_at = Some(now);
            if !self.display_names.contains_key(id) {
                self.sessions.remove(id);
            }
        }
    }

    /// Removes the sessions that have had no connection for `grace`, releases their names and returns their ids.
    pub(super) fn expire(&mut self, now: Instant, grace: Duration) -> Vec<AuthorId> {
        let expired = self.sessions.iter().filter(|(_, state)| state.is_expired(now, grace));
        let expired: Vec<_> = expired.map(|(id, _)| id.clone()).collect();
        expired.iter().for_each(|id| self.remove(id));
        expired
    }

    /// Reserves a name, so that no other session can claim it. The display name does not change yet.
    pub(super) fn reserve_name(&mut self, id: &AuthorId, name: &Name) -> Result<(), Taken> {
        self.names.claim(name, id)
    }

    /// Cancels a reservation. The session keeps its display name, if it has one.
    pub(super) fn cancel_reservation(&mut self, id: &AuthorId) {
        match self.display_names.get(id) {
            // Another session can have claimed the previous name in the meantime. Then this session loses it.
            Some(name) if self.names.claim(name, id).is_ok() => {}
            _ => self.release_name(id),
        }
    }

    /// Makes the reserved name the display name. Returns the previous one.
    pub(super) fn set_display_name(&mut self, author: &Author) -> Option<Name> {
        self.display_names.insert(author.id.clone(), author.name.clone())
    }

    /// Restores a session that held a name when the last process ended. Its grace period starts now.
    pub(super) fn restore(&mut self, author: &Author, now: Instant) {
        if self.reserve_name(&author.id, &author.name).is_ok() {
            self.set_display_name(author);
            self.sessions
                .insert(author.id.clone(), SessionState { disconnected_at: Some(now), ..SessionState::default() });
        }
    }

    /// Releases a session's name immediately.
    pub(super) fn release_name(&mut self, id: &AuthorId) {
        self.names.release(id);
        self.display_names.remove(id);
        self.named.remove(id);
    }

    /// The author with this id and their display name; `None` without a name.
    pub(super) fn author(&self, id: &AuthorId) -> Option<Author> {
        self.display_names.get(id).map(|name| Author { id: id.clone(), name: name.clone() })
    }

    /// The authors whose name has this key. Can include others because of hash collisions.
    pub(super) fn holders_of(&self, key: &ConfusableKey) -> impl Iterator<Item = Author> {
        self.names.holders_of(key).filter_map(|id| self.author(id))
    }

    /// Whether the person is away on all connections of the session. False without connections.
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
    use super::super::Session;
    use super::*;

    fn address(i: u32) -> ClientAddress {
        std::net::IpAddr::from(i.to_be_bytes()).into()
    }

    #[test]
    fn a_form_session_holds_its_name_between_requests() {
        let (start, grace) = (Instant::now(), Duration::from_secs(30));
        let at = |seconds| start + Duration::from_secs(seconds);
        let (id, mut sessions) = (Session::new().0.id, SessionRegistry::new(true));
        let author = Author { id: id.clone(), name: Name::parse("ana").unwrap() };
        sessions.open_form_session(&id, address(1), start);
        sessions.reserve_name(&id, &author.name).unwrap();
        sessions.set_display_name(&author);
        sessions.refresh_form_session(&id, at(100));
        assert_eq!(sessions.expire(at(99 + limits::FORM_SESSION_SECONDS), grace), []);
        assert_eq!(sessions.expire(at(100 + limits::FORM_SESSION_SECONDS), grace), std::slice::from_ref(&id));
        sessions.refresh_form_session(&id, at(200));
        assert!(sessions.author(&id).is_none() && sessions.sessions.is_empty());
    }

    fn session_id(i: usize) -> AuthorId {
        AuthorId(i.to_string().into())
    }

    fn open(sessions: &mut SessionRegistry, id: &AuthorId, from: ClientAddress, now: Instant) -> Option<AuthorId> {
        let removed = sessions.form_session_to_release(id, from);
        removed.iter().for_each(|id| assert!(sessions.remove_idle(id)));
        sessions.open_form_session(id, from, now);
        removed
    }

    #[test]
    fn the_longest_idle_form_session_of_a_full_address_is_removed() {
        let (start, mut sessions) = (Instant::now(), SessionRegistry::new(true));
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
        let (start, mut sessions) = (Instant::now(), SessionRegistry::new(true));
        for i in 0..limits::FORM_SESSIONS {
            let from = address((i / 100) as u32);
            assert_eq!(open(&mut sessions, &session_id(i), from, start + Duration::from_millis(i as u64)), None);
        }
        assert_eq!(open(&mut sessions, &session_id(9_999), address(9_999), start), Some(session_id(0)));
    }

    #[test]
    fn the_longest_idle_name_of_a_full_address_is_released_for_a_new_one() {
        let (start, mut sessions) = (Instant::now(), SessionRegistry::new(true));
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
