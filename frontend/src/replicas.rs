//! The replicas of rooms in the browser's database, from which the page opens without a network. All tabs share them.
//!
//! [IndexedDB](https://w3c.github.io/IndexedDB/) through web-sys: a library around it would add more to the WASM than
//! these few calls. If the browser denies it, nothing is stored and everything else works.
//!
//! A running transaction locks the database for all other pages. A page in the back/forward cache runs no code, so its
//! transactions would never end. Therefore a page that is hidden for good aborts them, closes the database and leaves
//! its updates as text in the [`storage`] for the next page; it starts no transaction until it is shown again. For the
//! same reason every request has a [deadline](REQUEST_TIMEOUT_MS).

use std::{cell::RefCell, pin::Pin};

use js_sys::{Array, Function, Promise};
use leptos::prelude::window;
use parlor::RoomName;
use parlor_app::{
    state::replica::{Replica, ReplicaUpdate},
    task::spawn,
    wire,
};
use wasm_bindgen::{JsCast, closure::Closure, prelude::*};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbKeyRange, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbTransactionMode as Mode};

use crate::storage;

const NAME: &str = "parlor";
/// The object store of replica headers, by room name.
const HEADERS: &str = "heads";
/// The object store of messages, by `[room name, seq]`.
const MESSAGES: &str = "messages";

/// Longest time of a request in milliseconds. A database that takes longer is closed: another page locks it, or the
/// browser never answers.
const REQUEST_TIMEOUT_MS: i32 = 5_000;

#[derive(Default)]
struct Store {
    database: Option<IdbDatabase>,
    // Transactions that have not ended, with the updates that they write.
    running: Vec<(IdbTransaction, Option<ReplicaUpdate>)>,
    phase: Phase,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Active,
    // The page is hidden for good: updates are left for the next page.
    Suspended,
    // The session has ended: nothing is stored any more.
    Ended,
}

#[wasm_bindgen]
extern "C" {
    // The one of web-sys is deprecated for its old signature. Old browsers have none.
    #[wasm_bindgen(catch, method)]
    fn commit(this: &Transaction) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = IDBTransaction)]
    type Transaction;
}

/// The result of a transaction, once it is known.
type Pending = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

thread_local! {
    static STORE: RefCell<Store> = RefCell::default();
}

/// Opens the database, if the browser has one for the page.
pub async fn open() {
    let _ = connect().await;
}

async fn connect() -> Result<(), JsValue> {
    let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
    let opening = factory.open_with_u32(NAME, 1)?;
    let asked = opening.clone();
    let create = Closure::once_into_js(move || -> Result<(), JsValue> {
        let database: IdbDatabase = asked.result()?.unchecked_into();
        database.create_object_store(HEADERS)?;
        database.create_object_store(MESSAGES)?;
        Ok(())
    });
    opening.set_onupgradeneeded(Some(create.unchecked_ref()));
    let opened = done(&opening).await;
    if opened.is_err() {
        close_when_opened(&opening);
    }
    let database: IdbDatabase = opened?.unchecked_into();
    // Another page that deletes or upgrades the database waits until this one has closed it.
    let close: Function = Closure::<dyn FnMut()>::new(close).into_js_value().unchecked_into();
    database.set_onversionchange(Some(&close));
    STORE.with_borrow_mut(|store| {
        if store.phase == Phase::Suspended {
            database.close();
        } else {
            store.database = Some(database);
        }
    });
    Ok(())
}

// An open database that nobody uses would keep other pages from upgrading it.
fn close_when_opened(opening: &IdbOpenDbRequest) {
    let late = opening.clone();
    let close = Closure::once_into_js(move || -> Result<(), JsValue> {
        late.result()?.unchecked_into::<IdbDatabase>().close();
        Ok(())
    });
    opening.set_onsuccess(Some(close.unchecked_ref()));
}

/// Whether the database is open.
pub fn is_open() -> bool {
    STORE.with_borrow(|store| store.database.is_some())
}

