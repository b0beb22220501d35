//! The actions of the buttons and links in the timeline.
//!
//! One delegated click listener handles all of them, since a hundred messages have hundreds of buttons.

use leptos::prelude::*;
use parlor::ClientId;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlElement};

use super::{
    actions::{MessageAction, OutboxAction},
    commands::confirm,
    composer::focus_composer,
    picker::Picker,
};
use crate::{ChatHandle, dom::nearest, room_name::path_below, task::spawn};

/// Executes the action of the button or link that was clicked in the timeline, if it has one.
pub(super) fn on_click(chat: ChatHandle, picker: Picker, event: &Event) {
    if let Some((action, button)) = OutboxAction::of_event(event) {
        on_outbox_action(chat, action, &button);
    } else if let Some((action, button)) = MessageAction::of_event(event) {
        on_message_action(chat, picker, (action, &button), event);
    }
}

fn on_outbox_action(chat: ChatHandle, action: OutboxAction, button: &Element) {
    let Some(id) = button.get_attribute("data-about").and_then(|id| ClientId::parse(&id).ok()) else { return };
    match action {
        OutboxAction::Retry => chat.input(|client, at| client.retry_submission(&id, at)),
        OutboxAction::Edit => {
            chat.input(|client, at| client.edit_unsent_submission(&id, at));
            focus_composer();
        }
        OutboxAction::Discard => drop(chat.input(|client, at| client.discard_submission(&id, at))),
    }
}

fn on_message_action(chat: ChatHandle, picker: Picker, (action, button): (MessageAction, &Element), event: &Event) {
    let about = button.get_attribute("data-about");
    let Some(message) = nearest(event, "article") else { return };
    let Some(seq) = message.id().strip_prefix('m').and_then(|seq| seq.parse().ok()) else { return };
    match action {
        MessageAction::React => match about {
            Some(emoji) => chat.toggle_reaction(seq, &emoji),
            None => picker.open(chat.texts.reactions(), button, move |emoji| chat.toggle_reaction(seq, emoji)),
        },
        MessageAction::Reply => chat.input(|client, _| client.start_reply(seq)),
        MessageAction::Edit => chat.input(|client, _| client.start_edit(Some(seq))),
        MessageAction::Delete => {
            if confirm(chat.texts.confirm_delete()) {
                chat.delete(seq);
            }
        }
        MessageAction::MarkUnread => chat.input(|client, _| client.mark_unread(seq)),
        MessageAction::CopyText => copy_text(chat, &message, button),
        MessageAction::CopyLink => copy_link(chat, seq, button),
        MessageAction::Jump => {
            if let Some(quoted) = about.and_then(|quoted| quoted.parse().ok()) {
                event.prevent_default();
                chat.input(|client, _| client.jump_to_message(quoted));
            }
        }
    }
}

fn copy_link(chat: ChatHandle, seq: u64, button: &Element) {
    let origin = window().location().origin().unwrap_or_default();
    // The fragment is for browsers without script.
    let link = format!("{origin}{}#m{seq}", path_below(&chat.room_untracked(), &seq.to_string()));
    copy(link, chat.texts.message_address(), button);
}

// On touch screens a long press shows the buttons of a message, so its text cannot be selected there.
fn copy_text(chat: ChatHandle, message: &Element, button: &Element) {
    let body = message.query_selector(".body").ok().flatten().and_then(|body| body.dyn_into::<HtmlElement>().ok());
    copy(body.map(|body| body.inner_text()).unwrap_or_default(), chat.texts.copy_text(), button);
}

// Only pages in a secure context may write to the clipboard, and a browser may refuse even that. A dialog shows the
// text then, for copying by hand.
fn copy(text: String, title: &'static str, button: &Element) {
    let by_hand = move |text: &str| drop(window().prompt_with_message_and_default(title, text));
    if !window().is_secure_context() {
        return by_hand(&text);
    }
    let (copied, button) = (window().navigator().clipboard().write_text(&text), button.clone());
    spawn(async move {
        if JsFuture::from(copied).await.is_err() {
            return by_hand(&text);
        }
        let _ = button.set_attribute("data-done", "");
        set_timeout(move || drop(button.remove_attribute("data-done")), std::time::Duration::from_millis(1_500));
    });
}
