//! Plays the messages of rich clients and compares each answer with the decision of `may`.

use parlor::message::{Request, RoomAt};
use parlor::{ClientMessage, CloseCode, ErrorCode, Refusal, RoomName, ServerMessage};
use parlor_server::access::{Action, ServerAction};
use tokio_tungstenite::MaybeTlsStream;

use super::actors::ActorKind;
use super::expected::Outcome;
use super::fixture::Fixture;
use super::rich_table::{self, RichRow, Rule};
use super::rooms::TestRoom;
use super::table::Report;
use crate::support::{RichClient, wait_until};

/// Plays every row as everybody in every room.
pub(crate) async fn play(fixture: &mut Fixture, report: &mut Report) {
    let rows = rich_table::rows();
    report.rows += rows.len();
    wait_until_indexed(fixture).await;
    for kind in ActorKind::ALL {
        if !fixture.may_on_server(kind, ServerAction::Visit) {
            refuse_hello(fixture, report, kind).await;
            continue;
        }
        let mut client = enter_by_hello(fixture, report, kind).await;
        for &row in &rows {
            play_row(fixture, report, &mut client, (kind, row, row.joined)).await;
        }
        leave_all_rooms(fixture, &mut client).await;
        for &row in rows.iter().filter(|row| row.not_joined != Rule::Enters) {
            play_row(fixture, report, &mut client, (kind, row, row.not_joined)).await;
        }
    }
    for &row in rows.iter().filter(|row| row.message != "hello") {
        require_hello(fixture, report, row).await;
    }
    compare_logs(fixture, report).await;
}

/// Those who may not come in learn nothing of any room.
async fn refuse_hello(fixture: &mut Fixture, report: &mut Report, kind: ActorKind) {
    for room in TestRoom::ALL {
        let mut client = fixture.server.connect_rich(fixture.token(kind)).await;
        let rooms = vec![RoomAt { room: fixture.name(room), cursor: None }];
        client.send(&ClientMessage::Hello { token: None, rooms }).await;
        let error = Refusal::from(ErrorCode::MembersOnly);
        let expected = ServerMessage::Refused { to: Some(Request::Hello), room: None, error };
        report.compare(&format!("{kind:?} hello {room:?}"), &expected, &client.next().await);
        assert_eq!(client.expect_close().await, CloseCode::SIGNED_OUT.0);
    }
}

/// Opens a connection whose `hello` names all rooms, and compares the answer for each.
async fn enter_by_hello(fixture: &mut Fixture, report: &mut Report, kind: ActorKind) -> RichClient {
    let mut client = fixture.server.connect_rich(fixture.token(kind)).await;
    if let MaybeTlsStream::Plain(stream) = client.socket.get_ref() {
        // A request and the ping after it are sent at once.
        stream.set_nodelay(true).unwrap();
    }
    let rooms = TestRoom::ALL.map(|room| RoomAt { room: fixture.name(room), cursor: None });
    client.send(&ClientMessage::Hello { token: None, rooms: rooms.to_vec() }).await;
    for room in TestRoom::ALL {
        let answer = entered(&mut client, &fixture.name(room)).await;
        let expected = on_socket(fixture.expected(fixture.actor(kind), Action::Read, room));
        report.compare(&format!("{kind:?} hello {room:?}"), &expected, &answer);
    }
    client
}

async fn leave_all_rooms(fixture: &Fixture, client: &mut RichClient) {
    for room in TestRoom::ALL {
        client.send(&ClientMessage::Part { room: fixture.name(room) }).await;
    }
}

