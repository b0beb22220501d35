//! Both ways are the same way: what one side writes the other reads, for every kind of message.

use parlor::{
    Author, AuthorId, Body, ChainMark, ClientId, Cursor, Emoji, Epoch, ErrorCode, Event, EventKind, Mention, Name,
    Quote, Reaction, Refusal, RoomName, Token,
    message::{
        ClientLimits, Hit, MessageRef, PageOf, Present, Request, ResetReason, RoomAt, RoomSummary, Roster, Standing,
    },
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::*;
use crate::state::{
    calendar::OffsetChange,
    change::Change,
    drafts::Composing,
    outbox::{Deed, Written},
};
#[cfg(feature = "ssr")]
use crate::{
    boot::Refused,
    settings::Settings,
    words::{Language, Words},
};

/// Numbers that every JavaScript has exactly.
const EXACT: std::ops::Range<u64> = 0..1 << 53;

fn text() -> impl Strategy<Value = String> {
    "(\\PC|[\"\\\\/\n\t\u{0}\u{7}\u{1f}\u{7f}\u{2028}]){0,12}"
}

fn room() -> impl Strategy<Value = RoomName> {
    "[a-zжя0-9_-]{1,9}".prop_map(|name| RoomName::parse(&name).unwrap())
}

fn name() -> impl Strategy<Value = Name> {
    "\\PC{1,9}".prop_filter_map("is a name", |name| Name::parse(&name).ok())
}

fn body() -> impl Strategy<Value = Body> {
    "(\\PC|[\"\\\\\n\t]){1,40}".prop_filter_map("is a message", |body| Body::parse(&body).ok())
}

fn client_id() -> impl Strategy<Value = ClientId> {
    any::<u128>().prop_map(ClientId::from_random)
}

fn token() -> impl Strategy<Value = Token> {
    "[a-zA-Z0-9_-]{22}".prop_map(|token| Token::parse(&token).unwrap())
}

fn author() -> impl Strategy<Value = Author> {
    (text(), name()).prop_map(|(id, name)| Author { id: AuthorId(id.into()), name })
}

fn cursor() -> impl Strategy<Value = Cursor> {
    (text(), EXACT, text()).prop_map(|(epoch, seq, hash)| Cursor { epoch: Epoch(epoch), seq, hash: ChainMark(hash) })
}

fn present() -> impl Strategy<Value = Present> {
    let standing = select(vec![Standing::Here, Standing::Away, Standing::Reconnecting]);
    (author(), standing).prop_map(|(author, standing)| Present { author, standing })
}

fn roster() -> impl Strategy<Value = Roster> {
    (any::<u32>(), vec(present(), 0..3)).prop_map(|(count, people)| Roster { count, people })
}

fn refusal() -> impl Strategy<Value = Refusal> {
    let code = select(vec![ErrorCode::NameTaken, ErrorCode::TooFast, ErrorCode::NotInRoom, ErrorCode::Unknown]);
    (code, text(), option::of(EXACT)).prop_map(|(code, message, retry_after_ms)| Refusal {
        code,
        message,
        retry_after_ms,
    })
}

fn emoji() -> impl Strategy<Value = Emoji> {
    select(vec!["👍", "❤️", "👩‍💻", "1️⃣"]).prop_map(|emoji| Emoji::parse(emoji).unwrap())
}

fn quote() -> impl Strategy<Value = Quote> {
    let fields = (EXACT, option::of(author()), option::of(text()), option::of(client_id()));
    fields.prop_map(|(seq, author, excerpt, client_id)| Quote { seq, author, excerpt, client_id })
}

fn target() -> impl Strategy<Value = MessageRef> {
    (EXACT, option::of(client_id())).prop_map(|(seq, client_id)| MessageRef { seq, client_id })
}

fn mentions() -> impl Strategy<Value = Vec<Mention>> {
    let mention = (any::<u32>(), any::<u32>(), "[a-z]{1,4}");
    vec(mention.prop_map(|(start, end, id)| Mention { start, end, author: AuthorId(id.into()) }), 0..3)
}

fn posted() -> impl Strategy<Value = EventKind> {
    let reaction = (emoji(), any::<u32>(), vec(author(), 0..3));
    let reaction = reaction.prop_map(|(emoji, count, people)| Reaction { emoji, count, people });
    let text = option::of((body(), option::of(mentions())));
    let fields = (author(), client_id(), text, option::of(quote()), option::of(EXACT), vec(reaction, 0..3));
    fields.prop_map(|(author, client_id, text, reply_to, edited_at, reactions)| {
        let (body, mentions) = text.map_or((None, None), |(body, mentions)| (Some(body), mentions));
        EventKind::Posted { author, client_id, body, mentions, reply_to, edited_at, reactions }
    })
}

fn event() -> impl Strategy<Value = Event> {
    let about = || (author(), client_id(), EXACT);
    let kind = prop_oneof![
        4 => posted(),
        1 => (about(), option::of(body()), option::of(mentions())).prop_map(|((by, client_id, target), body, mentions)| {
            EventKind::Edited { by, client_id, target, body, mentions }
        }),
        1 => about().prop_map(|(by, client_id, target)| EventKind::Deleted { by, client_id, target }),
        1 => (about(), emoji())
            .prop_map(|((by, client_id, target), emoji)| EventKind::Reacted { by, client_id, target, emoji }),
        1 => (about(), emoji())
            .prop_map(|((by, client_id, target), emoji)| EventKind::Unreacted { by, client_id, target, emoji }),
        1 => (author(), client_id(), text()).prop_map(|(by, client_id, topic)| EventKind::Topic { by, client_id, topic }),
        1 => Just(EventKind::Unknown),
    ];
    (EXACT, EXACT, text(), kind).prop_map(|(seq, at, hash, kind)| Event { seq, at, hash: ChainMark(hash), kind })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    vec(event(), 0..4)
}

fn limits() -> impl Strategy<Value = ClientLimits> {
    any::<[u32; 4]>().prop_map(|[body_bytes, name_graphemes, post_burst, posts_per_second]| ClientLimits {
        body_bytes,
        name_graphemes,
        post_burst,
        posts_per_second,
    })
}

fn server_messages() -> impl Strategy<Value = ServerMessage> {
    let request = select(vec![Request::Hello, Request::Claim, Request::Page, Request::Discard, Request::Other]);
    let reason = select(vec![ResetReason::OtherLog, ResetReason::Removed, ResetReason::TooFar, ResetReason::Unknown]);
    prop_oneof![
        (text(), option::of(token()), option::of(name()), limits(), EXACT, text()).prop_map(
            |(session, token, name, limits, heartbeat_ms, build)| {
                ServerMessage::Welcome { session: AuthorId(session.into()), token, name, limits, heartbeat_ms, build }
            }
        ),
        name().prop_map(|name| ServerMessage::Claimed { name }),
        Just(ServerMessage::Unnamed),
        (option::of(request), option::of(room()), refusal()).prop_map(|(to, room, error)| ServerMessage::Refused {
            to,
            room,
            error
        }),
        (room(), cursor(), events(), any::<bool>(), roster(), text(), option::of(EXACT)).prop_map(
            |(room, as_of, events, has_older, roster, topic, read)| {
                ServerMessage::Snapshot { room, as_of, events, has_older, roster, topic, read }
            }
        ),
        (room(), cursor(), events(), option::of(roster()), text()).prop_map(|(room, as_of, events, roster, topic)| {
            ServerMessage::Missed { room, as_of, events, roster, topic }
        }),
        (room(), reason).prop_map(|(room, reason)| ServerMessage::Reset { room, reason }),
        (room(), any::<u32>(), cursor(), events(), any::<bool>(), any::<bool>()).prop_map(
            |(room, request, as_of, events, has_older, has_newer)| {
                ServerMessage::Page { room, request, as_of, events, has_older, has_newer }
            }
        ),
        (room(), text(), event()).prop_map(|(room, epoch, event)| ServerMessage::Event {
            room,
            epoch: Epoch(epoch),
            event
        }),
        (room(), vec(present(), 0..3), vec(author(), 0..3), any::<u32>())
            .prop_map(|(room, joined, left, count)| ServerMessage::Presence { room, joined, left, count }),
        (room(), EXACT).prop_map(|(room, seq)| ServerMessage::Read { room, seq }),
        (room(), EXACT).prop_map(|(room, seq)| ServerMessage::Unread { room, seq }),
        (room(), author()).prop_map(|(room, who)| ServerMessage::Typing { room, who }),
        vec((room(), text(), any::<u32>()), 0..3).prop_map(|rooms| ServerMessage::Rooms {
            rooms: rooms.into_iter().map(|(room, topic, people)| RoomSummary { room, topic, people }).collect()
        }),
        (any::<u32>(), vec((room(), event()), 0..3), any::<bool>()).prop_map(|(request, hits, more)| {
            let hits = hits.into_iter().map(|(room, event)| Hit { room, event }).collect();
            ServerMessage::Found { request, hits, more }
        }),
        (room(), client_id(), EXACT, EXACT).prop_map(|(room, client_id, seq, at)| ServerMessage::Ack {
            room,
            client_id,
            seq,
            at
        }),
        (room(), client_id(), refusal()).prop_map(|(room, client_id, error)| ServerMessage::Nack {
            room,
            client_id,
            error
        }),
        Just(ServerMessage::Pong),
        Just(ServerMessage::Unknown),
    ]
}

fn client_messages() -> impl Strategy<Value = ClientMessage> {
    let place = || (room(), option::of(cursor())).prop_map(|(room, cursor)| RoomAt { room, cursor });
    let part = (select(vec![PageOf::Before as fn(u64) -> PageOf, PageOf::After, PageOf::Around, PageOf::At]), EXACT);
    let part = part.prop_map(|(part, seq)| part(seq));
    prop_oneof![
        (option::of(token()), vec(place(), 0..3)).prop_map(|(token, rooms)| ClientMessage::Hello { token, rooms }),
        text().prop_map(|name| ClientMessage::Claim { name }),
        Just(ClientMessage::Leave),
        place().prop_map(ClientMessage::Join),
        room().prop_map(|room| ClientMessage::Part { room }),
        (room(), client_id(), text(), option::of(EXACT), option::of(client_id())).prop_map(
            |(room, client_id, body, reply_to, reply_to_client_id)| {
                ClientMessage::Post { room, client_id, body, reply_to, reply_to_client_id }
            }
        ),
        (room(), client_id(), target(), text()).prop_map(|(room, client_id, target, body)| ClientMessage::Edit {
            room,
            client_id,
            target,
            body
        }),
        (room(), client_id(), target()).prop_map(|(room, client_id, target)| ClientMessage::Delete {
            room,
            client_id,
            target
        }),
        (room(), client_id(), target(), text(), any::<bool>()).prop_map(|(room, client_id, target, emoji, on)| {
            ClientMessage::React { room, client_id, target, emoji, on }
        }),
        (room(), client_id(), text()).prop_map(|(room, client_id, topic)| ClientMessage::Topic {
            room,
            client_id,
            topic
        }),
        (room(), client_id()).prop_map(|(room, client_id)| ClientMessage::Discard { room, client_id }),
        (room(), any::<u32>(), part).prop_map(|(room, request, of)| ClientMessage::Page { room, request, of }),
        (room(), EXACT).prop_map(|(room, seq)| ClientMessage::Read { room, seq }),
        (room(), EXACT).prop_map(|(room, seq)| ClientMessage::Unread { room, seq }),
        room().prop_map(|room| ClientMessage::Typing { room }),
        any::<bool>().prop_map(|away| ClientMessage::Away { away }),
        Just(ClientMessage::Rooms),
        (any::<u32>(), option::of(room()), text(), option::of(text()), -900..900).prop_map(
            |(request, room, words, time_zone, utc_offset_minutes)| {
                ClientMessage::Search { request, room, words, time_zone, utc_offset_minutes }
            }
        ),
        Just(ClientMessage::Ping),
    ]
}

// The compiler leads here when a kind is new: then it belongs into `read` and into `server_messages` above.
fn is_read(message: &ServerMessage) -> bool {
    match message {
        ServerMessage::Welcome { .. }
        | ServerMessage::Claimed { .. }
        | ServerMessage::Unnamed
        | ServerMessage::Refused { .. }
        | ServerMessage::Snapshot { .. }
        | ServerMessage::Missed { .. }
        | ServerMessage::Reset { .. }
        | ServerMessage::Page { .. }
        | ServerMessage::Event { .. }
        | ServerMessage::Presence { .. }
        | ServerMessage::Read { .. }
        | ServerMessage::Unread { .. }
        | ServerMessage::Typing { .. }
        | ServerMessage::Rooms { .. }
        | ServerMessage::Found { .. }
        | ServerMessage::Ack { .. }
        | ServerMessage::Nack { .. }
        | ServerMessage::Pong
        | ServerMessage::Unknown => true,
    }
}

// JSON of any shape.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((text(), inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn deed() -> impl Strategy<Value = Deed> {
    let change = prop_oneof![
        (body(), option::of(mentions())).prop_map(|(body, mentions)| Change::Edit(Some(body), mentions)),
        Just(Change::Delete),
        (emoji(), any::<bool>()).prop_map(|(emoji, on)| Change::React { emoji, on }),
    ];
    prop_oneof![
        (body(), option::of(mentions()), option::of(quote())).prop_map(|(body, mentions, reply_to)| Deed::Post {
            body,
            mentions,
            reply_to
        }),
        (target(), change).prop_map(|(target, change)| Deed::Change { target, change }),
        text().prop_map(Deed::Topic),
    ]
}

