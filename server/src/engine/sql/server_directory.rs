//! Every [`SqlStore`] is a [`ServerDirectory`].

use async_trait::async_trait;
use parlor::{AuthorId, Name, RoomName, UnixMillis};

use super::super::{
    AuditEntry, BotToken, BotTokenId, EngineError, NewBotToken, NewSession, SecretHash, ServerDirectory, ServerPerson,
};
use super::store::{SqlStore, WriteScope};
use super::{audit_log, bot_tokens, recovery_codes, server};
use crate::access::{ServerPolicy, ServerRole};

#[async_trait]
impl<S: SqlStore> ServerDirectory for S {
    async fn server_policy(&self) -> Result<ServerPolicy, EngineError> {
        self.read(server::policy).await
    }

    async fn set_server_policy(
        &self,
        policy: ServerPolicy,
        keep_people: bool,
        by: &AuthorId,
    ) -> Result<(), EngineError> {
        let by = by.clone();
        self.write(WriteScope::Server, move |context| {
            server::set_policy(context.database, &policy, keep_people, &by, context.at)
        })
        .await
    }

    async fn server_roles(&self) -> Result<Vec<(AuthorId, ServerRole)>, EngineError> {
        self.read(server::roles).await
    }

    async fn server_role(&self, account: &AuthorId) -> Result<Option<ServerRole>, EngineError> {
        let account = account.clone();
        self.read(move |database| server::role(database, &account)).await
    }

    async fn set_server_role(
        &self,
        account: &AuthorId,
        role: Option<ServerRole>,
        by: &AuthorId,
    ) -> Result<(), EngineError> {
        let (account, by) = (account.clone(), by.clone());
        self.write(WriteScope::Server, move |context| {
            server::change_role(context.database, &account, role, &by, context.at)
        })
        .await
    }

    async fn people(&self, text: &str, count: usize) -> Result<Vec<ServerPerson>, EngineError> {
        let text = text.to_owned();
        self.read(move |database| server::people(database, &text, count)).await
    }

    async fn people_without_role(&self) -> Result<usize, EngineError> {
        self.read(server::people_without_role).await
    }

    async fn end_sessions_of(
        &self,
        account: &AuthorId,
        remove_recovery_code: bool,
        by: &AuthorId,
    ) -> Result<(), EngineError> {
        let (account, by) = (account.clone(), by.clone());
        self.write(WriteScope::Server, move |context| {
            server::end_sessions(context.database, &account, remove_recovery_code, &by, context.at)
        })
        .await
    }

    async fn storage_bytes(&self) -> Result<u64, EngineError> {
        self.stored_bytes().await
    }

    async fn set_recovery_code(&self, account: &AuthorId, code: SecretHash) -> Result<(), EngineError> {
        let account = account.clone();
        self.write(WriteScope::Server, move |context| {
            Ok(Ok(recovery_codes::set(context.database, &account, code, context.at)?))
        })
        .await
    }

    async fn remove_recovery_code(&self, account: &AuthorId) -> Result<(), EngineError> {
        let account = account.clone();
        self.write(WriteScope::Server, move |context| Ok(Ok(recovery_codes::remove(context.database, &account)?))).await
    }

    async fn recovery_code_created(&self, account: &AuthorId) -> Result<Option<UnixMillis>, EngineError> {
        let account = account.clone();
        self.read(move |database| recovery_codes::created(database, &account)).await
    }

    async fn redeem_recovery_code(
        &self,
        code: SecretHash,
        session: NewSession,
    ) -> Result<Option<(AuthorId, Option<Name>)>, EngineError> {
        self.write(WriteScope::Server, move |context| {
            Ok(Ok(recovery_codes::redeem(context.database, code, &session, context.at)?))
        })
        .await
    }

    async fn add_bot_token(&self, token: NewBotToken) -> Result<(), EngineError> {
        self.write(WriteScope::Server, move |context| bot_tokens::add(context.database, &token, context.at)).await
    }

    async fn bot_token(&self, secret: SecretHash) -> Result<Option<BotToken>, EngineError> {
        self.read_snapshot(move |database| bot_tokens::find(database, secret)).await
    }

    async fn mark_bot_token_used(&self, id: BotTokenId) -> Result<(), EngineError> {
        self.write(WriteScope::Server, move |context| Ok(Ok(bot_tokens::mark_used(context.database, id, context.at)?)))
            .await
    }

    async fn bot_tokens(&self, room: Option<&RoomName>) -> Result<Vec<BotToken>, EngineError> {
        let room = room.cloned();
        self.read_snapshot(move |database| bot_tokens::list(database, room.as_ref())).await
    }

    async fn revoke_bot_token(
        &self,
        id: BotTokenId,
        room: Option<&RoomName>,
        by: &AuthorId,
    ) -> Result<Option<SecretHash>, EngineError> {
        let (room, by) = (room.cloned(), by.clone());
        self.write(WriteScope::Server, move |context| {
            Ok(Ok(bot_tokens::revoke(context.database, id, room.as_ref(), &by, context.at)?))
        })
        .await
    }

    async fn audit_log(&self, before: Option<u64>, count: usize) -> Result<Vec<AuditEntry>, EngineError> {
        self.read(move |database| audit_log::page(database, before, count)).await
    }
}
