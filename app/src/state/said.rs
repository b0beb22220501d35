//! One message, whether it is in the log yet or not.

use std::sync::Arc;

use parlor::{Author, Body, ClientId, Event, EventKind, UnixMillis};

/// A message as the page holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Names the message from pending to confirmed, so that its row keeps its DOM node: author id and client id.
    pub key: Arc<str>,
    /// Who.
    pub author: Author,
    /// The id that its client made.
    pub client_id: ClientId,
    /// What.
    pub body: Body,
    /// When: the server's clock once it is in the log, a guess of it before.
    pub at: UnixMillis,
    /// Its place in the log; 0 while it is not there.
    pub seq: u64,
}

impl Said {
    /// A message that is not in the log yet.
    pub fn pending(author: Author, client_id: ClientId, body: Body, at: UnixMillis) -> Self {
        Self { key: key(&author, &client_id), author, client_id, body, at, seq: 0 }
    }

    /// What an event of the log says, if it says something.
    pub fn of(event: Event) -> Option<Self> {
        match event.kind {
            EventKind::Posted { author, client_id, body: Some(body), .. } => {
                Some(Self { key: key(&author, &client_id), author, client_id, body, at: event.at, seq: event.seq })
            }
            _ => None,
        }
    }
}

/// Two people may have made the same client id; one person can't, within a session.
fn key(author: &Author, client_id: &ClientId) -> Arc<str> {
    format!("{}/{}", author.id.as_str(), client_id.as_str()).into()
}
