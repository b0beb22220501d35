//! What nodes tell each other. Losing a message does no lasting harm: what it is about is read again, or asked for.

use parlor::message::PresenceStatus;
use parlor::{Author, AuthorId, Name, RoomName};
use serde::{Deserialize, Serialize};

/// Identifies a node while its lease lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub i64);

/// Carries messages between the nodes that share a database.
pub trait Bus: std::fmt::Debug + Send + Sync + 'static {
    /// Sends a message to all other nodes, at once and without waiting.
    fn publish(&self, message: BusMessage);
}

/// A message to all other nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BusMessage {
    /// A person is typing.
    Typing {
        /// The room.
        room: RoomName,
        /// The person.
        who: Author,
    },
    /// People of the sender in a room.
    People(RoomPeople),
    /// A person has joined a room at the sender. This node receives its own messages of this kind too, as signals.
    Joined {
        /// The room.
        room: RoomName,
        /// The person.
        who: Author,
    },
    /// Every other node sends all its people.
    WantPeople,
    /// Something has changed for an account, which other devices of its person show.
    Account {
        /// The account.
        account: AuthorId,
        /// What has changed.
        change: AccountChange,
    },
    /// A right has ended: the directory has it.
    RightEnded,
    /// The settings of a room have changed: the directory has them.
    RoomChanged(RoomName),
}

/// People of one node in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPeople {
    /// The room.
    pub room: RoomName,
    /// Whether these are the first of all people of the node in the room, in place of those that it sent before.
    pub replace: bool,
    /// The people, with their status on that node. `None` if they have left it.
    pub people: Vec<(Author, Option<PresenceStatus>)>,
}

/// A change of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountChange {
    /// It holds this name now.
    Named(Name),
    /// It holds no name any more.
    Unnamed,
    /// It has read a room up to this event.
    Read {
        /// The room.
        room: RoomName,
        /// The seq of the event.
        seq: u64,
    },
    /// It has marked a room as unread from this event on.
    Unread {
        /// The room.
        room: RoomName,
        /// The seq of the event.
        seq: u64,
    },
}

/// What a node learns from the bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BusEvent {
    /// Another node has sent a message.
    Received {
        /// The node.
        from: NodeId,
        /// The message.
        message: BusMessage,
    },
    /// Messages may have been lost.
    Lost,
    /// The other nodes whose leases are valid.
    Nodes(Vec<NodeId>),
    /// Accounts and plain connections of this node that hold another name now, or none.
    NamesLost(Vec<AuthorId>),
    /// This node has another id now. Others know nothing of its people.
    Renewed,
}

/// The bus of a process that shares its database with nobody.
#[derive(Clone, Copy, Debug)]
pub struct NoBus;

impl Bus for NoBus {
    fn publish(&self, _: BusMessage) {}
}
