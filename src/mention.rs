//! Mentions: names after an `@` in a message.

use serde::{Deserialize, Serialize};

use crate::AuthorId;

/// A mention of a person in a message. The server resolves mentions once, when it accepts a message or an edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The offset of the `@` in the body, in bytes of UTF-8.
    pub start: u32,
    /// The offset of the end of the name in the body, in bytes of UTF-8.
    pub end: u32,
    /// The public id of the mentioned person.
    pub author: AuthorId,
}
