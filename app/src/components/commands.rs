//! The commands of buttons and the submission of forms, except those in the timeline.
//!
//! One delegated listener handles all of them: a listener for each button would add code of its own to the WASM.

use leptos::prelude::*;
use parlor::{AuthorId, RoomName};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, MouseEvent};

use super::{
    actions::{Command, FormKind},
    composer::focus_composer,
    media_queries::is_narrow,
    panel::{Panel, Panels},
    room_finder,
};
use crate::ChatHandle;

/// Executes the command of the button or link that was clicked, if it has one.
pub(super) fn on_click(chat: ChatHandle, panels: Panels, event: &Event) {
    let Some((command, button)) = Command::of_event(event) else { return };
    let room = || button.get_attribute("data-room").and_then(|name| RoomName::parse(&name).ok());
    match command {
        Command::ShowRoom => {
            if let Some(room) = room().filter(|_| is_plain(event)) {
                event.prevent_default();
                show_room(chat, panels, &room, &button);
            }
        }
        Command::LeaveRoom => {
            if let Some(room) = room() {
                chat.input(|client, _| client.leave_room(&room));
            }
        }
        Command::RetryNow => chat.input(|client, at| client.retry_now(at)),
        // The button submits its form, see `on_submit`.
        Command::JumpToLatest => {}
        Command::CloseToast => chat.show_toast(""),
        Command::CancelComposing => chat.input(|client, _| client.set_composing(None)),
        Command::UseDraft | Command::DiscardDraft => {
            if let Some(draft) = button.get_attribute("data-draft").and_then(|draft| draft.parse().ok()) {
                let uses = command == Command::UseDraft;
                chat.input(|client, _| if uses { client.use_draft(draft) } else { client.discard_draft(draft) });
                focus_composer();
            }
        }
        Command::Rooms => panels.toggle(Panel::Rooms, Some(&button)),
        Command::People => panels.toggle(Panel::People, Some(&button)),
        Command::MorePeople => chat.input(|client, _| client.show_more_people()),
        Command::Search => panels.toggle(Panel::Search, Some(&button)),
        Command::Account => panels.toggle(Panel::Account, Some(&button)),
        Command::Rename => panels.toggle(Panel::Rename, Some(&button)),
        Command::Topic => panels.toggle(Panel::Topic, Some(&button)),
        Command::Shortcuts => panels.toggle(Panel::Shortcuts, Some(&button)),
        Command::Settings => panels.toggle(Panel::Settings, Some(&button)),
        Command::FindRoom => room_finder::toggle(chat, panels, Some(&button)),
        Command::CycleNotificationLevel => chat.input(|client, _| client.cycle_notification_level()),
        Command::AllowNotifications => chat.request_notification_permission(),
        Command::Ignore => set_ignored(chat, &button, true),
        Command::Unignore => set_ignored(chat, &button, false),
        Command::Close => {
            panels.close();
        }
    }
}

fn show_room(chat: ChatHandle, panels: Panels, room: &RoomName, link: &Element) {
    let seq = link.get_attribute("data-seq").and_then(|seq| seq.parse().ok());
    // On a wide window the search results stay open beside the message.
    if seq.is_none() || is_narrow() {
        panels.close();
    }
    match seq {
        Some(seq) => chat.input(|client, _| client.show_message(room, seq)),
        None => chat.input(|client, _| client.show_room(room)),
    }
}

/// Handles the submission of a form with a [`FormKind`]. The browser sends all other forms.
pub(super) fn on_submit(chat: ChatHandle, panels: Panels, event: &Event) {
    let Some((kind, form)) = FormKind::of_event(event) else { return };
    let field = form.query_selector("input").ok().flatten().and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    let text = field.as_ref().map(HtmlInputElement::value).unwrap_or_default();
    match kind {
        FormKind::FindRoom => room_finder::accept(chat, panels),
        FormKind::JumpToLatest => chat.input(|client, _| client.jump_to_latest()),
        FormKind::Join => {
            chat.input(|client, _| client.claim_name(text.trim()));
            chat.show_toast(chat.texts.keep_name());
        }
        FormKind::Rename => chat.input(|client, _| client.claim_name(text.trim())),
        FormKind::Topic => {
            if chat.set_topic(text.trim()) {
                panels.close();
            } else {
                show_error(&form, field.as_deref(), chat.texts.topic_too_long());
            }
        }
        // The browser also sends this form: the server ends the session.
        FormKind::SignOut => {
            if confirm(&chat.sign_out_question()) {
                return chat.sign_out();
            }
        }
        FormKind::Settings => return,
    }
    event.prevent_default();
}

fn show_error(form: &Element, field: Option<&HtmlElement>, text: &str) {
    if let Ok(Some(note)) = form.query_selector(".note") {
        note.set_text_content(Some(text));
    }
    if let Some(field) = field {
        let _ = field.set_attribute("aria-invalid", "true");
        let _ = field.focus();
    }
}

fn set_ignored(chat: ChatHandle, button: &Element, ignored: bool) {
    if let Some(id) = button.get_attribute("data-id") {
        chat.input(|client, _| client.set_ignored(&AuthorId(id.into()), ignored));
    }
}

/// Asks for a confirmation. False if the reader declines, or the browser shows no dialogs.
pub(super) fn confirm(question: &str) -> bool {
    window().confirm_with_message(question).unwrap_or(false)
}

// Whether a click is not meant to open a new tab or window: the browser handles those.
fn is_plain(event: &Event) -> bool {
    let Some(event) = event.dyn_ref::<MouseEvent>() else { return true };
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}
