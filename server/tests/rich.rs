//! The rich dialect over real sockets.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::time::Duration;

use parlor::message::{PageOf, ResetReason};
use parlor::{ClientMessage, Cursor, Epoch, ErrorCode, Event, EventKind, RoomName, ServerMessage, limits};
use support::{Rich, Server, refused_upgrade};

fn bodies(events: &[Event]) -> Vec<&str> {
    events
        .iter()
        .map(|event| match &event.kind {
            EventKind::Posted { body: Some(body), .. } => body.as_str(),
            _ => "?",
        })
        .collect()
}

async fn next_event(client: &mut Rich) -> Event {
    client.next_that(|message| if let ServerMessage::Event { event, .. } = message { Some(event) } else { None }).await
}

fn snapshot(message: ServerMessage) -> (Cursor, Vec<Event>, bool) {
    match message {
        ServerMessage::Snapshot { as_of, events, has_older, .. } => (as_of, events, has_older),
        other => panic!("expected a snapshot, got {other:?}"),
    }
}

#[tokio::test]
async fn plain_and_rich_clients_talk_in_the_same_room() {
    let server = Server::start().await;
    let mut bo = server.plain("bo").await;
    let mut ana = server.rich("ana").await;
    bo.hears("ana", "ana has joined the chat").await;
    ana.posts("1", "hello").await;
    let seq = ana.is_acked("1").await;
    bo.hears("ana", "hello").await;
    bo.says("hi").await;
    bo.hears("bo", "hi").await;
    let event = next_event(&mut ana).await;
    let event = if event.seq == seq { next_event(&mut ana).await } else { event };
    assert_eq!((event.seq, bodies(std::slice::from_ref(&event))), (seq + 1, vec!["hi"]));
    let EventKind::Posted { author, .. } = event.kind else { panic!("it was posted") };
    assert_eq!(author.name.as_str(), "bo");
}

#[tokio::test]
async fn whoever_comes_later_reads_what_was_said_without_a_name() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    for number in 0..3 {
        ana.posts(&format!("m{number}"), &format!("message {number}")).await;
        ana.is_acked(&format!("m{number}")).await;
    }
    let (_reader, room) = server.reader().await;
    let (as_of, events, has_older) = snapshot(room);
    assert_eq!(bodies(&events), ["message 0", "message 1", "message 2"]);
    assert_eq!(as_of.seq, 3);
    assert_eq!(as_of.hash, events[2].hash);
    assert!(!has_older);
}

#[tokio::test]
async fn the_same_message_twice_is_one_event_with_one_seq() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    ana.posts("same", "once").await;
    let first = ana.is_acked("same").await;
    ana.posts("same", "once").await;
    assert_eq!(ana.is_acked("same").await, first);
    // From another connection of the session, too.
    let (mut tab, room) = server.reader_as(Some(&ana.token), None).await;
    assert_eq!(snapshot(room).1.len(), 1);
    tab.posts("same", "once").await;
    assert_eq!(tab.is_acked("same").await, first);
}

#[tokio::test]
async fn a_cursor_brings_exactly_what_was_missed() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.rich("ana").await;
    ana.posts("first", "seen").await;
    ana.is_acked("first").await;
    let (reader, room) = server.reader().await;
    let (cursor, _, _) = snapshot(room);
    drop(reader);
    for number in 0..120 {
        ana.posts(&format!("m{number}"), &number.to_string()).await;
    }
    ana.is_acked("m119").await;
    let (mut reader, mut message) = server.reader_as(None, Some(cursor)).await;
    let mut missed = Vec::new();
    loop {
        match message {
            ServerMessage::Missed { events, roster, .. } => {
                missed.extend(events);
                if roster.is_some() {
                    break;
                }
            }
            other => panic!("expected what was missed, got {other:?}"),
        }
        message = reader.next().await;
    }
    assert_eq!(bodies(&missed), (0..120).map(|number| number.to_string()).collect::<Vec<_>>());
    ana.posts("live", "and now").await;
    let event = next_event(&mut reader).await;
    assert_eq!((event.seq, bodies(std::slice::from_ref(&event))), (122, vec!["and now"]));
}

#[tokio::test]
async fn a_cursor_of_another_log_is_reset_with_a_reason() {
    let server = Server::start().await;
    let (_reader, room) = server.reader().await;
    let (mut cursor, _, _) = snapshot(room);
    cursor.epoch = Epoch("another".into());
    let (mut reader, reset) = server.reader_as(None, Some(cursor)).await;
    assert!(matches!(reset, ServerMessage::Reset { reason: ResetReason::OtherLog, .. }), "{reset:?}");
    snapshot(reader.next().await);
}

