//! What the page's buttons and forms do, but for those in the log. One ear for all: each button that hears for itself
//! is code of its own in WASM.

use leptos::prelude::*;
use parlor::{AuthorId, RoomName};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, MouseEvent};

use super::{
    composer::focus_composer,
    panel::{Panel, Panels},
    room_finder,
};
use crate::{Session, live::nearest};

/// Somebody clicked: does what the button or link there is for.
pub(super) fn clicked(session: Session, panels: Panels, event: &Event) {
    let Some(button) = nearest(event, "[data-do]") else { return };
    let room = button.get_attribute("data-room").and_then(|name| RoomName::parse(&name).ok());
    match (button.get_attribute("data-do").unwrap_or_default().as_str(), room) {
        ("enter", Some(room)) if is_plain(event) => {
            event.prevent_default();
            let seq = button.get_attribute("data-seq").and_then(|seq| seq.parse().ok());
            // Where there is place for both, what was found stays beside what is read.
            if seq.is_none() || is_narrow() {
                panels.close();
            }
            match seq {
                Some(seq) => session.input(|client, _| client.visit(&room, seq)),
                None => session.input(|client, _| client.enter(&room)),
            }
        }
        ("retry", _) => session.input(|client, at| client.retry_now(at)),
        ("close-toast", _) => session.show_toast(""),
        ("compose", _) => session.input(|client, _| client.compose(None)),
        (act @ ("use-draft" | "discard-draft"), _) => {
            if let Some(draft) = button.get_attribute("data-draft").and_then(|draft| draft.parse().ok()) {
                session.input(
                    |client, _| {
                        if act == "use-draft" { client.use_draft(draft) } else { client.discard_draft(draft) }
                    },
                );
                focus_composer();
            }
        }
        ("part", Some(room)) => session.input(|client, _| client.part(&room)),
        ("rooms", _) => panels.toggle(Panel::Rooms, Some(&button)),
        ("people", _) => panels.toggle(Panel::People, Some(&button)),
        ("more-people", _) => session.input(|client, _| client.show_more_people()),
        ("search", _) => panels.toggle(Panel::Search, Some(&button)),
        ("me", _) => panels.toggle(Panel::Me, Some(&button)),
        ("rename", _) => panels.toggle(Panel::Rename, Some(&button)),
        ("topic", _) => panels.toggle(Panel::Topic, Some(&button)),
        ("keys", _) => panels.toggle(Panel::Keys, Some(&button)),
        ("settings", _) => panels.toggle(Panel::Settings, Some(&button)),
        ("find-room", _) => room_finder::toggle(session, panels, Some(&button)),
        ("volume", _) => session.input(|client, _| client.turn_volume()),
        ("notify", _) => session.ask_to_notify(),
        ("ignore", _) => ignore(session, &button, true),
        ("hear", _) => ignore(session, &button, false),
        ("close", _) => {
            panels.close();
        }
        _ => {}
    }
}

/// Somebody sent a form: takes what stands in it.
pub(super) fn submitted(session: Session, panels: Panels, event: &Event) {
    let Some(form) = nearest(event, "form") else { return };
    let field = form.query_selector("input").ok().flatten().and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    let text = field.as_ref().map(HtmlInputElement::value).unwrap_or_default();
    let complain = |why: &str| complain(&form, field.as_deref(), why);
    match form.get_attribute("data-form").unwrap_or_default().as_str() {
        "find-room" => room_finder::enter(session, panels),
        "follow" => session.input(|client, _| client.follow()),
        "join" | "rename" => session.input(|client, _| client.claim(text.trim())),
        "topic" => {
            if session.set_topic(text.trim()) {
                panels.close();
            } else {
                complain(session.words.topic_too_long());
            }
        }
        // A form of the server's in any case: the browser sends it.
        "sign-out" => {
            if confirmed(&session.sign_out_question()) {
                return session.sign_out();
            }
        }
        _ => return,
    }
    event.prevent_default();
}

fn complain(form: &Element, field: Option<&HtmlElement>, why: &str) {
    if let Ok(Some(note)) = form.query_selector(".note") {
        note.set_text_content(Some(why));
    }
    if let Some(field) = field {
        let _ = field.set_attribute("aria-invalid", "true");
        let _ = field.focus();
    }
}

fn ignore(session: Session, button: &Element, ignored: bool) {
    if let Some(id) = button.get_attribute("data-id") {
        session.input(|client, _| client.ignore(&AuthorId(id.into()), ignored));
    }
}

/// Whether the sides are drawers, as the style sheet has it.
pub(super) fn is_narrow() -> bool {
    window().match_media("(max-width: 1100px)").ok().flatten().is_some_and(|query| query.matches())
}

/// Asks before something that can't be undone.
pub(super) fn confirmed(question: &str) -> bool {
    window().confirm_with_message(question).unwrap_or(false)
}

// A click that asks for a new tab or window is the browser's.
fn is_plain(event: &Event) -> bool {
    let Some(event) = event.dyn_ref::<MouseEvent>() else { return true };
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}
