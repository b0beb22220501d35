//! Messages of the rich dialect `parlor.v1`: JSON text frames whose `type` field names the message.
//!
//! A connection starts with [`ClientMessage::Hello`]. The server answers with [`ServerMessage::Welcome`] and then sends
//! the state of each room named in it: a [`Snapshot`](ServerMessage::Snapshot), or the events since a cursor
//! ([`Missed`](ServerMessage::Missed)).

mod client;
mod roster;
mod server;

pub use client::{ClientMessage, MessageRef, PageOf, RoomAt};
pub use roster::{PresenceStatus, Present, Roster};
pub use server::{ClientLimits, Hit, Request, ResetReason, RoomSummary, ServerMessage};
