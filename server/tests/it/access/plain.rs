//! Plays the steps of plain clients and compares each outcome with the decision of `may`.

use parlor::ErrorCode;
use parlor_server::access::{Action, Actor};
use serde_json::{Value, json};

use super::actors::ActorKind;
use super::expected::Outcome;
use super::fixture::Fixture;
use super::rooms::TestRoom;
use super::table::{self, Report};
use crate::support::client_host::ClientHost;
use crate::support::{PlainClient, refused_upgrade};

/// A plain client has no account. So nobody's cookie gives it access to a private room.
const TABLE: &str = "
| step      | named | decided by |
|-----------|-------|------------|
| handshake | no    | Read       |
| name      | no    | Read       |
| message   | yes   | Post       |
";

/// Plays the steps in every room, each with everybody's cookie.
pub(crate) async fn play(fixture: &mut Fixture, report: &mut Report) {
    let steps = table::rows::<3>(TABLE);
    report.rows += steps.len();
    for kind in ActorKind::ALL {
        for room in TestRoom::ALL {
            let mut client = None;
            for [step, named, action] in &steps {
                let actor = Actor::Plain { named: *named == "yes" };
                let expected = fixture.expected(actor, table::action(action).unwrap(), room);
                let may_enter = fixture.expected(actor, Action::Read, room) == Outcome::Allowed;
                let cell = format!("plain {step} {room:?} with the cookie of {kind:?}");
                let outcome = match (*step, &mut client) {
                    ("handshake", client) => {
                        let (outcome, connected) = connect(fixture, kind, room).await;
                        *client = connected;
                        outcome
                    }
                    ("name", Some(client)) => send_name(client, fixture.number()).await,
                    (_, Some(client)) => post(client, fixture.number()).await,
                    // Without a connection there are no further steps.
                    (_, None) => Outcome::Refused(ErrorCode::NoSuchRoom),
                };
                if *step == "message" && outcome == Outcome::Allowed {
                    fixture.add_accepted(room);
                }
                let expected = if may_enter { expected } else { Outcome::Refused(ErrorCode::NoSuchRoom) };
                report.compare(&cell, &expected, &outcome);
            }
        }
    }
}

async fn connect(fixture: &Fixture, kind: ActorKind, room: TestRoom) -> (Outcome, Option<PlainClient>) {
    let cookie = fixture.token(kind).map(|token| format!("parlor_session={token}"));
    let headers: Vec<_> = cookie.iter().map(|cookie| ("Cookie", cookie.as_str())).collect();
    let query = format!("?room={}", fixture.name(room));
    match ClientHost::new(&fixture.server, 1).upgrade(&query, &headers).await {
        Ok((socket, _)) => (Outcome::Allowed, Some(PlainClient { socket, name: String::new() })),
        refused => {
            assert_eq!(refused_upgrade(refused), 404);
            (Outcome::Refused(ErrorCode::NoSuchRoom), None)
        }
    }
}

async fn send_name(client: &mut PlainClient, number: u64) -> Outcome {
    client.name = format!("plain{number}");
    client.send(&client.name.clone()).await;
    let joined = format!("{} has joined the chat", client.name);
    outcome_of(client, &joined).await
}

async fn post(client: &mut PlainClient, number: u64) -> Outcome {
    let text = format!("plain message {number}");
    client.send(&text).await;
    outcome_of(client, &text).await
}

/// Waits for the client's own message or a refusal.
async fn outcome_of(client: &mut PlainClient, message: &str) -> Outcome {
    let expected = json!({ "username": client.name, "message": message });
    loop {
        match client.next().await {
            frame if frame == expected => return Outcome::Allowed,
            Value::Object(frame) if frame.contains_key("error") => return Outcome::Refused(code(&frame["error"])),
            _ => {}
        }
    }
}

/// The code with this text.
fn code(text: &Value) -> ErrorCode {
    let codes = [ErrorCode::NoSuchRoom, ErrorCode::NotNamed, ErrorCode::RoomArchived, ErrorCode::OwnersOnly];
    codes.into_iter().find(|code| *text == code.to_string()).unwrap_or(ErrorCode::Unknown)
}
