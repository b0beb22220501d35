//! Plays the HTTP steps and compares each response with the decision of `may`.

use std::collections::HashMap;

use parlor::{ErrorCode, RoomName};
use parlor_server::Route;
use parlor_server::access::{Action, RoomKind, ServerAction};

use super::actors::ActorKind;
use super::expected::Outcome;
use super::fixture::Fixture;
use super::http_table::{self, HttpRow, Sent};
use super::rooms::{Fate, RoomState, TestRoom};
use super::table::Report;
use crate::support::http_response::HttpResponse;

/// The methods of which a route takes only those that are listed.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Plays every row as everybody in every room.
pub(crate) async fn play(fixture: &mut Fixture, report: &mut Report) {
    // The response to those who may not come in.
    let mut closed = HashMap::new();
    for row in &http_table::rows() {
        report.rows += 1;
        for kind in ActorKind::ALL {
            let is_closed = is_closed(fixture, row.route, kind);
            // The response for an id that never existed.
            let mut unknown = None;
            for room in rooms_of(row.route) {
                let cell = format!("{kind:?} {} {:?} {:?} {room:?}", row.method, row.route, row.sent);
                let status = expected_status(fixture, row, kind, room);
                let (name, response) = send(fixture, row, kind, room, status == row.allowed).await;
                if is_closed && status == [403] {
                    // Nothing differs, whatever was requested.
                    let shown = without_variable_parts(&response);
                    let first = closed.entry(kind).or_insert_with(|| shown.clone());
                    report.compare(&format!("{cell}, as everything"), first, &shown);
                }
                let allowed = status.contains(&response.status);
                let nearest = if allowed { response.status } else { status[0] };
                report.compare(&cell, &nearest, &response.status);
                if let Some(to) = fixture.new_name(fixture.actor(kind), room).filter(|_| status == [303]) {
                    report.compare(&format!("{cell}, location"), &Some(&*to.path()), &response.header("location"));
                }
                let is_hidden = fixture.expected(fixture.actor(kind), Action::Read, room)
                    == Outcome::Refused(ErrorCode::NoSuchRoom);
                if is_hidden {
                    let shown = without_variable_parts(&response);
                    let shown = shown.replace(name.as_str().trim_start_matches('~'), "ID");
                    let unknown = unknown.get_or_insert_with(|| shown.clone());
                    report.compare(&format!("{cell}, as an unknown id"), unknown, &shown);
                }
                if response.status == 303 && row.appends && room.exists() {
                    fixture.add_accepted(room);
                }
            }
        }
    }
    refuse_other_methods(fixture, report).await;
    compare_lists(fixture, report).await;
}

/// Whether a route is closed to somebody, since they may not come in to the server.
fn is_closed(fixture: &Fixture, route: Route, kind: ActorKind) -> bool {
    !route.is_for_strangers() && !fixture.may_on_server(kind, ServerAction::Visit)
}

/// Rooms in which a route is played. A route without a room is played once.
fn rooms_of(route: Route) -> Vec<TestRoom> {
    if route.path().contains("{room}") { TestRoom::ALL.to_vec() } else { vec![TestRoom::Lobby] }
}

/// The allowed statuses of a cell.
fn expected_status(fixture: &Fixture, row: &HttpRow, kind: ActorKind, room: TestRoom) -> Vec<u16> {
    if row.route == Route::Room && room == TestRoom::Lobby {
        // The lobby's own path is `/`.
        return vec![308];
    }
    if is_closed(fixture, row.route, kind) {
        return vec![403];
    }
    let (has_room, is_private) = (row.route.path().contains("{room}"), row.route.path().starts_with("/p/"));
    if has_room && is_private != (room.kind() == RoomKind::Private) {
        // The other kind of path.
        return vec![404];
    }
    if row.needs_past_name && !ActorKind::PEOPLE.contains(&kind) {
        return vec![403];
    }
    if row.needs_cookie && !kind.has_cookie() || row.needs_name && !kind.is_named(fixture.admission) {
        return vec![403];
    }
    let lacks_role = row.needs.is_some_and(|action| !fixture.may_on_server(kind, action));
    let Some(action) = row.action else { return if lacks_role { vec![403] } else { row.allowed.clone() } };
    let outcome = match (fixture.expected(fixture.actor(kind), action, room), fixture.policy(room)) {
        // What was written for a private room is shown again, and not posted in an open one.
        (Outcome::Moved(_), _) if row.follows && room == TestRoom::BecameOpen => return vec![409],
        (Outcome::Moved(_), Some(policy)) if row.follows => {
            let name = &fixture.renamed[&room];
            fixture.decide(fixture.actor(kind), action, name, &policy).into()
        }
        (outcome, _) => outcome,
    };
    match outcome {
        Outcome::Allowed if lacks_role => vec![403],
        Outcome::Allowed => match row.exceptions.iter().find(|(who, _)| who.covers(kind, room, fixture.admission)) {
            Some((_, status)) => vec![*status],
            None => row.allowed.clone(),
        },
        Outcome::Moved(_) => vec![303],
        Outcome::Gone => vec![410],
        Outcome::Refused(ErrorCode::NoSuchRoom) => vec![404],
        Outcome::Refused(_) => vec![403],
    }
}

