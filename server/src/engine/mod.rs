//! Storage of the rooms' logs, and the order of their events.
//!
//! [`EventLog`] is the interface of the storage of logs, [`Directory`] that of what is known about people and rooms, with
//! [`ServerDirectory`] as its part for the server as a whole. [`EmbeddedEngine`] implements them, and [`AdminDatabase`]
//! is for commands beside a running server. A room shows its members only the [`Delivery`]s of the log's ordered stream, never
//! what a connection sent. An event is therefore in the log, on disk, before anybody sees it, and every member sees the
//! same order. [`rules`] and [`room_names`] are pure rules for every implementation.

mod account;
mod append;
mod audit;
mod bot_token;
mod bus;
mod clock;
mod data_directory;
mod delivery;
mod directory;
mod embedded;
mod error;
mod event_log;
mod invitation;
mod log_history;
mod name_directory;
mod name_registry;
mod open_error;
mod postgres;
mod postgres_error;
mod query;
pub mod room_names;
mod room_settings;
pub mod rules;
mod search;
mod server_directory;
mod sql;
mod sqlite;

pub use account::{NewSession, SecretHash, SecretLookup, SessionId, SessionRecord};
pub use append::{Append, Operation, PendingAppend, Receipt};
pub use audit::{AuditAction, AuditEntry};
pub use bot_token::{BotToken, BotTokenId, NewBotToken};
pub use bus::{AccountChange, Bus, BusEvent, BusMessage, NoBus, NodeId, RoomPeople};
pub(crate) use clock::now;
pub use delivery::{Deliveries, Delivery, Fence, Signal};
pub use directory::{DeviceLink, Directory, EndedRight, Right};
pub use embedded::{AdminDatabase, AdminError, EmbeddedEngine};
pub use error::EngineError;
pub use event_log::EventLog;
pub use invitation::{Invitation, InvitationId, InvitationScope, NewInvitation, Offer};
pub use log_history::LogHistory;
pub use name_directory::{NameDirectory, NameHolder};
pub use name_registry::ConfusableKey;
pub use open_error::OpenError;
pub use postgres::{
    ConnectError, PostgresAdmin, PostgresConfig, PostgresConfigError, PostgresEngine, PostgresError, SchemaError,
    TlsError,
};
pub use query::{Backlog, HistoryPage, ReadContext, SearchResults};
pub use room_settings::{NewRoom, RoomChange, RoomMember, RoomStatus, SimilarRoom};
pub use server_directory::{ServerDirectory, ServerPerson};
