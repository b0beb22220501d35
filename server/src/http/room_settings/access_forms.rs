//! The forms that decide who can find and read a room, archive it and delete it.

use leptos::prelude::*;
use parlor_app::i18n::fill;

use super::super::new_room::kind_choices;
use super::super::request_preferences::RequestPreferences;
use super::pages::SettingsView;
use crate::access::RoomKind;

impl SettingsView {
    /// Kind, archive, and the way between public and private.
    pub(super) fn access_forms(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
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

    pub(super) fn delete_form(&self, preferences: &RequestPreferences) -> impl IntoView + use<> {
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
