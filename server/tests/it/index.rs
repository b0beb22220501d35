//! Searching in an engine: it finds exactly what the matcher of the shared crate accepts, whatever the index contains.
//!
//! [`suite`] lists the cases that both engines pass, each with a [`fixture::Fixture`]. [`nodes`] has those of several
//! nodes with one database.

mod embedded_fixture;
mod fixture;
mod matcher;
mod nodes;
mod postgres_fixture;
mod queries;
mod suite;
mod updates;

suite::index_suite!(embedded, crate::index::embedded_fixture::EmbeddedFixture);
suite::index_suite!(postgres, crate::index::postgres_fixture::PostgresFixture);
