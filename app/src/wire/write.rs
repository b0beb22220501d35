//! Writing values as JSON: one line for the name and type of each field.

use parlor::{
    Author, ClientId, ClientMessage, Cursor, Mention, Quote, Reaction, RoomName,
    message::{MessageRef, PageOf, RoomAt},
};

use super::{STORED_VERSION, json::Json};
use crate::state::{
    change::Change,
    chat_message::ChatMessage,
    drafts::{Composing, StoredDraft},
    replica::ReplicaHeader,
    submission::{Operation, StoredSubmission},
};

impl From<&ClientMessage> for Json {
    fn from(message: &ClientMessage) -> Self {
        match message {
            ClientMessage::Hello { token, rooms } => {
                let hello = of_type("hello")
                    .with("rooms", Self::List(rooms.iter().map(|at| with_room_at(object(), at)).collect()));
                match token {
                    Some(token) => hello.with("token", text(token.reveal())),
                    None => hello,
                }
            }
            ClientMessage::Claim { name } => of_type("claim").with("name", text(name)),
            ClientMessage::Leave => of_type("leave"),
            ClientMessage::Join(at) => with_room_at(of_type("join"), at),
            ClientMessage::Part { room } => of_type("part").with("room", text(room.as_str())),
            ClientMessage::Post { room, client_id, body, reply_to, reply_to_client_id } => {
                let post = with_room_and_client_id(of_type("post"), room, client_id).with("body", text(body));
                let post = match reply_to {
                    Some(seq) => post.with("reply_to", integer(*seq)),
                    None => post,
                };
                with_id(post, "reply_to_client_id", reply_to_client_id.as_ref())
            }
            ClientMessage::Edit { room, client_id, target, body } => {
                with_target(with_room_and_client_id(of_type("edit"), room, client_id), target).with("body", text(body))
            }
            ClientMessage::Delete { room, client_id, target } => {
                with_target(with_room_and_client_id(of_type("delete"), room, client_id), target)
            }
            ClientMessage::React { room, client_id, target, emoji, on } => {
                let react = with_target(with_room_and_client_id(of_type("react"), room, client_id), target);
                react.with("emoji", text(emoji)).with("on", Self::Bool(*on))
            }
            ClientMessage::Topic { room, client_id, topic } => {
                with_room_and_client_id(of_type("topic"), room, client_id).with("topic", text(topic))
            }
            ClientMessage::Discard { room, client_id } => with_room_and_client_id(of_type("discard"), room, client_id),
            ClientMessage::Page { room, request, of } => {
                let (name, value) = match of {
                    PageOf::Before(seq) => ("before", seq),
                    PageOf::After(seq) => ("after", seq),
                    PageOf::Around(seq) => ("around", seq),
                    PageOf::At(time) => ("at", time),
                };
                let page = of_type("page").with("room", text(room.as_str()));
                page.with("request", integer((*request).into())).with(name, integer(*value))
            }
            ClientMessage::Read { room, seq } => {
                of_type("read").with("room", text(room.as_str())).with("seq", integer(*seq))
            }
            ClientMessage::Unread { room, seq } => {
                of_type("unread").with("room", text(room.as_str())).with("seq", integer(*seq))
            }
            ClientMessage::Typing { room } => of_type("typing").with("room", text(room.as_str())),
            ClientMessage::Away { away } => of_type("away").with("away", Self::Bool(*away)),
            ClientMessage::Rooms => of_type("rooms"),
            ClientMessage::Search { request, room, words, time_zone, utc_offset_minutes } => {
                let search = of_type("search").with("request", integer((*request).into())).with("words", text(words));
                let search = search.with("utc_offset_minutes", Self::Integer((*utc_offset_minutes).into()));
                let search = match room {
                    Some(room) => search.with("room", text(room.as_str())),
                    None => search,
                };
                match time_zone {
                    Some(name) => search.with("time_zone", text(name)),
                    None => search,
                }
            }
            ClientMessage::Ping => of_type("ping"),
        }
    }
}

impl From<&StoredSubmission> for Json {
    fn from(StoredSubmission { room, submission }: &StoredSubmission) -> Self {
        let entry = with_room_and_client_id(stored(), room, &submission.client_id)
            .with("author", author(&submission.author))
            .with("at", integer(submission.at));
        match &submission.operation {
            Operation::Post { body, mentions, reply_to } => {
                let entry = with_mentions(entry.with("body", text(body.as_str())), mentions.as_deref());
                match reply_to {
                    Some(quote) => entry.with("reply_to", quote_object(quote)),
                    None => entry,
                }
            }
            Operation::Topic(topic) => entry.with("topic", text(topic)),
            Operation::Change { target, change } => {
                let entry = with_target(entry, target);
                match change {
                    Change::Edit(Some(body), mentions) => {
                        with_mentions(entry.with("body", text(body.as_str())), mentions.as_deref())
                    }
                    Change::Edit(None, _) | Change::Delete => entry,
                    Change::React { emoji, on } => {
                        entry.with("emoji", text(emoji.as_str())).with("on", Self::Bool(*on))
                    }
                }
            }
        }
    }
}

