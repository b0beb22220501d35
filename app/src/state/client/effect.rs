//! What the state asks of the browser.

use parlor::{AuthorId, ClientId, ClientMessage, RoomName};

use crate::state::{drafts::StoredDraft, outbox::Written, replica::Update};

/// Something to be done, in the order given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Open a connection; one that is open is dropped.
    Connect,
    /// Drop the connection.
    Drop,
    /// Send this over the connection.
    Send(ClientMessage),
    /// Keep this until it is forgotten, over reloads and crashes.
    Keep(Kept),
    /// It is safe, or given up.
    Forget(ClientId),
    /// Store what is typed, until it is forgotten, over reloads and crashes.
    KeepDraft {
        /// The draft's id in this page.
        id: u64,
        /// The draft.
        draft: Box<StoredDraft>,
    },
    /// Remove a stored draft.
    ForgetDraft {
        /// The draft's id in this page.
        id: u64,
        /// What it has become. The draft stays until that is stored, or safe.
        sent: Option<ClientId>,
    },
    /// The name to come back with, or none.
    RememberName(Option<String>),
    /// Load the page anew, for this build; once.
    Reload(String),
    /// The session has ended: leave nothing of it here, and load the page as for somebody new.
    StartAnew,
    /// Say it to those who listen instead of looking.
    Speak(Spoken),
    /// The address is this room's now: a step that "back" undoes.
    Visit(RoomName),
    /// The address is this room's now, in the same place of the browser's history.
    ReplaceAddress(RoomName),
    /// Tell the reader, who looks elsewhere.
    Notify(Notice),
    /// Close notifications of this room's messages up to a seq, whichever tab or earlier page showed them.
    Withdraw {
        /// The room.
        room: RoomName,
        /// The seq of the newest message that has been seen.
        up_to: u64,
    },
    /// Whom the reader wants to hear nothing of, over reloads.
    RememberIgnored(Vec<AuthorId>),
    /// How loud the reader wants which room, over reloads.
    RememberVolume(String),
    /// What to keep of a room for when there is no network.
    Replicate(Box<Update>),
    /// Keep nothing of this room any more: its reader has left it.
    ForgetRoom(RoomName),
}

/// A message that its reader wants to be told of and does not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where it stands.
    pub room: RoomName,
    /// Its place there.
    pub seq: u64,
    /// Who said it.
    pub from: String,
    /// What they said.
    pub text: String,
    /// Whether it has a sound.
    pub sound: bool,
}

/// Something written, as the browser keeps it until the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where it belongs.
    pub room: RoomName,
    /// What it is.
    pub written: Written,
}

/// Something for the live region: a message of somebody, or what the page says itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Counts what has been spoken, over resets of the log.
    pub number: u64,
    /// "Ana: hello".
    pub text: String,
}
