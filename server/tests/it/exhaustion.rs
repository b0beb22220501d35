//! Resource exhaustion: while clients at 127.0.0.1 use as much as they can get, a client at 127.0.0.2 is served at
//! once.

mod attack;
mod device_links;
mod honest_client;
mod names;
mod requests;
mod rooms;
