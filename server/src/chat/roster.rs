//! Who is in a room, and what has changed since its members were last told.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parlor::message::{Present, Standing};
use parlor::{Author, AuthorId, Name, limits, message};

/// The people of one room.
#[derive(Debug, Default)]
pub(super) struct Roster {
    people: HashMap<AuthorId, Person>,
    /// Everyone whose presence changed since the last [`Change`], with what they were called then, if they were there.
    touched: HashMap<AuthorId, Option<Name>>,
    /// People without a connection who are still expected back.
    absent: usize,
}

#[derive(Debug)]
struct Person {
    name: Name,
    connections: u32,
    /// Since when there has been no connection.
    gone_since: Option<Instant>,
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
    pub(super) fn enter(&mut self, author: &Author) -> bool {
        self.touch(&author.id);
        let new = !self.people.contains_key(&author.id);
        let person = self.people.entry(author.id.clone()).or_insert_with(|| Person {
            name: author.name.clone(),
            connections: 0,
            gone_since: None,
        });
        person.name = author.name.clone();
        person.connections += 1;
        self.absent -= usize::from(person.gone_since.take().is_some());
        new
    }

    /// One connection of this person is gone.
    pub(super) fn exit(&mut self, id: &AuthorId, after: After, now: Instant) {
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

    fn touch(&mut self, id: &AuthorId) {
        let now = self.people.get(id).map(|person| person.name.clone());
        self.touched.entry(id.clone()).or_insert(now);
    }

    /// What has changed since this was last asked, if anything has in the end.
    pub(super) fn change(&mut self) -> Option<Change> {
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        for (id, before) in self.touched.drain() {
            let now = self.people.get(&id).map(|person| &person.name);
            match (before, now) {
                (before, Some(name)) if before.as_ref() != Some(name) => {
                    let author = Author { id, name: name.clone() };
                    joined.push(Present { author, standing: Standing::Here });
                }
                (Some(name), None) => left.push(Author { id, name }),
                _ => {}
            }
        }
        joined.sort();
        left.sort();
        let some = !joined.is_empty() || !left.is_empty();
        some.then(|| Change { joined, left, count: self.count() })
    }

    fn count(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Everyone, or as many as a list shows.
    pub(super) fn to_message(&self) -> message::Roster {
        let people = self.people.iter().take(limits::ROSTER_PEOPLE);
        let people = people.map(|(id, person)| Present {
            author: Author { id: id.clone(), name: person.name.clone() },
            standing: Standing::Here,
        });
        message::Roster { count: self.count(), people: people.collect() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn author(id: u8, name: &str) -> Author {
        Author { id: AuthorId(id.to_string()), name: Name::parse(name).unwrap() }
    }

    #[test]
    fn a_reload_tells_nobody() {
        let (mut roster, now) = (Roster::default(), Instant::now());
        let ana = author(1, "Ana");
        assert!(roster.enter(&ana));
        assert!(roster.change().is_some());
        roster.exit(&ana.id, After::Expected, now);
        roster.expire(now + Duration::from_secs(5), Duration::from_secs(30));
        assert!(!roster.enter(&ana), "she never left");
        assert_eq!(roster.change(), None);
        roster.exit(&ana.id, After::Expected, now);
        roster.expire(now + Duration::from_secs(30), Duration::from_secs(30));
        assert_eq!(roster.change().unwrap().left, [ana]);
    }

    proptest! {
        #[test]
        fn whoever_applies_the_changes_knows_who_is_there(
            steps in prop::collection::vec((0u8..5, 0u8..5, any::<bool>()), 1..100),
        ) {
            let (mut roster, mut told) = (Roster::default(), BTreeMap::new());
            let start = Instant::now();
            for (number, (id, what, tell)) in steps.into_iter().enumerate() {
                let now = start + Duration::from_secs(number as u64);
                let who = author(id, ["Ana", "Bo", "Cy", "Di", "Ed"][usize::from(id)]);
                match what {
                    0 | 1 => { roster.enter(&who); }
                    2 => roster.exit(&who.id, After::Gone, now),
                    3 => roster.exit(&who.id, After::Expected, now),
                    _ => roster.rename(&author(id, "Someone")),
                }
                roster.expire(now, Duration::from_secs(3));
                if tell && let Some(change) = roster.change() {
                    for Present { author, .. } in change.joined { told.insert(author.id, author.name); }
                    for author in change.left { prop_assert!(told.remove(&author.id).is_some()); }
                    prop_assert_eq!(change.count as usize, told.len());
                }
            }
            if let Some(change) = roster.change() {
                for Present { author, .. } in change.joined { told.insert(author.id, author.name); }
                for author in change.left { told.remove(&author.id); }
            }
            let there: BTreeMap<_, _> = roster.to_message().people.into_iter().map(|p| (p.author.id, p.author.name)).collect();
            prop_assert_eq!(there, told);
            prop_assert_eq!(roster.absent, roster.people.values().filter(|p| p.gone_since.is_some()).count());
        }
    }
}