#[tokio::test]
async fn who_missed_too_much_gets_the_newest_messages() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.rich("ana").await;
    let (reader, room) = server.reader().await;
    let (cursor, _, _) = snapshot(room);
    drop(reader);
    let missed = limits::MISSED_EVENTS + 1;
    for number in 1..=missed {
        ana.posts(&format!("m{number}"), &number.to_string()).await;
        if number % 100 == 0 || number == missed {
            ana.is_acked(&format!("m{number}")).await;
        }
    }
    let (mut reader, reset) = server.reader_as(None, Some(cursor.clone())).await;
    assert!(matches!(reset, ServerMessage::Reset { reason: ResetReason::TooFar, .. }), "{reset:?}");
    let (as_of, events, _) = snapshot(reader.next().await);
    assert_eq!((as_of.seq, events.last().unwrap().seq), (cursor.seq + missed, cursor.seq + missed));
}

#[tokio::test]
async fn no_event_falls_between_history_and_live() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.rich("ana").await;
    let talking = tokio::spawn(async move {
        for number in 0..400 {
            ana.posts(&format!("m{number}"), &number.to_string()).await;
            ana.is_acked(&format!("m{number}")).await;
        }
        ana
    });
    // Readers that come in the middle of it.
    for _ in 0..20 {
        let (mut reader, room) = server.reader().await;
        let (as_of, events, _) = snapshot(room);
        assert_eq!(events.last().map_or(0, |event| event.seq), as_of.seq);
        if as_of.seq < 400 {
            let mut expected = as_of.seq + 1;
            while expected <= 400.min(as_of.seq + 20) {
                assert_eq!(next_event(&mut reader).await.seq, expected);
                expected += 1;
            }
        }
    }
    talking.await.unwrap();
}

#[tokio::test]
async fn a_reload_keeps_the_name_and_tells_nobody() {
    let server = Server::start().await;
    let mut witness = server.plain("witness").await;
    let ana = server.rich("ana").await;
    witness.hears("ana", "ana has joined the chat").await;
    let token = ana.token.clone();
    drop(ana);
    let mut again = server.rich_socket(Some(&token)).await;
    assert_eq!(again.greets(None).await.as_deref(), Some("ana"));
    let mut thief = server.rich_socket(None).await;
    thief.greets(None).await;
    thief.sends(&ClientMessage::Claim { name: "ana".into() }).await;
    let code =
        thief.next_that(|m| if let ServerMessage::Refused { error, .. } = m { Some(error.code) } else { None }).await;
    assert_eq!(code, ErrorCode::NameTaken);
    again.posts("1", "it is me").await;
    witness.hears("ana", "it is me").await;
}

#[tokio::test]
async fn with_the_old_connection_half_open_the_name_is_back_at_once() {
    let server = Server::start().await;
    // Still open, and never heard of again: as after a change of networks.
    let ana = server.rich("ana").await;
    let mut other = server.nobody().await;
    other.says("ana").await;
    let mut frame = other.next().await;
    // Who is just coming may be told of before.
    if frame["message"] == "ana has joined the chat" {
        frame = other.next().await;
    }
    assert_eq!(frame["error"], "Username already taken");
    let begun = std::time::Instant::now();
    let mut again = server.rich_socket(Some(&ana.token)).await;
    assert_eq!(again.greets(None).await.as_deref(), Some("ana"));
    again.posts("1", "from the train").await;
    again.is_acked("1").await;
    // Long before the old connection is found to be dead, or the name would be free.
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn read_markers_are_shared_by_the_tabs_of_a_session_and_come_back_with_it() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    for number in 0..5 {
        ana.posts(&format!("m{number}"), "x").await;
        ana.is_acked(&format!("m{number}")).await;
    }
    let (mut tab, room) = server.reader_as(Some(&ana.token), None).await;
    let (cursor, _, _) = snapshot(room);
    let marker = |m| if let ServerMessage::Read { seq, .. } = m { Some(seq) } else { None };
    for (told, seq) in [(3, 3), (99, 5)] {
        ana.sends(&ClientMessage::Read { room: RoomName::default(), seq: told }).await;
        assert_eq!(tab.next_that(marker).await, seq, "never beyond what there is");
    }
    let (_, room) = server.reader_as(Some(&ana.token), None).await;
    assert!(matches!(room, ServerMessage::Snapshot { read: Some(5), .. }), "{room:?}");
    let (mut resumed, missed) = server.reader_as(Some(&ana.token), Some(cursor)).await;
    assert!(matches!(missed, ServerMessage::Missed { .. }), "{missed:?}");
    assert_eq!(resumed.next_that(marker).await, 5);
}

