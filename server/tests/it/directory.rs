//! What every [`Directory`](parlor_server::engine::Directory) guarantees, as one suite of cases that each
//! implementation passes, and the upgrade of a database from before there were accounts.
//!
//! [`suite`] lists the cases. An implementation passes it with a [`Fixture`](crate::support::fixture::Fixture) and one line below.

mod accounts;
mod audit_log;
mod bot_tokens;
mod device_links;
mod ended_rights;
mod expiry;
mod invitations;
mod joined_rooms;
mod log_access;
mod name_model;
mod nameless_accounts;
mod names;
mod ownership;
mod read_markers;
mod records;
mod recovery_codes;
mod reopening;
mod room_deletion;
mod room_members;
mod room_names;
mod room_renaming;
mod room_settings;
mod server_invitations;
mod server_settings;
mod sessions;
mod suite;
mod upgrade;

suite::directory_suite!(embedded, crate::support::embedded_fixture::EmbeddedFixture);
suite::directory_suite!(postgres, crate::support::postgres_fixture::PostgresFixture);
