//! How things are named on the wire: rooms, places in a room's log, authors, messages, sessions.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, UnixMillis, checked::checked_text, limits, text};

/// The name of a room: unique on a server, and part of the address `/r/NAME`.
///
/// Lower-case letters of any script, digits, `-` and `_`; at most [`limits::ROOM_NAME_BYTES`] bytes.
///
/// ```
/// use parlor::{ErrorCode, RoomName};
///
/// assert_eq!(RoomName::default().as_str(), "lobby");
/// assert!(RoomName::parse("музыка").is_ok());
/// assert_eq!(RoomName::parse("Kitchen Table"), Err(ErrorCode::RoomNameInvalid));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoomName(Arc<str>);

impl RoomName {
    /// Takes a room name as typed.
    ///
    /// # Errors
    /// [`ErrorCode::RoomNameInvalid`] when it is empty, too long, or has a character that a room name can't have.
    pub fn parse(name: &str) -> Result<Self, ErrorCode> {
        let fits = !name.is_empty() && name.len() <= limits::ROOM_NAME_BYTES;
        if fits && name.chars().all(Self::allows) { Ok(Self(name.into())) } else { Err(ErrorCode::RoomNameInvalid) }
    }

    fn allows(c: char) -> bool {
        if c.is_ascii() {
            return c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        }
        // Marks (Devanagari's virama, say) are letters' parts but not alphabetic, so this lists what to refuse.
        !c.is_uppercase() && !c.is_whitespace() && !c.is_control() && !text::is_invisible(c)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of its page.
    ///
    /// ```
    /// use parlor::RoomName;
    ///
    /// assert_eq!(RoomName::default().path(), "/");
    /// assert_eq!(RoomName::parse("kitchen").unwrap().path(), "/r/kitchen");
    /// ```
    pub fn path(&self) -> String {
        if *self == Self::default() { "/".to_owned() } else { format!("/r/{}", self.0) }
    }
}

impl Default for RoomName {
    /// The room a client is in that names none: `lobby`.
    fn default() -> Self {
        Self("lobby".into())
    }
}

checked_text!(RoomName, shown);

/// A message's id, made by the client that wrote it: with it, sending twice posts once.
///
/// 1 to [`limits::CLIENT_ID_CHARS`] ASCII letters, digits, `-` or `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

impl ClientId {
    /// Takes an id as sent.
    ///
    /// # Errors
    /// [`ErrorCode::ClientIdInvalid`] when it is empty, too long or has other characters.
    pub fn parse(id: &str) -> Result<Self, ErrorCode> {
        let fits = !id.is_empty() && id.len() <= limits::CLIENT_ID_CHARS;
        if fits && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            Ok(Self(id.to_owned()))
        } else {
            Err(ErrorCode::ClientIdInvalid)
        }
    }

    /// A new id: the time first, so that ids made one after another lie together in an index, then random bits.
    pub fn new(at: UnixMillis, random: u128) -> Self {
        Self::from_random((u128::from(at) << 80) | (random >> 48))
    }

    /// An id from 128 random bits, in hexadecimal.
    pub fn from_random(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

checked_text!(ClientId);

/// Who wrote something: the public id of a session. Ownership goes by it, never by a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuthorId(pub Arc<str>);

impl AuthorId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One incarnation of a room's log: a random text, new whenever the log could not be carried on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub String);

/// The first bytes, in hexadecimal, of the hash chain over a room's log at one event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChainMark(pub String);

impl ChainMark {
    /// Hexadecimal digits in a mark: enough to tell two histories apart, few enough for every event.
    pub const CHARS: usize = 10;
}

/// A place in a room's log. The hash tells a log from another one that has the same numbers, such as a restored backup.
///
/// `seq` is 0 before the first event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The log's incarnation.
    pub epoch: Epoch,
    /// The last event known; events count from 1, without gaps.
    pub seq: u64,
    /// The chain's mark at that event.
    pub hash: ChainMark,
}

impl Cursor {
    /// The place before the first event of a log.
    pub fn start(epoch: Epoch) -> Self {
        // The mark of a chain without links: nothing but zeros.
        Self { epoch, seq: 0, hash: ChainMark("0".repeat(ChainMark::CHARS)) }
    }
}

/// A session's secret: 128 random bits as 22 characters of URL-safe base64.
///
/// It comes in the cookie that the page set, or, from a client that is no browser, in `hello`. It is never shown in
/// debug output.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(String);

impl Token {
    const CHARS: usize = 22;

    /// Takes a token as sent.
    ///
    /// # Errors
    /// [`ErrorCode::TokenInvalid`] when it has not the form of one.
    pub fn parse(token: &str) -> Result<Self, ErrorCode> {
        let well_formed =
            token.len() == Self::CHARS && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if well_formed { Ok(Self(token.to_owned())) } else { Err(ErrorCode::TokenInvalid) }
    }

    /// The secret itself: for the cookie and for hashing, nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

checked_text!(Token);
