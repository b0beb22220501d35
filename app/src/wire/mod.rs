//! What crosses the wire, on the page's side: the same JSON as serde's, read and written by hand.
//!
//! The types say their form once, in `parlor::message`, and serde makes the server's side of it. For the page, what
//! serde makes of them is a third of its WASM: an enum that is told apart by a field is first read into a tree and then
//! once more, by code that is made anew for each type. Here there is one tree, [`json`], and one line a field, in
//! [`read`] and [`write`]. That both ways are the same way is tested for every kind of message.

mod json;
mod read;
#[cfg(test)]
mod tests;
mod write;

use parlor::{ClientMessage, Event, ServerMessage};

use self::{json::Json, read::Read};
use crate::{
    Boot,
    state::{client::Kept, drafts::StoredDraft, replica::Head, said::Said},
};

/// A message of the server, if it is one.
pub fn server_message(text: &str) -> Option<ServerMessage> {
    read(text)
}

/// The page's first state, as the server wrote it into the document.
pub fn boot(text: &str) -> Option<Boot> {
    read(text)
}

/// An unsent message, as [`kept_text`] wrote it.
pub fn kept(text: &str) -> Option<Kept> {
    read(text)
}

/// A message for the server.
pub fn client_text(message: &ClientMessage) -> String {
    Json::from(message).to_text()
}

/// An unsent message, for the browser's store.
pub fn kept_text(kept: &Kept) -> String {
    Json::from(kept).to_text()
}

/// A stored draft, as [`draft_text`] wrote it.
pub fn draft(text: &str) -> Option<StoredDraft> {
    read(text)
}

/// A draft, for the browser's store.
pub fn draft_text(draft: &StoredDraft) -> String {
    Json::from(draft).to_text()
}

/// What is kept of a room but for its messages, as [`head_text`] wrote it.
pub fn head(text: &str) -> Option<Head> {
    read(text)
}

/// What is kept of a room but for its messages, for the browser's store.
pub fn head_text(head: &Head) -> String {
    Json::from(head).to_text()
}

/// A message that is kept, as [`posted_text`] wrote it.
pub fn posted(text: &str) -> Option<Event> {
    read(text)
}

/// A message, for the browser's store.
pub fn posted_text(said: &Said) -> String {
    Json::from(said).to_text()
}

fn read<T: Read>(text: &str) -> Option<T> {
    T::read(&Json::parse(text)?)
}
