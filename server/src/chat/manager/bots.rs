//! Bot tokens: who makes and revokes them, and what a client proves by one.

use std::sync::Arc;

use parlor::{AuthorId, CloseCode, RoomName};

use super::super::{Connection, Session};
use super::ConnectionManager;
use super::room_settings::SettingsError;
use super::sessions::USE_INTERVAL_MS;
use crate::engine::{BotToken, BotTokenId, EngineError, NewBotToken, SecretHash, now};
use crate::random;

/// A new bot token that `by` makes, and its text, which is stored nowhere.
pub fn new_bot_token(name: String, rooms: Vec<RoomName>, by: Option<AuthorId>) -> (String, NewBotToken) {
    let token = format!("bot_{}", random::text::<16>());
    let (secret, account) = (SecretHash::of_bot_token(&token), AuthorId(random::text::<12>().into()));
    (token, NewBotToken { secret, account, name, rooms, by })
}

impl ConnectionManager {
    /// The bot that a client proves to be by its token; `None` if there is no such token.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn bot(&self, token: &str) -> Result<Option<Arc<BotToken>>, EngineError> {
        let Some(bot) = self.directory.bot_token(SecretHash::of_bot_token(token)).await? else { return Ok(None) };
        if bot.last_used.is_none_or(|used| used + USE_INTERVAL_MS < now()) {
            // If this can't be stored now, the next use is.
            let _ = self.directory.mark_bot_token_used(bot.id).await;
        }
        Ok(Some(Arc::new(bot)))
    }

    /// Records that a connection is one of a bot, then reads its token again. False if it was revoked meanwhile, or is for
    /// other rooms now: the caller closes the connection.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn attach_bot(&self, connection: &Connection, bot: &Arc<BotToken>) -> Result<bool, EngineError> {
        self.connections.set_bot(connection.id, bot);
        Ok(self.directory.bot_token(bot.secret).await?.is_some_and(|current| current.rooms == bot.rooms))
    }

    /// Makes a token for rooms, as an owner of the server, and returns its text.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`](parlor::ErrorCode::OwnersOnly) for others than owners, or the directory's reason.
    pub async fn make_bot_token(
        &self,
        session: &Session,
        name: String,
        rooms: Vec<RoomName>,
    ) -> Result<String, SettingsError> {
        let _changing = self.lock_settings().await;
        self.check_server_owner(session).await?;
        self.store_bot_token(session, name, rooms).await
    }

    /// Makes a token for a room, as its owner, and returns its text.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`](parlor::ErrorCode::OwnersOnly) for others than owners, or the directory's reason.
    pub async fn make_room_bot_token(
        &self,
        session: &Session,
        room: &RoomName,
        name: String,
    ) -> Result<String, SettingsError> {
        let _changing = self.lock_settings().await;
        self.managed_room(session, room).await?;
        self.store_bot_token(session, name, vec![room.clone()]).await
    }

    async fn store_bot_token(
        &self,
        session: &Session,
        name: String,
        rooms: Vec<RoomName>,
    ) -> Result<String, SettingsError> {
        let (token, new) = new_bot_token(name, rooms, Some(session.account.clone()));
        self.directory.add_bot_token(new).await?;
        Ok(token)
    }

    /// All bot tokens, for owners of the server.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`](parlor::ErrorCode::OwnersOnly) for others than owners, or the directory's reason.
    pub async fn bot_tokens(&self, session: &Session) -> Result<Vec<BotToken>, SettingsError> {
        self.check_server_owner(session).await?;
        Ok(self.directory.bot_tokens(None).await?)
    }

    /// The bot tokens for a room, for its owners.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`](parlor::ErrorCode::OwnersOnly) for others than owners, or the directory's reason.
    pub async fn room_bot_tokens(&self, session: &Session, room: &RoomName) -> Result<Vec<BotToken>, SettingsError> {
        self.managed_room(session, room).await?;
        Ok(self.directory.bot_tokens(Some(room)).await?)
    }

    /// Revokes a token as an owner of the server, or its use in a room as an owner of that room. Its connections end.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`](parlor::ErrorCode::OwnersOnly) for others than owners, or the directory's reason.
    pub async fn revoke_bot_token(
        &self,
        session: &Session,
        id: BotTokenId,
        room: Option<&RoomName>,
    ) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        match room {
            Some(room) => drop(self.managed_room(session, room).await?),
            None => self.check_server_owner(session).await?,
        }
        if let Some(secret) = self.directory.revoke_bot_token(id, room, &session.account).await? {
            self.close_bots(secret);
        }
        Ok(())
    }

    /// Closes the connections of a token that was revoked, or is for other rooms now.
    pub(super) fn close_bots(&self, secret: SecretHash) {
        for open in self.connections.all_identified() {
            if open.bot.is_some_and(|bot| bot.secret == secret) {
                open.connection.close(CloseCode::REFUSED, "token revoked");
            }
        }
    }
}
