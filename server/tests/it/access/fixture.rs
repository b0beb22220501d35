//! A server with one person of each kind, in one room of each kind.

use std::collections::HashMap;

use parlor::{AuthorId, ErrorCode, RoomName};
use parlor_server::access::{
    Action, Actor, Admission, RoomObject, RoomPolicy, RoomRole, ServerAction, ServerPolicy, may, may_on_server,
};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Mutex;

use super::actors::ActorKind;
use super::rooms::{Fate, RoomState, TestRoom, settings_path};
use crate::support::client_host::{ClientHost, HttpConnection};
use crate::support::http_response::HttpResponse;
use crate::support::{RichClient, Server};

pub(crate) struct Fixture {
    pub(crate) server: Server,
    /// Who may come in to the server.
    pub(crate) admission: Admission,
    pub(super) people: HashMap<ActorKind, Participant>,
    /// The name or id that is tried for each room.
    pub(super) names: HashMap<TestRoom, RoomName>,
    /// The present name of each room that was renamed.
    pub(super) renamed: HashMap<TestRoom, RoomName>,
    /// Who wrote in each room, in the order of their messages.
    pub(super) writers: HashMap<TestRoom, Vec<ActorKind>>,
    /// Number of events in each room's log, as far as they were accepted by the answers.
    pub(super) accepted: HashMap<TestRoom, u64>,
    /// For unique names and ids.
    pub(super) counter: u64,
    /// A connection for HTTP requests, while the server keeps it open.
    pub(super) http: Mutex<Option<HttpConnection>>,
}

/// A person with a session.
pub(super) struct Participant {
    /// Holds their name by its connection.
    pub(super) client: RichClient,
    pub(super) account: AuthorId,
}

impl Fixture {
    /// Makes an invitation to the server and returns its code.
    pub(crate) async fn invite_to_server(&self) -> String {
        let form = Some("do=invite&days=7&uses=1");
        code_in(&self.expect(200, "POST", "/server", ActorKind::ServerOwner, form).await.text(), "/invite/")
    }

    /// Makes an invitation to a private room and returns its code.
    pub(crate) async fn invite(&mut self, name: &RoomName) -> String {
        let form = Some("do=invite&days=7&uses=1");
        let page = self.expect(200, "POST", &settings_path(name), ActorKind::Owner, form).await.text();
        code_in(&page, "/invite/")
    }

    /// Makes a device link of the owner and returns its code.
    pub(crate) async fn device_link(&mut self) -> String {
        code_in(&self.expect(200, "POST", "/device", ActorKind::Owner, Some("")).await.text(), "/device/")
    }

    /// Changes a room's settings as its owner.
    pub(crate) async fn change(&mut self, name: &RoomName, form: &str) -> HttpResponse {
        self.expect(303, "POST", &settings_path(name), ActorKind::Owner, Some(form)).await
    }

    pub(super) async fn expect(
        &self,
        status: u16,
        method: &str,
        path: &str,
        kind: ActorKind,
        form: Option<&str>,
    ) -> HttpResponse {
        let response = self.request(method, path, self.token(kind), form).await;
        assert_eq!(response.status, status, "{kind:?} {method} {path} {form:?}: {}", response.text());
        response
    }