fn close() {
    if let Some(database) = STORE.with_borrow_mut(|store| store.database.take()) {
        database.close();
    }
}

/// Aborts all transactions and closes the database, as the page is hidden for good, perhaps in the back/forward cache.
/// Updates that are not written yet, and all later ones, are left for the next page.
pub fn suspend() {
    let running = STORE.with_borrow_mut(|store| {
        if store.phase == Phase::Active {
            store.phase = Phase::Suspended;
        }
        std::mem::take(&mut store.running)
    });
    for (transaction, update) in running {
        let _ = transaction.abort();
        update.into_iter().for_each(self::update);
    }
    close();
}

/// Opens the database again, as the page comes back from the back/forward cache.
pub fn resume() {
    let was_suspended = STORE.with_borrow_mut(|store| {
        let was_suspended = store.phase == Phase::Suspended;
        if was_suspended {
            store.phase = Phase::Active;
        }
        was_suspended
    });
    if was_suspended {
        spawn(async {
            open().await;
            write_left_updates().await;
        });
    }
}

/// Writes the updates that suspended pages have left.
pub async fn write_left_updates() {
    if is_open() {
        for update in storage::take_replica_updates() {
            if let Some(update) = wire::replica_update(&update) {
                let _ = write(update).await;
            }
        }
    }
}

/// Returns the rooms that have a replica.
pub async fn rooms() -> Vec<RoomName> {
    let names =
        transact(
            Mode::Readonly,
            None,
            |reading| async move { done(&reading.object_store(HEADERS)?.get_all_keys()?).await },
        );
    let names: Array = names.await.map(JsCast::unchecked_into).unwrap_or_default();
    names.iter().filter_map(|name| RoomName::parse(&name.as_string()?).ok()).collect()
}

/// Reads the replica of a room.
pub async fn read(room: &RoomName) -> Option<Replica> {
    let (key, keys) = (JsValue::from(room.as_str()), message_keys(room, None).ok()?);
    let read = transact(Mode::Readonly, None, |reading| async move {
        let header = reading.object_store(HEADERS)?.get(&key)?;
        let messages = reading.object_store(MESSAGES)?.get_all_with_key(&keys)?;
        Ok(Array::of2(&done(&header).await?, &done(&messages).await?).into())
    });
    let read: Array = read.await.ok()?.unchecked_into();
    let (header, messages) = (read.get(0), Array::from(&read.get(1)));
    let events = messages.iter().filter_map(|message| wire::posted(&message.as_string()?)).collect();
    Some(Replica { header: wire::replica_header(&header.as_string()?)?, events })
}

/// Writes an update to the replica of its room, unless the stored one knows more.
pub fn update(update: ReplicaUpdate) {
    match STORE.with_borrow(|store| store.phase) {
        Phase::Active => spawn(async {
            // If the disk is full, the old replica stays.
            let _ = write(update).await;
        }),
        Phase::Suspended => {
            storage::leave_replica_update(update.header.room.as_str(), &wire::replica_update_text(&update));
        }
        Phase::Ended => {}
    }
}

// One transaction, so that the replica is consistent even if the page ends during the write.
async fn write(update: ReplicaUpdate) -> Result<(), JsValue> {
    let written = transact(Mode::Readwrite, Some(update.clone()), |writing| async move {
        let (headers, messages) = (writing.object_store(HEADERS)?, writing.object_store(MESSAGES)?);
        let header = update.header.clone();
        let (room, key) = (&header.room, JsValue::from(header.room.as_str()));
        let stored = done(&headers.get(&key)?).await?.as_string().and_then(|text| wire::replica_header(&text));
        let Some(writes) = update.writes(stored.as_ref()) else { return Ok(JsValue::UNDEFINED) };
        messages.delete(&message_keys(room, writes.clear_before)?)?;
        for message in writes.put {
            messages.put_with_key(&wire::posted_text(&message).into(), &message_key(room, message.seq))?;
        }
        done(&headers.put_with_key(&wire::replica_header_text(&header).into(), &key)?).await
    });
    written.await.map(drop)
}

