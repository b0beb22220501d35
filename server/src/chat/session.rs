//! A session: the identity of one person across connections, tabs and reloads.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parlor::{AuthorId, Token};
use sha2::{Digest, Sha256};

use crate::random;

/// The identity of one person across connections, tabs and reloads.
///
/// A client proves it with a secret token. The server's memory and all other clients have only the public id: a hash of
/// the token, from which the token cannot be calculated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The public id: the author id of everything that the person writes.
    pub id: AuthorId,
}

impl Session {
    /// The session that a token belongs to.
    pub fn of(token: &Token) -> Self {
        let hash = Sha256::new().chain_update(b"parlor session\0").chain_update(token.reveal()).finalize();
        Self { id: AuthorId(URL_SAFE_NO_PAD.encode(&hash[..12]).into()) }
    }

    /// A new session with a random token.
    ///
    /// # Panics
    /// Never: 16 random bytes always encode to a valid token.
    #[expect(clippy::expect_used, reason = "16 bytes are 22 characters of base64")]
    pub fn new() -> (Self, Token) {
        let token = Token::parse(&random::text::<16>()).expect("a token is 22 characters of base64");
        (Self::of(&token), token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_alone_determines_the_session() {
        let (session, token) = Session::new();
        assert_eq!(Session::of(&token), session);
        assert_ne!(Session::new().0, session);
        assert!(!format!("{session:?}").contains(token.reveal()));
    }
}
