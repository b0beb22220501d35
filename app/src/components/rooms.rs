//! The rooms, and who one is oneself.

use leptos::prelude::*;

use super::{
    element::{element, icon, text},
    me::my_card,
    panel::Panels,
    room_finder::room_finder,
};
use crate::{
    Session,
    erase::Erase,
    live::view,
    state::{client::RoomLine, loudness::Loudness},
    words::{Words, fill},
};

/// The left side.
pub(super) fn rooms(session: Session, panels: Panels) -> AnyView {
    let list = move || {
        let lines: Vec<_> = session.shown.read().rooms.iter().map(|room| line(room, session.words)).collect();
        element("ul", [("class", "list".into())], lines)
    };
    element(
        "nav",
        [("class", "side rooms".into()), ("aria-label", session.words.rooms().into())],
        [
            element("div", [("class", "brand".into())], [icon("brand"), "Parlor".erase()]),
            room_finder(session, panels),
            view(list),
            my_card(session, panels),
        ],
    )
}

fn line(room: &RoomLine, words: &Words) -> AnyView {
    let name = room.name.as_str();
    let mut inside = vec![
        element("span", [("class", "hash".into()), ("aria-hidden", "true".into())], text("#")),
        element("span", [("class", "name".into()), ("dir", "auto".into())], text(name)),
    ];
    if !room.unread.is_empty() {
        inside.push(element("span", [("class", "badge".into())], text(room.unread.as_str())));
        inside.push(element("span", [("class", "unseen".into())], text(words.unread())));
    }
    let link = [
        ("href", room.name.path().into()),
        ("data-do", "enter".into()),
        ("data-room", name.to_owned().into()),
        ("aria-current", if room.shown { "page" } else { "false" }.into()),
    ];
    let part = fill(words.leave_room(), &[name]);
    let leave = [
        ("type", "button".into()),
        ("class", "part".into()),
        ("data-do", "part".into()),
        ("data-room", name.to_owned().into()),
        ("aria-label", part.clone().into()),
        ("title", part.into()),
    ];
    let class = match room.loudness {
        Loudness::Muted => "muted",
        _ if room.meant => "new meant",
        _ if !room.unread.is_empty() => "new",
        _ => "",
    };
    element("li", [("class", class.into())], [element("a", link, inside), element("button", leave, text("×"))])
}