/// Deletes the replica of a room.
pub fn delete(room: &RoomName) {
    storage::delete_replica_updates(room.as_str());
    let (key, keys) = (JsValue::from(room.as_str()), message_keys(room, None));
    let deleted = transact(Mode::Readwrite, None, |writing| async move {
        writing.object_store(HEADERS)?.delete(&key)?;
        done(&writing.object_store(MESSAGES)?.delete(&keys?)?).await
    });
    spawn(async { drop(deleted.await) });
}

/// Deletes all replicas and stores none any more, as the session has ended.
pub fn end() {
    STORE.with_borrow_mut(|store| store.phase = Phase::Ended);
    spawn(delete_all());
}

/// Deletes all replicas. If the page ends first, or the database does not answer, the next page completes it.
pub async fn delete_all() {
    storage::set_deleting_replicas(true);
    let deleted = transact(Mode::Readwrite, None, |writing| async move {
        writing.object_store(HEADERS)?.clear()?;
        done(&writing.object_store(MESSAGES)?.clear()?).await
    });
    if deleted.await.is_ok() {
        storage::set_deleting_replicas(false);
    }
}

// Runs `act` in one transaction, which is aborted if `act` fails or takes too long.
fn transact<F: Future<Output = Result<JsValue, JsValue>> + 'static>(
    mode: Mode,
    update: Option<ReplicaUpdate>,
    act: impl FnOnce(IdbTransaction) -> F + 'static,
) -> Pending {
    Box::pin(transact_boxed(mode, update, Box::new(|transaction| Box::pin(act(transaction)))))
}

// Rust compiles it once, and not for each `act`.
async fn transact_boxed(
    mode: Mode,
    update: Option<ReplicaUpdate>,
    act: Box<dyn FnOnce(IdbTransaction) -> Pending>,
) -> Result<JsValue, JsValue> {
    let transaction = begin(mode, update)?;
    let result = act(transaction.clone()).await;
    // Commits without waiting for the browser to notice that no request follows. Old browsers do only that.
    let _ = match &result {
        Ok(_) => transaction.unchecked_ref::<Transaction>().commit(),
        Err(_) => transaction.abort(),
    };
    STORE.with_borrow_mut(|store| store.running.retain(|(running, _)| *running != transaction));
    result
}

fn begin(mode: Mode, update: Option<ReplicaUpdate>) -> Result<IdbTransaction, JsValue> {
    let stores = Array::of2(&HEADERS.into(), &MESSAGES.into());
    STORE.with_borrow_mut(|store| {
        let database = store.database.as_ref().ok_or(JsValue::NULL)?;
        let transaction = database.transaction_with_str_sequence_and_mode(&stores, mode)?;
        store.running.push((transaction.clone(), update));
        Ok(transaction)
    })
}

// The keys of a room's messages, all or those before a seq. Numbers sort before strings.
fn message_keys(room: &RoomName, before: Option<u64>) -> Result<JsValue, JsValue> {
    let end = match before {
        Some(before) => message_key(room, before),
        None => Array::of2(&room.as_str().into(), &"".into()).into(),
    };
    IdbKeyRange::bound_with_lower_open_and_upper_open(&message_key(room, 0), &end, false, true).map(JsValue::from)
}

fn message_key(room: &RoomName, seq: u64) -> JsValue {
    // Exact up to 2^53, which no log reaches.
    Array::of2(&room.as_str().into(), &(seq as f64).into()).into()
}

// Awaits the result of a request. The transaction stays open for requests that are made before the next await. A
// database that takes too long is closed, so that everything waiting for it fails at once.
async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let mut settle = |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&reject, REQUEST_TIMEOUT_MS);
    };
    let settled = JsFuture::from(Promise::new(&mut settle)).await;
    // A failed request rejects with its event, the timer with nothing.
    if settled.as_ref().is_err_and(JsValue::is_undefined) {
        close();
    }
    settled?;
    request.result()
}