proptest! {
    #[test]
    fn what_the_server_writes_is_read(message in server_messages()) {
        let text = serde_json::to_string(&message).unwrap();
        prop_assert!(is_read(&message));
        prop_assert_eq!(server_message(&text), Some(message));
    }

    #[test]
    fn what_is_written_the_server_reads(message in client_messages()) {
        let text = client_text(&message);
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), serde_json::to_value(&message).unwrap());
        prop_assert_eq!(serde_json::from_str::<ClientMessage>(&text).unwrap(), message);
    }

    #[test]
    fn what_is_kept_comes_back(
        room in room(), client_id in client_id(), author in author(), deed in deed(), at in EXACT,
    ) {
        let before = Kept { room, written: Written { client_id, author, deed, at } };
        prop_assert_eq!(kept(&kept_text(&before)), Some(before));
    }

    #[test]
    fn a_stored_draft_comes_back(
        (room, draft_text, at, offered) in (room(), text(), EXACT, any::<bool>()),
        composing in option::of(prop_oneof![
            quote().prop_map(Composing::Reply),
            (target(), body()).prop_map(|(target, text)| Composing::Edit { target, text }),
        ]),
    ) {
        let before = StoredDraft { room, composing, text: draft_text, at, offered };
        prop_assert_eq!(draft(&super::draft_text(&before)), Some(before));
    }

    #[test]
    fn what_is_kept_of_a_room_comes_back(
        (room, as_of, first, has_older, topic, read) in (room(), cursor(), EXACT, any::<bool>(), text(), EXACT),
        (seq, at, kind) in (EXACT, EXACT, posted()),
    ) {
        let before = Head { room, as_of, first, has_older, topic, read };
        prop_assert_eq!(head(&head_text(&before)), Some(before));
        let event = Event { seq, at, hash: ChainMark(String::new()), kind };
        let said = Said::of(event, 0).unwrap();
        prop_assert_eq!(super::posted(&posted_text(&said)), Some(said.event()));
    }

    #[test]
    fn any_json_is_read_as_it_is(value in values(), spaced in any::<bool>()) {
        let text = if spaced { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let back = Json::parse(&text).unwrap().to_text();
        prop_assert_eq!(serde_json::from_str::<Value>(&back).unwrap(), value);
    }

    #[test]
    fn what_is_no_json_is_refused_and_breaks_nothing(text in "[\\[\\]{}\",:\\\\u0-9a-fnrtsl\u{301}é -]{0,24}") {
        if serde_json::from_str::<Value>(&text).is_ok() {
            prop_assert!(Json::parse(&text).is_some());
        } else {
            let _ = Json::parse(&text);
        }
    }
}

