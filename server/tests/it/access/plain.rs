//! Plays the steps of plain clients and compares each outcome with the decision of `may`.

use parlor::ErrorCode;
use parlor_server::access::{Action, Actor, may_on_server};
use serde_json::{Value, json};

use super::actors::ActorKind;
use super::expected::Outcome;
use super::fixture::Fixture;
use super::rooms::TestRoom;
use super::table::{self, Report};
use crate::support::client_host::ClientHost;
use crate::support::{PlainClient, refused_upgrade};

/// A plain client has no account. So nobody's cookie gives it access to a private room, or a closed server. `Write` is
/// decided by `may_on_server`.
const TABLE: &str = "
| step      | named | decided by |
|-----------|-------|------------|
| handshake | no    | Read       |
| name      | no    | Write      |
| message   | yes   | Post       |
";

/// The rooms of the bot's token: some of each kind.
const BOT_ROOMS: [TestRoom; 7] = [
    TestRoom::Lobby,
    TestRoom::Unlisted,
    TestRoom::Archived,
    TestRoom::Announcements,
    TestRoom::Private,
    TestRoom::PrivateAnnouncements,
    TestRoom::UnknownId,
];

/// Who connects.
#[derive(Clone, Copy, Debug)]
enum Client {
    /// Somebody with the cookie of this person.
    WithCookie(ActorKind),
    /// A bot.
    Bot,
}

/// Plays the steps in every room, each with everybody's cookie, and with a bot token.
pub(crate) async fn play(fixture: &mut Fixture, report: &mut Report) {
    let steps = table::rows::<3>(TABLE);
    report.rows += steps.len();
    let bot_rooms = BOT_ROOMS.map(|room| fixture.name(room));
    let token = fixture.server.bot_token(&bot_rooms);
    for who in ActorKind::ALL.map(Client::WithCookie).into_iter().chain([Client::Bot]) {
        for room in TestRoom::ALL {
            let mut client = None;
            let mut may_go_on = true;
            for [step, named, action] in &steps {
                let named = *named == "yes";
                let actor = match who {
                    Client::WithCookie(_) => Actor::Plain { named },
                    Client::Bot => Actor::Bot { rooms: &bot_rooms, named },
                };
                let may_enter = fixture.expected(actor, Action::Read, room);
                let expected = match table::server_action(action) {
                    Some(action) => may_on_server(actor, action, &fixture.server_policy()).into(),
                    None => fixture.expected(actor, table::action(action).unwrap(), room),
                };
                let cell = format!("plain {step} {room:?} as {who:?}");
                let outcome = match (*step, &mut client) {
                    ("handshake", client) => {
                        let (outcome, connected) = connect(fixture, who, &token, room).await;
                        *client = connected;
                        outcome
                    }
                    ("name", Some(client)) => send_name(client, fixture.number()).await,
                    (_, Some(client)) => post(client, fixture.number()).await,
                    // Without a connection there are no further steps.
                    (_, None) => break,
                };
                if *step == "message" && outcome == Outcome::Allowed {
                    fixture.add_accepted(room);
                }
                let expected = match may_enter {
                    Outcome::Allowed => expected,
                    Outcome::Refused(ErrorCode::MembersOnly) => Outcome::Refused(ErrorCode::MembersOnly),
                    _ => Outcome::Refused(ErrorCode::NoSuchRoom),
                };
                report.compare(&cell, &expected, &outcome);
                // A refused name closes the connection.
                may_go_on &= outcome == Outcome::Allowed;
                if !may_go_on {
                    break;
                }
            }
        }
    }
}

async fn connect(fixture: &Fixture, who: Client, token: &str, room: TestRoom) -> (Outcome, Option<PlainClient>) {
    let header = match who {
        Client::WithCookie(kind) => fixture.token(kind).map(|token| ("Cookie", format!("parlor_session={token}"))),
        Client::Bot => Some(("Authorization", format!("Bearer {token}"))),
    };
    let headers: Vec<_> = header.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let query = format!("?room={}", fixture.name(room));
    match ClientHost::new(&fixture.server, 1).upgrade(&query, &headers).await {
        Ok((socket, _)) => (Outcome::Allowed, Some(PlainClient { socket, name: String::new() })),
        refused => {
            let code = match refused_upgrade(refused) {
                401 => ErrorCode::MembersOnly,
                404 => ErrorCode::NoSuchRoom,
                status => panic!("status {status}"),
            };
            (Outcome::Refused(code), None)
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
    let codes = [
        ErrorCode::MembersOnly,
        ErrorCode::NoSuchRoom,
        ErrorCode::NotNamed,
        ErrorCode::RoomArchived,
        ErrorCode::OwnersOnly,
    ];
    codes.into_iter().find(|code| *text == code.to_string()).unwrap_or(ErrorCode::Unknown)
}
