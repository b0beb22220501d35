//! The left side: room finder, list of rooms and account menu.

use leptos::prelude::*;

use super::{
    account_menu::account_menu,
    actions::Command,
    element::{element, hash, icon, text},
    panel::Panels,
    room_finder::room_finder,
};
use crate::{
    ChatHandle,
    erase::Erase,
    i18n::{Texts, fill},
    reactive::reactive_view,
    room_name,
    state::{notification_level::NotificationLevel, room_list::RoomListItem},
};

/// Renders the left side.
pub(super) fn rooms(chat: ChatHandle, panels: Panels) -> AnyView {
    let list = move || {
        let items: Vec<_> = chat.view_state.read().rooms.iter().map(|room| item(room, chat.texts)).collect();
        element("ul", [("class", "list".into())], items)
    };
    element(
        "nav",
        [("class", "side rooms".into()), ("aria-label", chat.texts.rooms().into())],
        [
            element("div", [("class", "brand".into())], [icon("brand"), chat.server().name.clone().erase()]),
            room_finder(chat, panels),
            reactive_view(list),
            account_menu(chat, panels),
        ],
    )
}

fn item(room: &RoomListItem, texts: &Texts) -> AnyView {
    let name = room.name.as_str();
    let mut children = vec![
        hash(&room.name),
        element("span", [("class", "name".into()), ("dir", "auto".into())], text(room.title.as_str())),
    ];
    if !room.unread.is_empty() {
        children.push(element("span", [("class", "badge".into())], text(room.unread.as_str())));
        children.push(element("span", [("class", "unseen".into())], text(texts.unread())));
    }
    let link = [
        ("href", room.name.path().into()),
        Command::ShowRoom.attribute(),
        ("data-room", name.to_owned().into()),
        ("aria-current", if room.shown { "page" } else { "false" }.into()),
    ];
    let leave_label = fill(texts.leave_room(), &[&room_name::label(&room.name, &room.title)]);
    let leave = [
        ("type", "button".into()),
        ("class", "part".into()),
        Command::LeaveRoom.attribute(),
        ("data-room", name.to_owned().into()),
        ("aria-label", leave_label.clone().into()),
        ("title", leave_label.into()),
    ];
    let class = match room.notification_level {
        NotificationLevel::Muted => "muted",
        _ if room.highlighted => "new meant",
        _ if !room.unread.is_empty() => "new",
        _ => "",
    };
    element("li", [("class", class.into())], [element("a", link, children), element("button", leave, text("×"))])
}
