//! To JSON.

use parlor::{
    Author, ClientId, ClientMessage, Cursor, Mention, Quote, Reaction, RoomName,
    message::{MessageRef, PageOf, RoomAt},
};

use super::json::Json;
use crate::state::{
    change::Change,
    client::Kept,
    drafts::{Composing, StoredDraft},
    outbox::Deed,
    replica::Head,
    said::Said,
};

impl From<&ClientMessage> for Json {
    fn from(message: &ClientMessage) -> Self {
        match message {
            ClientMessage::Hello { token, rooms } => {
                let hello =
                    of_type("hello").with("rooms", Self::List(rooms.iter().map(|at| place(object(), at)).collect()));
                match token {
                    Some(token) => hello.with("token", text(token.reveal())),
                    None => hello,
                }
            }
            ClientMessage::Claim { name } => of_type("claim").with("name", text(name)),
            ClientMessage::Leave => of_type("leave"),
            ClientMessage::Join(at) => place(of_type("join"), at),
            ClientMessage::Part { room } => of_type("part").with("room", text(room.as_str())),
            ClientMessage::Post { room, client_id, body, reply_to, reply_to_client_id } => {
                let post = about(of_type("post"), room, client_id).with("body", text(body));
                let post = match reply_to {
                    Some(seq) => post.with("reply_to", integer(*seq)),
                    None => post,
                };
                identified(post, "reply_to_client_id", reply_to_client_id.as_ref())
            }
            ClientMessage::Edit { room, client_id, target, body } => {
                targeting(about(of_type("edit"), room, client_id), target).with("body", text(body))
            }
            ClientMessage::Delete { room, client_id, target } => {
                targeting(about(of_type("delete"), room, client_id), target)
            }
            ClientMessage::React { room, client_id, target, emoji, on } => {
                let react = targeting(about(of_type("react"), room, client_id), target);
                react.with("emoji", text(emoji)).with("on", Self::Bool(*on))
            }
            ClientMessage::Topic { room, client_id, topic } => {
                about(of_type("topic"), room, client_id).with("topic", text(topic))
            }
            ClientMessage::Discard { room, client_id } => about(of_type("discard"), room, client_id),
            ClientMessage::Page { room, request, of } => {
                let (part, place) = match of {
                    PageOf::Before(seq) => ("before", seq),
                    PageOf::After(seq) => ("after", seq),
                    PageOf::Around(seq) => ("around", seq),
                    PageOf::At(time) => ("at", time),
                };
                let page = of_type("page").with("room", text(room.as_str()));
                page.with("request", integer((*request).into())).with(part, integer(*place))
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

impl From<&Kept> for Json {
    fn from(Kept { room, written }: &Kept) -> Self {
        let kept = about(object(), room, &written.client_id)
            .with("author", author(&written.author))
            .with("at", integer(written.at));
        match &written.deed {
            Deed::Post { body, mentions, reply_to } => {
                let kept = mentioning(kept.with("body", text(body.as_str())), mentions.as_deref());
                match reply_to {
                    Some(quote) => kept.with("reply_to", quoted(quote)),
                    None => kept,
                }
            }
            Deed::Topic(topic) => kept.with("topic", text(topic)),
            Deed::Change { target, change } => {
                let kept = targeting(kept, target);
                match change {
                    Change::Edit(Some(body), mentions) => {
                        mentioning(kept.with("body", text(body.as_str())), mentions.as_deref())
                    }
                    Change::Edit(None, _) | Change::Delete => kept,
                    Change::React { emoji, on } => kept.with("emoji", text(emoji.as_str())).with("on", Self::Bool(*on)),
                }
            }
        }
    }
}

impl From<&StoredDraft> for Json {
    fn from(draft: &StoredDraft) -> Self {
        let json = object().with("room", text(draft.room.as_str())).with("text", text(&draft.text));
        let json = json.with("at", integer(draft.at)).with("offered", Self::Bool(draft.offered));
        match &draft.composing {
            None => json,
            Some(Composing::Reply(quote)) => json.with("reply_to", quoted(quote)),
            Some(Composing::Edit { target, text: before }) => {
                targeting(json, target).with("before", text(before.as_str()))
            }
        }
    }
}

impl From<&Head> for Json {
    fn from(head: &Head) -> Self {
        let json = object().with("room", text(head.room.as_str())).with("as_of", cursor(&head.as_of));
        let json = json.with("first", integer(head.first)).with("has_older", Self::Bool(head.has_older));
        json.with("topic", text(&head.topic)).with("read", integer(head.read))
    }
}

impl From<&Said> for Json {
    fn from(said: &Said) -> Self {
        let mut json = object()
            .with("seq", integer(said.seq))
            .with("at", integer(said.at))
            .with("hash", text(""))
            .with("kind", text("posted"))
            .with("author", author(&said.author))
            .with("client_id", text(said.client_id.as_str()));
        if let Some(body) = &said.body {
            json = mentioning(json.with("body", text(body.as_str())), said.mentions.as_deref());
        }
        if let Some(quote) = &said.reply_to {
            json = json.with("reply_to", quoted(quote));
        }
        if said.edited {
            json = json.with("edited_at", integer(said.at));
        }
        if !said.reactions.is_empty() {
            json = json.with("reactions", Self::List(said.reactions.iter().map(reaction).collect()));
        }
        json
    }
}

fn mentioning(json: Json, mentions: Option<&[Mention]>) -> Json {
    let Some(mentions) = mentions else { return json };
    let mention = |Mention { start, end, author }: &Mention| {
        let place = object().with("start", integer((*start).into())).with("end", integer((*end).into()));
        place.with("author", text(author.as_str()))
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

fn quoted(quote: &Quote) -> Json {
    let mut json = object().with("seq", integer(quote.seq));
    if let Some(by) = &quote.author {
        json = json.with("author", author(by));
    }
    if let Some(excerpt) = &quote.excerpt {
        json = json.with("excerpt", text(excerpt));
    }
    identified(json, "client_id", quote.client_id.as_ref())
}

fn targeting(json: Json, target: &MessageRef) -> Json {
    identified(json.with("target", integer(target.seq)), "target_client_id", target.client_id.as_ref())
}

fn identified(json: Json, key: &'static str, id: Option<&ClientId>) -> Json {
    match id {
        Some(id) => json.with(key, text(id.as_str())),
        None => json,
    }
}

fn about(json: Json, room: &RoomName, client_id: &ClientId) -> Json {
    json.with("room", text(room.as_str())).with("client_id", text(client_id.as_str()))
}

fn place(json: Json, at: &RoomAt) -> Json {
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

fn object() -> Json {
    Json::Object(Vec::new())
}

fn text(text: &str) -> Json {
    Json::Text(text.to_owned())
}

// Beyond 2^63 no log and no clock will ever be.
fn integer(value: u64) -> Json {
    Json::Integer(value.try_into().unwrap_or(i64::MAX))
}
