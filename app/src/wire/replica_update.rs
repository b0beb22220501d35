//! A replica update as text, for a page that ends before it can write to its database.
//!
//! The text has one JSON value a line: the header, the base header or `-`, `full` or `-`, and then the changed
//! messages.

use std::sync::Arc;

use super::{posted, posted_text, replica_header, replica_header_text};
use crate::state::{chat_message::ChatMessage, replica::ReplicaUpdate};

const NONE: &str = "-";
const FULL: &str = "full";

/// The update as text, without messages that the same page has stored before.
pub fn replica_update_text(update: &ReplicaUpdate) -> String {
    let base = update.base.as_ref().map_or_else(|| NONE.to_owned(), replica_header_text);
    let full = if update.full { FULL } else { NONE };
    let mut lines = vec![replica_header_text(&update.header), base, full.to_owned()];
    lines.extend(update.changed.iter().map(|message| posted_text(message)));
    lines.join("\n")
}

/// Reads what [`replica_update_text`] wrote.
pub fn replica_update(text: &str) -> Option<ReplicaUpdate> {
    let mut lines = text.lines();
    let header = replica_header(lines.next()?)?;
    let base = lines.next().filter(|base| *base != NONE);
    let base = base.map(|base| replica_header(base).ok_or(())).transpose().ok()?;
    let full = lines.next()? == FULL;
    let as_of = header.as_of.seq;
    let changed: Option<Vec<_>> = lines.map(|line| ChatMessage::of(posted(line)?, as_of).map(Arc::new)).collect();
    let changed = changed?;
    // Without a base everything counts as changed.
    let messages = base.is_none().then(|| changed.clone());
    Some(ReplicaUpdate { header, base, full, messages, changed })
}