/// Sends the request of a cell. Returns the room of its path and the response.
async fn send(
    fixture: &mut Fixture,
    row: &HttpRow,
    kind: ActorKind,
    room: TestRoom,
    allowed: bool,
) -> (RoomName, HttpResponse) {
    let code = match row.sent {
        Sent::Invitation => {
            let copy = fixture.copy(TestRoom::Private, ActorKind::Member).await;
            fixture.invite(&copy).await
        }
        Sent::DeviceLink => fixture.device_link().await,
        _ => "none".to_owned(),
    };
    let name = if allowed && row.in_copy && room.exists() && room != TestRoom::Lobby {
        fixture.copy(room, kind).await
    } else {
        fixture.name(room)
    };
    let number = fixture.number();
    let seq = if let Sent::Seq(seq) = row.sent { seq } else { "1" };
    let path = row.route.path();
    let id = if path.starts_with("/p/") { name.as_str().trim_start_matches('~') } else { name.as_str() };
    let path = path.replace("{room}", id).replace("{seq}", seq);
    let path = path.replace("{code}", &code).replace("{*path}", "none.js").replace("{name}", "icon.svg");
    let sent = if let Sent::Fields(fields) = row.sent { fields } else { "" };
    let state = if let Fate::Exists(_, state) = room.fate() { state } else { RoomState::Active };
    let on = |is_on| if is_on { "on" } else { "" };
    let fields = sent
        .replace("{n}", &number.to_string())
        .replace("{kind}", room.kind().as_str())
        .replace("{archived}", on(state == RoomState::Archived))
        .replace("{announcements}", on(state == RoomState::Announcements))
        .replace("{admission}", fixture.admission.as_str())
        .replace("{guest}", &fixture.account(ActorKind::Guest))
        .replace("{member}", &fixture.account(ActorKind::Member));
    let token = fixture.token(kind).map(str::to_owned);
    let token = if row.in_new_session { new_session(fixture, kind, number).await } else { token };
    let response = if row.method == "GET" {
        let query = if fields.is_empty() { String::new() } else { format!("?{fields}") };
        fixture.request("GET", &format!("{path}{query}"), token.as_deref(), None).await
    } else {
        fixture.request(row.method, &path, token.as_deref(), Some(&fields)).await
    };
    (name, response)
}

/// A new session like that of this kind of actor, to be ended.
pub(crate) async fn new_session(fixture: &Fixture, kind: ActorKind, number: u64) -> Option<String> {
    if !kind.has_cookie() {
        return None;
    }
    let invitation = format!("/invite/{}", fixture.invite_to_server().await);
    let page = fixture.request("GET", &invitation, None, None).await;
    let cookie = page.header("set-cookie").and_then(|cookie| cookie.strip_prefix("parlor_session=")).unwrap();
    let token = cookie.split(';').next().unwrap().to_owned();
    if kind.server_role().is_some() {
        assert_eq!(fixture.request("POST", &invitation, Some(&token), Some("")).await.status, 303);
    }
    if kind.is_named(fixture.admission) {
        let joined = fixture.request("POST", "/", Some(&token), Some(&format!("name=new{number}"))).await;
        assert_eq!(joined.status, 303);
    }
    Some(token)
}

/// Everything of a response, without the time and random values.
fn without_variable_parts(response: &HttpResponse) -> String {
    let is_kept = |line: &&str| !line.to_lowercase().starts_with("date:");
    let head = response.head.split("\r\n").filter(is_kept).map(|line| match line.split_once("parlor_session=") {
        Some((start, rest)) => format!("{start}{}", rest.split_once(';').map_or("", |(_, attributes)| attributes)),
        None => line.to_owned(),
    });
    head.chain([response.text()]).collect::<Vec<_>>().join("\n")
}

/// Routes take no methods that have no row.
async fn refuse_other_methods(fixture: &mut Fixture, report: &mut Report) {
    for route in Route::ALL {
        report.rows += 1;
        for method in METHODS.into_iter().filter(|method| route.methods().all(|listed| listed != *method)) {
            let path = route.path().replace("{room}", "open").replace("{seq}", "1").replace("{*path}", "none.js");
            let path = path.replace("{code}", "none").replace("{name}", "icon.svg");
            let response = fixture.request(method, &path, None, Some("")).await;
            let status = if is_closed(fixture, *route, ActorKind::Stranger) { 403 } else { 405 };
            report.compare(&format!("{method} {route:?}"), &status, &response.status);
        }
    }
}

/// The list of rooms has exactly the rooms that each person may know of.
async fn compare_lists(fixture: &Fixture, report: &mut Report) {
    report.rows += 1;
    let mut pages = HashMap::new();
    for kind in ActorKind::ALL {
        pages.insert(kind, fixture.request("GET", "/rooms", fixture.token(kind), None).await.text());
        for room in TestRoom::ALL {
            let name = fixture.name(room);
            let label = if name.is_private() { name.path() } else { format!(">#{name}<") };
            let expected = fixture.is_listed(fixture.actor(kind), room);
            report.compare(&format!("{kind:?} list {room:?}"), &expected, &pages[&kind].contains(&label));
        }
    }
}
