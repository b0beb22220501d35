//! The room finder: a combobox (WAI-ARIA Authoring Practices, "Editable Combobox With List Autocomplete") that leads to a
//! room by its name and, as its last line, creates one.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

use super::{
    element::{alert, element, field, icon, text},
    panel::{Panel, Panels},
};
use crate::{
    Session,
    erase::Erase,
    live::{find, nearest, view},
    state::room_finder::{Choice, Choices, RoomStatus},
    words::{Words, fill},
};

/// "New room", and the finder that it opens.
pub(super) fn room_finder(session: Session, panels: Panels) -> AnyView {
    let words = session.words;
    view(move || {
        let button = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            ("data-do", "find-room".into()),
            ("aria-label", words.new_room().into()),
            ("title", format!("{} (Ctrl/⌘ K)", words.new_room()).into()),
            ("aria-expanded", panels.expanded(Panel::RoomFinder).into()),
        ];
        let cap = element("span", [("aria-hidden", "true".into())], text(words.rooms()));
        let head = [cap, element("button", button, [icon("add")])];
        let mut inside = vec![element("div", [("class", "cap".into())], head)];
        if panels.is_open(Panel::RoomFinder) {
            inside.push(finder(session));
        }
        element("div", [("class", "room-finder".into())], inside)
    })
}

fn finder(session: Session) -> AnyView {
    let (shown, words) = (session.shown.read(), session.words);
    let choices = shown.looking.finder.choices(&shown.rooms, &shown.looking.rooms);
    let Choices { list, refused } = &choices;
    let mut attributes = vec![
        ("type", "text".into()),
        ("role", "combobox".into()),
        ("aria-label", words.room_name().into()),
        ("aria-autocomplete", "list".into()),
        ("aria-controls", "room-choices".into()),
        ("aria-expanded", if list.is_empty() { "false" } else { "true" }.into()),
        ("aria-invalid", if refused.is_some() { "true" } else { "false" }.into()),
        ("placeholder", words.room_example().into()),
        ("autocomplete", "off".into()),
        ("autocapitalize", "none".into()),
        ("spellcheck", "false".into()),
        ("enterkeyhint", "go".into()),
        ("data-find-room", "".into()),
        ("data-first", "".into()),
    ];
    attributes.extend(choices.index().map(|index| ("aria-activedescendant", id(index).into())));
    let why = refused.map(|code| words.explain(code)).unwrap_or_default();
    let note = alert(text(why));
    let form = element("form", [("data-form", "find-room".into())], [field(attributes), note]);
    let lines: Vec<_> = list.iter().enumerate().map(|(index, choice)| line(index, choice, words)).collect();
    let attributes = [
        ("id", "room-choices".into()),
        ("class", "list".into()),
        ("role", "listbox".into()),
        ("aria-label", words.rooms().into()),
    ];
    element("div", [("class", "finder".into())], [form, element("ul", attributes, lines)])
}

fn line(index: usize, choice: &Choice, words: &Words) -> AnyView {
    let name = choice.room.as_str();
    let quiet = |about: String| element("span", [("class", "you".into()), ("dir", "auto".into())], text(about));
    let (label, about) = match &choice.status {
        RoomStatus::Member { unread } if unread.is_empty() => (format!("#{name}"), ().erase()),
        RoomStatus::Member { unread } => {
            let unread = [unread.clone().erase(), element("span", [("class", "unseen".into())], text(words.unread()))];
            (format!("#{name}"), element("span", [("class", "badge".into())], unread))
        }
        RoomStatus::Listed { topic, .. } if !topic.is_empty() => (format!("#{name}"), quiet(topic.clone())),
        RoomStatus::Listed { people, .. } => (format!("#{name}"), quiet(words.here_at_all(*people))),
        RoomStatus::New => (fill(words.create_room(), &[name]), ().erase()),
    };
    let attributes = [
        ("id", id(index).into()),
        ("role", "option".into()),
        ("aria-selected", if choice.chosen { "true" } else { "false" }.into()),
        ("data-do", "enter".into()),
        ("data-room", name.to_owned().into()),
    ];
    element("li", attributes, [element("b", [("dir", "auto".into())], text(label)), about])
}

fn id(index: usize) -> String {
    format!("room-choice-{index}")
}

/// Opens or closes the finder.
pub(super) fn toggle(session: Session, panels: Panels, button: Option<&Element>) {
    session.input(|client, _| client.open_finder());
    panels.toggle(Panel::RoomFinder, button);
}

/// Something was typed on the page: narrows the list, if it was typed into the finder.
pub(super) fn typed(session: Session, event: &Event) {
    if let Some(field) = nearest(event, "[data-find-room]").and_then(|field| field.dyn_into::<HtmlInputElement>().ok())
    {
        session.input(|client, _| client.find_room(&field.value()));
    }
}

/// Chooses the line below or above.
pub(super) fn step(session: Session, down: bool) {
    session.input(|client, _| client.step_choice(down));
    request_animation_frame(scroll_to_choice);
}

/// Goes to the chosen room. Enter comes here as the form's submission, so that the browser decides whether it ends a
/// composition instead.
pub(super) fn enter(session: Session, panels: Panels) {
    if let Some(room) = session.input(|client, _| client.take_choice()) {
        panels.close();
        session.input(|client, _| client.enter(&room));
    }
}

// Not by `scrollIntoView`, which scrolls whatever is around the list, too.
fn scroll_to_choice() {
    let Some(line) = find("#room-choices [aria-selected=true]") else { return };
    let Some(list) = line.parent_element() else { return };
    let (line, view) = (line.get_bounding_client_rect(), list.get_bounding_client_rect());
    let over = (line.top() - view.top()).min(0.0) + (line.bottom() - view.bottom()).max(0.0);
    list.set_scroll_top(list.scroll_top() + over as i32);
}
