//! The chat itself: rooms, names, and the way from a message to every socket. It knows no HTTP, no page and no
//! WebSocket library.
//!
//! - [`ConnectionManager`] is the way in: connect, disconnect, register_user, broadcast, broadcast_user_join, and what
//!   the rich dialect has beyond these;
//! - [`room`] is where things happen; [`members`] who listens; [`ring`] what they have not had yet; [`outlet`] the
//!   writing end of a socket;
//! - [`missed`] is what those who come back are told;
//! - [`people`] is who holds which name, for how long; [`names`] when two names are one; [`roster`] who is in a room;
//! - [`pace`] is how fast a connection may talk; [`frame`] how a message becomes bytes, once for all.
//!
//! Locks are taken in this order: people, room, a connection's list of rooms, outlet.

mod connection;
mod frame;
mod manager;
mod members;
mod missed;
mod names;
mod outlet;
mod pace;
mod people;
mod ring;
mod room;
mod roster;
mod stay;

pub use connection::{Connection, ConnectionId, Dialect, Patience};
pub use manager::{ConnectionManager, History};
pub use missed::Part;
pub use pace::Pace;
pub use people::Session;
pub use room::Room;
pub use stay::Stay;
