//! What the state asks of the browser.

use parlor::{Author, Body, ClientId, ClientMessage, RoomName, UnixMillis};

use crate::state::said::Said;

/// Something to be done, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Open a connection; one that is open is dropped.
    Connect,
    /// Drop the connection.
    Drop,
    /// Send this over the connection.
    Send(ClientMessage),
    /// Keep this message until it is forgotten, over reloads and crashes.
    Keep(Kept),
    /// The message is safe, or given up.
    Forget(ClientId),
    /// The name to come back with, or none.
    RememberName(Option<String>),
    /// Load the page anew, for this build; once.
    Reload(String),
    /// Say it to those who listen instead of looking.
    Speak(Spoken),
}

/// A message as the browser keeps it until the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where it belongs.
    pub room: RoomName,
    /// Its id: sent again under it, it is not posted twice.
    pub client_id: ClientId,
    /// Who wrote it, under which name.
    pub author: Author,
    /// What it says.
    pub body: Body,
    /// When it was written: what was kept comes back in this order.
    pub at: UnixMillis,
}

impl Kept {
    /// What to keep of a message.
    pub fn of(room: &RoomName, said: &Said) -> Self {
        Self {
            room: room.clone(),
            client_id: said.client_id.clone(),
            author: said.author.clone(),
            body: said.body.clone(),
            at: said.at,
        }
    }
}

/// A message for the live region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Counts what has been spoken, over resets of the log.
    pub number: u64,
    /// "Ana: hello".
    pub text: String,
}
