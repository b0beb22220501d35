//! Which tab owns stored messages and drafts, and who takes over what a closed tab left.
//!
//! Every page stores what is unsent under an id of its own, and holds a lock of that name for as long as it lives
//! ([Web Locks](https://w3c.github.io/web-locks/)), crashes included. Taking over means moving entries to the own id.
//!
//! **A tab that is loaded again** finds the id of the page before it in its `sessionStorage`, and takes over from that page
//! at once, before anything is drawn. A page that leaves marks its id there. The mark tells the same tab from a duplicated
//! one, which has a copy of the id: the original has not left. Without a mark the page before has crashed, or this tab is
//! a duplicate: the lock tells, since a crash releases it.
//!
//! **Other tabs** wait for the lock of each tab that has entries. Once they get it the owner is gone, or about to come back:
//! so they release it and wait for [`RETURN_MS`]. Then they take over what is still there, one at a time under the lock. A
//! hidden tab takes over messages only if it is connected and can send them, and drafts never: otherwise the reader would
//! not see them, while the tab they look at has nothing. It asks again when it is shown.
//!
//! The races:
//!
//! - *The owner takes longer than [`RETURN_MS`] to come back.* Its entries have moved to a tab that is visible, or has sent
//!   them.
//! - *Both move the same entries in the same moment*, as the returning owner needs no lock: both have them. Messages have
//!   ids, and the server makes one of each; a draft is there twice.
//! - *Two tabs close at once*, or the browser: their entries wait for the next page. Pages that are restored together give
//!   one another [`SETTLE_MS`].
//! - *A tab is duplicated after its page left for another site, and both go back*: the first takes over, the second finds
//!   nothing.
//! - *The page comes back out of the back/forward cache.* If another page of this origin stood in the tab meanwhile, that
//!   one has taken over, and this page's memory is outdated: it is loaded again. Otherwise it continues, and asks for its
//!   lock again, which the browser may have released. Messages that another tab took over are sent twice under their ids.
//! - *The page ends between storing an entry anew and removing the old one*: it is there twice, see above.
//!
//! Where there are no locks, as in a page that came by plain HTTP from elsewhere than this machine, nobody knows who is
//! alive: every page takes over all messages, and all drafts when it is loaded.

use std::{cell::Cell, cell::RefCell, rc::Rc, time::Duration};

use js_sys::{Object, Promise, Reflect};
use leptos::prelude::*;
use parlor_app::{
    Session,
    state::drafts::Origin,
    task::{ignore, spawn},
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::StorageEvent;

use crate::{clock, presence::is_visible, storage, unsent};

/// How long others wait for the return of a page that they saw leave, in milliseconds: most reloads take less.
const RETURN_MS: u64 = 3_000;
/// How long a new page waits for the return of those that left before it came, in milliseconds.
const SETTLE_MS: u64 = 1_000;

thread_local! {
    static TAB: String = format!("{:x}", clock::random_bits());
    // Other tabs that have entries which this page will take over.
    static AWAITED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    // Those of them that have gone, while this page was hidden.
    static POSTPONED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

#[wasm_bindgen]
extern "C" {
    // Throws where there are no locks.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request(name: &str, options: &JsValue, granted: &JsValue) -> Result<Promise, JsValue>;
}

/// How a lock is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    /// Wait until its owner is gone.
    Wait,
    /// Only look whether its owner is gone.
    Look,
    /// Hold it alone, if nobody has it.
    Take,
}

/// What became of that.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Granted,
    Held,
    /// This page is leaving: WebKit refuses then what still waits. It says nothing of the owner.
    Leaving,
    /// There are no locks.
    Unknown,
}

impl Answer {
    /// Whether the owner is gone, or could not be told from one that is.
    fn lets_take_over(self) -> bool {
        matches!(self, Self::Granted | Self::Unknown)
    }
}

/// The id of this page.
pub fn this() -> String {
    TAB.with(Clone::clone)
}

/// Takes over what the page before left, and what other tabs leave, now and whenever one of them ends.
pub fn inherit(session: Session) {
    live();
    let before = storage::page_of_tab();
    storage::enter_tab(&this());
    match before {
        Some((before, true)) => take_over(session, &before, Origin::SameTab, true),
        Some((before, false)) => ask(&before.clone(), Ask::Look, move |answer| {
            if answer.lets_take_over() {
                take_over(session, &before, Origin::SameTab, true);
            }
        }),
        None => {}
    }
    storage::tabs().iter().for_each(|tab| wait_for(session, tab, true));
    window_event_listener_untyped("storage", move |event| {
        let key = event.dyn_into::<StorageEvent>().ok().and_then(|event| event.key());
        if let Some(tab) = key.as_deref().and_then(storage::tab_of).filter(|tab| !tab.is_empty()) {
            wait_for(session, tab, false);
        }
    });
    window_event_listener_untyped("visibilitychange", move |_| {
        if is_visible() {
            POSTPONED.take().into_iter().for_each(|tab| try_to_take(session, tab));
        }
    });
    window_event_listener_untyped("pagehide", |_| storage::leave_tab());
    window_event_listener_untyped("pageshow", move |event| {
        if Reflect::get(&event, &"persisted".into()).is_ok_and(|persisted| persisted.is_truthy()) {
            if storage::page_of_tab().is_some_and(|(page, _)| page != this()) {
                unsent::forget_everything();
                let _ = window().location().reload();
            } else {
                storage::enter_tab(&this());
                live();
                storage::tabs().iter().for_each(|tab| wait_for(session, tab, false));
            }
        }
    });
}