async fn play_row(
    fixture: &mut Fixture,
    report: &mut Report,
    client: &mut RichClient,
    (kind, row, rule): (ActorKind, RichRow, Rule),
) {
    let rooms: &[TestRoom] = if row.has_room() { &TestRoom::ALL } else { &[TestRoom::Lobby] };
    for &room in rooms {
        let (name, number) = (fixture.name(room), fixture.number());
        let message = rich_table::message(row, name.clone(), fixture.message_of(kind, room), number);
        let cell = format!("{kind:?} {message:?}");
        let actor = fixture.actor(kind);
        let expected = match rule {
            Rule::Enters => on_socket(fixture.expected(actor, Action::Read, room)),
            Rule::May(action) => fixture.expected_if_joined(actor, action, room),
            Rule::Refused(ErrorCode::NameTaken) if kind == ActorKind::Owner => Outcome::Allowed,
            Rule::Refused(ErrorCode::NameTaken) if !fixture.may_on_server(kind, ServerAction::Write) => {
                Outcome::Refused(ErrorCode::MembersOnly)
            }
            Rule::Refused(code) => Outcome::Refused(code),
            Rule::Lists | Rule::Finds | Rule::Fine => Outcome::Allowed,
        };
        let known = match rule {
            Rule::Lists => Some(fixture.is_listed(actor, room)),
            Rule::Finds => Some(fixture.expected(actor, Action::Read, room) == Outcome::Allowed),
            _ => None,
        };
        if row.message == "leave" {
            report.compare(&cell, &expected, &leave(fixture, kind, number).await);
            continue;
        }
        let (answer, rooms) = answer(client, &message, &name).await;
        report.compare(&cell, &expected, &answer);
        if let Some(known) = known {
            report.compare(&format!("{cell}: {room:?}"), &known, &rooms.contains(&name));
        }
        if is_operation(&message) && answer == Outcome::Allowed {
            fixture.add_accepted(room);
        }
    }
}

/// Releases the name of another session, since the fixture's people keep theirs.
async fn leave(fixture: &Fixture, kind: ActorKind, number: u64) -> Outcome {
    let token = super::http::new_session(fixture, kind, number).await;
    let (mut client, _) = fixture.server.enter_lobby_as(token.as_deref(), None).await;
    answer(&mut client, &ClientMessage::Leave, &RoomName::default()).await.0
}

/// Sends a message and waits for what it leads to. Returns also the rooms that the answer lists.
async fn answer(client: &mut RichClient, message: &ClientMessage, name: &RoomName) -> (Outcome, Vec<RoomName>) {
    client.send(message).await;
    match message {
        ClientMessage::Join(_) => (entered(client, name).await, Vec::new()),
        ClientMessage::Post { client_id, .. }
        | ClientMessage::Edit { client_id, .. }
        | ClientMessage::Delete { client_id, .. }
        | ClientMessage::React { client_id, .. }
        | ClientMessage::Topic { client_id, .. } => {
            let outcome = client.next_matching(|answer| match answer {
                ServerMessage::Ack { client_id: id, .. } if id == *client_id => Some(Outcome::Allowed),
                ServerMessage::Nack { client_id: id, error, .. } if id == *client_id => Some(refused(&error)),
                _ => None,
            });
            let outcome = outcome.await;
            if outcome != Outcome::Allowed {
                // It would block the later ones if it is retryable.
                let (room, client_id) = (name.clone(), client_id.clone());
                client.send(&ClientMessage::Discard { room, client_id }).await;
            }
            (outcome, Vec::new())
        }
        ClientMessage::Page { .. } | ClientMessage::Search { .. } | ClientMessage::Rooms => {
            let answer = client.next_matching(|answer| match answer {
                ServerMessage::Page { room, .. } => Some((Outcome::Allowed, vec![room])),
                ServerMessage::Found { hits, .. } => {
                    Some((Outcome::Allowed, hits.into_iter().map(|hit| hit.room).collect()))
                }
                ServerMessage::Rooms { rooms } => {
                    Some((Outcome::Allowed, rooms.into_iter().map(|summary| summary.room).collect()))
                }
                ServerMessage::Refused { error, .. } => Some((refused(&error), Vec::new())),
                _ => None,
            });
            answer.await
        }
        // They are answered only if they are refused.
        _ => {
            client.send(&ClientMessage::Ping).await;
            let mut outcome = Outcome::Allowed;
            let mut pongs = if *message == ClientMessage::Ping { 2 } else { 1 };
            while pongs > 0 {
                match client.next().await {
                    ServerMessage::Pong => pongs -= 1,
                    ServerMessage::Refused { error, .. } => outcome = refused(&error),
                    _ => {}
                }
            }
            (outcome, Vec::new())
        }
    }
}

