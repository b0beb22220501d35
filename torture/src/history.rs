//! The histories of rich and plain clients: what each wrote and saw. Each client records its own and returns it at the
//! end of the run.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use parlor::RoomName;

/// A hash of a message's writer and text, which identifies the message: no two messages of a run have both in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of the message with this text by this writer.
    pub(crate) fn of(name: &str, text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (name, text).hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// A message that a rich client posted.
#[derive(Clone, Debug)]
pub(crate) struct PostRecord {
    pub(crate) client_id: String,
    pub(crate) name: String,
    pub(crate) text: String,
    /// The user discarded it after a refusal. A copy may have been accepted nevertheless.
    pub(crate) discarded: bool,
    /// The seq in the server's acknowledgement.
    pub(crate) acked_seq: Option<u64>,
    /// When it was sent and answered, for the report.
    pub(crate) trail: String,
}

/// What a rich client wrote and saw.
#[derive(Clone, Debug)]
pub(crate) struct RichHistory {
    /// The client's label in the report, such as `r0001`.
    pub(crate) label: String,
    pub(crate) room: RoomName,
    /// The session's public id.
    pub(crate) author_id: String,
    /// In the order of writing.
    pub(crate) posts: Vec<PostRecord>,
    /// The messages of its timeline with their seqs: one list for each time the timeline started anew.
    pub(crate) timelines: Vec<Vec<(u64, Fingerprint)>>,
    /// The last seq that the timeline contains.
    pub(crate) reached_seq: u64,
    /// Everything else that went wrong.
    pub(crate) problems: Vec<String>,
}

/// What a plain client sent and received over one connection, after it had joined.
#[derive(Clone, Debug, Default)]
pub(crate) struct PlainConnection {
    pub(crate) name: String,
    pub(crate) sent: Vec<String>,
    pub(crate) received: Vec<Fingerprint>,
}

/// What a plain client wrote and saw.
#[derive(Clone, Debug)]
pub(crate) struct PlainHistory {
    /// The client's label in the report, such as `p0000`.
    pub(crate) label: String,
    pub(crate) room: RoomName,
    pub(crate) connections: Vec<PlainConnection>,
    /// Everything else that went wrong.
    pub(crate) problems: Vec<String>,
}
