//! The integration tests of the server, in one program: each module starts servers or engines of its own.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod access;
mod addresses;
mod conformance;
mod deadlines;
mod directory;
mod durability;
mod engine;
mod exhaustion;
mod floods;
mod forms;
mod hostile_http;
mod http;
mod index;
mod mentions;
mod messages;
mod operations;
mod page_loads;
mod panics;
mod permissions;
mod plain;
mod presence;
mod projection;
mod proxies;
mod rfc6455;
mod rich;
mod room_cache;
mod rooms;
mod search;
mod sessions;
mod support;
mod time_zones;
mod torture;
mod unlogged_receipts;
