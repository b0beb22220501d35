//! The WebSocket side: from an upgrade request to a conversation in one of the two dialects.
//!
//! [`handshake`] reads the request and [`upgrade`] answers it; [`frame`] turns bytes into messages; [`reader`] reads one
//! socket; [`conversation`] is what both dialects share, [`plain`] and [`rich`] are the two conversations, and [`order`]
//! keeps a client's messages in order when some are refused. What goes out is written by `chat`.

mod conversation;
mod frame;
mod handshake;
mod order;
mod plain;
mod reader;
mod rich;
mod upgrade;

pub(crate) use reader::posting_pace;
pub(crate) use upgrade::{WsState, chat};
