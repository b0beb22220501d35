//! The room finder: a combobox (WAI-ARIA Authoring Practices, "Editable Combobox With List Autocomplete") that shows a
//! room by its name. Its last option creates a room.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

use super::{
    actions::{Command, FormKind},
    element::{element, error_note, field, icon, text},
    panel::{Panel, Panels},
};
use crate::{
    ChatHandle,
    dom::{find, nearest},
    erase::Erase,
    i18n::{Texts, fill},
    reactive::reactive_view,
    room_name,
    state::room_finder::{Choice, Choices, RoomStatus},
};

/// Renders the button for a new room, and the finder that it opens.
pub(super) fn room_finder(chat: ChatHandle, panels: Panels) -> AnyView {
    let texts = chat.texts;
    reactive_view(move || {
        let button = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            Command::FindRoom.attribute(),
            ("aria-label", texts.new_room().into()),
            ("title", format!("{} (Ctrl/⌘ K)", texts.new_room()).into()),
            ("aria-expanded", panels.aria_expanded(Panel::RoomFinder).into()),
        ];
        let heading = element("span", [("aria-hidden", "true".into())], text(texts.rooms()));
        let heading = [heading, element("button", button, [icon("add")])];
        let mut children = vec![element("div", [("class", "cap".into())], heading)];
        if panels.is_open(Panel::RoomFinder) {
            children.push(finder(chat));
        }
        element("div", [("class", "room-finder".into())], children)
    })
}

fn finder(chat: ChatHandle) -> AnyView {
    let (state, texts) = (chat.view_state.read(), chat.texts);
    let choices = state.lookup.finder.choices(&state.rooms, &state.lookup.rooms);
    let Choices { list, refused } = &choices;
    let mut attributes = vec![
        ("type", "text".into()),
        ("role", "combobox".into()),
        ("aria-label", texts.room_name().into()),
        ("aria-autocomplete", "list".into()),
        ("aria-controls", "room-choices".into()),
        ("aria-expanded", if list.is_empty() { "false" } else { "true" }.into()),
        ("aria-invalid", if refused.is_some() { "true" } else { "false" }.into()),
        ("placeholder", texts.room_example().into()),
        ("autocomplete", "off".into()),
        ("autocapitalize", "none".into()),
        ("spellcheck", "false".into()),
        ("enterkeyhint", "go".into()),
        ("data-find-room", "".into()),
        ("data-first", "".into()),
    ];
    attributes.extend(choices.index().map(|index| ("aria-activedescendant", option_id(index).into())));
    let error = refused.map(|code| texts.explain(code)).unwrap_or_default();
    let note = error_note(text(error));
    let form = element("form", [FormKind::FindRoom.attribute()], [field(attributes), note]);
    let options: Vec<_> = list.iter().enumerate().map(|(index, choice)| option(index, choice, texts)).collect();
    let attributes = [
        ("id", "room-choices".into()),
        ("class", "list".into()),
        ("role", "listbox".into()),
        ("aria-label", texts.rooms().into()),
    ];
    let with_settings = [("class", "more".into()), ("href", "/rooms/new".into())];
    let with_settings = element("a", with_settings, text(texts.new_room_settings()));
    element("div", [("class", "finder".into())], [form, element("ul", attributes, options), with_settings])
}

fn option(index: usize, choice: &Choice, texts: &Texts) -> AnyView {
    let (name, label) = (choice.room.as_str(), room_name::label(&choice.room, &choice.title));
    let note = |note: String| element("span", [("class", "you".into()), ("dir", "auto".into())], text(note));
    let (label, about) = match &choice.status {
        RoomStatus::Member { unread } if unread.is_empty() => (label, ().erase()),
        RoomStatus::Member { unread } => {
            let unread = [unread.clone().erase(), element("span", [("class", "unseen".into())], text(texts.unread()))];
            (label, element("span", [("class", "badge".into())], unread))
        }
        RoomStatus::Listed { topic, .. } if !topic.is_empty() => (label, note(topic.clone())),
        RoomStatus::Listed { people, .. } => (label, note(texts.people_here_label(*people))),
        RoomStatus::New => (fill(texts.create_room(), &[name]), ().erase()),
    };
    let attributes = [
        ("id", option_id(index).into()),
        ("role", "option".into()),
        ("aria-selected", if choice.chosen { "true" } else { "false" }.into()),
        Command::ShowRoom.attribute(),
        ("data-room", name.to_owned().into()),
    ];
    element("li", attributes, [element("b", [("dir", "auto".into())], text(label)), about])
}

fn option_id(index: usize) -> String {
    format!("room-choice-{index}")
}

/// Opens or closes the finder.
pub(super) fn toggle(chat: ChatHandle, panels: Panels, button: Option<&Element>) {
    chat.input(|client, _| client.open_room_finder());
    panels.toggle(Panel::RoomFinder, button);
}

/// Handles an `input` event: filters the options, if it was in the field of the finder.
pub(super) fn on_input(chat: ChatHandle, event: &Event) {
    if let Some(field) = nearest(event, "[data-find-room]").and_then(|field| field.dyn_into::<HtmlInputElement>().ok())
    {
        chat.input(|client, _| client.filter_rooms(&field.value()));
    }
}

/// Selects the next or previous option.
pub(super) fn move_choice(chat: ChatHandle, down: bool) {
    chat.input(|client, _| client.move_choice(down));
    request_animation_frame(scroll_to_choice);
}

/// Shows or creates the selected room. Enter arrives as the submission of the form, so the browser decides whether it
/// ends a composition instead.
pub(super) fn accept(chat: ChatHandle, panels: Panels) {
    if let Some(room) = chat.input(|client, _| client.take_choice()) {
        panels.close();
        chat.input(|client, _| client.show_room(&room));
    }
}

// Not with `scrollIntoView`, which also scrolls the ancestors of the list.
fn scroll_to_choice() {
    let Some(option) = find("#room-choices [aria-selected=true]") else { return };
    let Some(list) = option.parent_element() else { return };
    let (option, view) = (option.get_bounding_client_rect(), list.get_bounding_client_rect());
    let surplus = (option.top() - view.top()).min(0.0) + (option.bottom() - view.bottom()).max(0.0);
    list.set_scroll_top(list.scroll_top() + surplus as i32);
}
