//! The hash chain over a room's log (invariant 11): it proves that no event was altered, dropped or moved, and a body
//! can still be erased, for the chain holds a salted hash of it and not the body itself.

use std::fmt::Write as _;

use parlor::{ChainMark, UnixMillis};
use sha2::{Digest as _, Sha256};

/// The chain's value at one event; the default is its value before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Link([u8; 32]);

/// A random value that keeps a short text from being guessed from its hash. It is erased with the text.
pub(super) type Salt = [u8; 16];

/// A salted hash of a text and its mentions: it stays when they are erased.
pub(super) type Digest = [u8; 32];

/// See [`Digest`]. `mentions` are those of the text as they are stored. Without them a text hashes as it did before there
/// were mentions; with them NUL stands between, which no text has.
pub(super) fn digest(salt: &Salt, text: &str, mentions: Option<&str>) -> Digest {
    let hash = Sha256::new().chain_update(salt).chain_update(text);
    match mentions {
        Some(mentions) => hash.chain_update([0]).chain_update(mentions),
        None => hash,
    }
    .finalize()
    .into()
}

/// What the chain holds of an event: everything but its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    pub(super) seq: u64,
    pub(super) at: UnixMillis,
    pub(super) kind: &'a str,
    pub(super) author: &'a str,
    pub(super) name: &'a str,
    pub(super) client_id: &'a str,
    /// The seq of the message that it is about, or that it answers.
    pub(super) target: Option<u64>,
    pub(super) emoji: Option<&'a str>,
    pub(super) text: Option<Digest>,
}

impl Link {
    /// The chain's value at the event that follows.
    pub(super) fn next(self, event: &Fields<'_>) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(event.seq.to_be_bytes());
        hash.update(event.at.to_be_bytes());
        // With its length before each, no two rows of fields hash alike. What an event has not is left out: a message
        // that answers none has the form that it had before there were answers, and a kind and what follows it tell
        // which fields those are.
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
        if let Some(text) = event.text {
            hash.update(text);
        }
        Self(hash.finalize().into())
    }

    /// As it is stored.
    pub(super) fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// From how it was stored.
    pub(super) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The part that travels.
    pub(super) fn mark(&self) -> ChainMark {
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

    fn posted<'a>(seq: u64, name: &'a str, client_id: &'a str, text: &str) -> Fields<'a> {
        let text = Some(digest(&[1; 16], text, None));
        Fields { seq, at: 7, kind: "posted", author: "a", name, client_id, target: None, emoji: None, text }
    }

    #[test]
    fn a_log_starts_where_its_cursor_says() {
        assert_eq!(Link::default().mark(), parlor::Cursor::start(parlor::Epoch("e".into())).hash);
    }

    proptest! {
        #[test]
        fn any_change_breaks_the_chain(name in "[a-z]{1,8}", id in "[a-z]{1,8}", body in "[a-z]{1,8}", seq in 1u64..9) {
            let start = Link::default();
            let event = posted(seq, &name, &id, &body);
            let first = start.next(&event);
            prop_assert_eq!(first, start.next(&event));
            prop_assert_ne!(first, first.next(&event));
            prop_assert_ne!(first, start.next(&Fields { seq: seq + 1, ..event }));
            prop_assert_ne!(first, start.next(&Fields { at: 8, ..event }));
            prop_assert_ne!(first, start.next(&Fields { kind: "edited", ..event }));
            prop_assert_ne!(first, start.next(&posted(seq, &name, &id, &format!("{body}x"))));
            prop_assert_ne!(first, start.next(&posted(seq, &format!("{name}{id}"), &id, &body)));
            let answer = Fields { target: Some(seq), ..event };
            prop_assert_ne!(first, start.next(&answer));
            prop_assert_ne!(start.next(&answer), start.next(&Fields { target: Some(seq + 1), ..event }));
            let reaction = Fields { kind: "reacted", emoji: Some("👍"), text: None, ..answer };
            prop_assert_ne!(start.next(&reaction), start.next(&Fields { emoji: Some("👎"), ..reaction }));
        }
    }

    #[test]
    fn mentions_are_part_of_what_is_hashed() {
        let hashes = [None, Some(""), Some("[]"), Some("x")].map(|mentions| digest(&[1; 16], "text", mentions));
        for (index, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..index].contains(hash));
        }
        assert_ne!(digest(&[1; 16], "text", Some("x")), digest(&[1; 16], "textx", None));
    }

    #[test]
    fn a_simple_message_hashes_as_it_did_in_the_first_form() {
        // Computed by hand, as the program did it that knew no other events.
        let link = Link::default().next(&posted(1, "Ana", "m1", "message 1"));
        assert_eq!(link.mark().0, "58f5718e2c");
    }
}