#[cfg(feature = "ssr")]
proptest! {
    #[test]
    fn the_first_state_arrives(
        (room, session, name, as_of, events, has_older, topic, read) in
            (room(), text(), option::of(name()), cursor(), events(), any::<bool>(), text(), option::of(EXACT)),
        (roster, now, build) in (roster(), EXACT, text()),
        utc_offsets in vec((EXACT, -900..900).prop_map(|(from, minutes)| OffsetChange { from, minutes }), 0..3),
        (at, has_newer, rooms) in (option::of(EXACT), any::<bool>(), vec(room(), 0..3)),
        refused in option::of((any::<bool>(), text(), text())),
        language in select(&Language::ALL[..]),
    ) {
        let session = AuthorId(session.into());
        let refused = refused.map(|(taken, name, text)| {
            Refused { code: if taken { ErrorCode::NameTaken } else { ErrorCode::TooFast }, name, text }
        });
        let (settings, words) = (Settings { compact: has_older, ..Settings::default() }, Words::of(language));
        let half_days = has_newer;
        // The server's alone.
        let form = String::new();
        let before =
            Boot { settings, words, half_days, form, refused, room, session, name, as_of, events, has_older, at, has_newer, roster, topic, rooms, read, now, utc_offsets, build };
        prop_assert_eq!(boot(&before.to_text()), Some(before));
    }
}

