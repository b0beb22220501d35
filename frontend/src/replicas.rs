//! The browser's database, with what it keeps of each room for when there is no network. All tabs share it.
//!
//! [IndexedDB](https://w3c.github.io/IndexedDB/) through its bare interface: the few calls made here weigh less in the
//! page than a library around it. Where it is denied nothing is kept, and all else works.
//!
//! A transaction that has not ended locks the store for every other page. A page in the back/forward cache runs nothing,
//! so its transactions would never end: a page that goes away aborts them, closes the database and leaves its updates as
//! text for the next one. It begins nothing more unless it is shown again. For the same reason nothing is awaited for ever.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise};
use leptos::prelude::window;
use parlor::RoomName;
use parlor_app::{
    state::replica::{Replica, Update},
    task::spawn,
    wire,
};
use wasm_bindgen::{JsCast, closure::Closure, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbKeyRange, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbTransactionMode as Mode};

use crate::storage;

const NAME: &str = "parlor";
/// A room's head by its name.
const HEADS: &str = "heads";
/// A message by its room's name and its place.
const MESSAGES: &str = "messages";

/// How long the database may take for anything, in milliseconds. One that takes longer is given up: some other page locks
/// it, or the browser never answers.
const DEADLINE_MS: i32 = 5_000;

#[derive(Default)]
struct Store {
    database: Option<IdbDatabase>,
    // Transactions that have not ended, and what they write of rooms.
    running: Vec<(IdbTransaction, Option<Update>)>,
    phase: Phase,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Used,
    // The page is going away: what is to be kept is left for the next page.
    Leaving,
    // The session has ended: nothing is kept any more.
    Ended,
}

#[wasm_bindgen]
extern "C" {
    // That of web-sys has an outdated signature and is deprecated. Old browsers have none.
    #[wasm_bindgen(catch, method)]
    fn commit(this: &Transaction) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = IDBTransaction)]
    type Transaction;
}

thread_local! {
    static STORE: RefCell<Store> = RefCell::default();
}

/// Opens it, if there is one to be had.
pub async fn open() {
    let _ = connect().await;
}

async fn connect() -> Result<(), JsValue> {
    let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
    let opening = factory.open_with_u32(NAME, 1)?;
    let asked = opening.clone();
    let create = Closure::once_into_js(move || -> Result<(), JsValue> {
        let database: IdbDatabase = asked.result()?.unchecked_into();
        database.create_object_store(HEADS)?;
        database.create_object_store(MESSAGES)?;
        Ok(())
    });
    opening.set_onupgradeneeded(Some(create.unchecked_ref()));
    let opened = done(&opening).await;
    if opened.is_err() {
        close_when_opened(&opening);
    }
    let database: IdbDatabase = opened?.unchecked_into();
    // Another page deletes the database or brings it into another form: it waits until this one lets go.
    let close: Function = Closure::<dyn FnMut()>::new(close).into_js_value().unchecked_into();
    database.set_onversionchange(Some(&close));
    STORE.with_borrow_mut(|store| {
        if store.phase == Phase::Leaving {
            database.close();
        } else {
            store.database = Some(database);
        }
    });
    Ok(())
}

// Nobody waits for it any more, but an open database would keep others from changing its form.
fn close_when_opened(opening: &IdbOpenDbRequest) {
    let late = opening.clone();
    let close = Closure::once_into_js(move || -> Result<(), JsValue> {
        late.result()?.unchecked_into::<IdbDatabase>().close();
        Ok(())
    });
    opening.set_onsuccess(Some(close.unchecked_ref()));
}

/// Whether anything can be kept.
pub fn is_open() -> bool {
    STORE.with_borrow(|store| store.database.is_some())
}

fn close() {
    if let Some(database) = STORE.with_borrow_mut(|store| store.database.take()) {
        database.close();
    }
}

/// The page is going away, perhaps into the back/forward cache: ends everything. What is not written yet, and what comes
/// from now on, is left for the next page.
pub fn leave() {
    let running = STORE.with_borrow_mut(|store| {
        if store.phase == Phase::Used {
            store.phase = Phase::Leaving;
        }
        std::mem::take(&mut store.running)
    });
    for (transaction, update) in running {
        let _ = transaction.abort();
        update.into_iter().for_each(keep);
    }
    close();
}

/// The page is shown again, as it was.
pub fn come_back() {
    let left = STORE.with_borrow_mut(|store| {
        let left = store.phase == Phase::Leaving;
        if left {
            store.phase = Phase::Used;
        }
        left
    });
    if left {
        spawn(async {
            open().await;
            adopt_left().await;
        });
    }
}

/// Writes the updates that pages have left which went away.
pub async fn adopt_left() {
    if is_open() {
        for update in storage::take_updates() {
            if let Some(update) = Update::from_text(&update) {
                let _ = write(update).await;
            }
        }
    }
}

/// The rooms of which something is kept.
pub async fn rooms() -> Vec<RoomName> {
    let names =
        transact(Mode::Readonly, None, async |reading| done(&reading.object_store(HEADS)?.get_all_keys()?).await);
    let names: Array = names.await.map(JsCast::unchecked_into).unwrap_or_default();
    names.iter().filter_map(|name| RoomName::parse(&name.as_string()?).ok()).collect()
}

