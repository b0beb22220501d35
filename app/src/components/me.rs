//! Who one is oneself, and what one can do about it.

use leptos::prelude::*;
use parlor::Author;

use super::{
    avatar::avatar,
    element::{alert, element, field, icon, text},
    panel::{Panel, Panels},
};
use crate::{
    Session,
    erase::Erase,
    live::{on_change, view},
    session::{Alerts, Shown},
    words::fill,
};

/// The reader's own name, and the way to everything that is about them.
pub(super) fn my_card(session: Session, panels: Panels) -> AnyView {
    // A new name that is taken closes what it was typed in.
    on_change(
        move || panels.is_open(Panel::Rename) && session.shown.read().joining.renaming,
        move |busy, before| {
            if !busy && before == Some(true) {
                panels.close();
            }
        },
    );
    view(move || {
        let (shown, words) = (session.shown.read(), session.words);
        let mut inside = Vec::new();
        match &shown.name {
            Some(name) => {
                // With nothing in its place the buttons after it would be drawn anew, and lose the focus.
                inside.push(if panels.is_open(Panel::Me) {
                    options(session)
                } else if panels.is_open(Panel::Rename) {
                    form(session, &shown, name.as_str())
                } else {
                    ().erase()
                });
                let author = Author { id: session.me(), name: name.clone() };
                let me = avatar(&author, session.my_colour(), "");
                let label = element("b", [("dir", "auto".into())], text(name.as_str()));
                let attributes = [
                    ("type", "button".into()),
                    ("class", "me".into()),
                    ("data-do", "me".into()),
                    ("aria-label", fill(words.you_named(), &[name.as_str()]).into()),
                    ("title", words.you().into()),
                    ("aria-expanded", panels.expanded(Panel::Me).into()),
                ];
                inside.push(element("button", attributes, [me, label]));
            }
            None => {
                inside.push(element("span", [("class", "me guest".into())], text(words.reading_as_guest())));
            }
        }
        let attributes = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            ("data-do", "keys".into()),
            ("aria-label", words.keys().into()),
            ("title", format!("{} (?)", words.keys()).into()),
        ];
        inside.push(element("button", attributes, text("?")));
        let attributes = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            ("data-do", "settings".into()),
            ("aria-label", words.settings().into()),
            ("title", words.settings().into()),
        ];
        inside.push(element("button", attributes, [icon("settings")]));
        element("div", [("class", "me-card".into())], inside)
    })
}

fn options(session: Session) -> AnyView {
    let words = session.words;
    let option = |act: &'static str, label: &'static str| {
        element("button", [("type", "button".into()), ("data-do", act.into())], text(label))
    };
    let device = element("button", [], text(words.another_device()));
    let device = element(
        "form",
        [("method", "post".into()), ("action", "/device".into()), ("target", "_blank".into())],
        [device],
    );
    let out = element("button", [], text(words.sign_out()));
    let out = element(
        "form",
        [("method", "post".into()), ("action", "/sign-out".into()), ("data-form", "sign-out".into())],
        [out],
    );
    let rename = element(
        "button",
        [("type", "button".into()), ("data-do", "rename".into()), ("data-first", "".into())],
        text(words.change_name()),
    );
    let alerts = match session.alerts() {
        Alerts::Unasked => option("notify", words.notify_me()),
        Alerts::Allowed => element("p", [], text(words.notified())),
        Alerts::Denied => element("p", [], text(words.notify_denied())),
        Alerts::Insecure => element("p", [], text(words.notify_insecure())),
    };
    element(
        "div",
        [("class", "menu".into()), ("role", "group".into()), ("aria-label", words.you().into())],
        [rename, alerts, device, out],
    )
}

fn form(session: Session, shown: &Shown, name: &str) -> AnyView {
    let words = session.words;
    let field = field([
        ("type", "text".into()),
        ("aria-label", words.your_new_name().into()),
        ("value", name.to_owned().into()),
        ("autocomplete", "nickname".into()),
        ("data-first", "".into()),
    ]);
    let save = element("button", [("class", "join".into())], text(words.rename()));
    let why = shown.joining.refused.map(|code| words.explain(code)).unwrap_or_default();
    let note = alert(text(why));
    let form = element("form", [("data-form", "rename".into())], [field, save, note]);
    element("div", [("class", "menu".into())], [form])
}
