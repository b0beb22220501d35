//! The people whose connections are at other nodes, by room, as those nodes have told.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parlor::message::PresenceStatus;
use parlor::{Author, AuthorId, RoomName};

use crate::engine::{NodeId, RoomPeople};

/// How long an author counts as present of whom no node has told that they are: the message of their node is late, or lost.
const ANNOUNCED_FOR: Duration = Duration::from_secs(10);

/// How long it is known that somebody has left, so that an event of theirs that arrives later does not announce them again.
const DEPARTURE_KNOWN_FOR: Duration = Duration::from_secs(60);

/// The people at other nodes.
#[derive(Debug, Default)]
pub(super) struct RemotePeople {
    rooms: HashMap<RoomName, HashMap<AuthorId, RemotePerson>>,
    /// Those who were announced by an event, and when.
    announced: HashMap<(RoomName, AuthorId), Instant>,
    /// Those who have left lately.
    left: HashMap<(RoomName, AuthorId), Instant>,
}

#[derive(Debug)]
struct RemotePerson {
    author: Author,
    /// The status at each node. Empty for somebody who was only announced.
    nodes: Vec<(NodeId, PresenceStatus)>,
}

impl RemotePerson {
    /// The best status of all nodes.
    fn status(&self) -> PresenceStatus {
        self.nodes.iter().map(|(_, status)| *status).min().unwrap_or_default()
    }
}

/// A person whose presence at other nodes has changed: `None` if they are at none any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RemoteChange {
    pub(super) room: RoomName,
    pub(super) author: Author,
    pub(super) status: Option<PresenceStatus>,
}

impl RemotePeople {
    /// Applies what a node has told of its people in a room. Returns the people concerned.
    pub(super) fn apply(&mut self, node: NodeId, people: RoomPeople, now: Instant) -> Vec<RemoteChange> {
        let RoomPeople { room, replace, people } = people;
        let mut concerned: Vec<Author> = Vec::new();
        if replace {
            for person in self.rooms.get_mut(&room).into_iter().flat_map(HashMap::values_mut) {
                if remove_node(person, |other| other == node) {
                    concerned.push(person.author.clone());
                }
            }
        }
        for (author, status) in people {
            let person = self.rooms.entry(room.clone()).or_default().entry(author.id.clone());
            let person = person.or_insert_with(|| RemotePerson { author: author.clone(), nodes: Vec::new() });
            person.author.clone_from(&author);
            remove_node(person, |other| other == node);
            person.nodes.extend(status.map(|status| (node, status)));
            self.announced.remove(&(room.clone(), author.id.clone()));
            concerned.retain(|other| other.id != author.id);
            concerned.push(author);
        }
        self.changes(&room, concerned, now)
    }

    /// Records that an event of an author from another node was delivered. Returns the change if nobody has told that they
    /// are in the room.
    pub(super) fn announce(&mut self, room: &RoomName, author: &Author, now: Instant) -> Option<RemoteChange> {
        let key = (room.clone(), author.id.clone());
        let is_known = self.rooms.get(room).is_some_and(|people| people.contains_key(&author.id));
        if is_known || self.left.contains_key(&key) {
            return None;
        }
        let person = RemotePerson { author: author.clone(), nodes: Vec::new() };
        let status = person.status();
        self.rooms.entry(room.clone()).or_default().insert(author.id.clone(), person);
        self.announced.insert(key, now);
        Some(RemoteChange { room: room.clone(), author: author.clone(), status: Some(status) })
    }

    /// Removes the people of all nodes that are not among these. Returns the people concerned.
    pub(super) fn retain_nodes(&mut self, nodes: &[NodeId], now: Instant) -> Vec<RemoteChange> {
        let mut concerned: HashMap<RoomName, Vec<Author>> = HashMap::new();
        for (room, people) in &mut self.rooms {
            for person in people.values_mut() {
                if remove_node(person, |node| !nodes.contains(&node)) {
                    concerned.entry(room.clone()).or_default().push(person.author.clone());
                }
            }
        }
        concerned.into_iter().flat_map(|(room, people)| self.changes(&room, people, now)).collect()
    }

    /// Removes those who were announced and of whom no node has told in time. Returns them.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<RemoteChange> {
        self.left.retain(|_, at| now.saturating_duration_since(*at) < DEPARTURE_KNOWN_FOR);
        let late = self.announced.iter().filter(|(_, at)| now.saturating_duration_since(**at) >= ANNOUNCED_FOR);
        let late: Vec<_> = late.map(|(key, _)| key.clone()).collect();
        let mut changes = Vec::new();
        for (room, id) in late {
            self.announced.remove(&(room.clone(), id.clone()));
            let author = self.rooms.get(&room).and_then(|people| people.get(&id)).map(|person| person.author.clone());
            changes.extend(self.changes(&room, author.into_iter().collect(), now));
        }
        changes
    }

    /// The people at other nodes in a room.
    pub(super) fn of_room(&self, room: &RoomName) -> Vec<RemoteChange> {
        let people = self.rooms.get(room).into_iter().flat_map(HashMap::values);
        let present = people.map(|person| RemoteChange {
            room: room.clone(),
            author: person.author.clone(),
            status: Some(person.status()),
        });
        present.collect()
    }

    /// The rooms with people at other nodes, and how many.
    pub(super) fn counts(&self) -> impl Iterator<Item = (RoomName, u32)> {
        self.rooms.iter().map(|(room, people)| (room.clone(), u32::try_from(people.len()).unwrap_or(u32::MAX)))
    }

    /// The present state of people, and removes those who are nowhere any more.
    fn changes(&mut self, room: &RoomName, concerned: Vec<Author>, now: Instant) -> Vec<RemoteChange> {
        let mut changes = Vec::with_capacity(concerned.len());
        for author in concerned {
            let Some(people) = self.rooms.get_mut(room) else { break };
            let is_present = people.get(&author.id).is_some_and(|person| !person.nodes.is_empty());
            let status = if is_present {
                people.get(&author.id).map(RemotePerson::status)
            } else {
                people.remove(&author.id);
                None
            };
            let key = (room.clone(), author.id.clone());
            if status.is_some() {
                self.left.remove(&key);
            } else {
                self.left.insert(key, now);
            }
            if people.is_empty() {
                self.rooms.remove(room);
            }
            changes.push(RemoteChange { room: room.clone(), author, status });
        }
        changes
    }
}

