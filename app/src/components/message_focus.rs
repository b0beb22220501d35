//! Keyboard navigation in the timeline: arrow keys move between messages, Tab goes to the buttons of a message.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::modal::contains;
use crate::{
    ChatHandle,
    dom::{all, nearest},
    state::key_press::{Held, KeyPress},
};

/// A scroll position above every timeline: the browser scrolls to the top.
const BEYOND_TOP: i32 = -1_000_000_000;

/// Handles a key press in the timeline. Returns whether it was handled.
pub(super) fn on_key(chat: ChatHandle, press: &KeyPress, viewport: &Element) -> bool {
    match (press.key(), press.held) {
        ("ArrowUp", Held::Nothing) => return move_focus(viewport, false),
        ("ArrowDown", Held::Nothing) => return move_focus(viewport, true),
        // The browser scrolls the timeline. The focused message may become invisible: the next arrow key continues from
        // what is visible then.
        ("PageUp" | "PageDown" | "Home" | "End", Held::Nothing) => {
            if let Some(viewport) = viewport.dyn_ref::<HtmlElement>() {
                let _ = viewport.focus();
            }
            // To the end of the timeline, not only of the rendered rows.
            if press.key() == "End" {
                chat.input(|client, _| client.jump_to_latest());
            }
            // At once: rows that are loaded would stop an animated scroll halfway.
            if press.key() == "Home" {
                viewport.set_scroll_top(BEYOND_TOP);
                return true;
            }
        }
        _ => {}
    }
    false
}

fn move_focus(viewport: &Element, down: bool) -> bool {
    let messages = all(viewport, "article");
    if messages.is_empty() {
        return false;
    }
    let view = bounds(viewport);
    let positions: Vec<_> = messages.iter().map(|message| bounds(message)).collect();
    let focus = document().active_element();
    let at = focus.and_then(|focus| messages.iter().position(|message| contains(message, &focus)));
    let next = next_message(&positions, view, at, down);
    if let Some(message) = messages.get(next) {
        let _ = message.focus();
    }
    true
}

// The top and the bottom of an element, in pixels.
fn bounds(element: &Element) -> (f64, f64) {
    let rect = element.get_bounding_client_rect();
    (rect.top(), rect.bottom())
}

/// Returns the index of the message that an arrow key moves to. `positions` and `view` are the tops and bottoms of the
/// messages and of the viewport; `at` is the index of the focused message. If that is visible, the focus moves to its
/// neighbour, and otherwise to the first or last visible message.
fn next_message(positions: &[(f64, f64)], view: (f64, f64), at: Option<usize>, down: bool) -> usize {
    let last = positions.len().saturating_sub(1);
    let in_view = |(top, bottom): &(f64, f64)| *bottom > view.0 && *top < view.1;
    // A message that is cut off by a rounding error is still wholly visible.
    let wholly = |(top, bottom): &(f64, f64)| *top >= view.0 - 1.0 && *bottom <= view.1 + 1.0;
    match at.filter(|at| positions.get(*at).is_some_and(in_view)) {
        Some(at) if down => (at + 1).min(last),
        Some(at) => at.saturating_sub(1),
        None if down => {
            positions.iter().position(wholly).or_else(|| positions.iter().position(in_view)).unwrap_or(last)
        }
        None => positions.iter().rposition(wholly).or_else(|| positions.iter().rposition(in_view)).unwrap_or(last),
    }
}

/// Makes the buttons of a message reachable by Tab while the focus is in it. Those of the other messages are skipped.
pub(super) fn on_focus_change(event: &Event, inside: bool) {
    let Some(message) = nearest(event, "article") else { return };
    for button in all(&message, ".acts button") {
        button.set_tab_index(if inside { 0 } else { -1 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The next of ten messages of 40 px each, in a viewport from 100 to 200 px.
    fn next(at: Option<usize>, down: bool) -> usize {
        let positions: Vec<_> =
            (0..10).map(|index| (f64::from(index) * 40.0, f64::from(index) * 40.0 + 40.0)).collect();
        next_message(&positions, (100.0, 200.0), at, down)
    }

    #[test]
    fn arrows_move_from_a_visible_message_to_its_neighbours() {
        assert_eq!((next(Some(3), true), next(Some(3), false)), (4, 2));
        // Partly visible messages count.
        assert_eq!((next(Some(2), true), next(Some(2), false)), (3, 1));
    }

    #[test]
    fn arrows_move_from_elsewhere_to_a_visible_message() {
        for at in [None, Some(0), Some(9)] {
            assert_eq!((next(at, true), next(at, false)), (3, 4), "{at:?}");
        }
    }

    #[test]
    fn a_message_larger_than_the_viewport_is_visible() {
        let positions = [(-500.0, 50.0), (50.0, 400.0), (400.0, 500.0)];
        for down in [true, false] {
            assert_eq!(next_message(&positions, (100.0, 200.0), None, down), 1);
        }
        assert_eq!(next_message(&positions, (100.0, 200.0), Some(1), false), 0);
    }

    #[test]
    fn arrows_stop_at_the_ends() {
        let positions = [(100.0, 140.0), (140.0, 180.0)];
        assert_eq!(next_message(&positions, (100.0, 200.0), Some(0), false), 0);
        assert_eq!(next_message(&positions, (100.0, 200.0), Some(1), true), 1);
        assert_eq!(next_message(&positions, (900.0, 1_000.0), None, false), 1);
    }
}
