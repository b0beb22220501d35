//! Wire types and validation rules shared by Parlor's server and its page.
//!
//! Nothing here is async, uses sockets or renders HTML: the same code runs in the server and in WebAssembly.
//!
//! | module | content |
//! |---|---|
//! | [`message`] | messages of the rich dialect |
//! | [`event`] | events of a room's log |
//! | [`plain`] | frames of the plain dialect |
//! | [`control_character`] | characters that messages must not contain |
//! | [`text`], [`name`], [`emoji`] | validation of message texts and topics, of names, of reactions |
//! | [`ids`] | identifiers: room names, client ids, author ids, cursors, session tokens |
//! | [`mention`] | mentions of people in a message |
//! | [`search`] | the search language, and folding of texts for comparison |
//! | [`time_zone`] | local time and the start of local days |
//! | [`error`] | error codes and refusals |
//! | [`close`] | WebSocket close codes and the reconnect policy |
//! | [`limits`] | sizes, counts and rates |

mod checked;
pub mod close;
pub mod control_character;
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
/// A client that requests no `parlor.*` subprotocol uses the plain dialect.
pub const SUBPROTOCOL: &str = "parlor.v1";

/// Milliseconds since the Unix epoch. For display only: events are ordered by seq, never by time.
pub type UnixMillis = u64;
