//! Parlor's server.
//!
//! [`run`] is the whole server for a listener that is already bound. To understand…
//!
//! - how a connection gets in and what the page is made of, read `http`, beginning with `http::accept`;
//! - who a client is, and by which name it may call the server, read `net`, beginning with `net::client`;
//! - how a WebSocket becomes a conversation, read `ws`, beginning with `ws::upgrade`;
//! - how a message reaches everyone, read [`chat`], beginning with [`chat::ConnectionManager`];
//! - where events are kept and get their order, read [`engine`];
//! - what can be set, read [`config`];
//! - how the promise is tried on a machine, read [`torture`].
//!
//! Dependencies point one way: `http` and `ws` know `chat`, `chat` knows `engine`, and none knows what is above it.
//! `net` is what `http` and `ws` share.

pub mod chat;
pub mod config;
pub mod engine;
mod http;
mod net;
mod random;
mod run;
pub mod telemetry;
pub mod torture;
mod ws;

pub use config::Config;
pub use run::{RunError, run};