impl From<&StoredDraft> for Json {
    fn from(draft: &StoredDraft) -> Self {
        let json = stored().with("room", text(draft.room.as_str())).with("text", text(&draft.text));
        let json = json.with("at", integer(draft.at)).with("offered", Self::Bool(draft.offered));
        match &draft.composing {
            None => json,
            Some(Composing::Reply(quote)) => json.with("reply_to", quote_object(quote)),
            Some(Composing::Edit { target, text: before }) => {
                with_target(json, target).with("before", text(before.as_str()))
            }
        }
    }
}

impl From<&ReplicaHeader> for Json {
    fn from(header: &ReplicaHeader) -> Self {
        let json = stored().with("room", text(header.room.as_str())).with("as_of", cursor(&header.as_of));
        let json = json.with("first", integer(header.first)).with("has_older", Self::Bool(header.has_older));
        let json = json.with("topic", text(&header.topic)).with("read", integer(header.read));
        if header.title.is_empty() { json } else { json.with("title", text(&header.title)) }
    }
}

impl From<&ChatMessage> for Json {
    fn from(message: &ChatMessage) -> Self {
        let mut json = object()
            .with("seq", integer(message.seq))
            .with("at", integer(message.at))
            .with("hash", text(""))
            .with("kind", text("posted"))
            .with("author", author(&message.author))
            .with("client_id", text(message.client_id.as_str()));
        if let Some(body) = &message.body {
            json = with_mentions(json.with("body", text(body.as_str())), message.mentions.as_deref());
        }
        if let Some(quote) = &message.reply_to {
            json = json.with("reply_to", quote_object(quote));
        }
        if message.edited {
            json = json.with("edited_at", integer(message.at));
        }
        if !message.reactions.is_empty() {
            json = json.with("reactions", Self::List(message.reactions.iter().map(reaction).collect()));
        }
        json
    }
}

fn with_mentions(json: Json, mentions: Option<&[Mention]>) -> Json {
    let Some(mentions) = mentions else { return json };
    let mention = |Mention { start, end, author }: &Mention| {
        let range = object().with("start", integer((*start).into())).with("end", integer((*end).into()));
        range.with("author", text(author.as_str()))
    };
    json.with("mentions", Json::List(mentions.iter().map(mention).collect()))
}

fn reaction(reaction: &Reaction) -> Json {
    let people = reaction.people.iter().map(author).collect();
    let json = object().with("emoji", text(reaction.emoji.as_str())).with("count", integer(reaction.count.into()));
    json.with("people", Json::List(people))
}

fn author(author: &Author) -> Json {
    object().with("id", text(author.id.as_str())).with("name", text(author.name.as_str()))
}

fn quote_object(quote: &Quote) -> Json {
    let mut json = object().with("seq", integer(quote.seq));
    if let Some(by) = &quote.author {
        json = json.with("author", author(by));
    }
    if let Some(excerpt) = &quote.excerpt {
        json = json.with("excerpt", text(excerpt));
    }
    with_id(json, "client_id", quote.client_id.as_ref())
}

fn with_target(json: Json, target: &MessageRef) -> Json {
    with_id(json.with("target", integer(target.seq)), "target_client_id", target.client_id.as_ref())
}

fn with_id(json: Json, key: &'static str, id: Option<&ClientId>) -> Json {
    match id {
        Some(id) => json.with(key, text(id.as_str())),
        None => json,
    }
}

fn with_room_and_client_id(json: Json, room: &RoomName, client_id: &ClientId) -> Json {
    json.with("room", text(room.as_str())).with("client_id", text(client_id.as_str()))
}

fn with_room_at(json: Json, at: &RoomAt) -> Json {
    let json = json.with("room", text(at.room.as_str()));
    match &at.cursor {
        Some(at) => json.with("cursor", cursor(at)),
        None => json,
    }
}

fn cursor(Cursor { epoch, seq, hash }: &Cursor) -> Json {
    object().with("epoch", text(&epoch.0)).with("seq", integer(*seq)).with("hash", text(&hash.0))
}

fn of_type(name: &str) -> Json {
    object().with("type", text(name))
}

// An object for the browser's store.
fn stored() -> Json {
    object().with("version", integer(STORED_VERSION))
}

fn object() -> Json {
    Json::Object(Vec::new())
}

fn text(text: &str) -> Json {
    Json::Text(text.to_owned())
}

// No seq and no time exceeds 2^63.
fn integer(value: u64) -> Json {
    Json::Integer(value.try_into().unwrap_or(i64::MAX))
}
