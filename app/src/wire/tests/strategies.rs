//! Strategies that generate the values of messages.

use parlor::{
    Author, AuthorId, Body, ChainMark, ClientId, ClientMessage, Cursor, Emoji, Epoch, ErrorCode, Event, EventKind,
    Mention, Name, Quote, Reaction, Refusal, RoomName, ServerMessage, Token,
    message::{
        ClientLimits, Hit, MessageRef, PageOf, PresenceStatus, Present, Request, ResetReason, RoomAt, RoomSummary,
        Roster,
    },
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::state::{change::Change, submission::Operation};

/// Integers that a JavaScript number represents exactly.
pub(super) const EXACT: std::ops::Range<u64> = 0..1 << 53;

pub(super) fn text() -> impl Strategy<Value = String> {
    "(\\PC|[\"\\\\/\n\t\u{0}\u{7}\u{1f}\u{7f}\u{2028}]){0,12}"
}

pub(super) fn room() -> impl Strategy<Value = RoomName> {
    prop_oneof![
        3 => "[a-zжя0-9_-]{1,9}".prop_map(|name| RoomName::parse(&name).unwrap()),
        1 => any::<u128>().prop_map(RoomName::private),
    ]
}

pub(super) fn name() -> impl Strategy<Value = Name> {
    "\\PC{1,9}".prop_filter_map("is a name", |name| Name::parse(&name).ok())
}

pub(super) fn body() -> impl Strategy<Value = Body> {
    "(\\PC|[\"\\\\\n\t]){1,40}".prop_filter_map("is a message", |body| Body::parse(&body).ok())
}

pub(super) fn client_id() -> impl Strategy<Value = ClientId> {
    any::<u128>().prop_map(ClientId::from_random)
}

pub(super) fn token() -> impl Strategy<Value = Token> {
    "[a-zA-Z0-9_-]{22}".prop_map(|token| Token::parse(&token).unwrap())
}

pub(super) fn author() -> impl Strategy<Value = Author> {
    (text(), name()).prop_map(|(id, name)| Author { id: AuthorId(id.into()), name })
}

pub(super) fn cursor() -> impl Strategy<Value = Cursor> {
    (text(), EXACT, text()).prop_map(|(epoch, seq, hash)| Cursor { epoch: Epoch(epoch), seq, hash: ChainMark(hash) })
}

pub(super) fn present() -> impl Strategy<Value = Present> {
    let status = select(vec![PresenceStatus::Here, PresenceStatus::Away, PresenceStatus::Reconnecting]);
    (author(), status).prop_map(|(author, status)| Present { author, status })
}

pub(super) fn roster() -> impl Strategy<Value = Roster> {
    (any::<u32>(), vec(present(), 0..3)).prop_map(|(count, people)| Roster { count, people })
}

pub(super) fn refusal() -> impl Strategy<Value = Refusal> {
    let code = select(vec![ErrorCode::NameTaken, ErrorCode::TooFast, ErrorCode::NotInRoom, ErrorCode::Unknown]);
    (code, text(), option::of(EXACT)).prop_map(|(code, message, retry_after_ms)| Refusal {
        code,
        message,
        retry_after_ms,
    })
}

pub(super) fn emoji() -> impl Strategy<Value = Emoji> {
    select(vec!["👍", "❤️", "👩‍💻", "1️⃣"]).prop_map(|emoji| Emoji::parse(emoji).unwrap())
}

pub(super) fn quote() -> impl Strategy<Value = Quote> {
    let fields = (EXACT, option::of(author()), option::of(text()), option::of(client_id()));
    fields.prop_map(|(seq, author, excerpt, client_id)| Quote { seq, author, excerpt, client_id })
}

pub(super) fn target() -> impl Strategy<Value = MessageRef> {
    (EXACT, option::of(client_id())).prop_map(|(seq, client_id)| MessageRef { seq, client_id })
}

pub(super) fn mentions() -> impl Strategy<Value = Vec<Mention>> {
    let mention = (any::<u32>(), any::<u32>(), "[a-z]{1,4}");
    vec(mention.prop_map(|(start, end, id)| Mention { start, end, author: AuthorId(id.into()) }), 0..3)
}

pub(super) fn posted() -> impl Strategy<Value = EventKind> {
    let reaction = (emoji(), any::<u32>(), vec(author(), 0..3));
    let reaction = reaction.prop_map(|(emoji, count, people)| Reaction { emoji, count, people });
    let text = option::of((body(), option::of(mentions())));
    let fields = (author(), client_id(), text, option::of(quote()), option::of(EXACT), vec(reaction, 0..3));
    fields.prop_map(|(author, client_id, text, reply_to, edited_at, reactions)| {
        let (body, mentions) = text.map_or((None, None), |(body, mentions)| (Some(body), mentions));
        EventKind::Posted { author, client_id, body, mentions, reply_to, edited_at, reactions }
    })
}

pub(super) fn event() -> impl Strategy<Value = Event> {
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

pub(super) fn events() -> impl Strategy<Value = Vec<Event>> {
    vec(event(), 0..4)
}

pub(super) fn limits() -> impl Strategy<Value = ClientLimits> {
    any::<[u32; 4]>().prop_map(|[body_bytes, name_graphemes, post_burst, posts_per_second]| ClientLimits {
        body_bytes,
        name_graphemes,
        post_burst,
        posts_per_second,
    })
}

pub(super) fn server_message() -> impl Strategy<Value = ServerMessage> {
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
        (room(), cursor(), events(), any::<bool>(), roster(), (text(), text()), option::of(EXACT)).prop_map(
            |(room, as_of, events, has_older, roster, (topic, title), read)| {
                ServerMessage::Snapshot { room, as_of, events, has_older, roster, topic, title, read }
            }
        ),
        (room(), cursor(), events(), option::of(roster()), text(), text()).prop_map(
            |(room, as_of, events, roster, topic, title)| {
                ServerMessage::Missed { room, as_of, events, roster, topic, title }
            }
        ),
        (room(), text()).prop_map(|(room, title)| ServerMessage::Room { room, title }),
        (room(), room(), text()).prop_map(|(room, to, title)| ServerMessage::Moved { room, to, title }),
        room().prop_map(|room| ServerMessage::Removed { room }),
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
        vec((room(), text(), any::<u32>(), text()), 0..3).prop_map(|rooms| {
            let summary = |(room, topic, people, title)| RoomSummary { room, topic, people, title };
            ServerMessage::Rooms { rooms: rooms.into_iter().map(summary).collect() }
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

pub(super) fn client_message() -> impl Strategy<Value = ClientMessage> {
    let room_at = || (room(), option::of(cursor())).prop_map(|(room, cursor)| RoomAt { room, cursor });
    let page_of = (select(vec![PageOf::Before as fn(u64) -> PageOf, PageOf::After, PageOf::Around, PageOf::At]), EXACT);
    let page_of = page_of.prop_map(|(page_of, seq)| page_of(seq));
    prop_oneof![
        (option::of(token()), vec(room_at(), 0..3)).prop_map(|(token, rooms)| ClientMessage::Hello { token, rooms }),
        text().prop_map(|name| ClientMessage::Claim { name }),
        Just(ClientMessage::Leave),
        room_at().prop_map(ClientMessage::Join),
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
        (room(), any::<u32>(), page_of).prop_map(|(room, request, of)| ClientMessage::Page { room, request, of }),
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

pub(super) fn operation() -> impl Strategy<Value = Operation> {
    let change = prop_oneof![
        (body(), option::of(mentions())).prop_map(|(body, mentions)| Change::Edit(Some(body), mentions)),
        Just(Change::Delete),
        (emoji(), any::<bool>()).prop_map(|(emoji, on)| Change::React { emoji, on }),
    ];
    prop_oneof![
        (body(), option::of(mentions()), option::of(quote())).prop_map(|(body, mentions, reply_to)| Operation::Post {
            body,
            mentions,
            reply_to
        }),
        (target(), change).prop_map(|(target, change)| Operation::Change { target, change }),
        text().prop_map(Operation::Topic),
    ]
}
