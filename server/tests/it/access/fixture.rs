//! A server with one person of each kind, in one room of each kind.

use std::collections::HashMap;

use parlor::{AuthorId, ClientMessage, RoomName, ServerMessage};
use parlor_server::access::{Action, Actor, RoomKind, RoomPolicy, RoomRole, may};

use super::actors::ActorKind;
use super::rooms::{Fate, RoomState, TestRoom, room_of_path, settings_path};
use crate::support::client_host::{ClientHost, form_request};
use crate::support::http_response::HttpResponse;
use crate::support::{RichClient, Server};

pub(crate) struct Fixture {
    pub(crate) server: Server,
    people: HashMap<ActorKind, Participant>,
    /// The name or id that is tried for each room.
    names: HashMap<TestRoom, RoomName>,
    /// The present name of each room that was renamed.
    renamed: HashMap<TestRoom, RoomName>,
    /// Who wrote in each room, in the order of their messages.
    writers: HashMap<TestRoom, Vec<ActorKind>>,
    /// Number of events in each room's log, as far as they were accepted by the answers.
    accepted: HashMap<TestRoom, u64>,
    /// For unique names and ids.
    counter: u64,
}

/// A person with a session.
struct Participant {
    /// Holds their name by its connection.
    client: RichClient,
    account: AuthorId,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let server = Server::start_with(|config| config.limits_on = false).await;
        let mut people = HashMap::new();
        for kind in ActorKind::ALL {
            let (mut client, _) = server.enter_lobby().await;
            if ActorKind::PEOPLE.contains(&kind) {
                client.claim_name(&kind.name()).await;
            }
            let account = AuthorId(client.session.as_str().into());
            people.insert(kind, Participant { client, account });
        }
        let (names, renamed, writers, accepted) = Default::default();
        let mut fixture = Self { server, people, names, renamed, writers, accepted, counter: 0 };
        for room in TestRoom::ALL {
            let name = fixture.set_up(room).await;
            fixture.names.insert(room, name);
        }
        let nameless = &mut fixture.people.get_mut(&ActorKind::NamelessMember).unwrap().client;
        nameless.send(&ClientMessage::Leave).await;
        nameless.next_matching(|message| matches!(message, ServerMessage::Unnamed).then_some(())).await;
        fixture
    }

    async fn set_up(&mut self, room: TestRoom) -> RoomName {
        let (kind, label) = (room.kind(), room.label());
        if room == TestRoom::UnknownId {
            return RoomName::private(0x5eed);
        }
        let name = if room == TestRoom::Lobby { RoomName::default() } else { self.create(kind, &label).await };
        let is_writer = |writer: &ActorKind| kind != RoomKind::Private || *writer != ActorKind::Person;
        let writers: Vec<_> = ActorKind::PEOPLE.into_iter().filter(is_writer).collect();
        if room != TestRoom::Lobby {
            self.admit_members(kind, &name).await;
        }
        for writer in &writers {
            let form = format!("text={room:?}+{writer:?}&id={}", self.number());
            self.expect(303, "POST", &name.path(), *writer, Some(&form)).await;
        }
        self.accepted.insert(room, writers.len() as u64);
        self.writers.insert(room, writers);
        if room != TestRoom::Lobby {
            let form = format!("do=remove&account={}", self.account(ActorKind::FormerMember));
            self.change(&name, &form).await;
        }
        let state = if let Fate::Exists(_, state) = room.fate() { state } else { RoomState::Active };
        self.set_state(&name, state).await;
        match room.fate() {
            Fate::Deleted(_) => {
                self.change(&name, "do=delete&sure=on").await;
            }
            Fate::Renamed(_, to) => {
                let [member, nameless] = [ActorKind::Member, ActorKind::NamelessMember].map(|kind| self.account(kind));
                let form = match to {
                    RoomKind::Private => format!("do=private&title=secret&member={member}&member={nameless}"),
                    _ => "do=open&kind=open&name=garden".to_owned(),
                };
                let response = self.change(&name, &form).await;
                self.renamed.insert(room, room_of_path(response.header("location").unwrap()));
            }
            _ => {}
        }
        name
    }

    /// A new room with the settings and roles of this one, for a step that changes who has access.
    pub(crate) async fn copy(&mut self, room: TestRoom) -> RoomName {
        let Fate::Exists(kind, state) = room.fate() else { panic!("{room:?} does not exist") };
        let title = format!("copy-{}", self.number());
        let name = self.create(kind, &title).await;
        if kind == RoomKind::Private {
            self.change(&name, &format!("do=add&name={}", ActorKind::Member.name())).await;
            let invitation = self.invite(&name).await;
            self.expect(303, "POST", &format!("/invite/{invitation}"), ActorKind::NamelessMember, Some("")).await;
        }
        self.set_state(&name, state).await;
        name
    }

    async fn create(&mut self, kind: RoomKind, name: &str) -> RoomName {
        let form = format!("kind={}&name={name}", kind.as_str());
        let response = self.expect(303, "POST", "/rooms/new", ActorKind::Owner, Some(&form)).await;
        room_of_path(response.header("location").unwrap())
    }

    /// Adds those who are members of a private room, or makes who will be a former member an owner of another.
    async fn admit_members(&mut self, kind: RoomKind, name: &RoomName) {
        for person in [ActorKind::Member, ActorKind::NamelessMember, ActorKind::FormerMember] {
            if person.role(kind).is_some() || person == ActorKind::FormerMember {
                self.change(name, &format!("do=add&name={}", person.name())).await;
            }
        }
    }

    async fn set_state(&mut self, name: &RoomName, state: RoomState) {
        match state {
            RoomState::Active => {}
            RoomState::Announcements => drop(self.change(name, "do=announcements&on=on").await),
            RoomState::Archived => drop(self.change(name, "do=archive&on=on").await),
        }
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
    async fn change(&mut self, name: &RoomName, form: &str) -> HttpResponse {
        self.expect(303, "POST", &settings_path(name), ActorKind::Owner, Some(form)).await
    }

    async fn expect(&self, status: u16, method: &str, path: &str, kind: ActorKind, form: Option<&str>) -> HttpResponse {
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
        let host = self.server.address.to_string();
        let cookie = token.map(|token| format!("Cookie: parlor_session={token}\r\n")).unwrap_or_default();
        let headers = format!("{cookie}Accept: text/html\r\n");
        let request = match form {
            Some(form) => form_request(&host, path, &headers, form).replacen("POST", method, 1),
            None => format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"),
        };
        ClientHost::new(&self.server, 1).send(&request).await
    }

    /// The session of this person; `None` for those who send no cookie.
    pub(crate) fn token(&self, kind: ActorKind) -> Option<&str> {
        kind.has_cookie().then(|| self.people[&kind].client.token.as_str())
    }

    pub(crate) fn account(&self, kind: ActorKind) -> String {
        self.people[&kind].account.as_str().to_owned()
    }

    pub(crate) fn actor(&self, kind: ActorKind) -> Actor<'_> {
        Actor::Person { account: &self.people[&kind].account, named: kind.is_named() }
    }

    pub(crate) fn name(&self, room: TestRoom) -> RoomName {
        self.names[&room].clone()
    }

    /// The seq of this person's message in a room, or of the first one.
    pub(crate) fn message_of(&self, kind: ActorKind, room: TestRoom) -> u64 {
        let writers = self.writers.get(&room).map(Vec::as_slice).unwrap_or_default();
        writers.iter().position(|writer| *writer == kind).unwrap_or(0) as u64 + 1
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
        let readable = self.policy(room).is_some_and(|policy| may(actor, Action::Read, &policy).is_ok());
        self.renamed.get(&room).filter(|_| readable)
    }
}

/// The code of the first link with this path in a page.
fn code_in(page: &str, path: &str) -> String {
    let (_, rest) = page.split_once(path).unwrap_or_else(|| panic!("no link to {path}: {page}"));
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}
