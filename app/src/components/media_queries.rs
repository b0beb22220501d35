//! Media queries of the device and the window.

use leptos::prelude::window;

/// Whether the window is so narrow that the sides are drawers. The style sheet has the same condition.
pub(super) fn is_narrow() -> bool {
    matches("(max-width: 1100px)")
}

/// Whether the page is used by touch. An on-screen keyboard opens then with each focused text field.
pub(super) fn is_touch() -> bool {
    matches("(pointer: coarse)")
}

fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|query| query.matches())
}
