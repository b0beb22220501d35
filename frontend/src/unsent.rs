//! Stores messages and drafts that are not sent yet, and asks before the page is left while there is no place for them.

use std::cell::{Cell, RefCell};

use js_sys::Reflect;
use leptos::prelude::*;
use parlor::ClientId;
use parlor_app::{
    Session,
    state::{client::Kept, drafts::StoredDraft},
};
use wasm_bindgen::prelude::*;
use web_sys::{Event, StorageEvent};

use crate::{
    presence::is_visible,
    storage::{self, StoredIn},
    tabs,
};

thread_local! {
    static UNSENT: RefCell<Unsent> = const { RefCell::new(Unsent { messages: Vec::new(), drafts: Vec::new() }) };
    // Whether all that was stored has been deleted on purpose, and nothing was stored since.
    static FORGOTTEN: Cell<bool> = const { Cell::new(false) };
    // It is set only while it is needed: browsers may not keep a page for "back" that asks before it is left.
    static QUESTION: Closure<dyn FnMut(Event)> = Closure::new(|event: Event| {
        event.prevent_default();
        // Older browsers ask for this alone (HTML, "the BeforeUnloadEvent interface").
        let _ = Reflect::set(&event, &"returnValue".into(), &true.into());
    });
}

/// What is not stored in the browser.
struct Unsent {
    messages: Vec<Message>,
    drafts: Vec<u64>,
}

struct Message {
    client_id: ClientId,
    stored: StoredIn,
    // The draft that it was, which is all that a reload brings back where the message has no place.
    draft: Option<u64>,
}

/// Stores a message. False if there is no place for it.
pub fn keep(kept: &Kept) -> bool {
    FORGOTTEN.set(false);
    let (client_id, stored) = (kept.written.client_id.clone(), storage::keep(&tabs::this(), kept));
    change(|unsent| {
        let before = take(&mut unsent.messages, |message| message.client_id == client_id);
        if stored != StoredIn::Browser {
            unsent.messages.push(Message { client_id, stored, draft: before.and_then(|message| message.draft) });
        }
    });
    stored != StoredIn::Nowhere
}

/// Removes a message.
pub fn forget(client_id: &ClientId) {
    storage::forget(&tabs::this(), client_id);
    let message = change(|unsent| take(&mut unsent.messages, |message| message.client_id == *client_id));
    if let Some(draft) = message.and_then(|message| message.draft) {
        remove_draft(draft);
    }
}

/// Stores a draft.
pub fn keep_draft(id: u64, draft: &StoredDraft) {
    FORGOTTEN.set(false);
    let stored = storage::keep_draft(&tabs::this(), id, draft);
    change(|unsent| {
        unsent.drafts.retain(|other| *other != id);
        if stored != StoredIn::Browser {
            unsent.drafts.push(id);
        }
    });
}

/// Removes a draft. `sent` is the message that it has become.
pub fn forget_draft(id: u64, sent: Option<&ClientId>) {
    let unstored = |unsent: &mut Unsent| {
        let mut messages = unsent.messages.iter_mut();
        let message =
            messages.find(|message| message.stored == StoredIn::Nowhere && sent == Some(&message.client_id))?;
        message.draft = Some(id);
        Some(())
    };
    if change(unstored).is_none() {
        remove_draft(id);
    }
}

fn remove_draft(id: u64) {
    storage::forget_draft(&tabs::this(), id);
    change(|unsent| unsent.drafts.retain(|other| *other != id));
}

/// Whether something would be lost with this page or its tab.
pub fn is_at_risk() -> bool {
    UNSENT.with_borrow(|unsent| !unsent.messages.is_empty() || !unsent.drafts.is_empty())
}

/// Everything stored is deleted on purpose, or belongs to another page: what this page still knows is not stored again when
/// it ends.
pub fn forget_everything() {
    FORGOTTEN.set(true);
    change(|unsent| *unsent = Unsent { messages: Vec::new(), drafts: Vec::new() });
}

/// Stores everything once more when the page ends or is hidden: the reader, an extension or the browser may have deleted
/// what was stored.
pub fn watch(session: Session) {
    window_event_listener_untyped("pagehide", move |_| store_again(session));
    window_event_listener_untyped("visibilitychange", move |_| {
        if !is_visible() {
            store_again(session);
        }
    });
    // Another tab has deleted everything, as when its reader signs out.
    window_event_listener_untyped("storage", |event| {
        if event.dyn_into::<StorageEvent>().is_ok_and(|event| event.key().is_none()) {
            FORGOTTEN.set(true);
        }
    });
}

fn store_again(session: Session) {
    if !FORGOTTEN.get() {
        session.input(|client, _| client.store_again());
    }
}

fn change<T>(act: impl FnOnce(&mut Unsent) -> T) -> T {
    let result = UNSENT.with_borrow_mut(act);
    let asks = is_at_risk();
    QUESTION.with(|question| window().set_onbeforeunload(asks.then(|| question.as_ref().unchecked_ref())));
    result
}

fn take<T>(list: &mut Vec<T>, is: impl Fn(&T) -> bool) -> Option<T> {
    let index = list.iter().position(is)?;
    Some(list.swap_remove(index))
}
