//! From JSON: what a field is called and of which type it is, a line each.

use parlor::{
    Author, AuthorId, Body, ChainMark, ClientId, Cursor, Emoji, Epoch, ErrorCode, Event, EventKind, Mention, Name,
    Quote, Reaction, Refusal, RoomName, ServerMessage, Token,
    message::{ClientLimits, Hit, MessageRef, Present, Request, ResetReason, RoomSummary, Roster, Standing},
};
use serde::de::{Deserialize, IntoDeserializer, value};

use super::json::Json;
use crate::{
    Boot,
    boot::Refused,
    settings::Settings,
    state::{
        calendar::OffsetChange,
        change::Change,
        client::Kept,
        drafts::{Composing, StoredDraft},
        outbox::{Deed, Written},
        replica::Head,
    },
    words::Words,
};

/// What can be read from JSON.
pub(super) trait Read: Sized {
    /// The value; none if the JSON is something else.
    fn read(json: &Json) -> Option<Self>;
}

impl Json {
    fn get<T: Read>(&self, name: &str) -> Option<T> {
        T::read(self.field(name))
    }

    // Where the server leaves out what is empty.
    fn get_or_default<T: Read + Default>(&self, name: &str) -> Option<T> {
        self.get::<Option<T>>(name).map(Option::unwrap_or_default)
    }

    fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }
}

impl Read for ServerMessage {
    fn read(json: &Json) -> Option<Self> {
        Some(match json.field("type").as_text()? {
            "welcome" => Self::Welcome {
                session: json.get("session")?,
                token: json.get("token")?,
                name: json.get("name")?,
                limits: json.get("limits")?,
                heartbeat_ms: json.get("heartbeat_ms")?,
                build: json.get("build")?,
            },
            "claimed" => Self::Claimed { name: json.get("name")? },
            "unnamed" => Self::Unnamed,
            "refused" => Self::Refused { to: json.get("to")?, room: json.get("room")?, error: json.get("error")? },
            "snapshot" => Self::Snapshot {
                room: json.get("room")?,
                as_of: json.get("as_of")?,
                events: json.get("events")?,
                has_older: json.get("has_older")?,
                roster: json.get("roster")?,
                topic: json.get_or_default("topic")?,
                read: json.get("read")?,
            },
            "missed" => Self::Missed {
                room: json.get("room")?,
                as_of: json.get("as_of")?,
                events: json.get("events")?,
                roster: json.get("roster")?,
                topic: json.get_or_default("topic")?,
            },
            "reset" => Self::Reset { room: json.get("room")?, reason: json.get("reason")? },
            "page" => Self::Page {
                room: json.get("room")?,
                request: json.get("request")?,
                as_of: json.get("as_of")?,
                events: json.get("events")?,
                has_older: json.get("has_older")?,
                has_newer: json.get("has_newer")?,
            },
            "event" => Self::Event { room: json.get("room")?, epoch: json.get("epoch")?, event: json.get("event")? },
            "presence" => Self::Presence {
                room: json.get("room")?,
                joined: json.get("joined")?,
                left: json.get("left")?,
                count: json.get("count")?,
            },
            "read" => Self::Read { room: json.get("room")?, seq: json.get("seq")? },
            "unread" => Self::Unread { room: json.get("room")?, seq: json.get("seq")? },
            "typing" => Self::Typing { room: json.get("room")?, who: json.get("who")? },
            "rooms" => Self::Rooms { rooms: json.get("rooms")? },
            "found" => Self::Found { request: json.get("request")?, hits: json.get("hits")?, more: json.get("more")? },
            "ack" => Self::Ack {
                room: json.get("room")?,
                client_id: json.get("client_id")?,
                seq: json.get("seq")?,
                at: json.get("at")?,
            },
            "nack" => {
                Self::Nack { room: json.get("room")?, client_id: json.get("client_id")?, error: json.get("error")? }
            }
            "pong" => Self::Pong,
            _ => Self::Unknown,
        })
    }
}

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

impl Read for Roster {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { count: json.get("count")?, people: json.get("people")? })
    }
}

impl Read for Present {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { author: Author::read(json)?, standing: json.get_or_default("standing")? })
    }
}

impl Read for RoomSummary {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { room: json.get("room")?, topic: json.get_or_default("topic")?, people: json.get("people")? })
    }
}

impl Read for Hit {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { room: json.get("room")?, event: json.get("event")? })
    }
}

impl Read for Refusal {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            code: json.get("code")?,
            message: json.get("message")?,
            retry_after_ms: json.get("retry_after_ms")?,
        })
    }
}

impl Read for ClientLimits {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            body_bytes: json.get("body_bytes")?,
            name_graphemes: json.get("name_graphemes")?,
            post_burst: json.get("post_burst")?,
            posts_per_second: json.get("posts_per_second")?,
        })
    }
}

