//! The draft that the composer's text box holds, and the drafts that are offered above it.

use leptos::prelude::*;
use parlor::RoomName;
use web_sys::HtmlTextAreaElement;

use super::super::element::{element, text};
use crate::{
    Session,
    live::{find, view},
    state::client::OfferedDraft,
    words::Words,
};

/// Which draft the text in the box belongs to: it is reported as that draft's text, whatever is shown by then.
#[derive(Clone, Copy)]
pub(super) struct BoxDraft {
    session: Session,
    held: StoredValue<Option<(RoomName, u64)>>,
}

impl BoxDraft {
    /// None yet: the box is the browser's own until the page comes to life.
    pub(super) fn new(session: Session) -> Self {
        Self { session, held: StoredValue::new(None) }
    }

    /// Reports what is in the box.
    pub(super) fn report(self, field: &HtmlTextAreaElement) {
        if let Some((room, draft)) = self.held.get_value() {
            self.session.input(|client, at| client.typed(&room, draft, &field.value(), at));
        }
    }

    /// Puts the text of the open draft into the box, unless it is there. True if the box holds another draft now.
    pub(super) fn sync(self, field: &HtmlTextAreaElement) -> bool {
        if !self.session.shown.read_untracked().awake {
            return false;
        }
        let typed = field.value();
        if self.held.with_value(Option::is_none) && !typed.is_empty() {
            self.session.input(|client, at| client.typed_before(&typed, at));
        }
        let open = (self.session.room_untracked(), self.session.shown.read_untracked().draft);
        if self.held.with_value(|held| held.as_ref() == Some(&open)) {
            return false;
        }
        let text = self.session.draft_text();
        // What a script has put there without an event.
        self.report(field);
        // The caret stays where the text does.
        if text != typed {
            field.set_value(&text);
        }
        self.held.set_value(Some(open));
        true
    }
}

/// Gives the focus to the composer's text box.
pub(in crate::components) fn focus_composer() {
    if let Some(field) = find("textarea[name=text]") {
        let _ = field.focus();
    }
}

/// The room's other drafts, a line each.
pub(super) fn offered_drafts(session: Session) -> AnyView {
    let words = session.words;
    view(move || {
        let lines: Vec<_> = session.shown.read().offered_drafts.iter().map(|draft| line(draft, words)).collect();
        let class = if lines.is_empty() { "drafts" } else { "drafts shown" };
        let attributes = [("class", class.into()), ("role", "group".into()), ("aria-label", words.drafts().into())];
        element("div", attributes, lines)
    })
}

fn line(draft: &OfferedDraft, words: &Words) -> AnyView {
    let kind = element("b", [], text(if draft.edit { words.unsaved_edit() } else { words.draft() }));
    let excerpt = element("span", [("dir", "auto".into())], text(draft.excerpt.as_str()));
    let button = |act: &'static str, label: &'static str| {
        let attributes =
            [("type", "button".into()), ("data-do", act.into()), ("data-draft", draft.id.to_string().into())];
        element("button", attributes, text(label))
    };
    let (take, discard) = (button("use-draft", words.use_draft()), button("discard-draft", words.discard()));
    element("p", [], [kind, excerpt, take, discard])
}
