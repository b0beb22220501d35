//! What HTTP and WebSocket requests have in common: who asks, under which name of the server, from which page, with
//! which cookies; and how many sockets they may have.
//!
//! - [`host`] reads the names that a server is called by, [`own_name`] knows which of them are this server's;
//! - [`forwarded`] reads what a trusted proxy tells of its clients, and [`client`] makes of all that who asks;
//! - [`origin`] decides whose pages may connect and send forms;
//! - [`cookie`] reads and writes cookies;
//! - [`http_error`] is why a request is refused, for whoever answers it;
//! - [`time_zone`] knows the rules of the world's time zones;
//! - [`permit`] counts sockets, and [`progress`] knows when one has been waited for long enough.

pub(crate) mod client;
pub(crate) mod cookie;
pub(crate) mod forwarded;
pub(crate) mod host;
pub(crate) mod http_error;
pub(crate) mod origin;
pub(crate) mod own_name;
pub(crate) mod permit;
pub(crate) mod progress;
pub(crate) mod time_zone;

pub(crate) use client::Client;
pub(crate) use http_error::HttpError;
pub(crate) use permit::{ConnectionLimiter, SocketPermit};
pub(crate) use time_zone::ReaderZone;
