//! The people in a room, their presence status, and the changes since rich members last received them.
//!
//! A person can have connections here and at other nodes. The other nodes receive what changes here.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parlor::message::{PresenceStatus, Present};
use parlor::{Author, AuthorId, Name, limits, message};

/// The people of one room.
#[derive(Debug, Default)]
pub(super) struct Roster {
    people: HashMap<AuthorId, Person>,
    /// The people who changed since the last [`RosterChange`], with their presence at that time if they were in the
    /// room.
    changed: HashMap<AuthorId, Option<Present>>,
    /// The people whose presence at this node has changed since [`take_local_changes`](Self::take_local_changes), with
    /// their names.
    changed_here: HashMap<AuthorId, Name>,
    /// Number of people without a connection here who may still return.
    reconnecting: usize,
}

/// Somebody who is present here, at other nodes, or both.
#[derive(Debug)]
struct Person {
    name: Name,
    /// `None` if the person has no connection here and is not expected to return.
    here: Option<LocalPresence>,
    /// The status at other nodes.
    elsewhere: Option<PresenceStatus>,
}

/// The presence of a person at this node.
#[derive(Debug)]
struct LocalPresence {
    connections: u32,
    /// Whether the person is away on all their connections.
    away: bool,
    /// When the last connection ended; `None` while there is a connection.
    disconnected_at: Option<Instant>,
}

impl LocalPresence {
    fn status(&self) -> PresenceStatus {
        match (self.disconnected_at, self.away) {
            (Some(_), _) => PresenceStatus::Reconnecting,
            (None, true) => PresenceStatus::Away,
            (None, false) => PresenceStatus::Here,
        }
    }
}

impl Person {
    fn present(&self, id: &AuthorId) -> Present {
        let status = self.here.as_ref().map(LocalPresence::status).into_iter().chain(self.elsewhere).min();
        Present { author: Author { id: id.clone(), name: self.name.clone() }, status: status.unwrap_or_default() }
    }
}

/// The changes of a roster since the previous `RosterChange`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RosterChange {
    pub(super) joined: Vec<Present>,
    pub(super) left: Vec<Author>,
    pub(super) count: u32,
}

/// What becomes of a person whose last connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Departure {
    /// The person leaves the room immediately.
    Left,
    /// The person stays in the roster as reconnecting for the grace period.
    MayReturn,
}

impl Roster {
    /// Adds a connection of a person. True if the person is new in the room.
    pub(super) fn add_connection(&mut self, author: &Author, away: bool) -> bool {
        self.record_before_change(&author.id);
        self.changed_here.insert(author.id.clone(), author.name.clone());
        let new = !self.people.contains_key(&author.id);
        let person = self.people.entry(author.id.clone());
        let person = person.or_insert_with(|| Person { name: author.name.clone(), here: None, elsewhere: None });
        person.name = author.name.clone();
        let here = person.here.get_or_insert(LocalPresence { connections: 0, away, disconnected_at: None });
        here.away = away;
        here.connections += 1;
        self.reconnecting -= usize::from(here.disconnected_at.take().is_some());
        new
    }

    /// Removes a connection of a person. `departure` counts if it was the last one.
    pub(super) fn remove_connection(&mut self, id: &AuthorId, departure: Departure, now: Instant) {
        self.record_before_change(id);
        let Some(person) = self.people.get_mut(id) else { return };
        let Some(here) = &mut person.here else { return };
        here.connections = here.connections.saturating_sub(1);
        if here.connections > 0 {
            return;
        }
        self.changed_here.insert(id.clone(), person.name.clone());
        match departure {
            Departure::Left => self.remove(id),
            Departure::MayReturn => {
                self.reconnecting += usize::from(here.disconnected_at.is_none());
                here.disconnected_at = Some(now);
            }
        }
    }

    /// Removes a person from this node, however many connections they have.
    pub(super) fn remove(&mut self, id: &AuthorId) {
        self.record_before_change(id);
        let Some(person) = self.people.get_mut(id) else { return };
        if let Some(here) = person.here.take() {
            self.changed_here.insert(id.clone(), person.name.clone());
            self.reconnecting -= usize::from(here.disconnected_at.is_some());
        }
        if person.elsewhere.is_none() {
            self.people.remove(id);
        }
    }

