//! Every [`SqlStore`] is a [`Directory`].

use async_trait::async_trait;
use parlor::{Author, AuthorId, Name, RoomName, UnixMillis};

use super::super::{
    DeviceLink, Directory, EndedRight, EngineError, Invitation, InvitationId, InvitationScope, NewInvitation, NewRoom,
    NewSession, Offer, RoomChange, RoomMember, RoomStatus, SecretHash, SecretLookup, SessionId, SessionRecord,
    SimilarRoom, now,
};
use super::store::{SqlStore, WriteScope};
use super::{accounts, device_links, ended_rights, invitations, joined_rooms, read_markers, room_settings};
use crate::access::{ReadPermit, RoomPolicy, RoomRole};

#[async_trait]
impl<S: SqlStore> Directory for S {
    async fn last_name(&self, account: &AuthorId) -> Result<Option<Name>, EngineError> {
        let account = account.clone();
        let name = self.read(move |database| accounts::name(database, &account)).await?;
        Ok(Name::try_from(name).ok())
    }

    async fn secret_key(&self) -> Result<[u8; 32], EngineError> {
        self.read(accounts::secret_key).await
    }

    async fn look_up_secret(&self, secret: SecretHash, account: AuthorId) -> Result<SecretLookup, EngineError> {
        self.read_snapshot(move |database| accounts::look_up(database, secret, &account)).await
    }

    async fn store_account(&self, session: NewSession) -> Result<(), EngineError> {
        self.write(WriteScope::Server, move |context| accounts::store(context.database, &session, context.at)).await
    }

    async fn add_session_by_old_secret(&self, session: NewSession) -> Result<bool, EngineError> {
        self.write(WriteScope::Server, move |context| {
            Ok(Ok(accounts::add_session_by_old_secret(context.database, &session, context.at)?))
        })
        .await
    }

    async fn mark_session_used(&self, id: SessionId) -> Result<(), EngineError> {
        self.write(WriteScope::Server, move |context| Ok(Ok(accounts::mark_used(context.database, id, context.at)?)))
            .await
    }

    async fn sessions(&self, account: &AuthorId) -> Result<(Vec<SessionRecord>, Option<UnixMillis>), EngineError> {
        let account = account.clone();
        self.read_snapshot(move |database| accounts::sessions(database, &account)).await
    }

    async fn end_session(&self, account: &AuthorId, id: SessionId) -> Result<Option<SecretHash>, EngineError> {
        let account = account.clone();
        self.write(WriteScope::Server, move |context| {
            Ok(Ok(accounts::end_session(context.database, &account, id, context.at)?))
        })
        .await
    }

    async fn end_all_sessions(&self, account: &AuthorId) -> Result<(), EngineError> {
        let account = account.clone();
        self.write(WriteScope::Server, move |context| {
            Ok(Ok(accounts::end_all_sessions(context.database, &account, context.at)?))
        })
        .await
    }

