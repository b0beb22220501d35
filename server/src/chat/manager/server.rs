//! The server as a whole: its settings, the roles and sessions of its people, and its audit log. Only its owners change
//! them.

use std::sync::Arc;

use parlor::plain::PlainFrame;
use parlor::{AuthorId, CloseCode, ErrorCode, limits};

use super::super::connection_registry::OpenConnection;
use super::super::{Dialect, Session, SharedServerPolicy};
use super::ConnectionManager;
use super::room_settings::SettingsError;
use super::sessions::close_signed_out;
use crate::access::{Actor, Admission, ServerAction, ServerPolicy, ServerRole, may_on_server};
use crate::engine::{AuditEntry, EngineError, InvitationScope, ServerPerson};

impl ConnectionManager {
    /// The settings of the server.
    pub fn server_policy(&self) -> Arc<ServerPolicy> {
        self.server.policy.get()
    }

    /// A handle to the settings of the server, for those who show its name.
    pub fn shared_server_policy(&self) -> SharedServerPolicy {
        self.server.policy.clone()
    }

    /// Decides whether somebody may do something on the server.
    ///
    /// # Errors
    /// Those of [`may_on_server`].
    pub fn may_on_server(&self, actor: Actor<'_>, action: ServerAction) -> Result<(), ErrorCode> {
        may_on_server(actor, action, &self.server.policy.get())
    }

    /// Whether a session's account may create rooms as soon as it has a name.
    ///
    /// # Errors
    /// Those of [`may_on_server`].
    pub fn may_create_rooms(&self, session: &Session) -> Result<(), ErrorCode> {
        self.may_on_server(self.account_actor(&session.account), ServerAction::CreateRoom)
    }

    /// The role on the server that a session's account was given.
    pub fn server_role(&self, session: &Session) -> Option<ServerRole> {
        self.server.role(&session.account)
    }

    /// Whether the server has an owner.
    pub fn has_server_owner(&self) -> bool {
        self.server.has_owner()
    }

    /// Changes the settings of the server. With `keep_people`, everybody who has had a name becomes a member if it is closed,
    /// unless an owner took their role away. Those who may
    /// come in no longer are disconnected, and those who may write no longer lose their names.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn change_server(
        &self,
        session: &Session,
        policy: ServerPolicy,
        keep_people: bool,
    ) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        self.check_server_owner(session).await?;
        let keep_people = keep_people && policy.admission != Admission::Open;
        self.directory.set_server_policy(policy, keep_people, &session.account).await?;
        Ok(self.reload_server().await?)
    }

    /// Gives an account another role on the server, or none. Without a role nobody comes back by an earlier invitation: all
    /// are revoked.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, [`EngineError::LastOwner`], or the directory's reason.
    pub async fn set_server_role(
        &self,
        session: &Session,
        account: &AuthorId,
        role: Option<ServerRole>,
    ) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        self.check_server_owner(session).await?;
        self.directory.set_server_role(account, role, &session.account).await?;
        if role.is_none() {
            self.revoke_all_invitations(InvitationScope::Server, &session.account).await?;
        }
        Ok(self.reload_server_role(account).await?)
    }

    /// Ends all sessions of somebody. They can come back by their recovery code, unless it is removed too.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn end_sessions_of(
        &self,
        session: &Session,
        account: &AuthorId,
        remove_recovery_code: bool,
    ) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        self.check_server_owner(session).await?;
        self.directory.end_sessions_of(account, remove_recovery_code, &session.account).await?;
        self.release_names_of(vec![account.clone()]).await;
        close_signed_out(&self.accounts.lock().connections(account));
        Ok(())
    }

    /// The people of the server with this text in their name.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn people(&self, session: &Session, text: &str) -> Result<Vec<ServerPerson>, SettingsError> {
        self.check_server_owner(session).await?;
        Ok(self.directory.people(text, limits::LISTED_ROOMS).await?)
    }

    /// Number of people who have had a name and have no role: whom [`change_server`](Self::change_server) can keep.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn people_without_role(&self, session: &Session) -> Result<usize, SettingsError> {
        self.check_server_owner(session).await?;
        Ok(self.directory.people_without_role().await?)
    }

    /// Entries of the audit log, the newest first.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn audit_log(
        &self,
        session: &Session,
        before: Option<u64>,
        count: usize,
    ) -> Result<Vec<AuditEntry>, SettingsError> {
        self.check_server_owner(session).await?;
        Ok(self.directory.audit_log(before, count).await?)
    }

    /// Size of all files of the storage, in bytes.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners, or the directory's reason.
    pub async fn storage_bytes(&self, session: &Session) -> Result<u64, SettingsError> {
        self.check_server_owner(session).await?;
        Ok(self.directory.storage_bytes().await?)
    }

    /// Checks that a session is one of an owner of the server and has not ended: the form that it sent may have taken a
    /// while to arrive.
    pub(super) async fn check_server_owner(&self, session: &Session) -> Result<(), ErrorCode> {
        if !self.is_session_valid(session).await? {
            return Err(ErrorCode::OwnersOnly);
        }
        self.may_on_server(self.person(session), ServerAction::Manage)
    }

    /// Reads the settings of the server and all roles again, and lets them take effect.
    pub(super) async fn reload_server(&self) -> Result<(), EngineError> {
        let (policy, roles) = (self.directory.server_policy().await?, self.directory.server_roles().await?);
        self.server.replace(policy, roles);
        for OpenConnection { connection, identity, bot } in self.connections.all_identified() {
            if bot.is_some() {
                continue;
            }
            match (connection.dialect, identity) {
                (Dialect::Plain, _) => {
                    let actor = Actor::Plain { named: false };
                    if let Err(code) = self.may_on_server(actor, ServerAction::Visit) {
                        connection.send_plain(&PlainFrame::refused(code));
                        connection.close(CloseCode::NORMAL, "");
                    }
                }
                (Dialect::Rich, Some(account)) => {
                    if self.may_on_server(self.account_actor(&account), ServerAction::Visit).is_err() {
                        close_signed_out(&[connection]);
                    }
                }
                // A `hello` checks it.
                (Dialect::Rich, None) => {}
            }
        }
        let named = self.accounts.lock().named_people();
        let may_not_write =
            |account: &AuthorId| self.may_on_server(self.account_actor(account), ServerAction::Write).is_err();
        self.release_names_of(named.into_iter().filter(may_not_write).collect()).await;
        Ok(())
    }

    /// Reads the role of an account again, and lets it take effect.
    pub(super) async fn reload_server_role(&self, account: &AuthorId) -> Result<(), EngineError> {
        self.server.set_role(account, self.directory.server_role(account).await?);
        let actor = self.account_actor(account);
        if self.may_on_server(actor, ServerAction::Visit).is_err() {
            close_signed_out(&self.accounts.lock().connections(account));
        }
        if self.may_on_server(actor, ServerAction::Write).is_err() {
            self.release_names_of(vec![account.clone()]).await;
        }
        Ok(())
    }
}
