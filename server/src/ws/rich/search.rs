//! The request `search`. One search runs at a time. A client searches while the person types, so only the newest
//! waiting search is executed.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use parlor::message::Request;
use parlor::{RoomName, Search, ServerMessage};

use super::Rich;
use crate::chat::{Session, TokenBucket};
use crate::engine::SearchResults;
use crate::net::ClientTimeZone;

/// The searches of one connection.
#[derive(Debug)]
pub(super) struct SearchQueue(Mutex<State>);

#[derive(Debug)]
struct State {
    bucket: TokenBucket,
    /// Whether a task executes searches.
    running: bool,
    /// The newest search that has not started. It replaces earlier ones.
    waiting: Option<SearchRequest>,
}

#[derive(Debug)]
struct SearchRequest {
    request: u32,
    room: Option<RoomName>,
    search: Search,
}

impl SearchQueue {
    pub(super) fn new(bucket: TokenBucket) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { bucket, running: false, waiting: None })))
    }

    /// Replaces the waiting search. True if the caller must start a task that executes it.
    fn push(&self, search: SearchRequest) -> bool {
        let mut state = self.0.lock();
        state.waiting = Some(search);
        !std::mem::replace(&mut state.running, true)
    }

    /// Waits until the rate limit allows the next search and returns it. `None` if none is waiting: the task must end
    /// then.
    async fn next(&self) -> Option<SearchRequest> {
        loop {
            let wait = {
                let mut state = self.0.lock();
                if state.waiting.is_none() {
                    state.running = false;
                    return None;
                }
                match state.bucket.take(Instant::now()) {
                    Ok(()) => return state.waiting.take(),
                    Err(wait) => wait,
                }
            };
            tokio::time::sleep(wait).await;
        }
    }
}

impl Rich {
    pub(super) fn search(
        &self,
        session: Session,
        request: u32,
        room: Option<RoomName>,
        words: &str,
        zone: &ClientTimeZone,
    ) {
        let search = match Search::parse(words, zone) {
            Ok(search) => search,
            Err(code) => return self.refuse(Some(Request::Search), room, code.into()),
        };
        if !self.searches.push(SearchRequest { request, room, search }) {
            return;
        }
        let (manager, connection, searches) = (self.manager.clone(), self.guard.connection(), self.searches.clone());
        tokio::spawn(async move {
            while let Some(SearchRequest { request, room, search }) = searches.next().await {
                let results = manager.search(&connection, &session, room.as_ref(), search).await;
                connection.flushed().await;
                connection.send_rich(&match results {
                    Ok(SearchResults { hits, has_more }) => ServerMessage::Found { request, hits, more: has_more },
                    Err(code) => ServerMessage::Refused { to: Some(Request::Search), room, error: code.into() },
                });
            }
        });
    }
}
