//! The interface of the storage of what is known about the server as a whole: its settings, the roles of its people,
//! recovery codes, bot tokens and the audit log.

use async_trait::async_trait;
use parlor::{AuthorId, Name, RoomName, UnixMillis};

use super::account::{NewSession, SecretHash};
use super::audit::AuditEntry;
use super::bot_token::{BotToken, BotTokenId, NewBotToken};
use super::error::EngineError;
use crate::access::{ServerPolicy, ServerRole};

/// Stores what is known about the server as a whole. What a method changes it also records in the audit log, with
/// `by` as who did it.
///
/// What a method writes is on disk when it returns. All methods fail with [`EngineError::Unavailable`] when the database
/// can't be read or written; others are named.
#[async_trait]
pub trait ServerDirectory: std::fmt::Debug + Send + Sync + 'static {
    /// The settings of the server.
    async fn server_policy(&self) -> Result<ServerPolicy, EngineError>;

    /// Replaces the settings of the server. With `keep_people`, every account that has had a name and has no role
    /// becomes a member.
    ///
    /// # Errors
    /// [`EngineError::TooManyMembers`].
    async fn set_server_policy(
        &self,
        policy: ServerPolicy,
        keep_people: bool,
        by: &AuthorId,
    ) -> Result<(), EngineError>;

    /// All accounts with a role on the server.
    async fn server_roles(&self) -> Result<Vec<(AuthorId, ServerRole)>, EngineError>;

    /// The role of an account on the server.
    async fn server_role(&self, account: &AuthorId) -> Result<Option<ServerRole>, EngineError>;

    /// Gives an account another role, or none.
    ///
    /// # Errors
    /// [`EngineError::NoSuchAccount`]; [`EngineError::LastOwner`] if nobody would be an owner any more;
    /// [`EngineError::TooManyMembers`].
    async fn set_server_role(
        &self,
        account: &AuthorId,
        role: Option<ServerRole>,
        by: &AuthorId,
    ) -> Result<(), EngineError>;

    /// The accounts that have had a name or have a role, with this text in their last name: those with the highest role
    /// first, then those that were used last; at most `count`.
    async fn people(&self, text: &str, count: usize) -> Result<Vec<ServerPerson>, EngineError>;

    /// Number of accounts that have had a name and never a role.
    async fn people_without_role(&self) -> Result<usize, EngineError>;

    /// Ends all sessions of an account as an owner of the server does, and perhaps removes its recovery code with them.
    ///
    /// # Errors
    /// [`EngineError::NoSuchAccount`].
    async fn end_sessions_of(
        &self,
        account: &AuthorId,
        remove_recovery_code: bool,
        by: &AuthorId,
    ) -> Result<(), EngineError>;

    /// Size of all files of the storage, in bytes.
    async fn storage_bytes(&self) -> Result<u64, EngineError>;

    /// Stores the recovery code of an account, in place of the earlier one.
    async fn set_recovery_code(&self, account: &AuthorId, code: SecretHash) -> Result<(), EngineError>;

    /// Removes the recovery code of an account.
    async fn remove_recovery_code(&self, account: &AuthorId) -> Result<(), EngineError>;

    /// When the recovery code of an account was made; `None` if it has none.
    async fn recovery_code_created(&self, account: &AuthorId) -> Result<Option<UnixMillis>, EngineError>;

    /// Adds a session to the account of a recovery code, in place of the session's own account. Returns that account and
    /// its last name; `None` if there is no such code. The code stays valid.
    async fn redeem_recovery_code(
        &self,
        code: SecretHash,
        session: NewSession,
    ) -> Result<Option<(AuthorId, Option<Name>)>, EngineError>;

    /// Stores a bot token.
    ///
    /// # Errors
    /// [`EngineError::TooManyBotTokens`].
    async fn add_bot_token(&self, token: NewBotToken) -> Result<(), EngineError>;

    /// The bot token with this hash.
    async fn bot_token(&self, secret: SecretHash) -> Result<Option<BotToken>, EngineError>;

    /// Records that a bot token is in use.
    async fn mark_bot_token_used(&self, id: BotTokenId) -> Result<(), EngineError>;

    /// The bot tokens, or those that are for a room; the newest first.
    async fn bot_tokens(&self, room: Option<&RoomName>) -> Result<Vec<BotToken>, EngineError>;

    /// Revokes a bot token, or its use in one room. Without any other room it ends. Returns its hash; `None` if there is
    /// no such token, or it is not for that room.
    async fn revoke_bot_token(
        &self,
        id: BotTokenId,
        room: Option<&RoomName>,
        by: &AuthorId,
    ) -> Result<Option<SecretHash>, EngineError>;

    /// The newest entries of the audit log, or those before the entry with this id; at most `count`.
    async fn audit_log(&self, before: Option<u64>, count: usize) -> Result<Vec<AuditEntry>, EngineError>;
}

/// A person of the server, for its owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerPerson {
    /// The account.
    pub account: AuthorId,
    /// The last name of the account; empty if it never had one.
    pub name: String,
    /// The role; `None` for a guest, or anybody on an open server.
    pub role: Option<ServerRole>,
    /// When the account was used last, to the hour.
    pub last_used: UnixMillis,
    /// Number of its sessions.
    pub sessions: usize,
    /// Whether its person can come back without a session.
    pub has_recovery_code: bool,
}
