//! Measures Parlor beside other servers that speak the plain dialect: the same clients, the same messages, one after
//! the other in rounds on the same two cores. To understand…
//!
//! - what crosses the wire, read [`frame`] and [`dialect`]; one client, [`client`]; many, [`sockets`];
//!   what messages say, [`mark`]; everyone and the clock, [`crowd`];
//! - whether a message was lost, doubled or out of order, [`order`] for the first who hears it, [`transcript`] for all
//!   others;
//! - the servers, [`peer`]; what a process has used, [`usage`]; where each runs, [`cores`];
//! - what is measured side by side, [`scenario`]; what only Parlor can be put to, [`trial`]: everyone coming back at once,
//!   [`resume`], and a room with a million messages, [`archive`], which are made of [`prose`];
//! - one figure from several rounds, [`median`]; the table, [`report`], and the
//!   picture, [`plot`]; whether it has become slower, [`gate`].

pub mod archive;
pub mod client;
pub mod cores;
pub mod crowd;
pub mod dialect;
pub mod frame;
pub mod gate;
pub mod mark;
pub mod median;
pub mod order;
pub mod peer;
pub mod plot;
pub mod prose;
pub mod report;
pub mod resume;
pub mod scenario;
pub mod sockets;
pub mod transcript;
pub mod trial;
pub mod usage;
