//! What the buttons in the log do. One ear for all of them: a hundred messages have hundreds of buttons.

use leptos::prelude::*;
use parlor::ClientId;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlElement};

use super::{command::confirmed, composer::focus_composer, picker::Picker};
use crate::{Session, live::nearest, task::spawn};

/// Someone clicked in the log: does what the button there is for.
pub(super) fn act(session: Session, picker: Picker, event: &Event) {
    let Some(button) = nearest(event, "[data-act]") else { return };
    let about = button.get_attribute("data-about");
    let act = button.get_attribute("data-act").unwrap_or_default();
    // What is not in the log yet has an id only.
    if let Some(id) = about.as_deref().and_then(|id| ClientId::parse(id).ok()) {
        match act.as_str() {
            "retry" => return session.input(|client, at| client.retry(&id, at)),
            "change" => {
                session.input(|client, at| client.edit_unsent(&id, at));
                return focus_composer();
            }
            "discard" => return drop(session.input(|client, at| client.discard(&id, at))),
            _ => {}
        }
    }
    let Some(message) = nearest(event, "article") else { return };
    let Some(seq) = message.id().strip_prefix('m').and_then(|seq| seq.parse().ok()) else { return };
    match (act.as_str(), about) {
        ("react", Some(emoji)) => session.react(seq, &emoji),
        ("react", None) => picker.open(session.words.reactions(), &button, move |emoji| session.react(seq, emoji)),
        ("reply", _) => session.input(|client, _| client.reply(seq)),
        ("edit", _) => session.input(|client, _| client.edit(Some(seq))),
        ("delete", _) if confirmed(session.words.really_delete()) => session.delete(seq),
        ("unread", _) => session.input(|client, _| client.unread(seq)),
        ("copy", _) => copy_text(session, &message, &button),
        ("link", _) => copy_link(session, seq, &button),
        ("jump", Some(quoted)) => {
            if let Ok(quoted) = quoted.parse() {
                event.prevent_default();
                session.input(|client, _| client.jump(quoted));
            }
        }
        _ => {}
    }
}

fn copy_link(session: Session, seq: u64, button: &Element) {
    let origin = window().location().origin().unwrap_or_default();
    // The fragment is for pages without script.
    let link = format!("{origin}/r/{}/{seq}#m{seq}", session.room_untracked());
    copy(link, session.words.message_address(), button);
}

// Under a finger, which shows with a long press what can be done, nothing is selected.
fn copy_text(session: Session, message: &Element, button: &Element) {
    let body = message.query_selector(".body").ok().flatten().and_then(|body| body.dyn_into::<HtmlElement>().ok());
    copy(body.map(|body| body.inner_text()).unwrap_or_default(), session.words.copy_text(), button);
}

// Only pages that came safely may write to the clipboard, and a browser may refuse it to them, too: then it is shown for
// copying by hand.
fn copy(text: String, what: &'static str, button: &Element) {
    let by_hand = move |text: &str| drop(window().prompt_with_message_and_default(what, text));
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