/// What is kept of a room.
pub async fn read(room: &RoomName) -> Option<Replica> {
    let read = transact(Mode::Readonly, None, async |reading| {
        let head = reading.object_store(HEADS)?.get(&room.as_str().into())?;
        let messages = reading.object_store(MESSAGES)?.get_all_with_key(&places(room, None)?)?;
        Ok((done(&head).await?, Array::from(&done(&messages).await?)))
    });
    let (head, messages) = read.await.ok()?;
    let events = messages.iter().filter_map(|message| wire::posted(&message.as_string()?)).collect();
    Some(Replica { head: wire::head(&head.as_string()?)?, events })
}

/// Keeps what a page knows of a room, where it is better than what is there.
pub fn keep(update: Update) {
    match STORE.with_borrow(|store| store.phase) {
        Phase::Used => spawn(async {
            // A disk that is full keeps what it had.
            let _ = write(update).await;
        }),
        Phase::Leaving => storage::leave_update(update.head.room.as_str(), &update.to_text()),
        Phase::Ended => {}
    }
}

// Everything happens in one transaction: whatever ends the page, all of it is there or nothing.
async fn write(update: Update) -> Result<(), JsValue> {
    transact(Mode::Readwrite, Some(update.clone()), async |writing| {
        let (heads, messages) = (writing.object_store(HEADS)?, writing.object_store(MESSAGES)?);
        let head = update.head.clone();
        let (room, key) = (&head.room, JsValue::from(head.room.as_str()));
        let stored = done(&heads.get(&key)?).await?.as_string().and_then(|text| wire::head(&text));
        let Some(writes) = update.writes(stored.as_ref()) else { return Ok(()) };
        messages.delete(&places(room, writes.clear_before)?)?;
        for said in writes.put {
            messages.put_with_key(&wire::posted_text(&said).into(), &place(room, said.seq))?;
        }
        done(&heads.put_with_key(&wire::head_text(&head).into(), &key)?).await.map(drop)
    })
    .await
}

/// Lets go of what is kept of a room.
pub fn forget(room: &RoomName) {
    storage::forget_updates(room.as_str());
    let room = room.clone();
    spawn(async move {
        let forget = transact(Mode::Readwrite, None, async |writing| {
            writing.object_store(HEADS)?.delete(&room.as_str().into())?;
            done(&writing.object_store(MESSAGES)?.delete(&places(&room, None)?)?).await
        });
        let _ = forget.await;
    });
}

/// The session has ended: lets all of it go, and keeps nothing from now on.
pub fn end() {
    STORE.with_borrow_mut(|store| store.phase = Phase::Ended);
    spawn(forget_everything());
}

/// Lets all of it go. Where the page ends before that is done, or the database does not answer, the next page does it.
pub async fn forget_everything() {
    storage::set_forgetting(true);
    let forget = transact(Mode::Readwrite, None, async |writing| {
        writing.object_store(HEADS)?.clear()?;
        done(&writing.object_store(MESSAGES)?.clear()?).await
    });
    if forget.await.is_ok() {
        storage::set_forgetting(false);
    }
}

// Does something in one transaction, which is aborted if that fails or takes too long.
async fn transact<T>(
    mode: Mode,
    update: Option<Update>,
    act: impl AsyncFnOnce(&IdbTransaction) -> Result<T, JsValue>,
) -> Result<T, JsValue> {
    let transaction = begin(mode, update)?;
    let result = act(&transaction).await;
    // Not to wait for the page to notice that nothing more is asked. Old browsers do only that.
    let _ = match &result {
        Ok(_) => transaction.unchecked_ref::<Transaction>().commit(),
        Err(_) => transaction.abort(),
    };
    STORE.with_borrow_mut(|store| store.running.retain(|(running, _)| *running != transaction));
    result
}

fn begin(mode: Mode, update: Option<Update>) -> Result<IdbTransaction, JsValue> {
    let stores = Array::of2(&HEADS.into(), &MESSAGES.into());
    STORE.with_borrow_mut(|store| {
        let database = store.database.as_ref().ok_or(JsValue::NULL)?;
        let transaction = database.transaction_with_str_sequence_and_mode(&stores, mode)?;
        store.running.push((transaction.clone(), update));
        Ok(transaction)
    })
}

// The places of a room's messages, all or those before one: numbers are sorted before texts.
fn places(room: &RoomName, before: Option<u64>) -> Result<JsValue, JsValue> {
    let end = match before {
        Some(before) => place(room, before),
        None => Array::of2(&room.as_str().into(), &"".into()).into(),
    };
    IdbKeyRange::bound_with_lower_open_and_upper_open(&place(room, 0), &end, false, true).map(JsValue::from)
}

fn place(room: &RoomName, seq: u64) -> JsValue {
    // Exact up to 2^53, which no log reaches.
    Array::of2(&room.as_str().into(), &(seq as f64).into()).into()
}

// What a request brings. The transaction stays open for what is asked in the same turn. A database that takes too long is
// closed, so that whatever waits for it fails at once.
async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let mut brought = |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&reject, DEADLINE_MS);
    };
    let brought = JsFuture::from(Promise::new(&mut brought)).await;
    // A request that fails brings its event, the timer brings nothing.
    if brought.as_ref().is_err_and(JsValue::is_undefined) {
        close();
    }
    brought?;
    request.result()
}
