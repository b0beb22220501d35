//! What the page knows and does, as pure state: no Leptos, no browser, so that all of it is tested on the host.
//!
//! [`client`] ties the rest together and is what the session drives. To understand how…
//!
//! - a connection comes and goes, and what is said about it, read [`link`];
//! - one room is kept together, read [`room`]; its log becomes lists without gaps, [`timeline`] and [`run`]; which part
//!   of it is shown, [`window`]; how far its reader has read, [`marker`];
//! - messages change after they were posted, read [`change`] and [`said`];
//! - what is typed is kept until it is sent, read [`drafts`]; what was sent survives until the server has it, [`outbox`];
//! - the browser keeps the newest messages for when there is no network, read [`replica`];
//! - the list turns into lines on the screen, read [`rows`]; dates and times, [`calendar`].

pub mod away;
pub mod calendar;
pub mod change;
pub mod client;
pub mod colour;
pub mod comings;
pub mod completion;
pub mod composition;
pub mod drafts;
pub mod excerpt;
pub mod gesture;
pub mod key_press;
pub mod link;
pub mod locale;
pub mod loudness;
pub mod marker;
pub mod me;
pub mod outbox;
pub mod replica;
pub mod room;
pub mod room_finder;
pub mod rooms;
pub mod roster;
pub mod rows;
pub mod run;
pub mod said;
pub mod tally;
pub mod timeline;
pub mod typing;
pub mod window;

use parlor::UnixMillis;

/// When something reaches the state: every input carries it, because the state itself has no clock and no dice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// Milliseconds of a clock that never goes back: deadlines are counted in it.
    pub tick: u64,
    /// The reader's wall clock: for display only.
    pub wall: UnixMillis,
    /// A number in [0, 1), for jitter.
    pub random: f64,
}