    /// Sets the status of a person at other nodes; `None` if they are at none. True if the person is new in the room.
    pub(super) fn set_elsewhere(&mut self, author: &Author, status: Option<PresenceStatus>) -> bool {
        self.record_before_change(&author.id);
        match (self.people.get_mut(&author.id), status) {
            (Some(person), status) => {
                person.elsewhere = status;
                if status.is_some() {
                    person.name = author.name.clone();
                } else if person.here.is_none() {
                    self.people.remove(&author.id);
                }
                false
            }
            (None, Some(_)) => {
                let person = Person { name: author.name.clone(), here: None, elsewhere: status };
                self.people.insert(author.id.clone(), person);
                true
            }
            (None, None) => false,
        }
    }

    /// Removes the people who have had no connection for `grace`.
    pub(super) fn expire(&mut self, now: Instant, grace: Duration) {
        if self.reconnecting == 0 {
            return;
        }
        let expired = |person: &Person| {
            let disconnected_at = person.here.as_ref().and_then(|here| here.disconnected_at);
            disconnected_at.is_some_and(|at| now.duration_since(at) >= grace)
        };
        let expired: Vec<_> = self.people.iter().filter(|(_, p)| expired(p)).map(|(id, _)| id.clone()).collect();
        for id in expired {
            self.remove(&id);
        }
    }

    /// Changes a person's display name.
    pub(super) fn rename(&mut self, author: &Author) {
        self.record_before_change(&author.id);
        if let Some(person) = self.people.get_mut(&author.id) {
            person.name = author.name.clone();
            self.changed_here.insert(author.id.clone(), author.name.clone());
        }
    }

    /// Sets whether a person is away on all their connections.
    pub(super) fn set_away(&mut self, id: &AuthorId, away: bool) {
        let changes = |person: &Person| person.here.as_ref().is_some_and(|here| here.away != away);
        if !self.people.get(id).is_some_and(changes) {
            return;
        }
        self.record_before_change(id);
        let Some(person) = self.people.get_mut(id) else { return };
        self.changed_here.insert(id.clone(), person.name.clone());
        if let Some(here) = &mut person.here {
            here.away = away;
        }
    }

    /// The people whose presence at this node has changed since the last call, each with the status here.
    pub(super) fn take_local_changes(&mut self) -> Vec<(Author, Option<PresenceStatus>)> {
        let changed = std::mem::take(&mut self.changed_here).into_iter();
        let status = |(id, name)| {
            let here = self.people.get(&id).and_then(|person| person.here.as_ref());
            (Author { id, name }, here.map(LocalPresence::status))
        };
        changed.map(status).collect()
    }

    /// The people at this node, each with the status here.
    pub(super) fn local_people(&self) -> Vec<(Author, PresenceStatus)> {
        let here = |(id, person): (&AuthorId, &Person)| {
            let status = person.here.as_ref()?.status();
            Some((Author { id: id.clone(), name: person.name.clone() }, status))
        };
        self.people.iter().filter_map(here).collect()
    }

    fn record_before_change(&mut self, id: &AuthorId) {
        let now = self.people.get(id).map(|person| person.present(id));
        self.changed.entry(id.clone()).or_insert(now);
    }

