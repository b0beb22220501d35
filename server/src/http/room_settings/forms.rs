//! The forms of the page with a room's settings.

use parlor::{AuthorId, ClientId, ErrorCode, RoomName, text};

use super::super::form_fields::FormFields;
use super::super::invitation_terms;
use super::super::new_room::parse_public_name;
use crate::access::{RoomKind, RoomRole};
use crate::chat::{ConnectionManager, Session, SettingsError};
use crate::engine::{BotTokenId, InvitationId, InvitationScope, Operation, RoomChange};
use crate::net::ClientInfo;
use crate::random;

/// A submitted form. `do` names what to change; the other fields depend on it.
#[derive(Debug)]
pub(super) struct RoomSettingsForm {
    fields: FormFields,
}

/// What a form has done.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The settings of the room, which may have another name now, are as requested.
    Changed(RoomName),
    /// The room is gone for this person.
    Gone,
    /// An invitation with this code was made.
    Invited(String),
    /// This bot token was made.
    TokenMade(String),
}

impl RoomSettingsForm {
    /// Reads a form; `None` if it is malformed.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        FormFields::parse(body).map(|fields| Self { fields })
    }

    /// The first value of a field; empty without one.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.field(name)
    }

    /// Does what the form requests. The manager checks each request.
    pub(super) async fn submit(
        &self,
        manager: &ConnectionManager,
        session: &Session,
        client: &ClientInfo,
        room: &RoomName,
    ) -> Result<Outcome, SettingsError> {
        let account = || AuthorId(self.field("account").into());
        let scope = || InvitationScope::Room(room.clone());
        let set = |change| manager.change_setting(session, room, change);
        match self.field("do") {
            "title" => set(RoomChange::Title(text::parse_title(self.field("title"))?)).await?,
            "topic" => {
                let topic = Operation::Topic { topic: text::parse_topic(self.field("topic").trim())? };
                let id = ClientId::from_random(u128::from_be_bytes(random::bytes()));
                manager.resume_name(session, client.address).await?;
                manager.submit_from_form(session, client.address, room, id, topic).await?;
            }
            "listed" => set(RoomChange::Listed(self.field("kind") == RoomKind::Open.as_str())).await?,
            "announcements" => set(RoomChange::AnnouncementsOnly(self.field("on") == "on")).await?,
            "archive" => set(RoomChange::Archived(self.field("on") == "on")).await?,
            "add" => {
                let role = if room.is_private() { RoomRole::Member } else { RoomRole::Owner };
                manager.add_member(session, room, self.field("name"), role).await?;
            }
            "role" => {
                let role = RoomRole::parse(self.field("role")).ok_or(ErrorCode::Malformed)?;
                manager.set_role(session, room, &account(), Some(role)).await?;
            }
            "remove" => manager.set_role(session, room, &account(), None).await?,
            "leave" => {
                manager.leave_room(session, room).await?;
                return Ok(Outcome::Gone);
            }
            "invite" => {
                let terms = invitation_terms::parse(&self.fields)?;
                return Ok(Outcome::Invited(manager.invite(session, scope(), terms).await?));
            }
            "revoke" => {
                let id = self.field("invitation").parse().map_err(|_| ErrorCode::Malformed)?;
                manager.revoke_invitation(session, scope(), InvitationId(id)).await?;
            }
            "token" => {
                let name = text::parse_title(self.field("name"))?;
                return Ok(Outcome::TokenMade(manager.make_room_bot_token(session, room, name).await?));
            }
            "revoke_token" => {
                let id = self.field("token").parse().map_err(|_| ErrorCode::Malformed)?;
                manager.revoke_bot_token(session, BotTokenId(id), Some(room)).await?;
            }
            "private" => {
                let title = text::parse_title(self.field("title"))?;
                let members = self.fields.all("member").map(|id| AuthorId(id.into())).collect();
                return Ok(Outcome::Changed(
                    manager.make_private(session, client.address, room, title, members).await?,
                ));
            }
            "open" => {
                let kind = RoomKind::parse(self.field("kind")).filter(|kind| *kind != RoomKind::Private);
                let listed = kind.ok_or(ErrorCode::Malformed)? == RoomKind::Open;
                let name = parse_public_name(self.field("name"))?;
                return Ok(Outcome::Changed(
                    manager.open_to_everybody(session, client.address, room, name, listed).await?,
                ));
            }
            "delete" if self.field("sure") == "on" => {
                manager.delete_room(session, room).await?;
                return Ok(Outcome::Gone);
            }
            _ => return Err(ErrorCode::Malformed.into()),
        }
        Ok(Outcome::Changed(room.clone()))
    }
}
