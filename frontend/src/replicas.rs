//! The browser's database, with what it keeps of each room for when there is no network. All tabs share it.
//!
//! [IndexedDB](https://w3c.github.io/IndexedDB/) through its bare interface: the few calls made here weigh less in the
//! page than a library around it. Where it is denied nothing is kept, and all else works.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise};
use leptos::prelude::window;
use parlor::RoomName;
use parlor_app::{
    state::replica::{Replica, Update},
    wire,
};
use wasm_bindgen::{JsCast, closure::Closure, prelude::*};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{IdbDatabase, IdbKeyRange, IdbRequest, IdbTransaction, IdbTransactionMode as Mode};

const NAME: &str = "parlor";
/// A room's head by its name.
const HEADS: &str = "heads";
/// A message by its room's name and its place.
const MESSAGES: &str = "messages";

thread_local! {
    static DATABASE: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
}

/// Opens it; false if there is none to be had.
pub async fn open() -> bool {
    let database = connect().await.ok();
    DATABASE.with_borrow_mut(|known| known.clone_from(&database));
    database.is_some()
}

async fn connect() -> Result<IdbDatabase, JsValue> {
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
    Ok(done(&opening).await?.unchecked_into())
}

/// The rooms of which something is kept.
pub async fn rooms() -> Vec<RoomName> {
    let names = async { done(&begin(Mode::Readonly)?.object_store(HEADS)?.get_all_keys()?).await };
    let names: Array = names.await.map(JsCast::unchecked_into).unwrap_or_default();
    names.iter().filter_map(|name| RoomName::parse(&name.as_string()?).ok()).collect()
}

/// What is kept of a room.
pub async fn read(room: &RoomName) -> Option<Replica> {
    let read = async {
        let reading = begin(Mode::Readonly)?;
        let head = reading.object_store(HEADS)?.get(&room.as_str().into())?;
        let messages = reading.object_store(MESSAGES)?.get_all_with_key(&places(room, None)?)?;
        Ok::<_, JsValue>((done(&head).await?, Array::from(&done(&messages).await?)))
    };
    let (head, messages) = read.await.ok()?;
    let events = messages.iter().filter_map(|message| wire::posted(&message.as_string()?)).collect();
    Some(Replica { head: wire::head(&head.as_string()?)?, events })
}

/// Keeps what a page knows of a room, where it is better than what is there.
pub fn keep(update: Update) {
    spawn_local(async {
        // A disk that is full keeps what it had.
        let _ = write(update).await;
    });
}

// Everything happens in one transaction: whatever ends the page, all of it is there or nothing.
async fn write(update: Update) -> Result<(), JsValue> {
    let writing = begin(Mode::Readwrite)?;
    let (heads, messages) = (writing.object_store(HEADS)?, writing.object_store(MESSAGES)?);
    let head = update.head.clone();
    let (room, key) = (&head.room, JsValue::from(head.room.as_str()));
    let stored = done(&heads.get(&key)?).await?.as_string().and_then(|text| wire::head(&text));
    let Some(writes) = update.writes(stored.as_ref()) else { return Ok(()) };
    messages.delete(&places(room, writes.clear_before)?)?;
    for said in writes.put {
        messages.put_with_key(&wire::posted_text(&said).into(), &place(room, said.seq))?;
    }
    heads.put_with_key(&wire::head_text(&head).into(), &key).map(drop)
}

/// Lets go of what is kept of a room.
pub fn forget(room: &RoomName) {
    let forget = || {
        let writing = begin(Mode::Readwrite)?;
        writing.object_store(HEADS)?.delete(&room.as_str().into())?;
        writing.object_store(MESSAGES)?.delete(&places(room, None)?)
    };
    let _: Result<_, JsValue> = forget();
}

/// Lets all of it go.
pub fn forget_everything() {
    let forget = || {
        let writing = begin(Mode::Readwrite)?;
        writing.object_store(HEADS)?.clear()?;
        writing.object_store(MESSAGES)?.clear()
    };
    // Where nothing can be kept there is nothing to forget.
    let _: Result<_, JsValue> = forget();
}

fn begin(mode: Mode) -> Result<IdbTransaction, JsValue> {
    let stores = Array::of2(&HEADS.into(), &MESSAGES.into());
    DATABASE.with_borrow(|database| match database {
        Some(database) => database.transaction_with_str_sequence_and_mode(&stores, mode),
        None => Err(JsValue::NULL),
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

// What a request brings. The transaction stays open for what is asked in the same turn.
async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let mut brought = |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    };
    JsFuture::from(Promise::new(&mut brought)).await?;
    request.result()
}
