//! What both engines store in tables, with the statements that both databases understand.
//!
//! - Connections: a [`connection`] of either database runs statements with [`value`]s.
//! - Logs: [`operation`] applies operations: they append events to the [`log`], with its hash [`chain`], and update the
//!   [`projection`] of the events into messages. Operations in rooms without a log have [`unlogged_receipts`].
//! - History: [`history`] reads the logs: [`rooms`], pages of [`messages`] with their [`reactions`], and the
//!   [`backlog`] of a cursor. [`decode`] makes events from rows, [`row_id`] is the key of events, and [`verify`] checks
//!   the chain.
//! - People and rooms: [`directory`] implements that trait with [`accounts`], [`device_links`], [`joined_rooms`],
//!   [`read_markers`], [`room_settings`], [`invitations`] and [`ended_rights`].
//! - The server: [`server_directory`] implements that trait with [`server`], [`recovery_codes`], [`bot_tokens`] and
//!   [`audit_log`].

pub(super) mod accounts;
pub(super) mod audit_log;
pub(super) mod backlog;
pub(super) mod bot_tokens;
pub(super) mod chain;
pub(super) mod connection;
pub(super) mod decode;
pub(super) mod device_links;
mod directory;
pub(super) mod ended_rights;
mod history;
pub(super) mod invitations;
pub(super) mod joined_rooms;
pub(super) mod log;
pub(super) mod log_tables;
pub(super) mod messages;
pub(super) mod operation;
pub(super) mod projection;
pub(super) mod reactions;
pub(super) mod read_markers;
pub(super) mod recovery_codes;
pub(super) mod room_settings;
pub(super) mod rooms;
pub(super) mod row_id;
pub(super) mod server;
mod server_directory;
pub(super) mod store;
pub(super) mod unlogged_receipts;
pub(super) mod value;
pub(super) mod verify;
