//! Where the keyboard's focus goes when the element that has it goes away.
//!
//! Browsers give it to the body then, where keys do little and a screen reader begins anew. Here it goes to the nearest
//! element around the lost one that can have it (a button's message, a message's log), to what opened the panel that has
//! closed, and otherwise to the composer. On a touch screen no text field gets it, since that raises the keyboard.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement, HtmlInputElement, MutationObserver, MutationObserverInit};

use super::{
    modal::{self, contains, is_drawn, is_same},
    touch::is_touched,
};
use crate::{browser_cell::BrowserCell, live::find};

/// An element with those around it that can have the focus.
#[derive(Clone, Default)]
pub(super) struct Place {
    // The innermost first.
    elements: Vec<HtmlElement>,
    // Finds it again after it has been drawn anew.
    again: Option<String>,
}

/// Follows the focus.
#[derive(Clone, Copy)]
pub(super) struct Focus(BrowserCell<State>);

#[derive(Default)]
struct State {
    // Where the focus is, was last, or is to return to.
    place: Option<Place>,
    // What was open has closed.
    returning: bool,
    // A look at the next frame is due.
    due: bool,
}

impl Place {
    /// The place of an element.
    pub(super) fn of(element: &Element) -> Self {
        let mut elements = Vec::new();
        let mut next = Some(element.clone());
        while let Some(element) = next {
            next = element.parent_element().and_then(|parent| parent.closest("[tabindex]").ok().flatten());
            elements.extend(element.dyn_into::<HtmlElement>());
        }
        Self { elements, again: None }
    }

    /// The place of what is about to open something: the button, or whatever has the focus.
    pub(super) fn opener(button: Option<&Element>) -> Self {
        let Some(opener) = button.cloned().or_else(focused) else { return Self::default() };
        let again = opener.get_attribute("data-do").map(|act| format!("[data-do={act}]"));
        Self { again, ..Self::of(&opener) }
    }

    fn restore(&self) -> bool {
        let again = || self.again.as_deref().and_then(find).is_some_and(|found| takes_focus(&found));
        let mut elements = self.elements.iter();
        elements.next().is_some_and(takes_focus) || again() || elements.any(takes_focus)
    }

    fn is_gone(&self) -> bool {
        self.elements.first().is_none_or(|element| !is_drawn(element))
    }
}

impl Focus {
    /// Makes the page's one and gives it to the components below.
    pub(super) fn provide() -> Self {
        let focus = Self(BrowserCell::empty());
        provide_context(focus);
        focus
    }

    /// The page's one. A component that is mounted alone gets its own.
    pub(super) fn get() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Follows the focus for as long as the page lives. Must run in an effect.
    pub(super) fn watch(self) {
        window_event_listener_untyped("focusin", move |event| {
            if let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                let place = Some(Place::of(&element));
                self.0.with(|state| (state.place, state.returning) = (place, false));
            }
        });
        for event in ["focusout", "resize"] {
            window_event_listener_untyped(event, move |_| self.settle_soon());
        }
        let changed = Closure::<dyn FnMut()>::new(move || self.settle_soon());
        if let (Ok(observer), Some(body)) = (MutationObserver::new(changed.as_ref().unchecked_ref()), document().body())
        {
            let options = MutationObserverInit::new();
            options.set_child_list(true);
            options.set_subtree(true);
            let _ = observer.observe_with_options(&body, &options);
            // Both live as long as the page.
            std::mem::forget(observer);
            changed.forget();
        }
    }

    /// Something has opened: the focus goes to its first control, once that is there.
    pub(super) fn enter_soon(self) {
        request_animation_frame(enter);
    }

    /// What was open closes: the focus goes back to what opened it, unless something else takes it meanwhile.
    pub(super) fn return_to(self, opener: Place) {
        // A drawer only moves out of sight.
        let inside = modal::topmost().and_then(|top| focused().filter(|focus| contains(&top, focus)));
        if let Some(inside) = inside.as_ref().and_then(|inside| inside.dyn_ref::<HtmlElement>()) {
            let _ = inside.blur();
        }
        modal::isolate(None);
        self.0.with(|state| (state.place, state.returning) = (Some(opener), true));
        self.settle_soon();
    }

    /// Looks after the focus with the next frame, when all that follows from what has happened is drawn.
    pub(super) fn settle_soon(self) {
        if !self.0.with(|state| std::mem::replace(&mut state.due, true)) {
            request_animation_frame(move || self.settle());
        }
    }

    fn settle(self) {
        self.0.with(|state| state.due = false);
        let top = modal::topmost();
        modal::isolate(top.as_ref());
        if focused().is_some_and(|focus| is_drawn(&focus)) {
            return;
        }
        // Who has clicked beside everything has left a place that is still there.
        let lost = self.0.with(|state| {
            let place = state.place.take();
            place.filter(|place| std::mem::take(&mut state.returning) || place.is_gone())
        });
        if lost.is_none_or(|place| place.restore()) {
            return;
        }
        if top.is_some() {
            return enter();
        }
        let _ = [".foot textarea", ".log"].into_iter().filter_map(find).any(|home| takes_focus(&home));
    }
}

// To where one writes or chooses first in what has just opened.
fn enter() {
    let top = modal::topmost();
    modal::isolate(top.as_ref());
    let Some(first) = find("[data-first]").or_else(|| {
        // A drawer, from which Tab goes on to what is inside.
        let drawer = top?;
        drawer.set_tab_index(-1);
        Some(drawer)
    }) else {
        return;
    };
    let _ = first.focus();
    // The words of the last search are there to be replaced.
    if let Some(field) = first.dyn_ref::<HtmlInputElement>().filter(|field| field.type_() == "search") {
        field.select();
    }
}

// The body has it where nothing else has.
fn focused() -> Option<Element> {
    document().active_element().filter(|element| element.tag_name() != "BODY")
}

// Tries it: what is inert or no control does not take it. What has just been hidden still has it until the next drawing.
fn takes_focus(element: &HtmlElement) -> bool {
    const TEXT: &str = "textarea, input:not([type=checkbox], [type=radio])";
    if !is_drawn(element) || (is_touched() && element.matches(TEXT).unwrap_or(false)) {
        return false;
    }
    let _ = element.focus();
    focused().is_some_and(|focus| is_same(&focus, element))
}
