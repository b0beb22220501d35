//! The draft in the composer's text box, and the drafts offered above it.

use leptos::prelude::*;
use parlor::RoomName;
use web_sys::HtmlTextAreaElement;

use super::super::{
    actions::Command,
    element::{element, text},
};
use crate::{ChatHandle, dom::find, i18n::Texts, reactive::reactive_view, state::drafts::OfferedDraft};

/// The draft that the text in the text box belongs to. The text is reported for this draft, even if another room or
/// draft is open by then.
#[derive(Clone, Copy)]
pub(super) struct BoxDraft {
    chat: ChatHandle,
    current: StoredValue<Option<(RoomName, u64)>>,
}

impl BoxDraft {
    /// Makes it without a draft: until hydration the text belongs to none.
    pub(super) fn new(chat: ChatHandle) -> Self {
        Self { chat, current: StoredValue::new(None) }
    }

    /// Reports the text in the text box to the state.
    pub(super) fn report(self, field: &HtmlTextAreaElement) {
        if let Some((room, draft)) = self.current.get_value() {
            self.chat.input(|client, at| client.update_draft(&room, draft, &field.value(), at));
        }
    }

    /// Shows the open draft in the text box. True if it held another one before.
    pub(super) fn sync(self, field: &HtmlTextAreaElement) -> bool {
        if !self.chat.view_state.read_untracked().hydrated {
            return false;
        }
        let typed = field.value();
        if self.current.with_value(Option::is_none) && !typed.is_empty() {
            self.chat.input(|client, at| client.adopt_typed_text(&typed, at));
        }
        let open = (self.chat.room_untracked(), self.chat.view_state.read_untracked().draft);
        if self.current.with_value(|current| current.as_ref() == Some(&open)) {
            return false;
        }
        let text = self.chat.draft_text();
        // A script may have changed the text without an event.
        self.report(field);
        // Setting the same text would move the caret.
        if text != typed {
            field.set_value(&text);
        }
        self.current.set_value(Some(open));
        true
    }
}

/// Gives the focus to the composer's text box.
pub(in crate::components) fn focus_composer() {
    if let Some(field) = find("textarea[name=text]") {
        let _ = field.focus();
    }
}

/// Renders the room's other drafts, with buttons to use or discard them.
pub(super) fn offered_drafts(chat: ChatHandle) -> AnyView {
    let texts = chat.texts;
    reactive_view(move || {
        let items: Vec<_> = chat.view_state.read().offered_drafts.iter().map(|draft| item(draft, texts)).collect();
        let class = if items.is_empty() { "drafts" } else { "drafts shown" };
        let attributes = [("class", class.into()), ("role", "group".into()), ("aria-label", texts.drafts().into())];
        element("div", attributes, items)
    })
}

fn item(draft: &OfferedDraft, texts: &Texts) -> AnyView {
    let kind = element("b", [], text(if draft.edit { texts.unsaved_edit() } else { texts.draft() }));
    let excerpt = element("span", [("dir", "auto".into())], text(draft.excerpt.as_str()));
    let button = |command: Command, label: &'static str| {
        let attributes = [("type", "button".into()), command.attribute(), ("data-draft", draft.id.to_string().into())];
        element("button", attributes, text(label))
    };
    let (use_button, discard) =
        (button(Command::UseDraft, texts.use_draft()), button(Command::DiscardDraft, texts.discard()));
    element("p", [], [kind, excerpt, use_button, discard])
}
