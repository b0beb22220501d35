//! What is open beside or over the conversation: at most one thing.

use leptos::prelude::*;
use web_sys::Element;

use super::{
    command::is_narrow,
    focus::{Focus, Place},
};
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
    /// A room by its name, to enter or to create.
    RoomFinder,
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
    opener: BrowserCell<Place>,
    focus: Focus,
}

impl Panels {
    /// Nothing is open.
    pub(super) fn new() -> Self {
        let panels = Self { open: RwSignal::default(), opener: BrowserCell::empty(), focus: Focus::get() };
        on_change(
            move || panels.open.get(),
            move |open, before| {
                let Some(before) = before else {
                    // "Back" closes what is open first.
                    window_event_listener_untyped("popstate", move |_| {
                        panels.close();
                    });
                    return;
                };
                step(before != Panel::None, open != Panel::None);
                if open == Panel::None {
                    panels.focus.settle_soon();
                } else {
                    panels.focus.enter_soon();
                }
            },
        );
        panels
    }

    /// Whether this one is open.
    pub(super) fn is_open(self, panel: Panel) -> bool {
        self.open.get() == panel
    }

    /// Whether a sheet covers everything.
    pub(super) fn is_sheet(self) -> bool {
        matches!(self.current(), Panel::Keys | Panel::Settings)
    }

    /// What is open.
    pub(super) fn current(self) -> Panel {
        self.open.get_untracked()
    }

    /// For `aria-expanded`.
    pub(super) fn expanded(self, panel: Panel) -> &'static str {
        if self.is_open(panel) { "true" } else { "false" }
    }

    /// Opens one, or closes it if it is open. The focus comes back to the button that opened it, or to where it was.
    pub(super) fn toggle(self, panel: Panel, button: Option<&Element>) {
        if self.current() == panel {
            self.close();
            return;
        }
        if self.current() == Panel::None {
            self.opener.set(Place::opener(button));
        }
        self.open.set(panel);
    }

    /// Opens one; the focus goes there if it is open already.
    pub(super) fn show(self, panel: Panel) {
        if self.current() == panel {
            self.focus.enter_soon();
        } else {
            self.toggle(panel, None);
        }
    }

    /// Closes what is open. Returns whether something was.
    pub(super) fn close(self) -> bool {
        if self.current() == Panel::None {
            return false;
        }
        self.open.set(Panel::None);
        self.focus.return_to(self.opener.take().unwrap_or_default());
        true
    }

    /// The class of the whole page.
    pub(super) fn app_class(self) -> &'static str {
        match self.open.get() {
            Panel::None | Panel::Topic | Panel::Keys | Panel::Settings => "app",
            Panel::Rooms | Panel::RoomFinder | Panel::Me | Panel::Rename => "app show-rooms",
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
