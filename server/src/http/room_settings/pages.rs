//! The page with a room's settings, as HTML.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use parlor::{Author, RoomName};
use parlor_app::i18n::fill;

use super::super::bot_tokens;
use super::super::error_status::error_status;
use super::super::invitation_terms;
use super::super::new_room::kind_choices;
use super::super::page_template::PageTemplate;
use super::super::qr_code::qr_code;
use super::super::request_preferences::RequestPreferences;
use super::forms::RoomSettingsForm;
use super::settings_base;
use crate::access::{Admission, RoomKind, RoomPolicy, RoomRole, ServerRole};
use crate::chat::{ConnectionManager, ReadableRoom, Session, SettingsError};
use crate::engine::{BotToken, EngineError, Invitation, RoomMember};

/// What the page shows.
pub(super) struct SettingsView {
    room: RoomName,
    policy: RoomPolicy,
    topic: String,
    is_owner: bool,
    is_member: bool,
    members: Vec<RoomMember>,
    /// People who have joined a room that is not private, and whether they have written in it; for owners.
    candidates: Vec<(Author, bool)>,
    /// For owners of a private room.
    invitations: Vec<Invitation>,
    /// Whether only members of the server can use them.
    invites_members_only: bool,
    /// The bot tokens for the room; for owners.
    bots: Vec<BotToken>,
    /// Names of people whom an owner can add: those who are in rooms with them.
    people: Vec<String>,
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
        let candidates = if may_become_private { manager.member_candidates(entered).await? } else { Vec::new() };
        let has_invitations = is_owner && room.is_private();
        let invitations = if has_invitations { manager.invitations(session, &room).await? } else { Vec::new() };
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
        status: StatusCode,
        error: Option<String>,
    ) -> Response {
        let (texts, page_texts) = (preferences.texts, preferences.page_texts);
        let label = if self.room.is_private() { self.policy.title.clone() } else { format!("#{}", self.room) };
        let kind = match self.policy.kind {
            RoomKind::Open => (page_texts.kind_open(), page_texts.kind_open_what()),
            RoomKind::Unlisted => (page_texts.kind_unlisted(), page_texts.kind_unlisted_what()),
            RoomKind::Private => (page_texts.kind_private(), page_texts.kind_private_what()),
        };
        let ownerless = (!self.policy.has_owner()).then(|| view! { <p>{page_texts.no_owner()}</p> });
        let archived = self.policy.archived.then(|| view! { <p>{page_texts.archived()}</p> });
        let announcements = self.policy.announcements_only.then(|| view! { <p>{page_texts.announcements_only()}</p> });
        let back = self.room.path();
        let content = view! {
            <p><a href=back dir="auto">{label}</a></p>
            {error.map(|error| view! { <p class="note bad" role="alert">{error}</p> })}
            <p><b>{kind.0}</b>" · "{kind.1}</p>
            {archived}
            {announcements}
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
    fn form(&self, action: &'static str, fields: impl IntoView + 'static) -> AnyView {
        let path = format!("{}/settings", settings_base(&self.room));
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

    /// The members of a private room or the owners of another, with forms for owners.
    fn members_section(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
        let texts = preferences.page_texts;
        let private = self.room.is_private();
        if self.members.is_empty() {
            return ().into_any();
        }
        let items: Vec<_> = self.members.iter().map(|member| self.member_item(member, preferences)).collect();
        let title = if private { texts.members() } else { texts.owners() };
        let add = self.is_owner.then(|| {
            let options: Vec<_> =
                self.people.iter().map(|name| view! { <option value=name.clone()></option> }).collect();
            let label = if private { texts.add_member() } else { texts.add_owner() };
            let fields = view! {
                <label for="person">{label}</label>
                <span class="fields">
                    <input id="person" name="name" list="people" placeholder=texts.name_of_person() required autocomplete="off"/>
                    <button>{texts.add()}</button>
                </span>
                <datalist id="people">{options}</datalist>
            };
            self.form("add", fields)
        });
        view! {
            <section>
                <h2>{title}</h2>
                <ul class="list rows">{items}</ul>
                {add}
            </section>
        }
        .into_any()
    }

    fn member_item(&self, member: &RoomMember, preferences: &RequestPreferences) -> impl IntoView + use<> {
        let texts = preferences.page_texts;
        let is_owner = member.role == RoomRole::Owner;
        let name = if member.name.is_empty() { "–".to_owned() } else { member.name.clone() };
        let forms = self.is_owner.then(|| {
            let button = |action: &'static str, role: Option<RoomRole>, label: &'static str| {
                let account = member.account.as_str().to_owned();
                let described = format!("{label}: {name}");
                let role = role.map(|role| view! { <input type="hidden" name="role" value=role.as_str()/> });
                let fields = view! {
                    <input type="hidden" name="account" value=account/>
                    {role}
                    <button aria-label=described>{label}</button>
                };
                self.form(action, fields)
            };
            if !self.room.is_private() {
                return vec![button("remove", None, texts.end_ownership()).into_any()];
            }
            let role = if is_owner {
                button("role", Some(RoomRole::Member), texts.end_ownership())
            } else {
                button("role", Some(RoomRole::Owner), texts.make_owner())
            };
            vec![role.into_any(), button("remove", None, texts.remove()).into_any()]
        });
        view! {
            <li>
                <span class="row-text">
                    <b dir="auto">{name}</b>
                    {(is_owner && self.room.is_private()).then(|| view! { <span class="tag">{texts.owner()}</span> })}
                </span>
                {forms}
            </li>
        }
    }

    fn invitations_section(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
        let texts = preferences.page_texts;
        let path = format!("{}/settings", settings_base(&self.room));
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
        let path = format!("{}/settings", settings_base(&self.room));
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

    /// Kind, archive, and the way between public and private.
    fn access_forms(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
        let texts = preferences.page_texts;
        let public_kinds = [RoomKind::Open, RoomKind::Unlisted];
        let kind = if self.room.is_private() {
            let fields = view! {
                <h2>{texts.open_up()}</h2>
                <p class="explanation">{texts.open_up_what()}</p>
                <label>{texts.room_label()}<input name="name" required placeholder=preferences.texts.room_example()/></label>
                <fieldset><legend>{texts.kind()}</legend>
                {kind_choices(preferences, &public_kinds, RoomKind::Open)}</fieldset>
                <button>{texts.open_up()}</button>
            };
            self.form("open", fields).into_any()
        } else {
            let listed = view! {
                <h2>{texts.kind()}</h2>
                <fieldset><legend class="unseen">{texts.kind()}</legend>
                {kind_choices(preferences, &public_kinds, self.policy.kind)}</fieldset>
                <button>{texts.save()}</button>
            };
            let candidates: Vec<_> = self
                .candidates
                .iter()
                .map(|(author, wrote)| {
                    let hint = wrote.then(|| view! { <span class="explanation">{texts.wrote_here()}</span> });
                    view! {
                        <label class="choice">
                            <input type="checkbox" name="member" value=author.id.as_str().to_owned() checked=*wrote/>
                            <span><b dir="auto">{author.name.to_string()}</b>{hint}</span>
                        </label>
                    }
                })
                .collect();
            let name = self.room.to_string();
            let private = view! {
                <h2>{texts.make_private()}</h2>
                <p class="explanation">{fill(texts.make_private_what(), &[&name])}</p>
                <label>{texts.title()}<input name="title" value=name required/></label>
                <fieldset><legend>{texts.members()}</legend>{candidates}</fieldset>
                <button>{texts.make_private()}</button>
            };
            (self.form("listed", listed), self.form("private", private)).into_any()
        };
        let archived = self.policy.archived;
        let archive = view! {
            <h2>{texts.archive()}</h2>
            <p class="explanation">{texts.archive_what()}</p>
            <input type="hidden" name="on" value=if archived { "" } else { "on" }/>
            <button>{if archived { texts.unarchive() } else { texts.archive() }}</button>
        };
        (kind, self.form("archive", archive))
    }

    fn delete_form(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
        let texts = preferences.page_texts;
        let fields = view! {
            <h2>{texts.delete_room()}</h2>
            <p class="explanation">{texts.delete_room_what()}</p>
            <label class="choice">
                <input type="checkbox" name="sure" required/><span>{texts.delete_room_sure()}</span>
            </label>
            <button class="danger">{texts.delete_room()}</button>
        };
        self.form("delete", fields)
    }
}

/// Shows a new invitation as text and as QR code. Its code is stored nowhere.
pub(super) fn invitation_made(
    template: &PageTemplate,
    preferences: &RequestPreferences,
    room: &RoomName,
    link: &str,
) -> Response {
    let texts = preferences.page_texts;
    let (code, link) = (qr_code(link, texts.invitation_code()), link.to_owned());
    let back = format!("{}/settings", settings_base(room));
    let content = view! {
        <p>{texts.invitation_made_what()}</p>
        {code}
        <p class="device-link"><a href=link>{link.clone()}</a></p>
        <p><a href=back>{preferences.texts.room_settings()}</a></p>
    };
    template.render(preferences, StatusCode::OK, texts.invitation_made(), content)
}

/// The status and the explanation of why a form was refused.
pub(super) fn explain(
    error: SettingsError,
    preferences: &RequestPreferences,
    form: &RoomSettingsForm,
) -> (StatusCode, String) {
    let texts = preferences.page_texts;
    let code = match error {
        SettingsError::NobodyNamed => {
            return (StatusCode::UNPROCESSABLE_ENTITY, fill(texts.nobody_named(), &[form.field("name")]));
        }
        SettingsError::Directory(EngineError::LastOwner) => {
            return (StatusCode::CONFLICT, texts.last_owner().to_owned());
        }
        SettingsError::Directory(EngineError::TooManyMembers) => {
            return (StatusCode::CONFLICT, texts.too_many_members().to_owned());
        }
        SettingsError::Directory(EngineError::TooManyInvitations) => {
            return (StatusCode::CONFLICT, texts.too_many_invitations().to_owned());
        }
        SettingsError::Directory(EngineError::TooManyBotTokens) => {
            return (StatusCode::CONFLICT, texts.too_many_tokens().to_owned());
        }
        SettingsError::Directory(error) => error.into(),
        SettingsError::Refused(code) => code,
    };
    (error_status(code), preferences.texts.explain(code))
}
