//! The members of a room on the page with its settings.

use leptos::prelude::*;

use super::super::request_preferences::RequestPreferences;
use super::pages::SettingsView;
use crate::access::RoomRole;
use crate::engine::RoomMember;

impl SettingsView {
    /// The members of a private room or the owners of another, with forms for owners.
    pub(super) fn members_section(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
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
}
