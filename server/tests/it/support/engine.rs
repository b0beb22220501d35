//! An engine in a temporary directory, and events to append to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use parlor::{Author, AuthorId, Body, ClientId, Epoch, Event, Name, RoomName};
use parlor_server::access::{Actor, ReadPermit, RoomObject, RoomPolicy, ServerPolicy, permit_reading};
use parlor_server::engine::{
    Append, Deliveries, EmbeddedEngine, EngineError, EventLog, Operation, ReadContext, Receipt,
};

/// A temporary directory, which is removed when this is dropped.
pub(crate) struct TempDir(pub(crate) PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("parlor-engine-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn open(directory: &Path) -> (EmbeddedEngine, Deliveries) {
    EmbeddedEngine::open(directory).unwrap()
}

pub(crate) fn ana() -> Author {
    Author { id: AuthorId("ana-id".into()), name: Name::parse("Ana").unwrap() }
}

pub(crate) fn room() -> RoomName {
    RoomName::default()
}

pub(crate) fn message(number: u64) -> Append {
    Append {
        room: room(),
        author: ana(),
        client_id: ClientId::parse(&format!("m{number}")).unwrap(),
        operation: Operation::post(body(&format!("message {number}"))),
        epoch: Epoch("first".into()),
        known_failures: 0,
        skip_receipt: false,
        owns_new_room: true,
    }
}

pub(crate) fn body(text: &str) -> Body {
    Body::parse(text).unwrap()
}

pub(crate) fn read_context(up_to: u64) -> ReadContext {
    ReadContext { up_to, reader: ana().id }
}

pub(crate) async fn append(engine: &EmbeddedEngine, message: Append) -> Result<Receipt, EngineError> {
    engine.append(message).await?.committed().await
}

pub(crate) async fn append_all(engine: &EmbeddedEngine, numbers: impl IntoIterator<Item = u64>) {
    let mut pending = Vec::new();
    for number in numbers {
        pending.push(engine.append(message(number)).await.unwrap());
    }
    for appending in pending {
        appending.committed().await.unwrap();
    }
}

pub(crate) fn seqs(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.seq).collect()
}

/// A permit to read a room that is open to everybody.
pub(crate) fn permit(room: &RoomName) -> ReadPermit {
    let (server, policy) = (&ServerPolicy::default(), &RoomPolicy::default());
    permit_reading(Actor::Plain { named: false }, RoomObject { server, name: room, policy }).unwrap()
}

/// The current time, in milliseconds since 1970.
pub(crate) fn unix_millis() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}
