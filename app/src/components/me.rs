//! Who one is oneself, and what one can do about it.

use leptos::prelude::*;

use super::{
    avatar::avatar,
    element::{element, field, text},
    panel::{Panel, Panels},
};
use crate::{
    Session,
    live::{on_change, view},
    session::{Alerts, Shown},
    wording::explain,
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
        let shown = session.shown.read();
        let mut inside = Vec::new();
        match &shown.name {
            Some(name) => {
                if panels.is_open(Panel::Me) {
                    inside.push(options(session));
                } else if panels.is_open(Panel::Rename) {
                    inside.push(form(&shown, name.as_str()));
                }
                let people = session.people.read();
                let me = people.iter().find(|person| person.me).map(|person| avatar(&person.author, ""));
                let label = element("b", [("dir", "auto".into())], text(name.as_str()));
                let attributes = [
                    ("type", "button".into()),
                    ("class", "me".into()),
                    ("data-do", "me".into()),
                    ("aria-label", format!("{name}, you").into()),
                    ("title", "You".into()),
                    ("aria-expanded", panels.expanded(Panel::Me).into()),
                ];
                inside.push(element("button", attributes, me.into_iter().chain([label]).collect::<Vec<_>>()));
            }
            None => {
                inside.push(element("span", [("class", "me guest".into())], text("You are reading as a guest.")));
            }
        }
        let attributes = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            ("data-do", "keys".into()),
            ("aria-label", "Keys".into()),
            ("title", "Keys (?)".into()),
        ];
        inside.push(element("button", attributes, text("?")));
        element("div", [("class", "me-card".into())], inside)
    })
}

fn options(session: Session) -> AnyView {
    let option = |act: &'static str, label: &'static str| {
        element("button", [("type", "button".into()), ("data-do", act.into())], text(label))
    };
    let device = element("button", [], text("Use on another device"));
    let device = element(
        "form",
        [("method", "post".into()), ("action", "/device".into()), ("target", "_blank".into())],
        [device],
    );
    let out = element("button", [], text("Sign out"));
    let out = element(
        "form",
        [("method", "post".into()), ("action", "/sign-out".into()), ("data-form", "sign-out".into())],
        [out],
    );
    let rename = element(
        "button",
        [("type", "button".into()), ("data-do", "rename".into()), ("data-first", "".into())],
        text("Change your name"),
    );
    let alerts = match session.alerts() {
        Alerts::Unasked => option("notify", "Notify me of mentions"),
        Alerts::Allowed => element("p", [], text("You are notified of mentions and answers.")),
        Alerts::Denied => element("p", [], text("Your browser keeps this page from notifying you.")),
        Alerts::Insecure => {
            element("p", [], text("Notifications need a page that came over HTTPS, or from this machine."))
        }
    };
    element(
        "div",
        [("class", "menu".into()), ("role", "group".into()), ("aria-label", "You".into())],
        [rename, alerts, device, out],
    )
}

fn form(shown: &Shown, name: &str) -> AnyView {
    let field = field([
        ("type", "text".into()),
        ("aria-label", "Your new name".into()),
        ("value", name.to_owned().into()),
        ("autocomplete", "nickname".into()),
        ("data-first", "".into()),
    ]);
    let save = element("button", [("class", "join".into())], text("Rename"));
    let why = shown.joining.refused.map(explain).unwrap_or_default();
    let note = element("p", [("class", "note bad".into()), ("role", "alert".into())], text(why));
    let form = element("form", [("data-form", "rename".into())], [field, save, note]);
    element("div", [("class", "menu".into())], [form])
}
