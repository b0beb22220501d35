//! Locks that the database keeps for the nodes. They end with the transaction that took them.

use parlor::AuthorId;
use sha2::{Digest as _, Sha256};

/// The first key of the locks of a server: "Prl" and 0. A trigger of the schema uses it with the second key 2.
const SERVER_CLASS: i32 = 0x5072_6C00;

/// The first key of the locks of accounts.
const ACCOUNT_CLASS: i32 = SERVER_CLASS + 1;

/// A lock that transactions of all nodes take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AdvisoryLock {
    /// Everything that the directory stores. Writes with the scope of an account share it.
    Server,
    /// The schema, while migrations run.
    Schema,
    /// The records of one account. Accounts with the same key wait for each other.
    Account {
        /// The second key.
        key: i32,
    },
}

impl AdvisoryLock {
    /// The lock of an account.
    pub(super) fn of_account(account: &AuthorId) -> Self {
        let hash: [u8; 32] = Sha256::digest(account.as_str()).into();
        Self::Account { key: i32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) }
    }

    /// The statement that waits for the lock and excludes all others from it.
    pub(super) fn exclusive(self) -> String {
        let (class, key) = self.keys();
        format!("SELECT pg_advisory_xact_lock({class}, {key});")
    }

    /// The statement that waits for the lock and shares it with others that do so.
    pub(super) fn shared(self) -> String {
        let (class, key) = self.keys();
        format!("SELECT pg_advisory_xact_lock_shared({class}, {key});")
    }

    fn keys(self) -> (i32, i32) {
        match self {
            Self::Server => (SERVER_CLASS, 0),
            Self::Schema => (SERVER_CLASS, 1),
            Self::Account { key } => (ACCOUNT_CLASS, key),
        }
    }
}
