//! The state of the page: pure data and rules, without Leptos, a browser or texts in any language, so that all of it is
//! tested on the host.
//!
//! [`client`] is the state machine that the controller drives; it leaves [`effect`]s. To understand…
//!
//! - when the page connects, pings and reconnects, read [`connection`];
//! - one room, read [`room`]: its log is a [`timeline`] of gap-free [`segment`]s, of which a [`window`] is visible; how
//!   far the reader has read it is the [`read_marker`];
//! - a message and its changes, read [`chat_message`] and [`change`];
//! - what is typed, read [`drafts`]; what is submitted and not acknowledged, [`outbox`];
//! - what the browser stores for a page without a network, read [`replica`];
//! - dates and time zones, read [`calendar`].

pub mod away;
pub mod calendar;
pub mod change;
pub mod chat_message;
pub mod client;
pub mod completion;
pub mod composition;
pub mod connection;
pub mod drafts;
pub mod effect;
pub mod excerpt;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod gesture;
pub mod initial_state;
pub mod key_press;
pub mod lookup;
pub mod membership_notices;
pub mod notification_level;
pub mod outbox;
pub mod read_marker;
pub mod replica;
pub mod room;
pub mod room_finder;
pub mod room_list;
pub mod rooms;
pub mod roster;
pub mod segment;
pub mod submission;
pub mod timeline;
pub mod typing;
pub mod unread_count;
pub mod viewer;
pub mod window;

use parlor::UnixMillis;

/// The time of an input, with a random number. The state has neither a clock nor a random number generator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// Milliseconds of a monotonic clock. Deadlines are given in it.
    pub tick: u64,
    /// The reader's wall clock, for display only.
    pub wall: UnixMillis,
    /// A random number in [0, 1), for jitter.
    pub random: f64,
}
