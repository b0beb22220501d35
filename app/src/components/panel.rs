//! What is open beside or over the conversation: at most one thing.

use leptos::{ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::command::is_narrow;
use crate::{browser_cell::BrowserCell, live::on_change};

/// What the browser's history knows of a place where something is open.
const OPEN: &str = "open";

/// Something that opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Panel {
    /// Nothing.
    #[default]
    None,
    /// The rooms, where the window has no place for them all the time.
    Rooms,
    /// A name for a new room.
    NewRoom,
    /// What one can do as oneself.
    Me,
    /// Another name for oneself.
    Rename,
    /// The people, where the window has no place for them all the time.
    People,
    /// The search, in their place.
    Search,
    /// What the room is about.
    Topic,
    /// The sheet of keys.
    Keys,
    /// The sheet of settings.
    Settings,
}

/// Which of them is open.
#[derive(Clone, Copy)]
pub(super) struct Panels {
    open: RwSignal<Panel>,
    opener: BrowserCell<HtmlElement>,
}

impl Panels {
    /// Nothing is open.
    pub(super) fn new() -> Self {
        let panels = Self { open: RwSignal::default(), opener: BrowserCell::empty() };
        on_change(
            move || panels.open.get(),
            move |open, before| {
                let Some(before) = before else {
                    // "Back" closes what is open first.
                    window_event_listener_untyped("popstate", move |_| panels.close());
                    return;
                };
                step(before != Panel::None, open != Panel::None);
                // Once it is there.
                request_animation_frame(focus_first);
            },
        );
        panels
    }

    /// Whether this one is open.
    pub(super) fn is_open(self, panel: Panel) -> bool {
        self.open.get() == panel
    }

    /// What is open.
    pub(super) fn current(self) -> Panel {
        self.open.get_untracked()
    }

    /// For `aria-expanded`.
    pub(super) fn expanded(self, panel: Panel) -> &'static str {
        if self.is_open(panel) { "true" } else { "false" }
    }

    /// Opens one, or closes it if it is open.
    pub(super) fn toggle(self, panel: Panel) {
        if self.open.get_untracked() == panel {
            return self.close();
        }
        if self.open.get_untracked() == Panel::None {
            let focus = document().active_element().and_then(|focus| focus.dyn_into().ok());
            self.opener.set(focus);
        }
        self.open.set(panel);
    }

    /// Closes what is open. The focus goes back to where it was.
    pub(super) fn close(self) {
        if self.open.get_untracked() != Panel::None {
            self.open.set(Panel::None);
            if let Some(opener) = self.opener.take() {
                let _ = opener.focus();
            }
        }
    }

    /// Escape closes.
    pub(super) fn close_on_escape(self, event: &KeyboardEvent) {
        if event.key() == "Escape" {
            self.close();
        }
    }

    /// The class of the whole page.
    pub(super) fn app_class(self) -> &'static str {
        match self.open.get() {
            Panel::None | Panel::Topic | Panel::Keys | Panel::Settings => "app",
            Panel::Rooms | Panel::NewRoom | Panel::Me | Panel::Rename => "app show-rooms",
            Panel::People => "app show-people",
            Panel::Search => "app show-search",
        }
    }
}

// On narrow windows, where what opens takes the page's place, it is a place of its own in the browser's history.
fn step(was_open: bool, is_open: bool) {
    let Ok(history) = window().history() else { return };
    let here = history.state().is_ok_and(|state| state.as_string().as_deref() == Some(OPEN));
    if is_open && !was_open && !here && is_narrow() {
        let _ = history.push_state(&OPEN.into(), "");
    } else if !is_open && here {
        let _ = history.back();
    }
}

// Where one writes or chooses first in what has just opened.
fn focus_first() {
    let first = document().query_selector("[data-first]").ok().flatten();
    if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
        let _ = first.focus();
    }
}
