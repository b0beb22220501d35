//! Who is there.

use leptos::prelude::*;
use parlor::message::Standing;

use super::{
    avatar::avatar,
    element::{element, text},
};
use crate::{
    Session,
    erase::Erase,
    live::view,
    state::roster::Person,
    words::{Words, fill},
};

/// The right side.
pub(super) fn people(session: Session) -> AnyView {
    let words = session.words;
    // Each follows what it is made from: a crowd is not drawn again with every message.
    let cap = move || {
        let here = element("span", [], text(session.shown.read().count(words)));
        element("div", [("class", "cap".into())], [element("span", [], text(words.here())), here])
    };
    let list = move || {
        let lines: Vec<_> = session.people.read().iter().map(|person| line(person, words)).collect();
        element("ul", [("class", "list".into()), ("aria-label", words.people().into())], lines)
    };
    let more = move || {
        let more = (session.shown.read().people.unwrap_or(0) as usize).saturating_sub(session.people.read().len());
        if more == 0 {
            return ().erase();
        }
        let label = words.count(words.more_people(), more);
        if session.shown.read().more_people {
            let attributes = [("type", "button".into()), ("class", "more".into()), ("data-do", "more-people".into())];
            return element("button", attributes, text(label));
        }
        element("p", [("class", "more".into())], text(label))
    };
    let attributes = [("class", "side people".into()), ("aria-label", words.people_aside().into())];
    element("aside", attributes, [view(cap), view(list), view(more)])
}

fn line(person: &Person, words: &Words) -> AnyView {
    let name = person.author.name.as_str();
    let (class, note) = match person.standing {
        _ if person.me => ("p", words.is_you()),
        _ if person.ignored => ("p ignored", words.is_ignored()),
        Standing::Here => ("p", ""),
        Standing::Away => ("p away", words.is_away()),
        Standing::Reconnecting => ("p away", words.is_reconnecting()),
    };
    let unlike = person.unlike.as_ref().map(|other| fill(words.is_not(), &[other.as_str()]));
    let mut inside = vec![
        avatar(&person.author, person.colour, "s"),
        element("span", [("class", "name".into()), ("dir", "auto".into())], text(name)),
    ];
    inside.extend(unlike.map(|unlike| element("span", [("class", "you unlike".into())], text(unlike))));
    inside.push(element("span", [("class", "you".into())], text(note)));
    if !person.me {
        let (act, label, sign) =
            if person.ignored { ("hear", words.hear_again(), "+") } else { ("ignore", words.ignore(), "–") };
        let title = fill(label, &[name]);
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
