//! What every [`EventLog`](parlor_server::engine::EventLog) guarantees, as one suite of cases that each implementation
//! passes, and what only nodes that share a PostgreSQL database guarantee.
//!
//! [`suite`] lists the cases. An implementation passes it with a [`Fixture`](crate::support::fixture::Fixture) and one line
//! below.

mod backlogs;
mod concurrency;
mod deliveries;
pub(crate) mod erasure;
mod locked_rooms;
mod lost_connections;
mod message_pages;
mod names;
mod nodes;
mod pages;
mod projection;
mod reactions;
mod receipts;
pub(crate) mod records;
mod rules;
mod suite;
mod unlogged_receipts;
mod verification;

suite::log_suite!(embedded, crate::support::embedded_fixture::EmbeddedFixture);
suite::log_suite!(postgres, crate::support::postgres_fixture::PostgresFixture);