// Holds the lock of this page until it ends.
fn live() {
    let for_life = Closure::once_into_js(|| Promise::new(&mut |_, _| {}));
    if let Ok(held) = request(&lock(&this()), &Object::new(), &for_life) {
        // Where it is refused there is nothing that others could see.
        ignore(held);
    }
}

fn wait_for(session: Session, tab: &str, loading: bool) {
    if tab == this() || AWAITED.with_borrow(|awaited| awaited.iter().any(|other| other == tab)) {
        return;
    }
    AWAITED.with_borrow_mut(|awaited| awaited.push(tab.to_owned()));
    let (tab, asked) = (tab.to_owned(), clock::moment().tick);
    ask(&tab.clone(), Ask::Wait, move |answer| match answer {
        Answer::Unknown => take_over(session, &tab, Origin::ClosedTab, loading),
        Answer::Leaving => done(&tab),
        Answer::Granted | Answer::Held => {
            let grace = match clock::moment().tick {
                // What older builds stored belongs to no tab that could come back.
                _ if tab.is_empty() => 0,
                now if now < asked + SETTLE_MS => SETTLE_MS,
                _ => RETURN_MS,
            };
            // In any case when this lock is free again: it could not be taken alone before.
            set_timeout(move || try_to_take(session, tab), Duration::from_millis(grace));
        }
    });
}

// The owner has not come back.
fn try_to_take(session: Session, tab: String) {
    if !is_visible() && !session.input(|client, _| client.is_online()) {
        // Connected or visible, whatever comes first.
        POSTPONED.with_borrow_mut(|postponed| postponed.push(tab.clone()));
        let again = move || {
            let found = POSTPONED.with_borrow_mut(|postponed| {
                let index = postponed.iter().position(|other| *other == tab)?;
                Some(postponed.swap_remove(index))
            });
            found.into_iter().for_each(|tab| try_to_take(session, tab));
        };
        return set_timeout(again, Duration::from_millis(RETURN_MS));
    }
    ask(&tab.clone(), Ask::Take, move |answer| {
        if answer.lets_take_over() {
            take_over(session, &tab, Origin::ClosedTab, is_visible());
        } else {
            // It has come back, or somebody else takes over just now.
            done(&tab);
        }
        if answer != Answer::Leaving && storage::tabs().contains(&tab) {
            if answer == Answer::Held {
                wait_for(session, &tab, false);
            } else if !is_visible() {
                AWAITED.with_borrow_mut(|awaited| awaited.push(tab.clone()));
                POSTPONED.with_borrow_mut(|postponed| postponed.push(tab));
            }
        }
    });
}

fn take_over(session: Session, tab: &str, origin: Origin, drafts: bool) {
    let messages = storage::outbox(tab);
    for kept in &messages {
        if unsent::keep(kept) {
            storage::forget(tab, &kept.written.client_id);
        }
    }
    session.input(|client, at| client.inherit(messages, at));
    if drafts {
        let left = storage::drafts(tab);
        session.input(|client, _| client.adopt_drafts(left.iter().map(|(_, draft)| draft.clone()).collect(), origin));
        storage::forget_moved(left, &this());
    }
    done(tab);
}

fn done(tab: &str) {
    AWAITED.with_borrow_mut(|awaited| awaited.retain(|other| other != tab));
}

fn lock(tab: &str) -> String {
    format!("parlor-tab/{tab}")
}

// Acts once, while the lock is held if it is.
fn ask(tab: &str, how: Ask, act: impl FnOnce(Answer) + 'static) {
    let act: Box<dyn FnOnce(Answer)> = Box::new(act);
    let act = Rc::new(Cell::new(Some(act)));
    let answered = act.clone();
    let granted = Closure::once_into_js(move |lock: JsValue| {
        if let Some(act) = answered.take() {
            act(if lock.is_null() { Answer::Held } else { Answer::Granted });
        }
    });
    let options = Object::new();
    // Several may look at the same time; owners hold their lock alone.
    let mode = if how == Ask::Take { "exclusive" } else { "shared" };
    let _ = Reflect::set(&options, &"mode".into(), &mode.into());
    let _ = Reflect::set(&options, &"ifAvailable".into(), &(how != Ask::Wait).into());
    let asked = request(&lock(tab), &options, &granted);
    spawn(async move {
        let refused = match asked {
            Ok(asked) => JsFuture::from(asked).await.err(),
            Err(error) => Some(error),
        };
        if let (Some(error), Some(act)) = (refused, act.take()) {
            let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
            act(if name.is_some_and(|name| name == "AbortError") { Answer::Leaving } else { Answer::Unknown });
        }
    });
}
