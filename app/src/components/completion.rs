//! The completions of names and emoji in the composer.

use leptos::prelude::*;
use web_sys::{Event, HtmlTextAreaElement};

use super::{
    element::{element, text},
    insertion::replace_range,
};
use crate::{
    ChatHandle,
    dom::nearest,
    reactive::reactive_view,
    state::{
        completion::{CompletionItem, CompletionQuery},
        key_press::{Held, KeyPress},
    },
};

/// The list of completions, and which of them Enter accepts.
#[derive(Clone, Copy)]
pub(super) struct Completion {
    chat: ChatHandle,
    state: RwSignal<CompletionList>,
}

#[derive(Default)]
struct CompletionList {
    items: Vec<CompletionItem>,
    selected: usize,
}

impl Completion {
    /// Makes an empty list.
    pub(super) fn new(chat: ChatHandle) -> Self {
        Self { chat, state: RwSignal::default() }
    }

    /// Updates the list after a change of the text or the caret.
    pub(super) fn update(self, field: &HtmlTextAreaElement) {
        let before = before_caret(field);
        let items = CompletionQuery::of(&before).map(|query| {
            let people = self.chat.input(|client, _| client.mention_candidates());
            query.items(&people)
        });
        self.set_items(items.unwrap_or_default());
    }

    /// Closes the list.
    pub(super) fn close(self) {
        self.set_items(Vec::new());
    }

    fn set_items(self, items: Vec<CompletionItem>) {
        // The text box also loses the focus when it is removed. Its signals are disposed of by then.
        if self.state.try_read_untracked().is_some_and(|old| old.items != items) {
            self.state.set(CompletionList { items, selected: 0 });
        }
    }

    /// Handles a key press in the text box. Returns whether it was for the list.
    pub(super) fn on_key(self, press: &KeyPress, field: &HtmlTextAreaElement) -> bool {
        let (count, selected) = (self.state.read_untracked().items.len(), self.state.read_untracked().selected);
        if count == 0 || press.held != Held::Nothing {
            return false;
        }
        match press.key() {
            "ArrowDown" => self.select((selected + 1) % count),
            "ArrowUp" => self.select((selected + count - 1) % count),
            "Enter" | "Tab" => self.accept(field, selected),
            "Escape" => self.close(),
            _ => return false,
        }
        true
    }

    fn select(self, index: usize) {
        self.state.write().selected = index;
    }

    fn accept(self, field: &HtmlTextAreaElement, index: usize) {
        let Some(item) = self.state.read_untracked().items.get(index).cloned() else { return };
        let before = before_caret(field);
        if let Some(query) = CompletionQuery::of(&before) {
            let end = before.encode_utf16().count() as u32;
            let start = end - query.word.encode_utf16().count() as u32 - 1;
            replace_range(field, &item.text, start, end);
        }
        self.close();
    }

    /// The DOM id of the completion that Enter accepts.
    pub(super) fn active(self) -> Option<String> {
        let state = self.state.read();
        (!state.items.is_empty()).then(|| format!("offer-{}", state.selected))
    }

    /// Accepts the completion at the target of a pointer event, if there is one.
    pub(super) fn on_pointer_down(self, event: &Event, field: &HtmlTextAreaElement) {
        let index = nearest(event, "#offers li").and_then(|option| option.get_attribute("data-index"));
        if let Some(index) = index.and_then(|index| index.parse().ok()) {
            self.accept(field, index);
        }
    }

    /// Renders the list.
    pub(super) fn list(self) -> AnyView {
        reactive_view(move || {
            let CompletionList { items, selected } = &*self.state.read();
            let option = |(index, item): (usize, &CompletionItem)| {
                let attributes = [
                    ("id", format!("offer-{index}").into()),
                    ("role", "option".into()),
                    ("data-index", index.to_string().into()),
                    ("aria-selected", if index == *selected { "true" } else { "false" }.into()),
                ];
                element("li", attributes, text(item.label.clone()))
            };
            let attributes = [
                ("id", "offers".into()),
                ("class", "offers".into()),
                ("role", "listbox".into()),
                ("aria-label", self.chat.texts.completions().into()),
            ];
            element("ul", attributes, items.iter().enumerate().map(option).collect::<Vec<_>>())
        })
    }
}

// The text before the caret. The DOM counts UTF-16 code units.
fn before_caret(field: &HtmlTextAreaElement) -> String {
    let caret = field.selection_end().ok().flatten().unwrap_or(0) as usize;
    let units: Vec<u16> = field.value().encode_utf16().take(caret).collect();
    String::from_utf16_lossy(&units)
}
