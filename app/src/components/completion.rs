//! Completions above the text that is written.

use leptos::prelude::*;
use web_sys::{Event, HtmlTextAreaElement};

use super::{
    element::{element, text},
    insertion::insert,
};
use crate::{
    Session,
    live::{nearest, view},
    state::{
        completion::{Beginning, Offer},
        key_press::{Held, KeyPress},
    },
};

/// The completions that are offered, and the one that Enter takes.
#[derive(Clone, Copy)]
pub(super) struct Completion {
    session: Session,
    offers: RwSignal<Offers>,
}

#[derive(Default)]
struct Offers {
    list: Vec<Offer>,
    chosen: usize,
}

impl Completion {
    /// None yet.
    pub(super) fn new(session: Session) -> Self {
        Self { session, offers: RwSignal::default() }
    }

    /// The text or the place in it has changed.
    pub(super) fn look(self, field: &HtmlTextAreaElement) {
        let before = before_caret(field);
        let offers = Beginning::of(&before).map(|beginning| {
            let people = self.session.input(|client, _| client.mentionable());
            beginning.offers(&people)
        });
        self.offer(offers.unwrap_or_default());
    }

    /// Offers nothing any more.
    pub(super) fn close(self) {
        self.offer(Vec::new());
    }

    fn offer(self, offers: Vec<Offer>) {
        // The text box loses the focus also by being removed, when its signals are gone already.
        if self.offers.try_read_untracked().is_some_and(|old| old.list != offers) {
            self.offers.set(Offers { list: offers, chosen: 0 });
        }
    }

    /// A key in the text. Returns whether it was for the completions.
    pub(super) fn pressed(self, press: &KeyPress, field: &HtmlTextAreaElement) -> bool {
        let (count, chosen) = (self.offers.read_untracked().list.len(), self.offers.read_untracked().chosen);
        if count == 0 || press.held != Held::Nothing {
            return false;
        }
        match press.key() {
            "ArrowDown" => self.choose((chosen + 1) % count),
            "ArrowUp" => self.choose((chosen + count - 1) % count),
            "Enter" | "Tab" => self.take(field, chosen),
            "Escape" => self.close(),
            _ => return false,
        }
        true
    }

    fn choose(self, index: usize) {
        self.offers.write().chosen = index;
    }

    fn take(self, field: &HtmlTextAreaElement, index: usize) {
        let Some(offer) = self.offers.read_untracked().list.get(index).cloned() else { return };
        let before = before_caret(field);
        if let Some(beginning) = Beginning::of(&before) {
            let end = before.encode_utf16().count() as u32;
            let start = end - beginning.word.encode_utf16().count() as u32 - 1;
            insert(field, &offer.text, start, end);
        }
        self.close();
    }

    /// The one that Enter takes, by its id in the document.
    pub(super) fn active(self) -> Option<String> {
        let offers = self.offers.read();
        (!offers.list.is_empty()).then(|| format!("offer-{}", offers.chosen))
    }

    /// Takes the line that a pointer is on, if it is on one.
    pub(super) fn pointed(self, event: &Event, field: &HtmlTextAreaElement) {
        let index = nearest(event, "#offers li").and_then(|line| line.get_attribute("data-index"));
        if let Some(index) = index.and_then(|index| index.parse().ok()) {
            self.take(field, index);
        }
    }

    /// The list.
    pub(super) fn list(self) -> AnyView {
        view(move || {
            let Offers { list, chosen } = &*self.offers.read();
            let line = |(index, offer): (usize, &Offer)| {
                let attributes = [
                    ("id", format!("offer-{index}").into()),
                    ("role", "option".into()),
                    ("data-index", index.to_string().into()),
                    ("aria-selected", if index == *chosen { "true" } else { "false" }.into()),
                ];
                element("li", attributes, text(offer.label.clone()))
            };
            let attributes = [
                ("id", "offers".into()),
                ("class", "offers".into()),
                ("role", "listbox".into()),
                ("aria-label", self.session.words.completions().into()),
            ];
            element("ul", attributes, list.iter().enumerate().map(line).collect::<Vec<_>>())
        })
    }
}

// The document counts in UTF-16.
fn before_caret(field: &HtmlTextAreaElement) -> String {
    let caret = field.selection_end().ok().flatten().unwrap_or(0) as usize;
    let units: Vec<u16> = field.value().encode_utf16().take(caret).collect();
    String::from_utf16_lossy(&units)
}
