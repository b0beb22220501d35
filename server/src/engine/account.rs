//! Accounts and their sessions, as they are stored.

use std::fmt;

use parlor::{AuthorId, Token, UnixMillis};
use sha2::{Digest, Sha256};

/// The SHA-256 hash of a secret, such as a session's token or the code of a link. Only the hash is stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// The hash of a session's token.
    pub fn of_token(token: &Token) -> Self {
        Self::new(b"parlor secret\0", token.reveal())
    }

    /// The hash of the code of a link.
    pub fn of_code(code: &str) -> Self {
        Self::new(b"parlor code\0", code)
    }

    /// The hash of a recovery code, in its canonical form.
    pub fn of_recovery_code(code: &str) -> Self {
        Self::new(b"parlor recovery\0", code)
    }

    /// The hash of a bot token.
    pub fn of_bot_token(token: &str) -> Self {
        Self::new(b"parlor bot\0", token)
    }

    fn new(purpose: &[u8], secret: &str) -> Self {
        Self(Sha256::new().chain_update(purpose).chain_update(secret).finalize().into())
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// Identifies a session in lists and forms. It is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub i64);

/// A stored session: one browser or device of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// The session.
    pub id: SessionId,
    /// The account that it belongs to.
    pub account: AuthorId,
    /// The hash of its secret.
    pub secret: SecretHash,
    /// What the device called itself, such as "Firefox, Windows".
    pub device: String,
    /// When it began.
    pub created: UnixMillis,
    /// When it was used last, to the hour.
    pub last_used: UnixMillis,
}

/// A session that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// The account that it belongs to.
    pub account: AuthorId,
    /// The hash of its secret.
    pub secret: SecretHash,
    /// What the device calls itself.
    pub device: String,
}

/// What the directory knows of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretLookup {
    /// It is the secret of this session.
    Session(SessionRecord),
    /// It is no secret of a session, but the account is stored: its session has ended.
    AccountOnly,
    /// Neither is stored.
    Unknown,
}