    /// The net changes since the last call, or `None` if there are none. At most [`limits::ROSTER_PEOPLE`] arrivals are
    /// in one change; the rest follows with the next call.
    pub(super) fn take_change(&mut self) -> Option<RosterChange> {
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        for (id, before) in std::mem::take(&mut self.changed) {
            let now = self.people.get(&id).map(|person| person.present(&id));
            match (before, now) {
                (before, Some(now)) if before.as_ref() != Some(&now) => {
                    if joined.len() < limits::ROSTER_PEOPLE {
                        joined.push(now);
                    } else {
                        self.changed.insert(id, before);
                    }
                }
                (Some(before), None) => left.push(before.author),
                _ => {}
            }
        }
        joined.sort();
        left.sort();
        let is_changed = !joined.is_empty() || !left.is_empty();
        is_changed.then(|| RosterChange { joined, left, count: self.count() })
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn contains(&self, id: &AuthorId) -> bool {
        self.people.contains_key(id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The number of people and the first [`limits::ROSTER_PEOPLE`] of them.
    pub(super) fn to_message(&self) -> message::Roster {
        let people = self.people.iter().take(limits::ROSTER_PEOPLE);
        message::Roster { count: self.count(), people: people.map(|(id, person)| person.present(id)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    fn author(id: u8, name: &str) -> Author {
        Author { id: AuthorId(id.to_string().into()), name: Name::parse(name).unwrap() }
    }

    #[test]
    fn a_reload_within_the_grace_period_is_no_change() {
        let (mut roster, now) = (Roster::default(), Instant::now());
        let ana = author(1, "Ana");
        assert!(roster.add_connection(&ana, false));
        assert!(roster.take_change().is_some());
        roster.remove_connection(&ana.id, Departure::MayReturn, now);
        roster.expire(now + Duration::from_secs(5), Duration::from_secs(30));
        assert!(!roster.add_connection(&ana, false), "she never left");
        assert_eq!(roster.take_change(), None);
        roster.remove_connection(&ana.id, Departure::MayReturn, now);
        let change = roster.take_change().unwrap();
        assert_eq!(change.joined, [Present { author: ana.clone(), status: PresenceStatus::Reconnecting }]);
        assert_eq!(change.count, 1, "she is counted while she may return");
        roster.expire(now + Duration::from_secs(30), Duration::from_secs(30));
        assert_eq!(roster.take_change().unwrap().left, [ana]);
    }

    #[test]
    fn changes_of_many_people_are_split() {
        let (mut roster, mut sent) = (Roster::default(), BTreeSet::new());
        for number in 0..=2 * limits::ROSTER_PEOPLE {
            roster.add_connection(
                &Author { id: AuthorId(number.to_string().into()), name: Name::parse("Somebody").unwrap() },
                true,
            );
        }
        while let Some(change) = roster.take_change() {
            assert!(change.joined.len() <= limits::ROSTER_PEOPLE);
            assert_eq!(change.count as usize, 2 * limits::ROSTER_PEOPLE + 1);
            sent.extend(change.joined.into_iter().map(|present| present.author.id));
        }
        assert_eq!(sent.len(), 2 * limits::ROSTER_PEOPLE + 1);
    }

    proptest! {
        #[test]
        fn a_client_that_applies_all_changes_has_the_same_roster(
            steps in prop::collection::vec((0u8..5, 0u8..6, any::<bool>(), any::<bool>()), 1..100),
        ) {
            let (mut roster, mut sent) = (Roster::default(), BTreeMap::new());
            let start = Instant::now();
            for (number, (id, action, away, take)) in steps.into_iter().enumerate() {
                let now = start + Duration::from_secs(number as u64);
                let person = author(id, ["Ana", "Bo", "Cy", "Di", "Ed"][usize::from(id)]);
                match action {
                    0 | 1 => { roster.add_connection(&person, away); }
                    2 => roster.remove_connection(&person.id, Departure::Left, now),
                    3 => roster.remove_connection(&person.id, Departure::MayReturn, now),
                    4 => roster.set_away(&person.id, away),
                    _ => roster.rename(&author(id, "Someone")),
                }
                roster.expire(now, Duration::from_secs(3));
                if take && let Some(change) = roster.take_change() {
                    for present in change.joined {
                        prop_assert_ne!(sent.insert(present.author.id.clone(), present.clone()), Some(present));
                    }
                    for author in change.left { prop_assert!(sent.remove(&author.id).is_some()); }
                    prop_assert_eq!(change.count as usize, sent.len());
                }
            }
            if let Some(change) = roster.take_change() {
                for present in change.joined { sent.insert(present.author.id.clone(), present); }
                for author in change.left { sent.remove(&author.id); }
            }
            let current: BTreeMap<_, _> = roster.to_message().people.into_iter().map(|p| (p.author.id.clone(), p)).collect();
            prop_assert_eq!(current, sent);
            prop_assert_eq!(roster.reconnecting, roster.people.values().filter(|p| p.here.as_ref().is_some_and(|here| here.disconnected_at.is_some())).count());
        }
    }
}