#[test]
fn texts_may_be_escaped_in_every_way() {
    let parsed = Json::parse(r#" [ "\ud83d\ude00\u00e9\/\b\f\r" , 1.5, -2e3 ] "#);
    let expected = Json::List(vec![Json::Text("😀é/\u{8}\u{c}\r".to_owned()), Json::Null, Json::Null]);
    assert_eq!(parsed, Some(expected));
    for broken in
        [r#""\ud83d""#, r#""\ude00""#, r#""\ud83dx""#, r#""\x""#, r#""\u12""#, "\"a", "[1,]", "{\"a\"}", "1 2", ""]
    {
        assert_eq!(Json::parse(broken), None, "{broken}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(Json::parse(&deep), None, "the stack is not the limit");
}

#[test]
fn what_is_new_is_passed_over_and_what_is_missing_refused() {
    let newer = json!({ "type": "haunted", "by": [1.5] }).to_string();
    assert_eq!(server_message(&newer), Some(ServerMessage::Unknown));
    let more = json!({ "type": "claimed", "name": "Ana", "mood": { "level": 0.7 } }).to_string();
    assert_eq!(server_message(&more), Some(ServerMessage::Claimed { name: Name::parse("Ana").unwrap() }));
    for less in [json!({ "type": "claimed" }), json!({ "type": "claimed", "name": 7 }), json!({}), json!([])] {
        assert_eq!(server_message(&less.to_string()), None, "{less}");
    }
}
