//! What fingers do beside tapping: a swipe opens and closes the sides where they are drawers, and one that rests on a
//! message shows what can be done with it.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, TouchEvent};

use super::{
    command::is_narrow,
    panel::{Panel, Panels},
};
use crate::{
    live::{nearest, when_drawn},
    state::gesture::Finger,
};

/// How long a finger rests until it means something, in milliseconds.
const LONG: u64 = 450;

#[derive(Clone)]
struct Touch {
    finger: Finger,
    long: Option<TimeoutHandle>,
}

/// Listens for as long as the page lives.
pub(super) fn watch(panels: Panels) {
    when_drawn(move || {
        let touch: Rc<Cell<Option<Touch>>> = Rc::default();
        for event in ["touchstart", "touchmove", "touchend", "touchcancel"] {
            let touch = touch.clone();
            window_event_listener_untyped(event, move |event| felt(panels, &touch, &event));
        }
    });
}

fn felt(panels: Panels, touch: &Cell<Option<Touch>>, event: &Event) {
    let before = touch.take();
    let Some(finger) = finger(event) else { return before.map_or((), lift) };
    let Some(before) = before else {
        if event.type_() == "touchstart" {
            let message = nearest(event, "article").filter(|_| nearest(event, "a, button, pre").is_none());
            let long = message.and_then(|message| {
                set_timeout_with_handle(move || show_acts(&message), Duration::from_millis(LONG)).ok()
            });
            touch.set(Some(Touch { finger, long }));
        }
        return;
    };
    match event.type_().as_str() {
        "touchmove" if before.finger.rests(finger) => touch.set(Some(before)),
        "touchmove" => {
            let finger = before.finger;
            lift(before);
            touch.set(Some(Touch { finger, long: None }));
        }
        "touchend" => {
            // What scrolls sideways by itself, and what is typed into, has the finger for itself.
            if let Some(right) = before.finger.swiped_right(finger)
                && is_narrow()
                && nearest(event, "pre, input, textarea, .sheet").is_none()
            {
                swiped(panels, right != is_mirrored());
            }
            lift(before);
        }
        _ => lift(before),
    }
}

// With one finger only: two mean to zoom.
fn finger(event: &Event) -> Option<Finger> {
    let event = event.dyn_ref::<TouchEvent>()?;
    let touch = event.changed_touches().get(0).filter(|_| event.touches().length() <= 1)?;
    Some(Finger { x: touch.client_x().into(), y: touch.client_y().into(), tick: event.time_stamp() as u64 })
}

fn lift(touch: Touch) {
    if let Some(long) = touch.long {
        long.clear();
    }
}

// `forward` is the way that the lines go: as if the page were pulled over to show what is beside it.
fn swiped(panels: Panels, forward: bool) {
    match (panels.current(), forward) {
        (Panel::None, true) => panels.toggle(Panel::Rooms, None),
        (Panel::None, false) => panels.toggle(Panel::People, None),
        (Panel::People | Panel::Search, true)
        | (Panel::Rooms | Panel::RoomFinder | Panel::Me | Panel::Rename, false) => {
            panels.close();
        }
        _ => {}
    }
}

/// Whether the page is used by fingers: then a keyboard on the screen opens with each text field.
pub(super) fn is_touched() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

fn is_mirrored() -> bool {
    document().document_element().and_then(|root| root.get_attribute("dir")).as_deref() == Some("rtl")
}

fn show_acts(message: &Element) {
    if let Some(message) = message.dyn_ref::<HtmlElement>() {
        let _ = message.focus();
        let _ = window().navigator().vibrate_with_duration(10);
    }
}
