//! Messages of the server.

use parlor::{
    Author, Refusal, ServerMessage,
    message::{ClientLimits, Hit, Present, RoomSummary, Roster},
};

use super::Read;
use crate::wire::json::Json;

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
                title: json.get_or_default("title")?,
                read: json.get("read")?,
            },
            "missed" => Self::Missed {
                room: json.get("room")?,
                as_of: json.get("as_of")?,
                events: json.get("events")?,
                roster: json.get("roster")?,
                topic: json.get_or_default("topic")?,
                title: json.get_or_default("title")?,
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
            "room" => Self::Room { room: json.get("room")?, title: json.get("title")? },
            "moved" => Self::Moved { room: json.get("room")?, to: json.get("to")?, title: json.get("title")? },
            "removed" => Self::Removed { room: json.get("room")? },
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

impl Read for Roster {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { count: json.get("count")?, people: json.get("people")? })
    }
}

impl Read for Present {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { author: Author::read(json)?, status: json.get_or_default("standing")? })
    }
}

impl Read for RoomSummary {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            room: json.get("room")?,
            topic: json.get_or_default("topic")?,
            people: json.get("people")?,
            title: json.get_or_default("title")?,
        })
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
