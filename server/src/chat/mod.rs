//! The chat: rooms, sessions and names, and the fan-out of messages to all sockets. Independent of HTTP, the page and
//! any WebSocket library.
//!
//! - [`ConnectionManager`] is the interface for the layers above: `connect`, `disconnect`, `register_user`,
//!   `broadcast`, `broadcast_user_join`, and the operations that only the rich dialect has. [`ConnectionGuard`]
//!   disconnects a connection when it is dropped, and [`connection_registry`] lists the open connections;
//! - [`room`] holds the state of one room and sends events to its [`members`]; [`ring`] holds the batches that some
//!   members have not received yet; [`connection`] and [`socket_writer`] write to one socket;
//! - [`backlog`] caches the events that returning clients missed, and [`frame`] encodes WebSocket frames, once for all
//!   recipients;
//! - [`session`] identifies a browser or device of a person; [`account_registry`] knows each account's connections and
//!   name; [`roster`] lists the people in a room, and [`remote_people`] those at other nodes; [`server_access`] has the settings of the server and the roles of its
//!   people; a [`recovery_code`] brings a person back on any device;
//! - [`token_bucket`], [`rate_limiter`], [`room_creation_limiter`] and [`address_quota`] are limits. They count by
//!   [`client_address`], and [`limit_log`] logs who has reached one.
//!
//! Lock order: the account registry, the people at other nodes, the room cache, a room, its backlog cache, a connection's list of rooms, a write
//! queue.

mod account_registry;
mod address_quota;
mod backlog;
mod client_address;
mod connection;
mod connection_registry;
mod frame;
mod limit_log;
mod manager;
mod members;
mod rate_limiter;
mod recovery_code;
mod remote_people;
mod ring;
mod room;
mod room_creation_limiter;
mod roster;
mod server_access;
mod session;
mod socket_writer;
mod token_bucket;

pub use address_quota::AddressQuota;
pub use backlog::BacklogPart;
pub use client_address::ClientAddress;
pub use connection::{Connection, ConnectionId, Dialect, Timeouts};
pub use limit_log::LimitLog;
pub use manager::{
    ChatConfig, ConnectionGuard, ConnectionManager, EntryError, History, InvitationTerms, ReadableRoom, SettingsError,
    SignedIn, new_bot_token, owner_link,
};
pub use rate_limiter::RateLimiter;
pub use recovery_code::RecoveryCode;
pub use room::Room;
pub use server_access::SharedServerPolicy;
pub use session::Session;
pub use token_bucket::TokenBucket;
