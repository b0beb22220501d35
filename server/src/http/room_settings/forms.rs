//! The forms of the page with a room's settings.

use parlor::{AuthorId, ClientId, ErrorCode, RoomName, limits, text};
use percent_encoding::percent_decode_str;

use super::super::new_room::parse_public_name;
use crate::access::{RoomKind, RoomRole};
use crate::chat::{ConnectionManager, Session, SettingsError};
use crate::engine::{InvitationId, Operation, RoomChange, now};
use crate::net::ClientInfo;
use crate::random;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// A submitted form. `do` names what to change; the other fields depend on it.
#[derive(Debug)]
pub(super) struct RoomSettingsForm {
    fields: Vec<(String, String)>,
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
}

impl RoomSettingsForm {
    /// Reads a form (`application/x-www-form-urlencoded`); `None` if it is malformed. A field may occur several times.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let decode = |text: &str| Some(percent_decode_str(&text.replace('+', " ")).decode_utf8().ok()?.into_owned());
        let pairs = std::str::from_utf8(body).ok()?.split('&').filter(|pair| !pair.is_empty());
        let fields = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        });
        Some(Self { fields: fields.collect::<Option<_>>()? })
    }

    /// The first value of a field; empty without one.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
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
        let set = |change| manager.change_setting(session, room, change);
        match self.field("do") {
            "title" => set(RoomChange::Title(text::parse_title(self.field("title"))?)).await?,
            "topic" => {
                let topic = Operation::Topic { topic: text::parse_topic(self.field("topic").trim())? };
                let id = ClientId::from_random(u128::from_be_bytes(random::bytes()));
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
                let days: u64 = self.field("days").parse().map_err(|_| ErrorCode::Malformed)?;
                let days = days.clamp(1, limits::INVITATION_DAYS);
                let uses = Some(self.field("uses")).filter(|uses| !uses.is_empty());
                let uses: Option<u32> = uses.map(str::parse).transpose().map_err(|_| ErrorCode::Malformed)?;
                let uses = uses.map(|uses| uses.max(1));
                return Ok(Outcome::Invited(manager.invite(session, room, now() + days * DAY_MS, uses).await?));
            }
            "revoke" => {
                let id = self.field("invitation").parse().map_err(|_| ErrorCode::Malformed)?;
                manager.revoke_invitation(session, room, InvitationId(id)).await?;
            }
            "private" => {
                let title = text::parse_title(self.field("title"))?;
                let members = self.all("member").map(|id| AuthorId(id.into())).collect();
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
