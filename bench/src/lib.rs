//! Measures Parlor beside other servers that speak the plain dialect: the same clients, the same messages, one after
//! the other in rounds on the same two cores. To understand…
//!
//! - what crosses the wire, read [`frame`] and [`dialect`]; one client, [`client`]; what its messages say, [`mark`]; all
//!   of them and the clock, [`crowd`];
//! - whether a message was lost, doubled or out of order, [`order`] for the first who hears it, [`transcript`] for all
//!   others;
//! - the servers, [`peer`]; what a process has used, [`usage`];
//! - what is measured, [`scenario`]; one figure from several rounds, [`median`]; the table, [`report`], and the
//!   picture, [`plot`].

pub mod client;
pub mod crowd;
pub mod dialect;
pub mod frame;
pub mod mark;
pub mod median;
pub mod order;
pub mod peer;
pub mod plot;
pub mod report;
pub mod scenario;
pub mod transcript;
pub mod usage;
