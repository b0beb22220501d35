//! An engine in a directory of its own, and messages for it.
#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use parlor::{Author, AuthorId, Body, ClientId, Epoch, Event, Name, RoomName};
use parlor_server::engine::{Append, Deliveries, EmbeddedEngine, Engine, EngineError, Operation, Reading, Receipt};

/// A directory that is gone when the test is over.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("parlor-engine-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn open(directory: &Path) -> (EmbeddedEngine, Deliveries) {
    EmbeddedEngine::open(directory).unwrap()
}

pub fn ana() -> Author {
    Author { id: AuthorId("ana-id".into()), name: Name::parse("Ana").unwrap() }
}

pub fn room() -> RoomName {
    RoomName::default()
}

pub fn message(number: u64) -> Append {
    Append {
        room: room(),
        author: ana(),
        client_id: ClientId::parse(&format!("m{number}")).unwrap(),
        operation: Operation::post(body(&format!("message {number}"))),
        epoch: Epoch("first".into()),
        failures_known: 0,
        once: false,
    }
}

pub fn body(text: &str) -> Body {
    Body::parse(text).unwrap()
}

pub fn reading(up_to: u64) -> Reading {
    Reading { up_to, reader: ana().id }
}

pub async fn append(engine: &EmbeddedEngine, message: Append) -> Result<Receipt, EngineError> {
    engine.append(message).await?.committed().await
}

pub async fn append_all(engine: &EmbeddedEngine, numbers: impl IntoIterator<Item = u64>) {
    let mut under_way = Vec::new();
    for number in numbers {
        under_way.push(engine.append(message(number)).await.unwrap());
    }
    for appending in under_way {
        appending.committed().await.unwrap();
    }
}

pub fn seqs(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.seq).collect()
}
