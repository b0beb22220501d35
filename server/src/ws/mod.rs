//! The WebSocket side: from an upgrade request to a conversation in one of the two dialects.
//!
//! [`upgrade`] answers the request, [`admission`] counts who is in; [`frame`] turns bytes into messages; [`reader`] reads one socket; [`plain`] and
//! [`rich`] are the two conversations, and [`order`] keeps a client's messages in order when some are refused. What goes out is written by `chat`.

mod admission;
mod frame;
mod order;
mod plain;
mod reader;
mod rich;
mod upgrade;

pub(crate) use admission::Admissions;
pub(crate) use upgrade::{Gate, chat};
