//! The JSON of the page, without serde: protocol messages, the initial page, and what the browser stores.
//!
//! `parlor::message` defines the shared types, and the server uses their serde implementations. In the page, serde's
//! code for internally tagged enums would be a third of the WASM: it buffers each value in a tree, and then reads the
//! tree with code that is generated for each type. Here there is one tree, [`json`], and one line of code for each
//! field, in [`read`] and [`write`]. Tests compare both with serde.
//!
//! Stored values have a version. Values of all earlier versions can be read; a value of a newer version is left alone.

mod json;
mod read;
mod replica_update;
#[cfg(test)]
mod tests;
mod write;

use parlor::{ClientMessage, Event, ServerMessage};

pub use self::replica_update::{replica_update, replica_update_text};
use self::{json::Json, read::Read};
use crate::{
    initial_page::InitialPage,
    state::{chat_message::ChatMessage, drafts::StoredDraft, replica::ReplicaHeader, submission::StoredSubmission},
};

/// The version of stored submissions, drafts and replica headers. Values without one are version 1, which has the same
/// fields.
pub(crate) const STORED_VERSION: u64 = 2;

/// Reads a message of the server.
pub fn server_message(text: &str) -> Option<ServerMessage> {
    read(text)
}

/// Writes a message for the server.
pub fn client_message_text(message: &ClientMessage) -> String {
    Json::from(message).to_text()
}

/// Reads the initial page, as the server wrote it into the document.
pub fn initial_page(text: &str) -> Option<InitialPage> {
    read(text)
}

/// Reads a stored submission.
pub fn stored_submission(text: &str) -> Option<StoredSubmission> {
    read(text)
}

/// Writes a submission for the browser's store.
pub fn stored_submission_text(entry: &StoredSubmission) -> String {
    Json::from(entry).to_text()
}

/// Reads a stored draft.
pub fn stored_draft(text: &str) -> Option<StoredDraft> {
    read(text)
}

/// Writes a draft for the browser's store.
pub fn stored_draft_text(draft: &StoredDraft) -> String {
    Json::from(draft).to_text()
}

/// Reads a stored replica header.
pub fn replica_header(text: &str) -> Option<ReplicaHeader> {
    read(text)
}

/// Writes a replica header for the browser's store.
pub fn replica_header_text(header: &ReplicaHeader) -> String {
    Json::from(header).to_text()
}

/// Reads a stored message of a replica, as a `posted` event.
pub fn posted(text: &str) -> Option<Event> {
    read(text)
}

/// Writes a message of a replica for the browser's store, as a `posted` event.
pub fn posted_text(message: &ChatMessage) -> String {
    Json::from(message).to_text()
}

fn read<T: Read>(text: &str) -> Option<T> {
    T::read(&Json::parse(text)?)
}
