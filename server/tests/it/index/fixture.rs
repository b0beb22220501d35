//! What a case of the suite runs with: operations, searches, and the state of the index.

use std::fs;
use std::path::Path;

use parlor::time_zone::UTC;
use parlor::{Author, AuthorId, ClientId, Name, RoomName, Search};
use parlor_server::engine::{Append, Directory, EventLog, NameHolder, Operation, SearchResults};
use rusqlite::Connection;

use crate::support::engine::{ana, body, message, permit, room};
use crate::support::wait_until;

/// An engine with its data directory. One implementation of the storage provides one of these.
pub(super) trait Fixture: Sized {
    /// Creates the storage, without any records.
    async fn create() -> Self;

    /// The logs of the rooms.
    fn log(&self) -> &dyn EventLog;

    /// The people and rooms.
    fn directory(&self) -> &dyn Directory;

    /// The path of the data directory.
    fn data(&self) -> &Path;

    /// The number of a room that has a log.
    fn room_id(&self, room: &RoomName) -> i64;

    /// Closes the storage, as a shutdown of the server does.
    async fn close(&mut self);

    /// Opens it again.
    async fn open(&mut self);

    /// Runs statements on the database with the logs, while it is closed.
    fn change_log(&mut self, sql: &str);

    /// Copies the database with the logs, while it is closed.
    fn back_up(&mut self);

    /// Replaces the database with the logs by its copy, while it is closed.
    fn restore(&mut self);

    /// The path of the index.
    fn index(&self) -> std::path::PathBuf {
        self.data().join("search.db")
    }
}

pub(super) fn person(name: &str) -> Author {
    Author { id: AuthorId(format!("{name}-id").into()), name: Name::parse(name).unwrap() }
}

pub(super) fn kitchen() -> RoomName {
    RoomName::parse("kitchen").unwrap()
}

/// Appends an operation of an author who holds their name, as all authors do.
pub(super) async fn apply(
    fixture: &impl Fixture,
    room: &RoomName,
    author: &Author,
    id: usize,
    operation: Operation,
) -> Option<u64> {
    fixture.directory().claim_name(author, NameHolder::Connection).await.unwrap();
    let (room, author) = (room.clone(), author.clone());
    let client_id = ClientId::parse(&format!("c{id}")).unwrap();
    let append = Append { room, author, client_id, operation, ..message(0) };
    fixture.log().append(append).await.unwrap().committed().await.ok().map(|receipt| receipt.seq)
}

pub(super) fn post(text: &str) -> Operation {
    Operation::post(body(text))
}

pub(super) fn edit(target: u64, text: &str) -> Operation {
    Operation::Edit { target: target.into(), body: body(text), mentions: None }
}

/// Posts these messages of Ana in the lobby, one after the other.
pub(super) async fn post_all(fixture: &impl Fixture, texts: &[&str]) {
    for text in texts {
        let id = text.len() + 100 * usize::try_from(last_seq(fixture, &room()).await).unwrap();
        apply(fixture, &room(), &ana(), id, post(text)).await.unwrap();
    }
}

pub(super) async fn last_seq(fixture: &impl Fixture, room: &RoomName) -> u64 {
    fixture.log().log_end(&permit(room)).await.unwrap().map_or(0, |end| end.seq)
}

pub(super) async fn search(fixture: &impl Fixture, rooms: &[RoomName], typed: &str) -> SearchResults {
    let search = Search::parse(typed, &UTC).unwrap();
    fixture.log().search(rooms.iter().map(permit).collect(), search, ana().id).await.unwrap()
}

/// The seqs of the matches in the lobby, newest first.
pub(super) async fn search_lobby(fixture: &impl Fixture, typed: &str) -> Vec<u64> {
    search(fixture, &[room()], typed).await.hits.iter().map(|hit| hit.event.seq).collect()
}

/// Waits until the index has all events of these rooms.
pub(super) async fn wait_until_indexed(fixture: &impl Fixture, rooms: &[RoomName]) {
    let index = Connection::open(fixture.index()).unwrap();
    for room in rooms {
        let (last, id) = (last_seq(fixture, room).await, fixture.room_id(room));
        let indexed = || {
            index.query_row("SELECT seq FROM followed WHERE room = ?1", [id], |row| row.get::<_, u64>(0)).unwrap_or(0)
        };
        wait_until("the index has all events", || async { indexed() >= last }).await;
    }
}

/// Checks whether the file of the index, or its write-ahead log, contains a text.
pub(super) fn index_contains(fixture: &impl Fixture, text: &str) -> bool {
    ["search.db", "search.db-wal"].iter().any(|name| {
        let bytes = fs::read(fixture.data().join(name)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

/// Waits until the file of the index contains none of these texts.
pub(super) async fn wait_until_erased(fixture: &impl Fixture, texts: &[&str]) {
    // The write-ahead log of the index is truncated right after the commit.
    let is_erased = || async { !texts.iter().any(|text| index_contains(fixture, text)) };
    wait_until("the text is erased", is_erased).await;
}
