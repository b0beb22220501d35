//! The form to join: a name and a button.

use leptos::prelude::*;

use super::{
    actions::FormKind,
    element::{element, field, hidden_field, text},
    server_links::server_links,
};
use crate::{
    ChatHandle,
    dom::find,
    erase::Erase,
    reactive::{on_change, reactive_view},
};

/// Renders the form. Text that was typed before hydration stays, since the field is uncontrolled. Without script the
/// browser sends the form to the server.
pub fn join(chat: ChatHandle) -> AnyView {
    on_change(
        move || chat.view_state.read().name_claim.refused.is_some(),
        move |refused, before| {
            // The field keeps its text, and gets the focus for another try.
            if refused
                && before.is_some()
                && let Some(field) = find("#nickname")
            {
                let _ = field.focus();
                // A hint about a name is too early.
                chat.show_toast("");
            }
        },
    );
    let (texts, rejected, server) = (chat.texts, chat.rejected_form(), chat.server());
    let notice = if server.notice.is_empty() {
        ().erase()
    } else {
        element("p", [("class", "notice".into()), ("dir", "auto".into())], text(server.notice.clone()))
    };
    if server.needs_invitation {
        let mut children = server_links(&server.links);
        children.insert(0, notice);
        return element("div", [], children);
    }
    let form = reactive_view(move || {
        let (claim, offline) = {
            let state = chat.view_state.read();
            (state.name_claim.clone(), state.banner.is_some())
        };
        let error = element("span", [], text(claim.refused.map(|code| texts.explain(code)).unwrap_or_default()));
        let note = [("class", "note bad".into()), ("role", "alert".into()), ("id", "join-refusal".into())];
        let name = [
            ("id", "nickname".into()),
            ("name", "name".into()),
            ("value", rejected.as_ref().map(|rejected| rejected.name.clone()).unwrap_or_default().into()),
            ("aria-label", texts.your_name().into()),
            ("aria-describedby", "join-refusal".into()),
            ("aria-invalid", if claim.refused.is_some() { "true" } else { "false" }.into()),
            ("placeholder", texts.your_name().into()),
            ("autocomplete", "nickname".into()),
        ];
        let busy = claim.pending && !claim.renaming;
        let button = [("class", "join".into()), ("aria-busy", if busy { "true" } else { "false" }.into())];
        let form = [
            ("class", "box".into()),
            ("method", "post".into()),
            ("action", chat.room().path().into()),
            FormKind::Join.attribute(),
        ];
        let mut children = vec![
            field(name),
            element("button", button, text(if busy && !offline { texts.joining() } else { texts.join() })),
        ];
        // A message from a rejected form is sent along with the name.
        if let Some(rejected) = rejected.as_ref().filter(|rejected| !rejected.text.is_empty()) {
            children.extend([hidden_field("text", rejected.text.clone()), hidden_field("id", chat.form_id())]);
        }
        // Without a connection the claim is not sent yet.
        let hint = if busy && offline { texts.waiting() } else { texts.choose_name() };
        let hint = element("span", [], text(hint));
        element(
            "div",
            [],
            [
                element("p", note, [error]),
                element("form", form, children),
                element("p", [("class", "hint".into())], [hint]),
            ],
        )
    });
    element("div", [], [notice, form])
}
