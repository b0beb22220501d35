//! The header: the name and topic of the room, and buttons for notifications, search, rooms and people.

use leptos::prelude::*;

use super::{
    actions::{Command, FormKind},
    element::{Attribute, element, error_note, field, hash, icon, text},
    panel::{Panel, Panels},
};
use crate::{
    ChatHandle,
    erase::Erase,
    i18n::{Texts, fill},
    platform::NotificationPermission,
    reactive::reactive_view,
    state::notification_level::NotificationLevel,
    view::{labels, view_state::ViewState},
};

/// Renders the header.
pub(super) fn header(chat: ChatHandle, panels: Panels) -> AnyView {
    reactive_view(move || {
        let (state, texts) = (chat.view_state.read(), chat.texts);
        let name = element("h1", [("dir", "auto".into())], [hash(&state.room), state.room_title.clone().erase()]);
        // The counts on the buttons are part of their labels: with voice control, readers say what they see.
        let (unread, count) = (unread_rooms(&state, texts), state.people_count(texts));
        let mut label = vec![texts.rooms()];
        if !unread.is_empty() {
            label.extend([texts.comma(), &unread, " ", texts.unread()]);
        }
        let rooms = panel_button(panels, Panel::Rooms, Command::Rooms, label.concat(), count_badge("badge", &unread));
        let mut label = vec![texts.people()];
        if !count.is_empty() {
            label.extend([texts.comma(), &count]);
        }
        let people = panel_button(panels, Panel::People, Command::People, label.concat(), count_badge("count", &count));
        let search = panel_button(panels, Panel::Search, Command::Search, texts.search().to_owned(), ().erase());
        let tools = element(
            "div",
            [("class", "tools".into())],
            [notification_button(&state, chat.notification_permission(), texts), search, people],
        );
        let about = if panels.is_open(Panel::Topic) { topic_form(&state, texts) } else { topic(&state, texts) };
        element("header", [], [rooms, name, about, tools])
    })
}

fn panel_button(panels: Panels, panel: Panel, command: Command, label: String, badge: AnyView) -> AnyView {
    let attributes: [Attribute; 6] = [
        ("type", "button".into()),
        ("class", ["icon opens-", command.as_str()].concat().into()),
        command.attribute(),
        ("aria-label", label.clone().into()),
        ("title", label.into()),
        ("aria-expanded", panels.aria_expanded(panel).into()),
    ];
    element("button", attributes, [icon(command.as_str()), badge])
}

fn count_badge(class: &'static str, number: &str) -> AnyView {
    if number.is_empty() { ().erase() } else { element("span", [("class", class.into())], text(number)) }
}

// One button that cycles through the three levels.
fn notification_button(state: &ViewState, permission: NotificationPermission, texts: &Texts) -> AnyView {
    let level = state.rooms.iter().find(|room| room.shown).map(|room| room.notification_level).unwrap_or_default();
    let label = fill(texts.notifications(), &[labels::notification_level(level, texts)]);
    // Without the permission there are no notifications at any level.
    let title = match permission {
        NotificationPermission::Denied => texts.notify_denied().to_owned(),
        NotificationPermission::Insecure => texts.notify_insecure().to_owned(),
        NotificationPermission::Default | NotificationPermission::Granted => label.clone(),
    };
    let bell = match level {
        NotificationLevel::Mentions => "bell",
        NotificationLevel::All => "bell-loud",
        NotificationLevel::Muted => "bell-off",
    };
    let attributes = [
        ("type", "button".into()),
        ("class", "icon turns-volume".into()),
        Command::CycleNotificationLevel.attribute(),
        ("aria-label", label.into()),
        ("title", title.into()),
    ];
    element("button", attributes, [icon(bell)])
}

// The number of other rooms with unread messages, for the button that opens the list of rooms on narrow windows.
fn unread_rooms(state: &ViewState, texts: &Texts) -> String {
    match state.rooms.iter().filter(|room| !room.shown && !room.unread.is_empty()).count() {
        0 => String::new(),
        count => texts.number(count),
    }
}

fn topic(state: &ViewState, texts: &Texts) -> AnyView {
    let (class, label) =
        if state.topic.is_empty() { ("topic unset", texts.set_topic()) } else { ("topic", texts.change_topic()) };
    let topic = element("p", [("class", class.into()), ("dir", "auto".into())], text(state.topic.as_str()));
    let attributes =
        [("type", "button".into()), ("class", "quiet-button sets-topic".into()), Command::Topic.attribute()];
    element("div", [("class", "about".into())], [topic, element("button", attributes, text(label))])
}

fn topic_form(state: &ViewState, texts: &Texts) -> AnyView {
    let attributes = [
        ("type", "text".into()),
        ("aria-label", texts.topic().into()),
        ("placeholder", texts.topic_hint().into()),
        ("value", state.topic.clone().into()),
        ("data-first", "".into()),
    ];
    let save = element("button", [("class", "quiet-button".into())], text(texts.save_topic()));
    let note = error_note([]);
    let children = [field(attributes), save, note];
    element("form", [("class", "about topic-form".into()), FormKind::Topic.attribute()], children)
}