#[tokio::test]
async fn five_thousand_missed_events_come_while_the_room_goes_on() {
    const MISSED: u64 = 5_000;
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.rich("ana").await;
    let (reader, room) = server.reader().await;
    let (cursor, _, _) = snapshot(room);
    drop(reader);
    for number in 1..=MISSED {
        ana.posts(&format!("m{number}"), &"long ".repeat(60)).await;
        // She reads what she hears in between, or she would be too slow herself.
        if number.is_multiple_of(500) {
            ana.is_acked(&format!("m{number}")).await;
        }
    }
    // The room says more than its ring holds while somebody catches up.
    let talking = tokio::spawn(async move {
        for number in MISSED + 1..=MISSED + 300 {
            ana.posts(&format!("m{number}"), &"x".repeat(10_000)).await;
            if number.is_multiple_of(50) {
                ana.is_acked(&format!("m{number}")).await;
            }
        }
    });
    // Whoever reads too slowly for what is live is told to come back, and goes on from where it was.
    let (mut cursor, mut expected) = (cursor, 1);
    while expected <= MISSED + 300 {
        let mut reader = server.rich_socket(None).await;
        reader.greets(Some(cursor.clone())).await;
        while expected <= MISSED + 300 {
            let events = match reader.next_unless_closed().await {
                Ok(ServerMessage::Missed { events, .. }) => events,
                Ok(ServerMessage::Event { event, .. }) => vec![event],
                Ok(_) => Vec::new(),
                Err(code) => {
                    assert_eq!(code, 4008);
                    break;
                }
            };
            for event in events {
                assert_eq!(event.seq, expected, "without gap or repeat");
                expected += 1;
                cursor = Cursor { epoch: cursor.epoch, seq: event.seq, hash: event.hash };
            }
        }
    }
    talking.await.unwrap();
}

#[tokio::test]
async fn a_name_is_held_for_the_grace_period_and_free_after_it() {
    // Long enough that a busy machine asks within it.
    let server = Server::start_with(|config| config.grace = Duration::from_secs(4)).await;
    let (mut witness, _) = server.reader().await;
    let mut other = server.nobody().await;
    let ana = server.rich("ana").await;
    other.hears("ana", "ana has joined the chat").await;
    drop(ana);
    other.says("ana").await;
    assert_eq!(other.is_told().await, "Username already taken");
    witness
        .next_that(|m| match m {
            ServerMessage::Presence { left, .. } if left.iter().any(|who| who.name.as_str() == "ana") => Some(()),
            _ => None,
        })
        .await;
    server.plain("ana").await;
}

#[tokio::test]
async fn leaving_frees_the_name_at_once() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    ana.sends(&ClientMessage::Leave).await;
    ana.next_that(|m| matches!(m, ServerMessage::Unnamed).then_some(())).await;
    server.plain("ana").await;
    ana.posts("1", "nameless").await;
    let code = ana.next_that(|m| if let ServerMessage::Nack { error, .. } = m { Some(error.code) } else { None }).await;
    assert_eq!(code, ErrorCode::NotNamed);
}

#[tokio::test]
async fn tabs_of_one_session_are_one_person() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    let (mut tab, room) = server.reader_as(Some(&ana.token), None).await;
    let ServerMessage::Snapshot { roster, .. } = room else { panic!("no snapshot") };
    assert_eq!(roster.count, 1);
    tab.claims("Ana Maria").await;
    ana.next_that(|m| matches!(m, ServerMessage::Claimed { name } if name.as_str() == "Ana Maria").then_some(())).await;
    drop(tab);
    ana.posts("1", "still here").await;
    ana.is_acked("1").await;
}

#[tokio::test]
async fn after_a_refusal_for_now_later_messages_wait_for_it() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    let burst = parlor::limits::POST_BURST;
    for number in 0..burst + 3 {
        ana.posts(&format!("m{number}"), "x").await;
    }
    let mut nacks = Vec::new();
    while nacks.len() < 3 {
        let nack = ana
            .next_that(|m| match m {
                ServerMessage::Nack { client_id, error, .. } => Some((client_id.as_str().to_owned(), error)),
                _ => None,
            })
            .await;
        nacks.push(nack);
    }
    let (first, refusal) = &nacks[0];
    assert_eq!(refusal.code, ErrorCode::TooFast);
    assert!(refusal.retry_after_ms.is_some());
    assert!(nacks[1..].iter().all(|(_, error)| error.code == ErrorCode::Behind), "{nacks:?}");
    // Given up, it holds up nobody: what comes next is judged for itself.
    let (room, client_id) = (RoomName::default(), parlor::ClientId::parse(first).unwrap());
    ana.sends(&ClientMessage::Discard { room, client_id }).await;
    let mut attempt = 0;
    loop {
        attempt += 1;
        ana.posts("later", "y").await;
        let accepted = ana
            .next_that(|m| match m {
                ServerMessage::Ack { client_id, .. } if client_id.as_str() == "later" => Some(true),
                ServerMessage::Nack { client_id, error, .. } if client_id.as_str() == "later" => {
                    assert_eq!(error.code, ErrorCode::TooFast);
                    Some(false)
                }
                _ => None,
            })
            .await;
        if accepted {
            break;
        }
        assert!(attempt < 100_000, "the bucket never fills");
    }
}

