//! Invitations to the server and to private rooms, and the links by which somebody becomes an owner of the server.
use parlor::{AuthorId, ErrorCode, UnixMillis, limits};

use super::super::Session;
use super::ConnectionManager;
use super::room_settings::SettingsError;
use crate::access::ServerRole;
use crate::engine::{EngineError, Invitation, InvitationId, InvitationScope, NewInvitation, Offer, SecretHash, now};
use crate::random;

/// For whom an invitation is, until when it is valid, and for how many people.
#[derive(Clone, Debug)]
pub struct InvitationTerms {
    /// For whom it is, as its maker wrote it; may be empty.
    pub note: String,
    /// The time after which it can't be used.
    pub expires: UnixMillis,
    /// Number of people who can use it; `None` for any number.
    pub uses: Option<u32>,
}

impl ConnectionManager {
    /// Makes an invitation to the server or a private room, and returns the code of its link.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners of the server or room, [`ErrorCode::Malformed`] for a room that is
    /// not private, or the directory's reason.
    pub async fn invite(
        &self,
        session: &Session,
        scope: InvitationScope,
        InvitationTerms { note, expires, uses }: InvitationTerms,
    ) -> Result<String, SettingsError> {
        let _changing = self.lock_settings().await;
        self.check_inviter(session, &scope).await?;
        if matches!(&scope, InvitationScope::Room(name) if !name.is_private()) {
            return Err(ErrorCode::Malformed.into());
        }
        let (code, by) = (random::text::<16>(), Some(session.account.clone()));
        let (hash, role) = (SecretHash::of_code(&code), ServerRole::Member);
        self.directory.add_invitation(NewInvitation { code: hash, scope, role, by, note, expires, uses }).await?;
        Ok(code)
    }

    /// The invitations to the server or a private room that can still be used.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners of the server or room, or the directory's reason.
    pub async fn invitations(
        &self,
        session: &Session,
        scope: InvitationScope,
    ) -> Result<Vec<Invitation>, SettingsError> {
        self.check_inviter(session, &scope).await?;
        Ok(self.directory.invitations(scope).await?)
    }

    /// Revokes an invitation to the server or a private room.
    ///
    /// # Errors
    /// [`ErrorCode::OwnersOnly`] for others than owners of the server or room, or the directory's reason.
    pub async fn revoke_invitation(
        &self,
        session: &Session,
        scope: InvitationScope,
        id: InvitationId,
    ) -> Result<(), SettingsError> {
        let _changing = self.lock_settings().await;
        self.check_inviter(session, &scope).await?;
        Ok(self.directory.revoke_invitation(scope, id, &session.account).await?)
    }

    /// Revokes all invitations of a scope, after somebody has lost what they give: they may still have the link of one. Links
    /// to become an owner of the server stay.
    pub(super) async fn revoke_all_invitations(
        &self,
        scope: InvitationScope,
        by: &AuthorId,
    ) -> Result<(), EngineError> {
        for invitation in self.directory.invitations(scope.clone()).await? {
            if invitation.role != ServerRole::Owner {
                self.directory.revoke_invitation(scope.clone(), invitation.id, by).await?;
            }
        }
        Ok(())
    }

    async fn check_inviter(&self, session: &Session, scope: &InvitationScope) -> Result<(), ErrorCode> {
        match scope {
            InvitationScope::Server => self.check_server_owner(session).await,
            InvitationScope::Room(name) => self.managed_room(session, name).await.map(|_| ()),
        }
    }

    /// What an invitation offers that can still be used. Uses nothing up.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn invitation(&self, code: &str) -> Result<Option<Offer>, EngineError> {
        self.directory.invitation(SecretHash::of_code(code)).await
    }

    /// Gives the session's account, which is stored for it, what an invitation offers. `None` if the invitation can't be
    /// used any more.
    ///
    /// # Errors
    /// [`EngineError::TooManyMembers`], [`EngineError::MembersOnly`], or the directory's reason.
    pub async fn accept_invitation(&self, session: &Session, code: &str) -> Result<Option<Offer>, EngineError> {
        // A code that nobody made stores nothing.
        if self.invitation(code).await?.is_none() {
            return Ok(None);
        }
        let _changing = self.lock_settings().await;
        self.store_account(session).await?;
        let offer = self.directory.accept_invitation(SecretHash::of_code(code), &session.account).await?;
        if let Some(offer) = &offer {
            self.reload_server_role(&session.account).await?;
            if let Some((room, _)) = &offer.room {
                self.add_to_room(session, room).await?;
            }
        }
        Ok(offer)
    }

    /// The code of a new link to become an owner of the server, if it has none.
    ///
    /// # Errors
    /// The directory can't be written.
    pub async fn first_owner_link(&self) -> Result<Option<String>, EngineError> {
        if self.server.has_owner() {
            return Ok(None);
        }
        let (code, invitation) = owner_link();
        self.directory.add_invitation(invitation).await?;
        Ok(Some(code))
    }
}

/// The code of a new link to become an owner of the server, and its invitation, as the command line makes them.
pub fn owner_link() -> (String, NewInvitation) {
    let code = random::text::<16>();
    let invitation = NewInvitation {
        code: SecretHash::of_code(&code),
        scope: InvitationScope::Server,
        role: ServerRole::Owner,
        by: None,
        note: String::new(),
        expires: now() + limits::OWNER_LINK_HOURS * 60 * 60 * 1_000,
        uses: Some(1),
    };
    (code, invitation)
}
