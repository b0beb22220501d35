//! The two dialects: how a client joins, and what the texts that it receives mean.

use parlor::{EventKind, ServerMessage};
use serde_json::Value;

/// The chat protocol of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Plain,
    Rich,
}

pub(crate) const BOTH: [Dialect; 2] = [Dialect::Plain, Dialect::Rich];

/// Ids for the messages of one rich client.
#[derive(Debug, Default)]
pub(crate) struct MessageIds(u32);

impl MessageIds {
    pub(crate) fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

/// The meaning of a text from the server for the client of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The client is in the lobby under its name.
    Joined,
    /// A chat message of the client itself.
    OwnMessage(String),
    /// A refusal of something that the client sent.
    Refusal,
    /// Any other text, such as messages of other people.
    Other,
}

/// Interprets the texts that the server sends to one client.
#[derive(Debug)]
pub(crate) struct Interpreter {
    dialect: Dialect,
    name: String,
    /// The author id of a rich client, from `welcome`.
    session: Option<String>,
}

impl Dialect {
    /// The subprotocol to offer.
    pub(crate) fn subprotocol(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Rich => Some("parlor.v1"),
        }
    }

    /// The texts by which a new connection enters the lobby as `name`.
    pub(crate) fn join(self, name: &str) -> Vec<String> {
        match self {
            Self::Plain => vec![name.to_owned()],
            Self::Rich => vec![
                r#"{"type":"hello","rooms":[{"room":"lobby"}]}"#.to_owned(),
                format!(r#"{{"type":"claim","name":"{name}"}}"#),
            ],
        }
    }
}

/// The notice in the lobby after a plain client has joined as `name`, or a rich client has claimed it.
pub(crate) fn join_notice(name: &str) -> String {
    format!("{name} has joined the chat")
}

impl Interpreter {
    pub(crate) fn new(dialect: Dialect, name: &str) -> Self {
        Self { dialect, name: name.to_owned(), session: None }
    }

    /// Interprets a text.
    ///
    /// # Errors
    /// The text is not in the dialect of this connection.
    pub(crate) fn interpret(&mut self, text: &[u8]) -> Result<Meaning, String> {
        match self.dialect {
            Dialect::Plain => self.interpret_plain(text),
            Dialect::Rich => self.interpret_rich(text),
        }
        .map_err(|error| format!("not a text of this dialect: {error}: {}", String::from_utf8_lossy(text)))
    }

    fn interpret_plain(&self, text: &[u8]) -> serde_json::Result<Meaning> {
        let frame: Value = serde_json::from_slice(text)?;
        Ok(match (frame["username"].as_str(), frame["message"].as_str()) {
            (Some(username), Some(message)) if username == self.name => {
                if message == join_notice(username) {
                    Meaning::Joined
                } else {
                    Meaning::OwnMessage(message.to_owned())
                }
            }
            _ if frame["error"].is_string() => Meaning::Refusal,
            _ => Meaning::Other,
        })
    }

    fn interpret_rich(&mut self, text: &[u8]) -> serde_json::Result<Meaning> {
        Ok(match serde_json::from_slice(text)? {
            ServerMessage::Welcome { session, .. } => {
                self.session = Some(session.as_str().to_owned());
                Meaning::Other
            }
            ServerMessage::Claimed { .. } => Meaning::Joined,
            ServerMessage::Refused { .. } | ServerMessage::Nack { .. } => Meaning::Refusal,
            ServerMessage::Event { event, .. } => match event.kind {
                EventKind::Posted { author, body: Some(body), .. }
                    if self.session.as_deref() == Some(author.id.as_str()) =>
                {
                    Meaning::OwnMessage(body.as_str().to_owned())
                }
                _ => Meaning::Other,
            },
            _ => Meaning::Other,
        })
    }
}
