//! The room's name and topic, the way to the search, and on narrow windows to both sides.

use leptos::prelude::*;

use super::{
    element::{Attribute, alert, element, field, icon, text},
    panel::{Panel, Panels},
};
use crate::{
    Session,
    erase::Erase,
    live::view,
    session::{Alerts, Shown},
    state::loudness::Loudness,
    words::{Words, fill},
};

/// The line above the conversation.
pub(super) fn header(session: Session, panels: Panels) -> AnyView {
    view(move || {
        let (shown, words) = (session.shown.read(), session.words);
        let hash = element("span", [("class", "hash".into()), ("aria-hidden", "true".into())], text("#"));
        let name = element("h1", [("dir", "auto".into())], [hash, shown.room.to_string().erase()]);
        // The numbers on the buttons are in their names, too: whoever controls the page by voice says what they see.
        let (unread, count) = (elsewhere(&shown, words), shown.count(words));
        let mut label = vec![words.rooms()];
        if !unread.is_empty() {
            label.extend([words.comma(), &unread, " ", words.unread()]);
        }
        let rooms = opener(panels, Panel::Rooms, "rooms", label.concat(), number("badge", &unread));
        let mut label = vec![words.people()];
        if !count.is_empty() {
            label.extend([words.comma(), &count]);
        }
        let people = opener(panels, Panel::People, "people", label.concat(), number("count", &count));
        let search = opener(panels, Panel::Search, "search", words.search().to_owned(), ().erase());
        let tools =
            element("div", [("class", "tools".into())], [volume(&shown, session.alerts(), words), search, people]);
        let about = if panels.is_open(Panel::Topic) { form(&shown, words) } else { topic(&shown, words) };
        element("header", [], [rooms, name, about, tools])
    })
}

fn opener(panels: Panels, panel: Panel, act: &'static str, label: String, number: AnyView) -> AnyView {
    let attributes: [Attribute; 6] = [
        ("type", "button".into()),
        ("class", format!("icon opens-{act}").into()),
        ("data-do", act.into()),
        ("aria-label", label.clone().into()),
        ("title", label.into()),
        ("aria-expanded", panels.expanded(panel).into()),
    ];
    element("button", attributes, [icon(act), number])
}

fn number(class: &'static str, number: &str) -> AnyView {
    if number.is_empty() { ().erase() } else { element("span", [("class", class.into())], text(number)) }
}

// One button that turns: three choices need no menu.
fn volume(shown: &Shown, alerts: Alerts, words: &Words) -> AnyView {
    let loudness = shown.rooms.iter().find(|room| room.shown).map(|room| room.loudness).unwrap_or_default();
    let label = fill(words.notifications(), &[loudness.word(words)]);
    // What the browser does not let through comes in no case.
    let title = match alerts {
        Alerts::Denied => words.notify_denied().to_owned(),
        Alerts::Insecure => words.notify_insecure().to_owned(),
        Alerts::Unasked | Alerts::Allowed => label.clone(),
    };
    let bell = match loudness {
        Loudness::Meant => "bell",
        Loudness::Loud => "bell-loud",
        Loudness::Muted => "bell-off",
    };
    let attributes = [
        ("type", "button".into()),
        ("class", "icon turns-volume".into()),
        ("data-do", "volume".into()),
        ("aria-label", label.into()),
        ("title", title.into()),
    ];
    element("button", attributes, [icon(bell)])
}

// How many rooms have something new behind the button for them, where they are not in view.
fn elsewhere(shown: &Shown, words: &Words) -> String {
    match shown.rooms.iter().filter(|room| !room.shown && !room.unread.is_empty()).count() {
        0 => String::new(),
        count => words.number(count),
    }
}

fn topic(shown: &Shown, words: &Words) -> AnyView {
    let (class, label) =
        if shown.topic.is_empty() { ("topic unset", words.set_topic()) } else { ("topic", words.change_topic()) };
    let topic = element("p", [("class", class.into()), ("dir", "auto".into())], text(shown.topic.as_str()));
    let attributes =
        [("type", "button".into()), ("class", "quiet-button sets-topic".into()), ("data-do", "topic".into())];
    element("div", [("class", "about".into())], [topic, element("button", attributes, text(label))])
}

fn form(shown: &Shown, words: &Words) -> AnyView {
    let attributes = [
        ("type", "text".into()),
        ("aria-label", words.topic().into()),
        ("placeholder", words.topic_hint().into()),
        ("value", shown.topic.clone().into()),
        ("data-first", "".into()),
    ];
    let save = element("button", [("class", "quiet-button".into())], text(words.save_topic()));
    let note = alert([]);
    let attributes = [field(attributes), save, note];
    element("form", [("class", "about topic-form".into()), ("data-form", "topic".into())], attributes)
}
