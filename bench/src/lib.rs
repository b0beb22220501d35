//! Benchmarks of Parlor and other servers of the plain dialect.
//!
//! All servers get the same clients and the same messages. They are measured one after the other, in rounds, on the
//! same two cores.
//!
//! | module | content |
//! |---|---|
//! | [`frame`], [`dialect`] | WebSocket frames, and the messages of both dialects |
//! | [`client`], [`client_pool`], [`joining`] | one client, many clients on one thread, and waiting for their names |
//! | [`load_generator`] | sends a workload and measures latency, deliveries and CPU time |
//! | [`message_tag`] | the tag in each message that identifies it and gives its due time |
//! | [`sequence_check`], [`transcript`] | detection of lost, duplicated and reordered messages |
//! | [`target`], [`usage`], [`cores`] | the servers under test, the resource usage of a process, CPU affinity |
//! | [`scenario`] | scenarios in which servers are compared |
//! | [`parlor_benchmark`], [`resume`], [`archive`], `cluster` | benchmarks of features that only Parlor has |
//! | [`message_generator`] | random messages of natural-looking words |
//! | [`median`], [`report`], [`plot`] | statistics over rounds, Markdown tables, and a bar chart |
//! | [`gate`] | the regression gate in `bin/test` |

pub mod archive;
pub mod client;
pub mod client_pool;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod cores;
pub mod dialect;
pub mod frame;
pub mod gate;
pub mod joining;
pub mod load_generator;
pub mod median;
pub mod message_generator;
pub mod message_tag;
pub mod parlor_benchmark;
pub mod plot;
pub mod report;
pub mod resume;
pub mod scenario;
pub mod sequence_check;
pub mod target;
pub mod transcript;
pub mod usage;
