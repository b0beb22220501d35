//! What the server stores about people: names, read markers and memberships.

use parlor::{Author, AuthorId, RoomName};

/// A change to what is stored about people. It outlives the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectoryUpdate {
    /// The person holds this name. All their memberships get it.
    NameClaimed(Author),
    /// None of these people holds a name any more.
    NamesReleased(Vec<AuthorId>),
    /// The person has read the room up to `seq`. A read marker never goes back by this.
    MarkedRead {
        /// The person who read.
        author_id: AuthorId,
        /// The room that was read.
        room: RoomName,
        /// The seq of the last event that was read.
        seq: u64,
    },
    /// The events of the room from `seq` on are unread again.
    MarkedUnread {
        /// The person for whom the events are unread.
        author_id: AuthorId,
        /// The room whose events are unread.
        room: RoomName,
        /// The seq of the first unread event, at least 1.
        seq: u64,
    },
    /// The person is a member of the room. Of more than
    /// [`ROOMS_PER_CONNECTION`](parlor::limits::ROOMS_PER_CONNECTION) memberships the oldest ends.
    RoomJoined {
        /// The member, with the current name.
        author: Author,
        /// The room that was joined.
        room: RoomName,
    },
    /// The person's membership in the room ends.
    RoomLeft {
        /// The former member.
        author_id: AuthorId,
        /// The room that was left.
        room: RoomName,
    },
    /// All memberships of the person end.
    AllRoomsLeft(AuthorId),
}
