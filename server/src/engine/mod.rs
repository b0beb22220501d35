//! Storage of the rooms' logs, and the order of their events.
//!
//! [`Engine`] is the interface of a storage engine, and [`EmbeddedEngine`] the one implementation. A room shows its
//! members only the [`Delivery`]s of the engine's ordered stream, never what a connection sent. An event is therefore
//! in the log, on disk, before anybody sees it, and every member sees the same order.

mod append;
mod clock;
mod delivery;
mod directory;
mod embedded;
mod engine_trait;
mod error;
mod query;

pub use append::{Append, Operation, PendingAppend, Receipt};
pub(crate) use clock::now;
pub use delivery::{Deliveries, Delivery, Signal};
pub use directory::DirectoryUpdate;
pub use embedded::{EmbeddedEngine, OpenError};
pub use engine_trait::Engine;
pub use error::EngineError;
pub use query::{Backlog, HistoryPage, ReadContext, SearchResults};
