//! The joins of this node that it has told the other nodes, and shows when it is told of them itself.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use parlor::{Author, AuthorId, RoomName};

/// After this time a notification is regarded as lost.
const OVERDUE: Duration = Duration::from_secs(2);

/// Joins that are not shown here yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct OwnJoins(Mutex<VecDeque<OwnJoin>>);

/// A person who has joined a room at this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnJoin {
    pub(super) room: RoomName,
    pub(super) who: Author,
    told: Instant,
}

impl OwnJoins {
    /// Adds a join that is told to the other nodes now.
    pub(super) fn add(&self, room: RoomName, who: Author) {
        self.0.lock().push_back(OwnJoin { room, who, told: Instant::now() });
    }

    /// Takes a person's first join of a room. `None` if it was shown already.
    pub(super) fn take(&self, room: &RoomName, who: &AuthorId) -> Option<OwnJoin> {
        let mut joins = self.0.lock();
        let position = joins.iter().position(|join| join.who.id == *who && join.room == *room)?;
        joins.remove(position)
    }

    /// Takes those whose notification must have been lost, oldest first.
    pub(super) fn take_overdue(&self, now: Instant) -> Vec<OwnJoin> {
        let mut joins = self.0.lock();
        let overdue = joins.iter().take_while(|join| now.saturating_duration_since(join.told) >= OVERDUE).count();
        joins.drain(..overdue).collect()
    }
}

#[cfg(test)]
mod tests {
    use parlor::Name;

    use super::*;

    #[test]
    fn each_join_is_taken_once_by_its_notification_or_when_it_is_overdue() {
        let (joins, room) = (OwnJoins::default(), RoomName::default());
        let [ana, ben] = ["ana", "ben"]
            .map(|name| Author { id: AuthorId(name.into()), name: Name::try_from(name.to_owned()).unwrap() });
        joins.add(room.clone(), ana.clone());
        joins.add(room.clone(), ben.clone());
        joins.add(room.clone(), ana.clone());
        assert_eq!(joins.take(&room, &ana.id).map(|join| join.who), Some(ana.clone()));
        assert_eq!(joins.take_overdue(Instant::now()), []);
        let overdue = joins.take_overdue(Instant::now() + OVERDUE);
        assert_eq!(overdue.into_iter().map(|join| join.who).collect::<Vec<_>>(), [ben, ana.clone()]);
        assert_eq!(joins.take(&room, &ana.id), None);
    }
}
