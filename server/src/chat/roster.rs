//! Who is in a room, and what has changed since its members were last told.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parlor::message::{Present, Standing};
use parlor::{Author, AuthorId, Name, limits, message};

/// The people of one room.
#[derive(Debug, Default)]
pub(super) struct Roster {
    people: HashMap<AuthorId, Person>,
    /// Everyone whose presence changed since the last [`Change`], with how they were there then, if they were.
    touched: HashMap<AuthorId, Option<Present>>,
    /// People without a connection who are still expected back.
    absent: usize,
}

#[derive(Debug)]
struct Person {
    name: Name,
    connections: u32,
    /// Whether they are away from all their connections.
    away: bool,
    /// Since when there has been no connection.
    gone_since: Option<Instant>,
}

impl Person {
    fn present(&self, id: &AuthorId) -> Present {
        let standing = match (self.gone_since, self.away) {
            (Some(_), _) => Standing::Reconnecting,
            (None, true) => Standing::Away,
            (None, false) => Standing::Here,
        };
        Present { author: Author { id: id.clone(), name: self.name.clone() }, standing }
    }
}

/// Who came and went.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) joined: Vec<Present>,
    pub(super) left: Vec<Author>,
    pub(super) count: u32,
}

/// What happens to a person whose last connection is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// They have left.
    Gone,
    /// They are expected back for a while.
    Expected,
}

impl Roster {
    /// One more connection of this person is in the room. True if the person is new here.
    pub(super) fn enter(&mut self, author: &Author, away: bool) -> bool {
        self.touch(&author.id);
        let new = !self.people.contains_key(&author.id);
        let person = self.people.entry(author.id.clone()).or_insert_with(|| Person {
            name: author.name.clone(),
            connections: 0,
            away,
            gone_since: None,
        });
        person.name = author.name.clone();
        person.away = away;
        person.connections += 1;
        self.absent -= usize::from(person.gone_since.take().is_some());
        new
    }

    /// One connection of this person is gone.
    pub(super) fn exit(&mut self, id: &AuthorId, after: After, now: Instant) {
        self.touch(id);
        let Some(person) = self.people.get_mut(id) else { return };
        person.connections = person.connections.saturating_sub(1);
        if person.connections > 0 {
            return;
        }
        match after {
            After::Gone => self.remove(id),
            After::Expected => {
                self.absent += usize::from(person.gone_since.is_none());
                person.gone_since = Some(now);
            }
        }
    }

    /// The person has left, whatever connections they have.
    pub(super) fn remove(&mut self, id: &AuthorId) {
        self.touch(id);
        if let Some(person) = self.people.remove(id) {
            self.absent -= usize::from(person.gone_since.is_some());
        }
    }

    /// Those who were expected back for longer than `grace` have left.
    pub(super) fn expire(&mut self, now: Instant, grace: Duration) {
        if self.absent == 0 {
            return;
        }
        let late = |person: &Person| person.gone_since.is_some_and(|since| now.duration_since(since) >= grace);
        let late: Vec<_> = self.people.iter().filter(|(_, p)| late(p)).map(|(id, _)| id.clone()).collect();
        for id in late {
            self.remove(&id);
        }
    }

    /// The person is called something else now.
    pub(super) fn rename(&mut self, author: &Author) {
        self.touch(&author.id);
        if let Some(person) = self.people.get_mut(&author.id) {
            person.name = author.name.clone();
        }
    }

    /// The person is away from all their connections, or no longer.
    pub(super) fn stand(&mut self, id: &AuthorId, away: bool) {
        if self.people.get(id).is_some_and(|person| person.away != away) {
            self.touch(id);
            self.people.entry(id.clone()).and_modify(|person| person.away = away);
        }
    }

    fn touch(&mut self, id: &AuthorId) {
        let now = self.people.get(id).map(|person| person.present(id));
        self.touched.entry(id.clone()).or_insert(now);
    }

