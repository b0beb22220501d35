//! What the browser stores: submissions, drafts and replica headers.

use parlor::{Body, message::MessageRef};

use super::Read;
use crate::{
    state::{
        change::Change,
        drafts::{Composing, StoredDraft},
        replica::ReplicaHeader,
        submission::{Operation, StoredSubmission, Submission},
    },
    wire::{STORED_VERSION, json::Json},
};

impl Json {
    // Returns `None` for a value of a newer version.
    fn known_version(&self) -> Option<()> {
        let version = self.get::<Option<u64>>("version")?.unwrap_or(1);
        (version <= STORED_VERSION).then_some(())
    }
}

impl Read for ReplicaHeader {
    fn read(json: &Json) -> Option<Self> {
        json.known_version()?;
        Some(Self {
            room: json.get("room")?,
            as_of: json.get("as_of")?,
            first: json.get("first")?,
            has_older: json.get("has_older")?,
            topic: json.get("topic")?,
            title: json.get_or_default("title")?,
            read: json.get("read")?,
        })
    }
}

impl Read for StoredSubmission {
    fn read(json: &Json) -> Option<Self> {
        json.known_version()?;
        let operation = match (target(json)?, json.get("topic")?) {
            (Some(target), _) => Operation::Change { target, change: change(json)? },
            (None, Some(topic)) => Operation::Topic(topic),
            (None, None) => {
                let (body, mentions) = (json.get("body")?, json.get("mentions")?);
                Operation::Post { body, mentions, reply_to: json.get("reply_to")? }
            }
        };
        let (client_id, author, at) = (json.get("client_id")?, json.get("author")?, json.get("at")?);
        Some(Self { room: json.get("room")?, submission: Submission { client_id, author, operation, at } })
    }
}

impl Read for StoredDraft {
    fn read(json: &Json) -> Option<Self> {
        json.known_version()?;
        let composing = match (target(json)?, json.get("reply_to")?) {
            (Some(target), _) => Some(Composing::Edit { target, text: json.get("before")? }),
            (None, Some(quote)) => Some(Composing::Reply(quote)),
            (None, None) => None,
        };
        let (text, at, offered) = (json.get("text")?, json.get("at")?, json.get("offered")?);
        Some(Self { room: json.get("room")?, composing, text, at, offered })
    }
}

// The changed message. The inner value is `None` if the JSON names none.
fn target(json: &Json) -> Option<Option<MessageRef>> {
    let (seq, client_id) = (json.get::<Option<u64>>("target")?, json.get("target_client_id")?);
    Some(seq.map(|seq| MessageRef { seq, client_id }))
}

fn change(json: &Json) -> Option<Change> {
    let (emoji, body) = (json.get("emoji")?, json.get::<Option<Body>>("body")?);
    Some(match (emoji, body) {
        (Some(emoji), _) => Change::React { emoji, on: json.get("on")? },
        (None, Some(body)) => Change::Edit(Some(body), json.get("mentions")?),
        (None, None) => Change::Delete,
    })
}
