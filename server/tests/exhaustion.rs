//! One address can't use up what everybody needs: while clients at 127.0.0.1 take all that they can get, somebody at
//! 127.0.0.2 is served at once.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "hostile_http/answer.rs"]
#[allow(dead_code, reason = "another test program uses the rest")]
mod answer;
#[path = "support/client_host.rs"]
mod client_host;
#[path = "support/open_files.rs"]
mod open_files;
mod support;

mod exhaustion {
    pub(crate) mod device_links;
    pub(crate) mod honest;
    pub(crate) mod names;
    pub(crate) mod requests;
    pub(crate) mod rooms;
    pub(crate) mod stage;
}
