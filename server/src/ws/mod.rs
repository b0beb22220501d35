//! WebSocket connections, from the handshake request to messages in one of the two dialects.
//!
//! [`handshake`] validates the request and [`upgrade`] responds to it. [`socket_reader`] reads one socket,
//! [`frame_decoder`] decodes its frames, and [`message_loop`] handles them in a dialect: [`plain`] or [`rich`].
//! [`post_order`] keeps a client's posts in order if some are refused, and [`rate_limits`] bounds its requests. `chat`
//! writes to the socket.

mod frame_decoder;
mod handshake;
mod message_loop;
mod plain;
mod post_order;
mod rate_limits;
mod rich;
mod socket_guard;
mod socket_reader;
mod upgrade;

pub(crate) use rate_limits::post_bucket;
pub(crate) use upgrade::{WsState, chat};
