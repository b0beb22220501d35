//! Operations, searches, and the state of the index.

use std::fs;
use std::path::Path;

use parlor::time_zone::UTC;
use parlor::{Author, AuthorId, ClientId, Name, RoomName, Search};
use parlor_server::engine::{Append, EmbeddedEngine, EventLog, LogHistory as _, Operation, SearchResults};
use rusqlite::Connection;

use crate::support::engine::{ana, append, body, message, permit, room};
use crate::support::wait_until;

pub(super) fn person(name: &str) -> Author {
    Author { id: AuthorId(format!("{name}-id").into()), name: Name::parse(name).unwrap() }
}

pub(super) fn kitchen() -> RoomName {
    RoomName::parse("kitchen").unwrap()
}

pub(super) async fn apply(
    engine: &EmbeddedEngine,
    room: &RoomName,
    author: &Author,
    id: usize,
    operation: Operation,
) -> Option<u64> {
    let (room, author) = (room.clone(), author.clone());
    let client_id = ClientId::parse(&format!("c{id}")).unwrap();
    let submission = Append { room, author, client_id, operation, ..message(0) };
    append(engine, submission).await.ok().map(|receipt| receipt.seq)
}

pub(super) fn post(text: &str) -> Operation {
    Operation::post(body(text))
}

/// Posts these messages of Ana in the lobby, one after the other.
pub(super) async fn post_all(engine: &EmbeddedEngine, texts: &[&str]) {
    for text in texts {
        let id = text.len() + 100 * usize::try_from(last_seq(engine, &room()).await).unwrap();
        apply(engine, &room(), &ana(), id, post(text)).await.unwrap();
    }
}

pub(super) async fn last_seq(engine: &EmbeddedEngine, room: &RoomName) -> u64 {
    engine.log_end(&permit(room)).await.unwrap().map_or(0, |end| end.seq)
}

pub(super) async fn search(engine: &EmbeddedEngine, rooms: &[RoomName], typed: &str) -> SearchResults {
    engine.search(rooms.iter().map(permit).collect(), Search::parse(typed, &UTC).unwrap(), ana().id).await.unwrap()
}

/// The seqs of the matches in the lobby, newest first.
pub(super) async fn search_lobby(engine: &EmbeddedEngine, typed: &str) -> Vec<u64> {
    search(engine, &[room()], typed).await.hits.iter().map(|hit| hit.event.seq).collect()
}

/// Waits until the index has all events of these rooms.
pub(super) async fn wait_until_indexed(engine: &EmbeddedEngine, directory: &Path, rooms: &[RoomName]) {
    let log = Connection::open(directory.join("parlor.db")).unwrap();
    let index = Connection::open(directory.join("search.db")).unwrap();
    for room in rooms {
        let last = last_seq(engine, room).await;
        let id: i64 = log.query_row("SELECT id FROM rooms WHERE name = ?1", [room.as_str()], |row| row.get(0)).unwrap();
        let indexed = || {
            index.query_row("SELECT seq FROM followed WHERE room = ?1", [id], |row| row.get::<_, u64>(0)).unwrap_or(0)
        };
        wait_until("the index has all events", || async { indexed() >= last }).await;
    }
}

/// Checks whether the file of the index, or its write-ahead log, contains a text.
pub(super) fn index_contains(directory: &Path, text: &str) -> bool {
    ["search.db", "search.db-wal"].iter().any(|name| {
        let bytes = fs::read(directory.join(name)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}
