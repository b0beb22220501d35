//! Restores the keyboard focus when the focused element is removed or hidden.
//!
//! Browsers move the focus to the body then, where keys do little and a screen reader starts over. Here it moves to the
//! nearest focusable ancestor (from a button to its message, from a message to the timeline), or to the button that
//! opened the closed panel, and otherwise to the composer. On a touch screen no text field gets the focus, since that
//! opens the keyboard.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement, HtmlInputElement, MutationObserver, MutationObserverInit};

use super::{
    actions::Command,
    media_queries::is_touch,
    modal::{self, contains, is_same, is_visible},
};
use crate::{browser_cell::BrowserCell, dom::find};

/// A focusable element with its focusable ancestors.
#[derive(Clone, Default)]
pub(super) struct FocusTarget {
    // The innermost one first.
    elements: Vec<HtmlElement>,
    // Finds the element after it was rendered anew.
    selector: Option<String>,
}

/// Tracks and restores the focus.
#[derive(Clone, Copy)]
pub(super) struct Focus(BrowserCell<State>);

#[derive(Default)]
struct State {
    // The focused element, the last one, or the one to return the focus to.
    target: Option<FocusTarget>,
    // A panel has closed, and the focus returns to `target`.
    returning: bool,
    // `restore` runs in the next frame.
    scheduled: bool,
}

impl FocusTarget {
    /// Makes the target of an element.
    pub(super) fn of(element: &Element) -> Self {
        let mut elements = Vec::new();
        let mut next = Some(element.clone());
        while let Some(element) = next {
            next = element.parent_element().and_then(|parent| parent.closest("[tabindex]").ok().flatten());
            elements.extend(element.dyn_into::<HtmlElement>());
        }
        Self { elements, selector: None }
    }

    /// Makes the target of the button that opens something, or else of the focused element.
    pub(super) fn opener(button: Option<&Element>) -> Self {
        let Some(opener) = button.cloned().or_else(focused) else { return Self::default() };
        let selector = Command::selector_of(&opener);
        Self { selector, ..Self::of(&opener) }
    }

    // Focuses the element, or else the one that has replaced it, or an ancestor. False if none of them can be focused.
    fn focus(&self) -> bool {
        let replacement = || self.selector.as_deref().and_then(find).is_some_and(|found| try_focus(&found));
        let mut elements = self.elements.iter();
        elements.next().is_some_and(try_focus) || replacement() || elements.any(try_focus)
    }

    fn is_gone(&self) -> bool {
        self.elements.first().is_none_or(|element| !is_visible(element))
    }
}

impl Focus {
    /// Makes the focus tracker of the page, and provides it as context.
    pub(super) fn provide() -> Self {
        let focus = Self(BrowserCell::empty());
        provide_context(focus);
        focus
    }

    /// The focus tracker from the context. A component that is mounted alone gets its own.
    pub(super) fn get() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Tracks the focus for as long as the page exists. Must run in an effect.
    pub(super) fn listen(self) {
        window_event_listener_untyped("focusin", move |event| {
            if let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                let target = Some(FocusTarget::of(&element));
                self.0.with(|state| (state.target, state.returning) = (target, false));
            }
        });
        for event in ["focusout", "resize"] {
            window_event_listener_untyped(event, move |_| self.schedule_restore());
        }
        let changed = Closure::<dyn FnMut()>::new(move || self.schedule_restore());
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

    /// Moves the focus into what has opened, in the next frame.
    pub(super) fn schedule_enter(self) {
        request_animation_frame(focus_first);
    }

    /// Returns the focus to the opener of what closes, unless something else is focused before the next frame.
    pub(super) fn return_to(self, opener: FocusTarget) {
        // A drawer only moves out of sight: it would keep the focus.
        let inside = modal::topmost().and_then(|top| focused().filter(|focus| contains(&top, focus)));
        if let Some(inside) = inside.as_ref().and_then(|inside| inside.dyn_ref::<HtmlElement>()) {
            let _ = inside.blur();
        }
        modal::set_inert_outside(None);
        self.0.with(|state| (state.target, state.returning) = (Some(opener), true));
        self.schedule_restore();
    }

    /// Restores a lost focus in the next frame, when all changes are rendered.
    pub(super) fn schedule_restore(self) {
        if !self.0.with(|state| std::mem::replace(&mut state.scheduled, true)) {
            request_animation_frame(move || self.restore());
        }
    }

    fn restore(self) {
        self.0.with(|state| state.scheduled = false);
        let top = modal::topmost();
        modal::set_inert_outside(top.as_ref());
        if focused().is_some_and(|focus| is_visible(&focus)) {
            return;
        }
        // After a click on the background the old target still exists: the focus is not lost.
        let lost = self.0.with(|state| {
            let target = state.target.take();
            target.filter(|target| std::mem::take(&mut state.returning) || target.is_gone())
        });
        if lost.is_none_or(|target| target.focus()) {
            return;
        }
        if top.is_some() {
            return focus_first();
        }
        let _ = [".foot textarea", ".log"].into_iter().filter_map(find).any(|fallback| try_focus(&fallback));
    }
}

// Focuses the first control of what has just opened.
fn focus_first() {
    let top = modal::topmost();
    modal::set_inert_outside(top.as_ref());
    let Some(first) = find("[data-first]").or_else(|| {
        // A drawer gets the focus itself, and Tab goes on to its first control.
        let drawer = top?;
        drawer.set_tab_index(-1);
        Some(drawer)
    }) else {
        return;
    };
    let _ = first.focus();
    // Typing replaces the words of the last search.
    if let Some(field) = first.dyn_ref::<HtmlInputElement>().filter(|field| field.type_() == "search") {
        field.select();
    }
}

// The focused element. The body has the focus if no element has.
fn focused() -> Option<Element> {
    document().active_element().filter(|element| element.tag_name() != "BODY")
}

// Tries to focus an element, and returns whether that worked: inert elements and those that are no controls reject it.
// A hidden element keeps the focus until the next frame.
fn try_focus(element: &HtmlElement) -> bool {
    const TEXT_FIELDS: &str = "textarea, input:not([type=checkbox], [type=radio])";
    if !is_visible(element) || (is_touch() && element.matches(TEXT_FIELDS).unwrap_or(false)) {
        return false;
    }
    let _ = element.focus();
    focused().is_some_and(|focus| is_same(&focus, element))
}