    async fn add_device_link(&self, link: DeviceLink) -> Result<Option<&'static str>, EngineError> {
        self.write(WriteScope::Server, move |context| Ok(Ok(device_links::add(context.database, &link, context.at)?)))
            .await
    }

    async fn device_link(&self, code: SecretHash) -> Result<Option<AuthorId>, EngineError> {
        self.read(move |database| device_links::find(database, code, now())).await
    }

    async fn redeem_device_link(&self, code: SecretHash, session: NewSession) -> Result<Option<AuthorId>, EngineError> {
        self.write(WriteScope::Server, move |context| {
            Ok(Ok(device_links::redeem(context.database, code, &session, context.at)?))
        })
        .await
    }

    async fn join_room(&self, author: &Author, room: &RoomName) -> Result<(), EngineError> {
        let (author, room) = (author.clone(), room.clone());
        self.write(WriteScope::Account(author.id.clone()), move |context| {
            Ok(Ok(joined_rooms::add(context.database, &author, &room, context.at)?))
        })
        .await
    }

    async fn leave_room(&self, account: &AuthorId, room: &RoomName) -> Result<(), EngineError> {
        let (account, room) = (account.clone(), room.clone());
        self.write(WriteScope::Account(account.clone()), move |context| {
            Ok(Ok(joined_rooms::remove(context.database, &account, &room)?))
        })
        .await
    }

    async fn leave_all_rooms(&self, account: &AuthorId) -> Result<(), EngineError> {
        let account = account.clone();
        self.write(WriteScope::Account(account.clone()), move |context| {
            Ok(Ok(joined_rooms::remove_all(context.database, &account)?))
        })
        .await
    }

    async fn joined_rooms(&self, account: &AuthorId) -> Result<Vec<(RoomName, String)>, EngineError> {
        let account = account.clone();
        self.read(move |database| joined_rooms::of(database, &account)).await
    }

    async fn joined_people_named(
        &self,
        room: &ReadPermit,
        keys: Vec<String>,
    ) -> Result<Vec<(String, AuthorId)>, EngineError> {
        let room = room.room().clone();
        self.read(move |database| joined_rooms::named(database, &room, keys)).await
    }

    async fn joined_people(&self, room: &ReadPermit) -> Result<Vec<Author>, EngineError> {
        let room = room.room().clone();
        self.read(move |database| joined_rooms::people(database, &room)).await
    }

    async fn mark_read(&self, account: &AuthorId, room: &RoomName, seq: u64) -> Result<(), EngineError> {
        let (account, room) = (account.clone(), room.clone());
        self.write(WriteScope::Account(account.clone()), move |context| {
            Ok(Ok(read_markers::advance(context.database, &account, &room, seq)?))
        })
        .await
    }

    async fn mark_unread(&self, account: &AuthorId, room: &RoomName, seq: u64) -> Result<(), EngineError> {
        let (account, room, read) = (account.clone(), room.clone(), seq.saturating_sub(1));
        self.write(WriteScope::Account(account.clone()), move |context| {
            Ok(Ok(read_markers::replace(context.database, &account, &room, read)?))
        })
        .await
    }

    async fn read_up_to(&self, account: &AuthorId, room: &RoomName) -> Result<Option<u64>, EngineError> {
        let (account, room) = (account.clone(), room.clone());
        self.read(move |database| read_markers::find(database, &account, &room)).await
    }

    async fn room_role(&self, room: &RoomName, account: &AuthorId) -> Result<Option<RoomRole>, EngineError> {
        let (room, account) = (room.clone(), account.clone());
        self.read(move |database| room_settings::role(database, &room, &account)).await
    }

    async fn retired_name(&self, room: &RoomName) -> Result<Option<Option<RoomName>>, EngineError> {
        let room = room.clone();
        self.read(move |database| room_settings::retired(database, &room)).await
    }

    async fn room_status(&self, room: &RoomName) -> Result<RoomStatus, EngineError> {
        let room = room.clone();
        self.read_snapshot(move |database| room_settings::status(database, &room)).await
    }

    async fn similar_room(&self, room: &RoomName) -> Result<Option<SimilarRoom>, EngineError> {
        let room = room.clone();
        self.read(move |database| room_settings::similar(database, &room)).await
    }

    async fn create_room(&self, room: NewRoom) -> Result<(), EngineError> {
        self.write(WriteScope::Server, move |context| room_settings::create(context, &room)).await
    }

    async fn change_room(&self, room: &RoomName, change: RoomChange) -> Result<RoomPolicy, EngineError> {
        let room = room.clone();
        self.write(WriteScope::Server, move |context| room_settings::change(context, &room, &change)).await
    }

    async fn delete_room(&self, room: &RoomName) -> Result<(), EngineError> {
        let room = room.clone();
        self.write(WriteScope::Server, move |context| room_settings::delete(context, &room)).await
    }

    async fn room_members(&self, room: &ReadPermit) -> Result<Vec<RoomMember>, EngineError> {
        let room = room.room().clone();
        self.read(move |database| room_settings::members(database, &room)).await
    }

    async fn private_rooms(&self, account: &AuthorId) -> Result<Vec<(RoomName, String)>, EngineError> {
        let account = account.clone();
        self.read(move |database| room_settings::private_rooms(database, &account)).await
    }

    async fn add_invitation(&self, invitation: NewInvitation) -> Result<(), EngineError> {
        self.write(WriteScope::Server, move |context| invitations::add(context.database, &invitation, context.at)).await
    }

    async fn invitations(&self, scope: InvitationScope) -> Result<Vec<Invitation>, EngineError> {
        self.read(move |database| invitations::list(database, &scope, now())).await
    }

    async fn revoke_invitation(
        &self,
        scope: InvitationScope,
        id: InvitationId,
        by: &AuthorId,
    ) -> Result<(), EngineError> {
        let by = by.clone();
        self.write(WriteScope::Server, move |context| {
            Ok(Ok(invitations::revoke(context.database, &scope, id, &by, context.at)?))
        })
        .await
    }

    async fn invitation(&self, code: SecretHash) -> Result<Option<Offer>, EngineError> {
        self.read_snapshot(move |database| invitations::find(database, code, now())).await
    }

    async fn accept_invitation(&self, code: SecretHash, account: &AuthorId) -> Result<Option<Offer>, EngineError> {
        let account = account.clone();
        self.write(WriteScope::Server, move |context| invitations::accept(context.database, code, &account, context.at))
            .await
    }

    async fn ended_rights(&self, after: u64) -> Result<Vec<EndedRight>, EngineError> {
        self.read(move |database| ended_rights::after(database, after)).await
    }
}