    /// What has changed since this was last asked, if anything has in the end. Of a crowd that changes at once the rest
    /// comes with the next.
    pub(super) fn change(&mut self) -> Option<Change> {
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        for (id, before) in std::mem::take(&mut self.touched) {
            let now = self.people.get(&id).map(|person| person.present(&id));
            match (before, now) {
                (before, Some(now)) if before.as_ref() != Some(&now) => {
                    if joined.len() < limits::ROSTER_PEOPLE {
                        joined.push(now);
                    } else {
                        self.touched.insert(id, before);
                    }
                }
                (Some(before), None) => left.push(before.author),
                _ => {}
            }
        }
        joined.sort();
        left.sort();
        let some = !joined.is_empty() || !left.is_empty();
        some.then(|| Change { joined, left, count: self.count() })
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn has(&self, id: &AuthorId) -> bool {
        self.people.contains_key(id)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Everyone, or as many as a list shows.
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
    fn a_reload_tells_nobody() {
        let (mut roster, now) = (Roster::default(), Instant::now());
        let ana = author(1, "Ana");
        assert!(roster.enter(&ana, false));
        assert!(roster.change().is_some());
        roster.exit(&ana.id, After::Expected, now);
        roster.expire(now + Duration::from_secs(5), Duration::from_secs(30));
        assert!(!roster.enter(&ana, false), "she never left");
        assert_eq!(roster.change(), None);
        roster.exit(&ana.id, After::Expected, now);
        let change = roster.change().unwrap();
        assert_eq!(change.joined, [Present { author: ana.clone(), standing: Standing::Reconnecting }]);
        assert_eq!(change.count, 1, "she is counted while she is expected");
        roster.expire(now + Duration::from_secs(30), Duration::from_secs(30));
        assert_eq!(roster.change().unwrap().left, [ana]);
    }

    #[test]
    fn a_crowd_that_changes_at_once_is_told_of_in_parts() {
        let (mut roster, mut told) = (Roster::default(), BTreeSet::new());
        for number in 0..=2 * limits::ROSTER_PEOPLE {
            roster.enter(
                &Author { id: AuthorId(number.to_string().into()), name: Name::parse("Somebody").unwrap() },
                true,
            );
        }
        while let Some(change) = roster.change() {
            assert!(change.joined.len() <= limits::ROSTER_PEOPLE);
            assert_eq!(change.count as usize, 2 * limits::ROSTER_PEOPLE + 1);
            told.extend(change.joined.into_iter().map(|present| present.author.id));
        }
        assert_eq!(told.len(), 2 * limits::ROSTER_PEOPLE + 1);
    }

    proptest! {
        #[test]
        fn whoever_applies_the_changes_knows_who_is_there(
            steps in prop::collection::vec((0u8..5, 0u8..6, any::<bool>(), any::<bool>()), 1..100),
        ) {
            let (mut roster, mut told) = (Roster::default(), BTreeMap::new());
            let start = Instant::now();
            for (number, (id, what, away, tell)) in steps.into_iter().enumerate() {
                let now = start + Duration::from_secs(number as u64);
                let who = author(id, ["Ana", "Bo", "Cy", "Di", "Ed"][usize::from(id)]);
                match what {
                    0 | 1 => { roster.enter(&who, away); }
                    2 => roster.exit(&who.id, After::Gone, now),
                    3 => roster.exit(&who.id, After::Expected, now),
                    4 => roster.stand(&who.id, away),
                    _ => roster.rename(&author(id, "Someone")),
                }
                roster.expire(now, Duration::from_secs(3));
                if tell && let Some(change) = roster.change() {
                    for present in change.joined {
                        prop_assert_ne!(told.insert(present.author.id.clone(), present.clone()), Some(present));
                    }
                    for author in change.left { prop_assert!(told.remove(&author.id).is_some()); }
                    prop_assert_eq!(change.count as usize, told.len());
                }
            }
            if let Some(change) = roster.change() {
                for present in change.joined { told.insert(present.author.id.clone(), present); }
                for author in change.left { told.remove(&author.id); }
            }
            let there: BTreeMap<_, _> = roster.to_message().people.into_iter().map(|p| (p.author.id.clone(), p)).collect();
            prop_assert_eq!(there, told);
            prop_assert_eq!(roster.absent, roster.people.values().filter(|p| p.gone_since.is_some()).count());
        }
    }
}
