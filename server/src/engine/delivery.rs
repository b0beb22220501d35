//! The ordered stream from an engine to the rooms.

use std::sync::Arc;

use parlor::message::Present;
use parlor::{Author, Event, RoomName};
use tokio::sync::{mpsc, oneshot};

use super::bus::BusEvent;

/// Tells its receiver when all of its clones are dropped.
pub type Fence = Arc<oneshot::Sender<()>>;

/// The receiving end of an engine's ordered stream.
pub type Deliveries = mpsc::Receiver<Delivery>;

/// One item of an engine's ordered stream.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "almost all of them are events")]
pub enum Delivery {
    /// An event that is now in the log, on disk.
    Committed {
        /// The room that the event belongs to.
        room: RoomName,
        /// The event with its seq.
        event: Event,
        /// Whether this process appended it.
        is_own: bool,
    },
    /// A live signal, which is stored nowhere.
    Signal {
        /// The room whose members receive the signal.
        room: RoomName,
        /// The signal.
        signal: Signal,
    },
    /// What this node learns from other nodes.
    Bus(BusEvent),
    /// Somebody waits until everything before this is delivered.
    Fence(Fence),
}

/// Something that is shown live and stored nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A person joined the room. Sent to plain clients.
    Joined(Author),
    /// Recent changes of the room's roster. Sent to rich clients.
    Presence {
        /// People who joined, changed their name, or changed their presence status.
        joined: Vec<Present>,
        /// People who left.
        left: Vec<Author>,
        /// Number of people in the room now.
        count: u32,
    },
    /// A person is typing. Sent to rich clients.
    Typing(Author),
}
