//! Measures Parlor beside other servers that speak the plain dialect: the same clients, the same messages, one after
//! the other in rounds on the same two cores. To understand…
//!
//! - what crosses the wire, read [`frame`]; one client, [`client`]; what its messages say, [`mark`]; all of them and the clock, [`crowd`];
//! - whether a message was lost, doubled or out of order, [`order`];
//! - the servers, [`peer`]; what a process has used, [`usage`];
//! - what is measured, [`scenario`]; one figure from several rounds, [`median`]; the table, [`report`], and the
//!   picture, [`plot`].

pub mod client;
pub mod crowd;
pub mod frame;
pub mod mark;
pub mod median;
pub mod order;
pub mod peer;
pub mod plot;
pub mod report;
pub mod scenario;
pub mod usage;
