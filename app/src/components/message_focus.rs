//! Messages by keyboard: up and down from one to the next, and Tab to what can be done with it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::modal::contains;
use crate::{
    Session,
    live::{all, nearest},
    state::key_press::{Held, KeyPress},
};

/// A key in the log. Returns whether it is taken.
pub(super) fn pressed(session: Session, press: &KeyPress, log: &Element) -> bool {
    match (press.key(), press.held) {
        ("ArrowUp", Held::Nothing) => return step(log, false),
        ("ArrowDown", Held::Nothing) => return step(log, true),
        // The browser scrolls the log. The message that had the focus may leave the view: the next arrow key goes on from
        // what is in view then.
        ("PageUp" | "PageDown" | "Home" | "End", Held::Nothing) => {
            if let Some(log) = log.dyn_ref::<HtmlElement>() {
                let _ = log.focus();
            }
            // Its end, and not that of the lines that are drawn.
            if press.key() == "End" {
                session.input(|client, _| client.follow());
            }
        }
        _ => {}
    }
    false
}

fn step(log: &Element, down: bool) -> bool {
    let messages = all(log, "article");
    if messages.is_empty() {
        return false;
    }
    let view = extent(log);
    let places: Vec<_> = messages.iter().map(|message| extent(message)).collect();
    let focus = document().active_element();
    let at = focus.and_then(|focus| messages.iter().position(|message| contains(message, &focus)));
    let next = next_message(&places, view, at, down);
    if let Some(message) = messages.get(next) {
        let _ = message.focus();
    }
    true
}

fn extent(element: &Element) -> (f64, f64) {
    let place = element.get_bounding_client_rect();
    (place.top(), place.bottom())
}

/// The message that an arrow key goes to, by the tops and bottoms of all and of the view: from the one that has the focus to
/// the next, if it is in view, and otherwise to the lowest or highest in view.
fn next_message(places: &[(f64, f64)], view: (f64, f64), at: Option<usize>, down: bool) -> usize {
    let last = places.len().saturating_sub(1);
    let in_view = |(top, bottom): &(f64, f64)| *bottom > view.0 && *top < view.1;
    // Rounding of half a pixel is not being cut off.
    let wholly = |(top, bottom): &(f64, f64)| *top >= view.0 - 1.0 && *bottom <= view.1 + 1.0;
    match at.filter(|at| places.get(*at).is_some_and(in_view)) {
        Some(at) if down => (at + 1).min(last),
        Some(at) => at.saturating_sub(1),
        None if down => places.iter().position(wholly).or_else(|| places.iter().position(in_view)).unwrap_or(last),
        None => places.iter().rposition(wholly).or_else(|| places.iter().rposition(in_view)).unwrap_or(last),
    }
}

/// The focus came into the log, or went: the buttons of one message are on its way, not those of all.
pub(super) fn entered(event: &Event, inside: bool) {
    let Some(message) = nearest(event, "article") else { return };
    for button in all(&message, ".acts button") {
        button.set_tab_index(if inside { 0 } else { -1 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages of 40 px one below the other, seen from 100 to 200.
    fn next(at: Option<usize>, down: bool) -> usize {
        let places: Vec<_> = (0..10).map(|index| (f64::from(index) * 40.0, f64::from(index) * 40.0 + 40.0)).collect();
        next_message(&places, (100.0, 200.0), at, down)
    }

    #[test]
    fn from_a_message_in_view_arrows_go_to_its_neighbours() {
        assert_eq!((next(Some(3), true), next(Some(3), false)), (4, 2));
        // Partly in view is in view.
        assert_eq!((next(Some(2), true), next(Some(2), false)), (3, 1));
    }

    #[test]
    fn from_elsewhere_they_go_to_what_is_in_view() {
        for at in [None, Some(0), Some(9)] {
            assert_eq!((next(at, true), next(at, false)), (3, 4), "{at:?}");
        }
    }

    #[test]
    fn a_message_that_is_larger_than_the_view_is_in_view() {
        let places = [(-500.0, 50.0), (50.0, 400.0), (400.0, 500.0)];
        for down in [true, false] {
            assert_eq!(next_message(&places, (100.0, 200.0), None, down), 1);
        }
        assert_eq!(next_message(&places, (100.0, 200.0), Some(1), false), 0);
    }

    #[test]
    fn at_the_ends_they_stay() {
        let places = [(100.0, 140.0), (140.0, 180.0)];
        assert_eq!(next_message(&places, (100.0, 200.0), Some(0), false), 0);
        assert_eq!(next_message(&places, (100.0, 200.0), Some(1), true), 1);
        assert_eq!(next_message(&places, (900.0, 1_000.0), None, false), 1);
    }
}
