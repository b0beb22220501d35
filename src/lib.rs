//! What crosses the wire between Parlor's server and its page, and the rules that both sides keep.
//!
//! Nothing here is async, knows a socket or draws anything: the same code runs in the server and in WASM.
//! To understand…
//!
//! - the frames of the rich dialect, read [`message`]; what a room's log holds, [`event`];
//! - the frames of the plain dialect, read [`plain`];
//! - what makes a message or a topic acceptable, read [`text`]; a name, [`name`]; a reaction, [`emoji`];
//! - how things are named (rooms, places in a log, authors, messages), read [`ids`];
//! - who is named in a message, read [`mention`];
//! - what can be looked for, and what is found, read [`search`]; when a reader's day starts, [`time_zone`];
//! - how a refusal travels, read [`error`]; how a connection ends and whether to come back, [`close`];
//! - how much of anything there may be, read [`limits`].

mod checked;
pub mod close;
mod day;
pub mod emoji;
pub mod error;
pub mod event;
pub mod ids;
pub mod limits;
pub mod mention;
pub mod message;
pub mod name;
pub mod plain;
pub mod search;
pub mod text;
pub mod time_zone;

pub use close::CloseCode;
pub use emoji::Emoji;
pub use error::{ErrorCode, Refusal};
pub use event::{Author, Event, EventKind, Quote, Reaction};
pub use ids::{AuthorId, ChainMark, ClientId, Cursor, Epoch, RoomName, Token};
pub use mention::Mention;
pub use message::{ClientMessage, ServerMessage};
pub use name::Name;
pub use search::Search;
pub use text::Body;
pub use time_zone::TimeZone;

/// The WebSocket subprotocol (RFC 6455 §1.9) of the rich dialect.
///
/// A client that asks for no `parlor.*` protocol speaks the plain dialect.
pub const SUBPROTOCOL: &str = "parlor.v1";

/// Milliseconds since the Unix epoch, as the server's clock has them. For display only: order is never a clock.
pub type UnixMillis = u64;
