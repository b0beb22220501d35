//! Who is in a room, as it is sent to clients.

use serde::{Deserialize, Serialize};

use crate::Author;

/// The people in a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The number of people in the room, including those that `people` leaves out.
    pub count: u32,
    /// The people in no particular order: all of them, or the first
    /// [`ROSTER_PEOPLE`](crate::limits::ROSTER_PEOPLE) if there are more.
    pub people: Vec<Present>,
}

/// A person in a room, with their presence status.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Present {
    /// The person's public id and current name.
    #[serde(flatten)]
    pub author: Author,
    /// The presence status; absent on the wire for [`PresenceStatus::Here`].
    #[serde(rename = "standing", default, skip_serializing_if = "PresenceStatus::is_here")]
    pub status: PresenceStatus,
}

/// Whether a person is active, away or disconnected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceStatus {
    /// Connected, and not away at every connection.
    #[default]
    Here,
    /// Connected, and away at every connection.
    Away,
    /// Without a connection, within the grace period in which the person is expected to return.
    Reconnecting,
}

impl PresenceStatus {
    fn is_here(&self) -> bool {
        *self == Self::Here
    }
}
