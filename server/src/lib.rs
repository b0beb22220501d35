//! Parlor's server.
//!
//! [`run`] serves the chat on a listener that is already bound. To understand…
//!
//! - how connections are accepted and pages are rendered, read `http`, beginning with `http::accept`;
//! - how a request's client, host and origin are determined, read `net`, beginning with `net::client_info`;
//! - how a WebSocket is opened and read, read `ws`, beginning with `ws::upgrade`;
//! - how a message reaches all members of a room, read [`chat`], beginning with [`chat::ConnectionManager`];
//! - how events are stored and ordered, read [`engine`];
//! - who may do what, read [`access`];
//! - what can be configured, read [`config`].
//!
//! Dependencies point one way: `run` uses `http` and `ws`, both use `net` and `chat`, `net` uses `chat`, and `chat`
//! uses `engine`, and both use `access`. `http` and `ws` do not use each other.

pub mod access;
pub mod chat;
pub mod config;
pub mod engine;
mod http;
mod net;
mod random;
mod run;
pub mod telemetry;
mod ws;

pub use config::Config;
pub use http::Route;
pub use run::{RunError, Server, run};
