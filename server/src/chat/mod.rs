//! The chat itself: rooms, names, and the way from a message to every socket. It knows no HTTP, no page and no
//! WebSocket library.
//!
//! - [`ConnectionManager`] is the way in: connect, disconnect, register_user, broadcast, broadcast_user_join, and what
//!   the rich dialect has beyond these;
//! - [`room`] is where things happen; [`members`] who listens; [`ring`] what they have not had yet; [`outlet`] the
//!   writing end of a socket;
//! - [`missed`] is what those who come back are told;
//! - [`people`] is who holds which name, for how long; [`names`] when two names are one; [`roster`] who is in a room;
//! - [`pace`] is how fast a connection may talk, [`rate_limiter`] how fast each of many clients may do something;
//! - [`client_address`] is what limits count by, [`address_quota`] counts, and [`limit_log`] tells who was refused;
//! - [`room_creation`] is how fast rooms may be created; [`frame`] how a message becomes bytes, once for all.
//!
//! Locks are taken in this order: people, room, a connection's list of rooms, outlet.

mod address_quota;
mod client_address;
mod connection;
mod frame;
mod limit_log;
mod manager;
mod members;
mod missed;
mod names;
mod outlet;
mod pace;
mod people;
mod rate_limiter;
mod ring;
mod room;
mod room_creation;
mod roster;
mod stay;

pub use address_quota::AddressQuota;
pub use client_address::ClientAddress;
pub use connection::{Connection, ConnectionId, Dialect, Patience};
pub use limit_log::LimitLog;
pub use manager::{ChatConfig, ConnectionManager, History};
pub use missed::Part;
pub use pace::Pace;
pub use people::Session;
pub use rate_limiter::RateLimiter;
pub use room::Room;
pub use stay::Stay;
