//! The list of the people in the room.

use leptos::prelude::*;
use parlor::{RoomName, message::PresenceStatus};

use super::{
    actions::Command,
    avatar::avatar,
    element::{element, text},
};
use crate::{
    ChatHandle,
    erase::Erase,
    i18n::{Texts, fill},
    reactive::reactive_view,
    room_name::path_below,
    state::roster::Person,
};

/// Renders the list, on the right side.
pub(super) fn people(chat: ChatHandle) -> AnyView {
    let texts = chat.texts;
    // Three reactive views: the list itself is not rendered again with every message.
    let heading = move || {
        let count = element("span", [], text(chat.view_state.read().people_count(texts)));
        element("div", [("class", "cap".into())], [element("span", [], text(texts.here())), count])
    };
    let list = move || {
        let items: Vec<_> = chat.people.read().iter().map(|person| item(person, texts)).collect();
        element("ul", [("class", "list".into()), ("aria-label", texts.people().into())], items)
    };
    let more = move || {
        let state = chat.view_state.read();
        let more = (state.people.unwrap_or(0) as usize).saturating_sub(chat.people.read().len());
        let label = texts.count(texts.more_people(), more);
        let more = if more == 0 {
            ().erase()
        } else if state.more_people {
            let attributes = [("type", "button".into()), ("class", "more".into()), Command::MorePeople.attribute()];
            element("button", attributes, text(label))
        } else {
            element("p", [("class", "more".into())], text(label))
        };
        let settings = [("class", "more".into()), ("href", path_below(&state.room, "settings").into())];
        let children = [more, share_link(&state.room, texts), element("a", settings, text(texts.room_settings()))];
        element("div", [], children)
    };
    let attributes = [("class", "side people".into()), ("aria-label", texts.people_aside().into())];
    element("aside", attributes, [reactive_view(heading), reactive_view(list), reactive_view(more)])
}

/// The link to the page that shares a room. With a script it opens as a dialog.
pub(super) fn share_link(room: &RoomName, texts: &Texts) -> AnyView {
    let attributes = [("class", "more".into()), ("href", path_below(room, "share").into())];
    element("a", attributes, text(texts.share_room()))
}

fn item(person: &Person, texts: &Texts) -> AnyView {
    let name = person.author.name.as_str();
    let (class, note) = match person.status {
        _ if person.me => ("p", texts.is_you()),
        _ if person.ignored => ("p ignored", texts.is_ignored()),
        PresenceStatus::Here => ("p", ""),
        PresenceStatus::Away => ("p away", texts.is_away()),
        PresenceStatus::Reconnecting => ("p away", texts.is_reconnecting()),
    };
    let distinction = person.similar_name.as_ref().map(|other| fill(texts.is_not(), &[other.as_str()]));
    let mut children = vec![
        avatar(&person.author, person.colour, "s"),
        element("span", [("class", "name".into()), ("dir", "auto".into())], text(name)),
    ];
    children
        .extend(distinction.map(|distinction| element("span", [("class", "you unlike".into())], text(distinction))));
    children.push(element("span", [("class", "you".into())], text(note)));
    if !person.me {
        let (command, label, symbol) = if person.ignored {
            (Command::Unignore, texts.unignore(), "+")
        } else {
            (Command::Ignore, texts.ignore(), "–")
        };
        let title = fill(label, &[name]);
        let attributes = [
            ("type", "button".into()),
            ("class", "part".into()),
            command.attribute(),
            ("data-id", person.author.id.as_str().to_owned().into()),
            ("aria-label", title.clone().into()),
            ("title", title.into()),
        ];
        children.push(element("button", attributes, text(symbol)));
    }
    element("li", [("class", class.into())], children)
}
