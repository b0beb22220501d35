//! The two sides as drawers, where the window has no room for three columns.

use leptos::{ev::KeyboardEvent, prelude::*};

/// Which side is drawn out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Side {
    /// Neither.
    #[default]
    None,
    /// The rooms.
    Rooms,
    /// The people.
    People,
}

/// The state of both; wide windows ignore it.
#[derive(Clone, Copy)]
pub(super) struct Drawer(RwSignal<Side>);

impl Drawer {
    /// Makes it known to the components below.
    pub(super) fn provide() -> Self {
        let drawer = Self(RwSignal::default());
        provide_context(drawer);
        drawer
    }

    /// The drawer of this page.
    pub(super) fn get() -> Self {
        expect_context()
    }

    /// Draws a side out, or back in.
    pub(super) fn toggle(self, side: Side) {
        self.0.update(|open| *open = if *open == side { Side::None } else { side });
    }

    /// Draws both in.
    pub(super) fn close(self) {
        if self.0.get_untracked() != Side::None {
            self.0.set(Side::None);
        }
    }

    /// Whether this side is out, for `aria-expanded`.
    pub(super) fn expanded(self, side: Side) -> &'static str {
        if self.0.get() == side { "true" } else { "false" }
    }

    /// Escape draws both in.
    pub(super) fn close_on_escape(self, event: &KeyboardEvent) {
        if event.key() == "Escape" {
            self.close();
        }
    }

    /// The class of the whole page.
    pub(super) fn app_class(self) -> &'static str {
        match self.0.get() {
            Side::None => "app",
            Side::Rooms => "app show-rooms",
            Side::People => "app show-people",
        }
    }
}
