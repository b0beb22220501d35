//! Searching in an engine: it finds exactly what the matcher of the shared crate accepts, whatever the index contains.

mod fixture;
mod matcher;
mod queries;
mod updates;