/// Removes nodes from a person. True if there were such.
fn remove_node(person: &mut RemotePerson, is_removed: impl Fn(NodeId) -> bool) -> bool {
    let before = person.nodes.len();
    person.nodes.retain(|(node, _)| !is_removed(*node));
    person.nodes.len() < before
}

#[cfg(test)]
mod tests {
    use parlor::Name;
    use proptest::prelude::*;

    use super::*;

    fn author(id: &str) -> Author {
        Author { id: AuthorId(id.into()), name: Name::parse(id).unwrap() }
    }

    fn told(replace: bool, people: &[(&str, Option<PresenceStatus>)]) -> RoomPeople {
        let people = people.iter().map(|(id, status)| (author(id), *status)).collect();
        RoomPeople { room: RoomName::default(), replace, people }
    }

    fn here(id: &str) -> RemoteChange {
        RemoteChange { room: RoomName::default(), author: author(id), status: Some(PresenceStatus::Here) }
    }

    fn gone(id: &str) -> RemoteChange {
        RemoteChange { status: None, ..here(id) }
    }

    #[test]
    fn somebody_at_two_nodes_leaves_with_the_last_one() {
        let (mut people, now) = (RemotePeople::default(), Instant::now());
        let (one, two) = (NodeId(1), NodeId(2));
        assert_eq!(people.apply(one, told(false, &[("ana", Some(PresenceStatus::Away))]), now).len(), 1);
        assert_eq!(people.apply(two, told(false, &[("ana", Some(PresenceStatus::Here))]), now), [here("ana")]);
        assert_eq!(people.apply(one, told(true, &[]), now), [here("ana")], "she is at the other node");
        assert_eq!(people.retain_nodes(&[one], now), [gone("ana")]);
        assert_eq!(people.of_room(&RoomName::default()), []);
    }

    #[test]
    fn an_author_is_announced_once_and_not_again_after_leaving() {
        let (mut people, now, room) = (RemotePeople::default(), Instant::now(), RoomName::default());
        assert_eq!(people.announce(&room, &author("ana"), now), Some(here("ana")));
        assert_eq!(people.announce(&room, &author("ana"), now), None);
        assert_eq!(people.apply(NodeId(1), told(false, &[("ana", Some(PresenceStatus::Here))]), now), [here("ana")]);
        assert_eq!(people.apply(NodeId(1), told(false, &[("ana", None)]), now), [gone("ana")]);
        assert_eq!(people.announce(&room, &author("ana"), now), None, "an event that is late");
        people.expire(now + DEPARTURE_KNOWN_FOR);
        assert_eq!(people.announce(&room, &author("ana"), now), Some(here("ana")));
    }

    #[test]
    fn somebody_of_whom_no_node_tells_is_gone_after_a_while() {
        let (mut people, now, room) = (RemotePeople::default(), Instant::now(), RoomName::default());
        people.announce(&room, &author("ana"), now);
        assert_eq!(people.expire(now + ANNOUNCED_FOR / 2), []);
        assert_eq!(people.expire(now + ANNOUNCED_FOR), [gone("ana")]);
    }

    proptest! {
        #[test]
        fn the_people_of_a_room_are_those_that_some_node_has_told_of(
            steps in prop::collection::vec((1i64..4, 0usize..4, any::<bool>(), any::<bool>()), 1..60),
        ) {
            let (mut people, now, room) = (RemotePeople::default(), Instant::now(), RoomName::default());
            let (mut model, mut shown) = (std::collections::HashSet::new(), std::collections::HashSet::new());
            for (node, index, is_here, replace) in steps {
                let id = ["ana", "bo", "cy", "di"][index];
                if replace {
                    model.retain(|(other, _)| *other != node);
                }
                if is_here { model.insert((node, id)); } else { model.remove(&(node, id)); }
                let status = is_here.then_some(PresenceStatus::Here);
                for change in people.apply(NodeId(node), told(replace, &[(id, status)]), now) {
                    let id = change.author.id.as_str().to_owned();
                    if change.status.is_some() { shown.insert(id); } else { shown.remove(&id); }
                }
                let expected: std::collections::HashSet<_> = model.iter().map(|(_, id)| (*id).to_owned()).collect();
                prop_assert_eq!(&shown, &expected, "the changes lead to the same people");
                let current = people.of_room(&room).into_iter().map(|change| change.author.id.as_str().to_owned());
                prop_assert_eq!(current.collect::<std::collections::HashSet<_>>(), expected);
            }
        }
    }
}
