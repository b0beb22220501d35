//! Events of a room's log, and the values in them.

use parlor::{Author, Cursor, Event, EventKind, Mention, Quote, Reaction};

use super::Read;
use crate::wire::json::Json;

impl Read for Event {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { seq: json.get("seq")?, at: json.get("at")?, hash: json.get("hash")?, kind: kind(json)? })
    }
}

fn kind(json: &Json) -> Option<EventKind> {
    let kind = json.field("kind").as_text()?;
    if kind == "posted" {
        return Some(EventKind::Posted {
            author: json.get("author")?,
            client_id: json.get("client_id")?,
            body: json.get("body")?,
            mentions: json.get("mentions")?,
            reply_to: json.get("reply_to")?,
            edited_at: json.get("edited_at")?,
            reactions: json.get_or_default("reactions")?,
        });
    }
    if !matches!(kind, "edited" | "deleted" | "reacted" | "unreacted" | "topic") {
        return Some(EventKind::Unknown);
    }
    let (by, client_id) = (json.get("by")?, json.get("client_id")?);
    if kind == "topic" {
        return Some(EventKind::Topic { by, client_id, topic: json.get("topic")? });
    }
    let target = json.get("target")?;
    Some(match kind {
        "edited" => {
            EventKind::Edited { by, client_id, target, body: json.get("body")?, mentions: json.get("mentions")? }
        }
        "deleted" => EventKind::Deleted { by, client_id, target },
        "reacted" => EventKind::Reacted { by, client_id, target, emoji: json.get("emoji")? },
        _ => EventKind::Unreacted { by, client_id, target, emoji: json.get("emoji")? },
    })
}

impl Read for Quote {
    fn read(json: &Json) -> Option<Self> {
        let (seq, client_id) = (json.get("seq")?, json.get("client_id")?);
        Some(Self { seq, author: json.get("author")?, excerpt: json.get("excerpt")?, client_id })
    }
}

impl Read for Mention {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { start: json.get("start")?, end: json.get("end")?, author: json.get("author")? })
    }
}

impl Read for Reaction {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { emoji: json.get("emoji")?, count: json.get("count")?, people: json.get("people")? })
    }
}

impl Read for Author {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { id: json.get("id")?, name: json.get("name")? })
    }
}

impl Read for Cursor {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { epoch: json.get("epoch")?, seq: json.get("seq")?, hash: json.get("hash")? })
    }
}