impl Read for Boot {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            room: json.get("room")?,
            session: json.get("session")?,
            name: json.get("name")?,
            as_of: json.get("as_of")?,
            events: json.get("events")?,
            has_older: json.get("has_older")?,
            at: json.get("at")?,
            has_newer: json.get("has_newer")?,
            roster: json.get("roster")?,
            read: json.get("read")?,
            topic: json.get_or_default("topic")?,
            rooms: json.get_or_default("rooms")?,
            now: json.get("now")?,
            utc_offsets: json.get_or_default("utc_offsets")?,
            words: Box::leak(Box::new(json.get("words")?)),
            half_days: json.get("half_days")?,
            settings: Settings::parse(&json.get_or_default::<String>("settings")?),
            build: json.get("build")?,
            form: String::new(),
            refused: json.get("refused")?,
        })
    }
}

impl Read for OffsetChange {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { from: json.get("from")?, minutes: json.get("minutes")? })
    }
}

impl Read for Words {
    // They are there as long as the page is, and come once.
    fn read(json: &Json) -> Option<Self> {
        let texts = <Vec<String>>::read(json)?;
        Self::from_list(texts.into_iter().map(|text| &*text.leak()).collect())
    }
}

impl Read for Refused {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { code: json.get("code")?, name: json.get("name")?, text: json.get("text")? })
    }
}

impl Read for Head {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            room: json.get("room")?,
            as_of: json.get("as_of")?,
            first: json.get("first")?,
            has_older: json.get("has_older")?,
            topic: json.get("topic")?,
            read: json.get("read")?,
        })
    }
}

impl Read for Kept {
    fn read(json: &Json) -> Option<Self> {
        let deed = match (target(json)?, json.get("topic")?) {
            (Some(target), _) => Deed::Change { target, change: change(json)? },
            (None, Some(topic)) => Deed::Topic(topic),
            (None, None) => {
                let (body, mentions) = (json.get("body")?, json.get("mentions")?);
                Deed::Post { body, mentions, reply_to: json.get("reply_to")? }
            }
        };
        let (client_id, author, at) = (json.get("client_id")?, json.get("author")?, json.get("at")?);
        Some(Self { room: json.get("room")?, written: Written { client_id, author, deed, at } })
    }
}

impl Read for StoredDraft {
    fn read(json: &Json) -> Option<Self> {
        let composing = match (target(json)?, json.get("reply_to")?) {
            (Some(target), _) => Some(Composing::Edit { target, text: json.get("before")? }),
            (None, Some(quote)) => Some(Composing::Reply(quote)),
            (None, None) => None,
        };
        let (text, at, offered) = (json.get("text")?, json.get("at")?, json.get("offered")?);
        Some(Self { room: json.get("room")?, composing, text, at, offered })
    }
}

// None where there is no target at all.
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

impl<T: Read> Read for Option<T> {
    fn read(json: &Json) -> Option<Self> {
        if *json == Json::Null { Some(None) } else { T::read(json).map(Some) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Json) -> Option<Self> {
        if let Json::List(values) = json { values.iter().map(T::read).collect() } else { None }
    }
}

impl Read for bool {
    fn read(json: &Json) -> Option<Self> {
        if let Json::Bool(value) = json { Some(*value) } else { None }
    }
}

impl Read for String {
    fn read(json: &Json) -> Option<Self> {
        json.as_text().map(str::to_owned)
    }
}

macro_rules! integers {
    ($($type:ty),*) => { $(
        impl Read for $type {
            fn read(json: &Json) -> Option<Self> {
                json.as_integer()?.try_into().ok()
            }
        }
    )* };
}
integers!(u64, u32, i32);

macro_rules! checked_texts {
    ($($type:ty),*) => { $(
        impl Read for $type {
            fn read(json: &Json) -> Option<Self> {
                Self::parse(json.as_text()?).ok()
            }
        }
    )* };
}
checked_texts!(RoomName, Name, Body, ClientId, Token, Emoji);

macro_rules! plain_texts {
    ($($type:ident),*) => { $(
        impl Read for $type {
            fn read(json: &Json) -> Option<Self> {
                String::read(json).map(|text| $type(text.into()))
            }
        }
    )* };
}
plain_texts!(AuthorId, Epoch, ChainMark);

// A word out of a closed list: here serde's way is short in WASM too.
macro_rules! words {
    ($($type:ty),*) => { $(
        impl Read for $type {
            fn read(json: &Json) -> Option<Self> {
                Self::deserialize(IntoDeserializer::<value::Error>::into_deserializer(json.as_text()?)).ok()
            }
        }
    )* };
}
words!(ErrorCode, Request, ResetReason, Standing);
