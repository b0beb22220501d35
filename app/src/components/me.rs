//! Who one is oneself, and what one can do about it.

use leptos::{either::Either, prelude::*};
use parlor::Name;

use super::{
    avatar::Avatar,
    element::{element, text},
    panel::{Panel, Panels},
};
use crate::{
    Session,
    live::{on_change, words},
    session::Alerts,
    state::roster::Person,
    wording::explain,
};

/// The reader's own name, and the way to everything that is about them.
#[component]
pub(super) fn MyCard() -> impl IntoView {
    let (session, panels) = (Session::get(), Panels::get());
    let named = Memo::new(move |_| session.shown.read().name.is_some());
    let name = move || session.shown.read().name.as_ref().map(Name::to_string).unwrap_or_default();
    let me = move || session.people.read().iter().find(|person| person.me).cloned();
    let menu = Memo::new(move |_| named.get() && panels.is_open(Panel::Me));
    let rename = Memo::new(move |_| named.get() && panels.is_open(Panel::Rename));
    // A new name that is taken closes what it was typed in.
    on_change(
        move || panels.is_open(Panel::Rename) && session.shown.read().joining.renaming,
        move |busy, before| {
            if !busy && before == Some(true) {
                panels.close();
            }
        },
    );
    view! {
        <div class="me-card">
            {move || menu.get().then(|| options(session))}
            {move || rename.get().then(|| form(session, &name()))}
            {move || if named.get() {
                Either::Left(view! {
                    <button
                        type="button"
                        class="me"
                        data-do="me"
                        aria-label=words(move || format!("You: {}", name()))
                        aria-expanded=words(move || panels.expanded(Panel::Me))
                    >
                        {move || me().map(|Person { author, .. }| view! { <Avatar author/> })}
                        <b dir="auto">{words(name)}</b>
                    </button>
                })
            } else {
                Either::Right(view! { <span class="me guest">"You are reading as a guest."</span> })
            }}
            <button type="button" class="quiet-button" data-do="keys" aria-label="Keys" title="Keys (?)">"?"</button>
        </div>
    }
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

fn form(session: Session, name: &str) -> AnyView {
    let field = element(
        "input",
        [
            ("type", "text".into()),
            ("aria-label", "Your new name".into()),
            ("value", name.to_owned().into()),
            ("autocomplete", "nickname".into()),
            ("data-first", "".into()),
        ],
        [],
    );
    let save = element("button", [("class", "join".into())], text("Rename"));
    let why = move || session.shown.read().joining.refused.map(explain).unwrap_or_default();
    let note = element("p", [("class", "note bad".into()), ("role", "alert".into())], [why.into_any()]);
    let form = element("form", [("data-form", "rename".into())], [field, save, note]);
    element("div", [("class", "menu".into())], [form])
}
