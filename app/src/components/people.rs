//! Who is there.

use leptos::prelude::*;
use parlor::message::Standing;

use super::{
    avatar::avatar,
    element::{element, text},
};
use crate::{Session, live::view, state::roster::Person};

/// The right side.
pub(super) fn people(session: Session) -> AnyView {
    // Each follows what it is made from: a crowd is not drawn again with every message.
    let cap = move || {
        let here = element("span", [], text(session.shown.read().people.to_string()));
        element("div", [("class", "cap".into())], [element("span", [], text("Here")), here])
    };
    let list = move || {
        let lines: Vec<_> = session.people.read().iter().map(line).collect();
        element("ul", [("class", "list".into()), ("aria-label", "People".into())], lines)
    };
    let more = move || {
        let more = (session.shown.read().people as usize).saturating_sub(session.people.read().len());
        if more == 0 {
            return ().into_any();
        }
        element("p", [("class", "more".into())], text(format!("and {more} more")))
    };
    let attributes = [("class", "side people".into()), ("aria-label", "People here".into())];
    element("aside", attributes, [view(cap), view(list), view(more)])
}

fn line(person: &Person) -> AnyView {
    let name = person.author.name.as_str();
    let (class, note) = match person.standing {
        _ if person.me => ("p", "you"),
        _ if person.ignored => ("p ignored", "ignored"),
        Standing::Here => ("p", ""),
        Standing::Away => ("p away", "away"),
        Standing::Reconnecting => ("p away", "reconnecting"),
    };
    let mut inside = vec![
        avatar(&person.author, "s"),
        element("span", [("class", "name".into()), ("dir", "auto".into())], text(name)),
        element("span", [("class", "you".into())], text(note)),
    ];
    if !person.me {
        let (act, label, sign) = if person.ignored { ("hear", "Hear again", "+") } else { ("ignore", "Ignore", "–") };
        let title = format!("{label} {name}");
        let attributes = [
            ("type", "button".into()),
            ("class", "part".into()),
            ("data-do", act.into()),
            ("data-id", person.author.id.as_str().to_owned().into()),
            ("aria-label", title.clone().into()),
            ("title", title.into()),
        ];
        inside.push(element("button", attributes, text(sign)));
    }
    element("li", [("class", class.into())], inside)
}