/// Waits until the connection has entered a room or was refused.
async fn entered(client: &mut RichClient, name: &RoomName) -> Outcome {
    let answer = client.next_matching(|message| match message {
        ServerMessage::Snapshot { room, .. } if room == *name => Some(Outcome::Allowed),
        ServerMessage::Moved { room, to, .. } if room == *name => Some(Outcome::Moved(to)),
        ServerMessage::Refused { to: Some(Request::Join), room, error } if room.as_ref() == Some(name) => {
            Some(refused(&error))
        }
        _ => None,
    });
    answer.await
}

fn refused(error: &Refusal) -> Outcome {
    assert_eq!(error.message, error.code.to_string(), "the text of a refusal tells nothing more");
    Outcome::Refused(error.code)
}

fn on_socket(outcome: Outcome) -> Outcome {
    if outcome == Outcome::Gone { Outcome::Refused(ErrorCode::NoSuchRoom) } else { outcome }
}

fn is_operation(message: &ClientMessage) -> bool {
    let json = serde_json::to_value(message).unwrap();
    ["post", "edit", "delete", "react", "topic"].contains(&json["type"].as_str().unwrap_or_default())
}

/// A connection whose first message is not `hello` is refused and closed.
async fn require_hello(fixture: &mut Fixture, report: &mut Report, row: RichRow) {
    let mut client = fixture.server.connect_rich(fixture.token(ActorKind::Owner)).await;
    client.send(&rich_table::message(row, fixture.name(TestRoom::Private), 1, fixture.number())).await;
    let refusal = client.next().await;
    let error = Refusal::from(ErrorCode::HelloExpected);
    let expected = ServerMessage::Refused { to: Some(Request::Hello), room: None, error };
    report.compare(&format!("{} before hello", row.message), &expected, &refusal);
    assert_eq!(client.expect_close().await, CloseCode::POLICY.0);
}

/// The owner of all rooms in all of them, with their answers.
async fn owner(fixture: &Fixture) -> RichClient {
    let mut client = fixture.server.connect_rich(fixture.token(ActorKind::Owner)).await;
    let existing = TestRoom::ALL.into_iter().filter(|room| room.exists());
    let rooms = existing.map(|room| RoomAt { room: fixture.name(room), cursor: None });
    client.send(&ClientMessage::Hello { token: None, rooms: rooms.collect() }).await;
    client
}

/// Waits until a search finds a message in every room.
async fn wait_until_indexed(fixture: &Fixture) {
    let row = rich_table::rows().into_iter().find(|row| row.message == "search").unwrap();
    let client = tokio::sync::Mutex::new(owner(fixture).await);
    for room in TestRoom::ALL.into_iter().filter(|room| room.exists()) {
        let search = rich_table::message(row, fixture.name(room), 1, 1);
        wait_until("the message is indexed", || async {
            let found = answer(&mut *client.lock().await, &search, &fixture.name(room)).await;
            found.1.contains(&fixture.name(room))
        })
        .await;
    }
}

/// The log of each room has the accepted operations and no others.
pub(crate) async fn compare_logs(fixture: &Fixture, report: &mut Report) {
    let mut client = owner(fixture).await;
    let row = rich_table::rows().into_iter().find(|row| row.message == "page").unwrap();
    for room in TestRoom::ALL.into_iter().filter(|room| room.exists()) {
        client.send(&rich_table::message(row, fixture.name(room), 1, 1)).await;
        let seq = |message| if let ServerMessage::Page { as_of, .. } = message { Some(as_of.seq) } else { None };
        let seq = client.next_matching(seq).await;
        report.compare(&format!("events of {room:?}"), &fixture.accepted(room), &seq);
    }
}
