//! One field and one button between reading and talking.

use leptos::prelude::*;

use super::element::{element, field, hidden, text};
use crate::{
    Session,
    live::{find, on_change, view},
};

/// "Your name" and "Join". What is typed before the page comes to life stays: the field is the browser's own. Without
/// script it is a form of the server's.
pub fn join(session: Session) -> AnyView {
    on_change(
        move || session.shown.read().joining.refused.is_some(),
        move |refused, before| {
            // The field keeps its text; whoever was refused goes on typing there.
            if refused
                && before.is_some()
                && let Some(field) = find("#nickname")
            {
                let _ = field.focus();
            }
        },
    );
    let (words, refused) = (session.words, session.refused());
    view(move || {
        let (joining, waits) = {
            let shown = session.shown.read();
            (shown.joining.clone(), shown.banner.is_some())
        };
        let why = element("span", [], text(joining.refused.map(|code| words.explain(code)).unwrap_or_default()));
        let note = [("class", "note bad".into()), ("role", "alert".into()), ("id", "join-refusal".into())];
        let name = [
            ("id", "nickname".into()),
            ("name", "name".into()),
            ("value", refused.as_ref().map(|refused| refused.name.clone()).unwrap_or_default().into()),
            ("aria-label", words.your_name().into()),
            ("aria-describedby", "join-refusal".into()),
            ("aria-invalid", if joining.refused.is_some() { "true" } else { "false" }.into()),
            ("placeholder", words.your_name().into()),
            ("autocomplete", "nickname".into()),
        ];
        let busy = joining.busy && !joining.renaming;
        let button = [("class", "join".into()), ("aria-busy", if busy { "true" } else { "false" }.into())];
        let form = [
            ("class", "box".into()),
            ("method", "post".into()),
            ("action", session.room().path().into()),
            ("data-form", "join".into()),
        ];
        let mut inside = vec![
            field(name),
            element("button", button, text(if busy && !waits { words.joining() } else { words.join() })),
        ];
        // A message that waits for a name comes with it.
        if let Some(refused) = refused.as_ref().filter(|refused| !refused.text.is_empty()) {
            inside.extend([hidden("text", refused.text.clone()), hidden("id", session.form())]);
        }
        // Without a connection nothing is under way.
        let hint = if busy && waits { words.waiting() } else { words.choose_name() };
        let hint = element("span", [], text(hint));
        element(
            "div",
            [],
            [
                element("p", note, [why]),
                element("form", form, inside),
                element("p", [("class", "hint".into())], [hint]),
            ],
        )
    })
}
