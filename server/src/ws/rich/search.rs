//! Searching, one search at a time: it goes on while one types, so what counts is what was typed last.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use parlor::message::Request;
use parlor::{RoomName, Search, ServerMessage};

use super::Rich;
use crate::chat::{Pace, Session};
use crate::engine::Found;
use crate::net::ReaderZone;

/// What one connection looks for.
#[derive(Debug)]
pub(super) struct Searches(Mutex<State>);

#[derive(Debug)]
struct State {
    pace: Pace,
    /// A task is at it.
    running: bool,
    /// The last that was asked for; those before it are not wanted any more.
    waiting: Option<Asked>,
}

#[derive(Debug)]
struct Asked {
    request: u32,
    room: Option<RoomName>,
    what: Search,
}

impl Searches {
    pub(super) fn new(pace: Pace) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State { pace, running: false, waiting: None })))
    }

    /// True if a task has to be started for it.
    fn put(&self, asked: Asked) -> bool {
        let mut state = self.0.lock();
        state.waiting = Some(asked);
        !std::mem::replace(&mut state.running, true)
    }

    /// The next search, when its time has come; none if there is none, and the task is over.
    async fn next(&self) -> Option<Asked> {
        loop {
            let wait = {
                let mut state = self.0.lock();
                if state.waiting.is_none() {
                    state.running = false;
                    return None;
                }
                match state.pace.take(Instant::now()) {
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
        zone: &ReaderZone,
    ) {
        let what = match Search::parse(words, zone) {
            Ok(what) => what,
            Err(code) => return self.refuse(Some(Request::Search), room, code.into()),
        };
        if !self.searches.put(Asked { request, room, what }) {
            return;
        }
        let (manager, connection, searches) = (self.manager.clone(), self.stay.connection(), self.searches.clone());
        tokio::spawn(async move {
            while let Some(Asked { request, room, what }) = searches.next().await {
                let found = manager.search(&connection, &session, room.as_ref(), what).await;
                connection.settled().await;
                connection.send_rich(&match found {
                    Ok(Found { hits, more }) => ServerMessage::Found { request, hits, more },
                    Err(code) => ServerMessage::Refused { to: Some(Request::Search), room, error: code.into() },
                });
            }
        });
    }
}
