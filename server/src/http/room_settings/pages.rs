//! The page with a room's settings, as HTML.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use parlor::{Author, RoomName};
use parlor_app::room_name;

use super::super::audience::who_may;
use super::super::bot_tokens;
use super::super::invitation_terms;
use super::super::note::Note;
use super::super::page_template::PageTemplate;
use super::super::request_preferences::RequestPreferences;
use super::settings_path;
use crate::access::{Admission, RoomKind, RoomPolicy, RoomRole, ServerRole};
use crate::chat::{ConnectionManager, ReadableRoom, Session, SettingsError};
use crate::engine::{BotToken, Invitation, InvitationScope, RoomMember};

/// What the page shows.
pub(super) struct SettingsView {
    pub(super) room: RoomName,
    pub(super) policy: RoomPolicy,
    pub(super) topic: String,
    pub(super) is_owner: bool,
    pub(super) is_member: bool,
    pub(super) members: Vec<RoomMember>,
    /// People who have joined a room that is not private, and whether they have written in it; for owners.
    pub(super) candidates: Vec<(Author, bool)>,
    /// For owners of a private room.
    pub(super) invitations: Vec<Invitation>,
    /// Whether only members of the server can use them.
    pub(super) invites_members_only: bool,
    /// The bot tokens for the room; for owners.
    pub(super) bots: Vec<BotToken>,
    /// Names of people whom an owner can add: those who are in rooms with them.
    pub(super) people: Vec<String>,
}

impl SettingsView {
    pub(super) async fn load(
        manager: &ConnectionManager,
        session: &Session,
        entered: &ReadableRoom,
    ) -> Result<Self, SettingsError> {
        let (room, policy) = (entered.room.name.clone(), entered.policy());
        let role = policy.roles.get(&session.account);
        let (is_owner, is_member) = (manager.may_manage(session, entered), role.is_some());
        let members = manager.room_members(entered).await?;
        let may_become_private = is_owner && !room.is_private();
        let mut candidates = if may_become_private { manager.member_candidates(entered).await? } else { Vec::new() };
        // Owners stay.
        candidates.retain(|(author, _)| policy.roles.get(&author.id) != Some(&RoomRole::Owner));
        let has_invitations = is_owner && room.is_private();
        let scope = InvitationScope::Room(room.clone());
        let invitations = if has_invitations { manager.invitations(session, scope).await? } else { Vec::new() };
        let is_open = manager.server_policy().admission == Admission::Open;
        let invites_members_only = !is_open && manager.server_role(session) != Some(ServerRole::Owner);
        let bots = if is_owner { manager.room_bot_tokens(session, &room).await? } else { Vec::new() };
        let people = if is_owner { manager.people_around(session) } else { Vec::new() };
        let topic = entered.room.topic();
        Ok(Self {
            room,
            policy: RoomPolicy::clone(&policy),
            topic,
            is_owner,
            is_member,
            members,
            candidates,
            invitations,
            invites_members_only,
            bots,
            people,
        })
    }

    pub(super) fn render(
        self,
        template: &PageTemplate,
        preferences: &RequestPreferences,
        note: Option<Note>,
    ) -> Response {
        let status = note.as_ref().map_or(StatusCode::OK, Note::status);
        let (texts, page_texts) = (preferences.texts, preferences.page_texts);
        let label = room_name::label(&self.room, &self.policy.title);
        let kind = match self.policy.kind {
            RoomKind::Open => page_texts.kind_open(),
            RoomKind::Unlisted => page_texts.kind_unlisted(),
            RoomKind::Private => page_texts.kind_private(),
        };
        let who = who_may(&self.policy, &template.server_policy(), page_texts);
        let ownerless = (!self.policy.has_owner()).then(|| view! { <p>{page_texts.no_owner()}</p> });
        let back = self.room.path();
        let content = view! {
            <p><a href=back dir="auto">{label}</a></p>
            {note.map(|note| note.render(preferences))}
            <p><b>{kind}</b>" · "{who}</p>
            {ownerless}
            {self.is_owner.then(|| self.owner_forms(preferences))}
            {self.members_section(preferences)}
            {(self.is_owner && self.room.is_private()).then(|| self.invitations_section(preferences))}
            {self.is_owner.then(|| self.bots_section(preferences))}
            {self.is_owner.then(|| self.access_forms(preferences))}
            {(self.is_member && self.room.is_private()).then(|| {
                let fields = view! {
                    <h2>{page_texts.leave_room()}</h2>
                    <p class="explanation">{page_texts.leave_room_what()}</p>
                    <button>{page_texts.leave_room()}</button>
                };
                self.form("leave", fields)
            })}
            {self.is_owner.then(|| self.delete_form(preferences))}
        };
        template.render(preferences, status, texts.room_settings(), content)
    }

    /// A form that does `action`.
    pub(super) fn form(&self, action: &'static str, fields: impl IntoView + 'static) -> AnyView {
        let path = settings_path(&self.room);
        view! {
            <form method="post" action=path class="stack">
                <input type="hidden" name="do" value=action/>
                {fields}
            </form>
        }
        .into_any()
    }

    /// Title or topic, and who may post.
    fn owner_forms(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
        let texts = preferences.page_texts;
        let title = self.room.is_private().then(|| {
            let title = self.policy.title.clone();
            let fields = view! {
                <label for="title">{texts.title()}</label>
                <span class="fields">
                    <input id="title" name="title" value=title required/>
                    <button>{texts.save()}</button>
                </span>
            };
            self.form("title", fields)
        });
        let topic = self.topic.clone();
        let topic = view! {
            <label for="topic">{texts.topic()}</label>
            <span class="fields">
                <input id="topic" name="topic" value=topic/>
                <button>{texts.save()}</button>
            </span>
        };
        let only = self.policy.announcements_only;
        let announcements = view! {
            <h2>{texts.announcements()}</h2>
            <label class="choice">
                <input type="checkbox" name="on" checked=only/><span>{texts.announcements_only()}</span>
            </label>
            <button>{texts.save()}</button>
        };
        (title, self.form("topic", topic), self.form("announcements", announcements))
    }

    fn invitations_section(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
        let texts = preferences.page_texts;
        let path = settings_path(&self.room);
        let items: Vec<_> = self
            .invitations
            .iter()
            .map(|invitation| invitation_terms::list_item(invitation, path.clone(), preferences))
            .collect();
        // On a server by invitation, only its owners can invite somebody from outside.
        let what = if self.invites_members_only { texts.invite_members_what() } else { texts.invite_what() };
        let fields = view! {
            <p class="explanation">{what}</p>
            {invitation_terms::fields(preferences)}
        };
        view! {
            <section>
                <h2>{texts.invitations()}</h2>
                <ul class="list rows">{items}</ul>
                {self.form("invite", fields)}
            </section>
        }
    }

    fn bots_section(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
        let texts = preferences.page_texts;
        let path = settings_path(&self.room);
        let items: Vec<_> =
            self.bots.iter().map(|bot| bot_tokens::list_item(bot, None, path.clone(), preferences)).collect();
        let fields = view! {
            <p class="explanation">{texts.room_bots_what()}</p>
            <label>{texts.bot_name()}<input name="name" required autocomplete="off"/></label>
            <button>{texts.make_token()}</button>
        };
        view! {
            <section>
                <h2>{texts.bots()}</h2>
                <ul class="list rows">{items}</ul>
                {self.form("token", fields)}
            </section>
        }
    }
}