#[tokio::test]
async fn pages_go_back_through_what_is_kept() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.rich("ana").await;
    for number in 1..=130 {
        ana.posts(&format!("m{number}"), &number.to_string()).await;
    }
    ana.is_acked("m130").await;
    let (mut reader, room) = server.reader().await;
    let (_, events, has_older) = snapshot(room);
    assert!(has_older);
    let mut oldest = events[0].seq;
    let mut seen: Vec<u64> = events.iter().map(|event| event.seq).collect();
    let mut more = has_older;
    while more {
        let of = PageOf::Before(oldest);
        reader.sends(&ClientMessage::Page { room: RoomName::default(), request: 7, of }).await;
        let (events, has_older) = reader
            .next_that(|m| match m {
                ServerMessage::Page { request: 7, events, has_older, .. } => Some((events, has_older)),
                _ => None,
            })
            .await;
        seen.splice(0..0, events.iter().map(|event| event.seq));
        oldest = events[0].seq;
        more = has_older;
    }
    assert_eq!(seen, (1..=130).collect::<Vec<_>>());
}

#[tokio::test]
async fn bad_input_gets_a_typed_answer_and_harms_nobody() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    for (sent, code) in [
        ("not json", ErrorCode::Malformed),
        (r#"{"type":"haunt"}"#, ErrorCode::Malformed),
        (r#"{"type":"join","room":"No Room"}"#, ErrorCode::Malformed),
        (r#"{"type":"hello"}"#, ErrorCode::HelloExpected),
        (r#"{"type":"claim","name":""}"#, ErrorCode::NameEmpty),
        (r#"{"type":"page","room":"elsewhere","request":1,"before":3}"#, ErrorCode::NotInRoom),
    ] {
        ana.sends_text(sent).await;
        let got =
            ana.next_that(|m| if let ServerMessage::Refused { error, .. } = m { Some(error.code) } else { None }).await;
        assert_eq!(got, code, "{sent}");
    }
    ana.posts("1", " ").await;
    let got = ana.next_that(|m| if let ServerMessage::Nack { error, .. } = m { Some(error.code) } else { None }).await;
    assert_eq!(got, ErrorCode::BodyEmpty);
    ana.posts("2", "fine").await;
    ana.is_acked("2").await;
}

#[tokio::test]
async fn the_first_message_has_to_be_hello() {
    let server = Server::start_with(|config| config.patience.introduction = Duration::from_secs(3)).await;
    let mut rude = server.rich_socket(None).await;
    rude.sends(&ClientMessage::Ping).await;
    assert!(
        matches!(rude.next().await, ServerMessage::Refused { error, .. } if error.code == ErrorCode::HelloExpected)
    );
    assert_eq!(rude.is_closed().await, 1008);
    let mut silent = server.rich_socket(None).await;
    assert_eq!(silent.is_closed().await, 1008);
}

#[tokio::test]
async fn a_ping_is_answered() {
    let server = Server::start().await;
    let (mut client, _) = server.reader().await;
    client.sends(&ClientMessage::Ping).await;
    client.next_that(|m| matches!(m, ServerMessage::Pong).then_some(())).await;
}

#[tokio::test]
async fn an_unknown_protocol_of_ours_is_refused_and_one_of_others_is_plain() {
    let server = Server::start().await;
    let mut request = server.request("");
    request.headers_mut().insert("Sec-WebSocket-Protocol", "parlor.v9".parse().unwrap());
    assert_eq!(refused_upgrade(tokio_tungstenite::connect_async(request).await), 400);
}

#[tokio::test]
async fn a_foreign_page_is_refused_unless_it_is_allowed() {
    let server = Server::start_with(|config| config.allowed_origins = vec!["https://friend.example".into()]).await;
    let with_origin = |origin: &str| {
        let mut request = server.request("");
        request.headers_mut().insert("Origin", origin.parse().unwrap());
        request
    };
    for foreign in ["https://evil.example", "null"] {
        assert_eq!(refused_upgrade(tokio_tungstenite::connect_async(with_origin(foreign)).await), 403);
    }
    for welcome in ["https://friend.example".to_owned(), format!("http://{}", server.address)] {
        tokio_tungstenite::connect_async(with_origin(&welcome)).await.unwrap();
    }
}
