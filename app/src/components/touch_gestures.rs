//! Touch gestures: a swipe opens and closes the drawers of a narrow window, and a long press shows the buttons of a
//! message.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, TouchEvent};

use super::{
    media_queries::is_narrow,
    panel::{Panel, Panels},
};
use crate::{dom::nearest, reactive::on_mount, state::gesture::TouchPoint};

/// The duration of a long press, in milliseconds.
const LONG_PRESS_MS: u64 = 450;

#[derive(Clone)]
struct Touch {
    start: TouchPoint,
    long_press: Option<TimeoutHandle>,
}

/// Adds the listeners, for as long as the page exists.
pub(super) fn listen(panels: Panels) {
    on_mount(move || {
        let touch: Rc<Cell<Option<Touch>>> = Rc::default();
        for event in ["touchstart", "touchmove", "touchend", "touchcancel"] {
            let touch = touch.clone();
            window_event_listener_untyped(event, move |event| on_touch(panels, &touch, &event));
        }
    });
}

fn on_touch(panels: Panels, touch: &Cell<Option<Touch>>, event: &Event) {
    let before = touch.take();
    let Some(point) = touch_point(event) else { return before.map_or((), cancel) };
    let Some(before) = before else {
        if event.type_() == "touchstart" {
            let message = nearest(event, "article").filter(|_| nearest(event, "a, button, pre").is_none());
            let long_press = message.and_then(|message| {
                set_timeout_with_handle(move || show_actions(&message), Duration::from_millis(LONG_PRESS_MS)).ok()
            });
            touch.set(Some(Touch { start: point, long_press }));
        }
        return;
    };
    match event.type_().as_str() {
        "touchmove" if before.start.is_still(point) => touch.set(Some(before)),
        "touchmove" => {
            let start = before.start;
            cancel(before);
            touch.set(Some(Touch { start, long_press: None }));
        }
        "touchend" => {
            // Not in elements that scroll sideways themselves, nor in text fields.
            if let Some(right) = before.start.swiped_right(point)
                && is_narrow()
                && nearest(event, "pre, input, textarea, .sheet").is_none()
            {
                on_swipe(panels, right != is_right_to_left());
            }
            cancel(before);
        }
        _ => cancel(before),
    }
}

// The position of a single finger: two fingers zoom.
fn touch_point(event: &Event) -> Option<TouchPoint> {
    let event = event.dyn_ref::<TouchEvent>()?;
    let touch = event.changed_touches().get(0).filter(|_| event.touches().length() <= 1)?;
    Some(TouchPoint { x: touch.client_x().into(), y: touch.client_y().into(), tick: event.time_stamp() as u64 })
}

// Cancels the timer of the long press.
fn cancel(touch: Touch) {
    if let Some(long_press) = touch.long_press {
        long_press.clear();
    }
}

// `forward` is the writing direction. The page follows the finger and reveals the drawer on the side behind it.
fn on_swipe(panels: Panels, forward: bool) {
    match (panels.current(), forward) {
        (Panel::None, true) => panels.toggle(Panel::Rooms, None),
        (Panel::None, false) => panels.toggle(Panel::People, None),
        (Panel::People | Panel::Search, true)
        | (Panel::Rooms | Panel::RoomFinder | Panel::Account | Panel::Rename, false) => {
            panels.close();
        }
        _ => {}
    }
}

fn is_right_to_left() -> bool {
    document().document_element().and_then(|root| root.get_attribute("dir")).as_deref() == Some("rtl")
}

fn show_actions(message: &Element) {
    if let Some(message) = message.dyn_ref::<HtmlElement>() {
        let _ = message.focus();
        let _ = window().navigator().vibrate_with_duration(10);
    }
}
