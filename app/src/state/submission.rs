//! Operations of the reader on their way to the server.

use parlor::{Author, Body, ClientId, ClientMessage, Mention, Quote, RoomName, UnixMillis, message::MessageRef};

use super::{change::Change, chat_message::ChatMessage};

/// An operation of the reader, with the client id that makes it idempotent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The client id. The server performs one operation per author, room and client id, however often it is sent.
    pub client_id: ClientId,
    /// The author.
    pub author: Author,
    /// The operation.
    pub operation: Operation,
    /// When it was made. Stored submissions are sent in this order.
    pub at: UnixMillis,
}

/// An operation on a room's log, as the page makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Post a message.
    Post {
        /// The text.
        body: Body,
        /// The people mentioned, as far as the page knows them. The server resolves mentions again.
        mentions: Option<Vec<Mention>>,
        /// The message that it answers.
        reply_to: Option<Quote>,
    },
    /// Change a message.
    Change {
        /// The message.
        target: MessageRef,
        /// The change.
        change: Change,
    },
    /// Set the topic of the room.
    Topic(String),
}

/// A submission in the browser's store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSubmission {
    /// The room.
    pub room: RoomName,
    /// The submission.
    pub submission: Submission,
}

impl Operation {
    /// The text of a message or an edit.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Post { body, .. } | Self::Change { change: Change::Edit(Some(body), _), .. } => Some(body.as_str()),
            _ => None,
        }
    }
}

impl Submission {
    /// The request to send.
    pub fn request(&self, room: RoomName) -> ClientMessage {
        let client_id = self.client_id.clone();
        match &self.operation {
            Operation::Post { body, reply_to, .. } => ClientMessage::Post {
                room,
                client_id,
                body: body.as_str().to_owned(),
                reply_to: reply_to.as_ref().map(|quote| quote.seq),
                reply_to_client_id: reply_to.as_ref().and_then(|quote| quote.client_id.clone()),
            },
            Operation::Topic(topic) => ClientMessage::Topic { room, client_id, topic: topic.clone() },
            Operation::Change { target, change } => {
                let target = target.clone();
                match change {
                    Change::Edit(body, _) => {
                        let body = body.as_ref().map_or("", Body::as_str).to_owned();
                        ClientMessage::Edit { room, client_id, target, body }
                    }
                    Change::Delete => ClientMessage::Delete { room, client_id, target },
                    Change::React { emoji, on } => {
                        ClientMessage::React { room, client_id, target, emoji: emoji.to_string(), on: *on }
                    }
                }
            }
        }
    }

    /// The message to show until its event comes; none if the operation posts no message.
    pub fn message(&self) -> Option<ChatMessage> {
        let Operation::Post { body, mentions, reply_to } = &self.operation else { return None };
        let (author, client_id) = (self.author.clone(), self.client_id.clone());
        let mut message = ChatMessage::pending(author, client_id, body.clone(), reply_to.clone(), self.at);
        message.mentions.clone_from(mentions);
        Some(message)
    }

    /// The message that it changes, and the change.
    pub fn change(&self) -> Option<(&MessageRef, &Change)> {
        if let Operation::Change { target, change } = &self.operation { Some((target, change)) } else { None }
    }
}
