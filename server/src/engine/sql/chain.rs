//! The hash chain over a room's log (invariant 11). It proves that no event was altered, dropped or moved. A text can
//! still be erased: the chain contains a salted hash of the text, and not the text itself.

use std::fmt::Write as _;

use parlor::{ChainMark, UnixMillis};
use sha2::{Digest as _, Sha256};

/// The chain's value at one event. The default is its value before the first event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) struct ChainHash([u8; 32]);

/// A random value that prevents guessing a short text from its hash. It is erased with the text.
pub(in crate::engine) type Salt = [u8; 16];

/// A salted hash of a text and its mentions. It is kept when they are erased.
pub(in crate::engine) type BodyDigest = [u8; 32];

/// Hashes a text and its mentions, as both are stored. Without mentions the hash equals that of versions that had none.
/// With mentions a NUL separates the two, a character that no text contains.
pub(in crate::engine) fn body_digest(salt: &Salt, text: &str, mentions: Option<&str>) -> BodyDigest {
    let hash = Sha256::new().chain_update(salt).chain_update(text);
    match mentions {
        Some(mentions) => hash.chain_update([0]).chain_update(mentions),
        None => hash,
    }
    .finalize()
    .into()
}

/// The fields of an event that its chain value is computed from: the text only as its hash.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct HashedFields<'a> {
    pub(in crate::engine) seq: u64,
    pub(in crate::engine) at: UnixMillis,
    pub(in crate::engine) kind: &'a str,
    pub(in crate::engine) author: &'a str,
    pub(in crate::engine) name: &'a str,
    pub(in crate::engine) client_id: &'a str,
    /// The seq of the message that the event changes or answers.
    pub(in crate::engine) target: Option<u64>,
    pub(in crate::engine) emoji: Option<&'a str>,
    pub(in crate::engine) body_digest: Option<BodyDigest>,
}

impl ChainHash {
    /// The chain's value at the next event.
    pub(in crate::engine) fn next(self, event: &HashedFields<'_>) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(event.seq.to_be_bytes());
        hash.update(event.at.to_be_bytes());
        // The length before each field makes the encoding unambiguous. Missing fields are left out: a message that is
        // no reply keeps the hash that it had before there were replies. The kind and the number of the fields after
        // it tell which they are.
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        for text in [event.kind, event.author, event.name, event.client_id] {
            field(text.as_bytes());
        }
        if let Some(target) = event.target {
            field(&target.to_be_bytes());
        }
        if let Some(emoji) = event.emoji {
            field(emoji.as_bytes());
        }
        if let Some(digest) = event.body_digest {
            hash.update(digest);
        }
        Self(hash.finalize().into())
    }

    /// The bytes to be stored.
    pub(in crate::engine) fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Restores a value from its stored bytes.
    pub(in crate::engine) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The shortened value that cursors contain.
    pub(in crate::engine) fn mark(&self) -> ChainMark {
        let mut text = String::with_capacity(ChainMark::CHARS);
        for byte in &self.0[..ChainMark::CHARS / 2] {
            let _ = write!(text, "{byte:02x}");
        }
        ChainMark(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn posted<'a>(seq: u64, name: &'a str, client_id: &'a str, text: &str) -> HashedFields<'a> {
        let body_digest = Some(body_digest(&[1; 16], text, None));
        HashedFields {
            seq,
            at: 7,
            kind: "posted",
            author: "a",
            name,
            client_id,
            target: None,
            emoji: None,
            body_digest,
        }
    }

    #[test]
    fn the_start_cursor_has_the_default_hash() {
        assert_eq!(ChainHash::default().mark(), parlor::Cursor::start(parlor::Epoch("e".into())).hash);
    }

    proptest! {
        #[test]
        fn any_change_breaks_the_chain(name in "[a-z]{1,8}", id in "[a-z]{1,8}", body in "[a-z]{1,8}", seq in 1u64..9) {
            let start = ChainHash::default();
            let event = posted(seq, &name, &id, &body);
            let first = start.next(&event);
            prop_assert_eq!(first, start.next(&event));
            prop_assert_ne!(first, first.next(&event));
            prop_assert_ne!(first, start.next(&HashedFields { seq: seq + 1, ..event }));
            prop_assert_ne!(first, start.next(&HashedFields { at: 8, ..event }));
            prop_assert_ne!(first, start.next(&HashedFields { kind: "edited", ..event }));
            prop_assert_ne!(first, start.next(&posted(seq, &name, &id, &format!("{body}x"))));
            prop_assert_ne!(first, start.next(&posted(seq, &format!("{name}{id}"), &id, &body)));
            let reply = HashedFields { target: Some(seq), ..event };
            prop_assert_ne!(first, start.next(&reply));
            prop_assert_ne!(start.next(&reply), start.next(&HashedFields { target: Some(seq + 1), ..event }));
            let reaction = HashedFields { kind: "reacted", emoji: Some("👍"), body_digest: None, ..reply };
            prop_assert_ne!(start.next(&reaction), start.next(&HashedFields { emoji: Some("👎"), ..reaction }));
        }
    }

    #[test]
    fn mentions_are_part_of_the_hash() {
        let hashes = [None, Some(""), Some("[]"), Some("x")].map(|mentions| body_digest(&[1; 16], "text", mentions));
        for (index, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..index].contains(hash));
        }
        assert_ne!(body_digest(&[1; 16], "text", Some("x")), body_digest(&[1; 16], "textx", None));
    }

    #[test]
    fn a_post_without_reply_hashes_as_in_format_version_1() {
        // Computed by hand with the rules of the first version, which had no other events.
        let hash = ChainHash::default().next(&posted(1, "Ana", "m1", "message 1"));
        assert_eq!(hash.mark().0, "58f5718e2c");
    }
}
