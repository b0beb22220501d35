//! The hash chain over a room's log (invariant 11): it proves that no event was altered, dropped or moved, and a body
//! can still be erased, for the chain holds a salted hash of it and not the body itself.

use std::fmt::Write as _;

use parlor::{Author, Body, ChainMark, ClientId, UnixMillis};
use sha2::{Digest, Sha256};

/// The chain's value at one event; the default is its value before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Link([u8; 32]);

/// A random value that keeps a short body from being guessed from its hash. It is erased with the body.
pub(super) type Salt = [u8; 16];

impl Link {
    /// The chain's value at the event that follows.
    pub(super) fn posted(
        self,
        seq: u64,
        at: UnixMillis,
        author: &Author,
        client_id: &ClientId,
        salt: &Salt,
        body: &Body,
    ) -> Self {
        let body = Sha256::new().chain_update(salt).chain_update(body.as_str()).finalize();
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(seq.to_be_bytes());
        hash.update(at.to_be_bytes());
        for field in ["posted", author.id.as_str(), author.name.as_str(), client_id.as_str()] {
            // With its length before each, no two rows of fields hash alike.
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        }
        hash.update(body);
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
    use parlor::{AuthorId, Name};
    use proptest::prelude::*;

    use super::*;

    fn link(from: Link, seq: u64, name: &str, id: &str, body: &str) -> Link {
        let author = Author { id: AuthorId("a".into()), name: Name::parse(name).unwrap() };
        from.posted(seq, 7, &author, &ClientId::parse(id).unwrap(), &[1; 16], &Body::parse(body).unwrap())
    }

    #[test]
    fn a_log_starts_where_its_cursor_says() {
        assert_eq!(Link::default().mark(), parlor::Cursor::start(parlor::Epoch("e".into())).hash);
    }

    proptest! {
        #[test]
        fn any_change_breaks_the_chain(name in "[a-z]{1,8}", id in "[a-z]{1,8}", body in "[a-z]{1,8}", seq in 1u64..9) {
            let first = link(Link::default(), seq, &name, &id, &body);
            prop_assert_eq!(first, link(Link::default(), seq, &name, &id, &body));
            prop_assert_ne!(first, link(first, seq, &name, &id, &body));
            prop_assert_ne!(first, link(Link::default(), seq + 1, &name, &id, &body));
            prop_assert_ne!(first, link(Link::default(), seq, &name, &id, &format!("{body}x")));
            prop_assert_ne!(first, link(Link::default(), seq, &format!("{name}{id}"), &id, &body));
        }
    }
}
