//! Panels beside or over the timeline: at most one is open.

use leptos::prelude::*;
use web_sys::Element;

use super::{
    focus::{Focus, FocusTarget},
    media_queries::is_narrow,
};
use crate::{browser_cell::BrowserCell, reactive::on_change};

/// The state of a history entry with an open panel.
const OPEN_STATE: &str = "open";

/// A panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Panel {
    /// No panel.
    #[default]
    None,
    /// The list of rooms, on windows too narrow to show it always.
    Rooms,
    /// The room finder, which shows or creates a room by its name.
    RoomFinder,
    /// The account menu.
    Account,
    /// The form for another name.
    Rename,
    /// The list of people, on windows too narrow to show it always.
    People,
    /// The search, in place of the list of people.
    Search,
    /// The form for the room's topic.
    Topic,
    /// The sheet of keyboard shortcuts.
    Shortcuts,
    /// The sheet of settings.
    Settings,
}

/// The open panel, and the element that opened it.
#[derive(Clone, Copy)]
pub(super) struct Panels {
    open: RwSignal<Panel>,
    opener: BrowserCell<FocusTarget>,
    focus: Focus,
}

impl Panels {
    /// Makes the panels, all closed.
    pub(super) fn new() -> Self {
        let panels = Self { open: RwSignal::default(), opener: BrowserCell::empty(), focus: Focus::get() };
        on_change(
            move || panels.open.get(),
            move |open, before| {
                let Some(before) = before else {
                    // The browser's "Back" closes the open panel first.
                    window_event_listener_untyped("popstate", move |_| {
                        panels.close();
                    });
                    return;
                };
                sync_history(before != Panel::None, open != Panel::None);
                if open == Panel::None {
                    panels.focus.schedule_restore();
                } else {
                    panels.focus.schedule_enter();
                }
            },
        );
        panels
    }

    /// Whether a panel is open. Tracks it.
    pub(super) fn is_open(self, panel: Panel) -> bool {
        self.open.get() == panel
    }

    /// Whether the open panel is a sheet, which covers the page.
    pub(super) fn is_sheet(self) -> bool {
        matches!(self.current(), Panel::Shortcuts | Panel::Settings)
    }

    /// The open panel, without tracking.
    pub(super) fn current(self) -> Panel {
        self.open.get_untracked()
    }

    /// The value of `aria-expanded` for the button of a panel.
    pub(super) fn aria_expanded(self, panel: Panel) -> &'static str {
        if self.is_open(panel) { "true" } else { "false" }
    }

    /// Opens a panel, or closes it if it is open. When it closes, the focus returns to the button, or to where it was.
    pub(super) fn toggle(self, panel: Panel, button: Option<&Element>) {
        if self.current() == panel {
            self.close();
            return;
        }
        if self.current() == Panel::None {
            self.opener.set(FocusTarget::opener(button));
        }
        self.open.set(panel);
    }

    /// Opens a panel. If it is open already, the focus moves into it.
    pub(super) fn show(self, panel: Panel) {
        if self.current() == panel {
            self.focus.schedule_enter();
        } else {
            self.toggle(panel, None);
        }
    }

    /// Closes the open panel. Returns whether one was open.
    pub(super) fn close(self) -> bool {
        if self.current() == Panel::None {
            return false;
        }
        self.open.set(Panel::None);
        self.focus.return_to(self.opener.take().unwrap_or_default());
        true
    }

    /// The class of the page's root element.
    pub(super) fn app_class(self) -> &'static str {
        match self.open.get() {
            Panel::None | Panel::Topic | Panel::Shortcuts | Panel::Settings => "app",
            Panel::Rooms | Panel::RoomFinder | Panel::Account | Panel::Rename => "app show-rooms",
            Panel::People => "app show-people",
            Panel::Search => "app show-search",
        }
    }
}

// On narrow windows a panel covers the page, so an open panel is an entry of the browser's history.
fn sync_history(was_open: bool, is_open: bool) {
    let Ok(history) = window().history() else { return };
    let is_open_entry = history.state().is_ok_and(|state| state.as_string().as_deref() == Some(OPEN_STATE));
    if is_open && !was_open && !is_open_entry && is_narrow() {
        let _ = history.push_state(&OPEN_STATE.into(), "");
    } else if !is_open && is_open_entry {
        let _ = history.back();
    }
}