    /// Sends a request as a browser does that navigates.
    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        form: Option<&str>,
    ) -> HttpResponse {
        let host = self.server.address;
        let cookie = token.map(|token| format!("Cookie: parlor_session={token}\r\n")).unwrap_or_default();
        let body = form.unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nAccept: text/html\r\n{cookie}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut open = self.http.lock().await;
        loop {
            // The server may have closed the connection after the last response.
            let is_reused = open.is_some();
            let mut http = match open.take() {
                Some(http) => http,
                None => ClientHost::new(&self.server, 1).http().await,
            };
            let _ = http.writer.write_all(request.as_bytes()).await;
            match http.next_response().await {
                Some(response) => {
                    *open = (!response.closes()).then_some(http);
                    return response;
                }
                None => assert!(is_reused, "no response: {request}"),
            }
        }
    }

    /// The session of this person; `None` for those who send no cookie.
    pub(crate) fn token(&self, kind: ActorKind) -> Option<&str> {
        kind.has_cookie().then(|| self.people[&kind].client.token.as_str())
    }

    pub(crate) fn account(&self, kind: ActorKind) -> String {
        self.people[&kind].account.as_str().to_owned()
    }

    pub(crate) fn actor(&self, kind: ActorKind) -> Actor<'_> {
        let named = kind.is_named(self.admission);
        Actor::Person { account: &self.people[&kind].account, named, role: kind.server_role() }
    }

    /// The settings of the server.
    pub(crate) fn server_policy(&self) -> ServerPolicy {
        ServerPolicy { admission: self.admission, ..ServerPolicy::default() }
    }

    /// Whether somebody may do something on the server.
    pub(crate) fn may_on_server(&self, kind: ActorKind, action: ServerAction) -> bool {
        may_on_server(self.actor(kind), action, &self.server_policy()).is_ok()
    }

    /// Decides about an action in a room with this policy.
    pub(crate) fn decide(
        &self,
        actor: Actor<'_>,
        action: Action,
        name: &RoomName,
        policy: &RoomPolicy,
    ) -> Result<(), ErrorCode> {
        may(actor, action, RoomObject { server: &self.server_policy(), name, policy })
    }

    pub(crate) fn name(&self, room: TestRoom) -> RoomName {
        self.names[&room].clone()
    }

    /// The seq of this person's message in a room, or of the marker: see [`set_up`](Self::set_up).
    pub(crate) fn message_of(&self, kind: ActorKind, room: TestRoom) -> u64 {
        let writers = self.writers.get(&room).map(Vec::as_slice).unwrap_or_default();
        writers.iter().position(|writer| *writer == kind).map_or(1, |index| index as u64 + 2)
    }

    /// A number that was not returned before.
    pub(crate) fn number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Records that the server accepted an operation of a room's log.
    pub(crate) fn add_accepted(&mut self, room: TestRoom) {
        *self.accepted.entry(room).or_default() += 1;
    }

    /// The number of events that the log of a room must have.
    pub(crate) fn accepted(&self, room: TestRoom) -> u64 {
        self.accepted[&room]
    }

    /// What the fixture's settings of a room mean for access. This does not ask the server.
    pub(crate) fn policy(&self, room: TestRoom) -> Option<RoomPolicy> {
        let (kind, state) = match room.fate() {
            Fate::Exists(kind, state) => (kind, state),
            Fate::Renamed(_, kind) => (kind, RoomState::Active),
            Fate::Unknown | Fate::Deleted(_) => return None,
        };
        let role = |kind_of_actor: ActorKind| {
            let role: Option<RoomRole> = if room == TestRoom::Lobby { None } else { kind_of_actor.role(kind) };
            role.map(|role| (self.people[&kind_of_actor].account.clone(), role))
        };
        Some(RoomPolicy {
            kind,
            title: String::new(),
            archived: state == RoomState::Archived,
            announcements_only: state == RoomState::Announcements,
            roles: ActorKind::ALL.into_iter().filter_map(role).collect(),
        })
    }

    /// The present name of a renamed room, if this actor may read it.
    pub(crate) fn new_name(&self, actor: Actor<'_>, room: TestRoom) -> Option<&RoomName> {
        let (name, policy) = (self.renamed.get(&room)?, self.policy(room)?);
        Some(name).filter(|name| self.decide(actor, Action::Read, name, &policy).is_ok())
    }
}

/// The code of the first link with this path in a page.
fn code_in(page: &str, path: &str) -> String {
    let (_, rest) = page.split_once(path).unwrap_or_else(|| panic!("no link to {path}: {page}"));
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}
