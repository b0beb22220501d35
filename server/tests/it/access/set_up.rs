//! Sets up the people and rooms of the fixture, by requests as a browser sends them.

use std::collections::HashMap;
use std::time::Duration;

use parlor::{AuthorId, ClientMessage, RoomName, ServerMessage};
use parlor_server::access::{Admission, RoomKind, ServerRole};
use tokio::sync::Mutex;

use super::actors::ActorKind;
use super::fixture::{Fixture, Participant};
use super::rooms::{Fate, RoomState, TestRoom, room_of_path};
use crate::support::Server;

impl Fixture {
    pub(crate) async fn start(admission: Admission) -> Self {
        let server = Server::start_with(|config| {
            config.limits_on = false;
            // Nobody loses their name on a slow machine, whose connections end since they don't answer pings.
            config.grace = Duration::from_secs(600);
        })
        .await;
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
        let mut fixture =
            Self { server, admission, people, names, renamed, writers, accepted, counter: 0, http: Mutex::default() };
        for room in TestRoom::ALL {
            let name = fixture.set_up(room).await;
            fixture.names.insert(room, name);
        }
        let nameless = &mut fixture.people.get_mut(&ActorKind::NamelessMember).unwrap().client;
        nameless.send(&ClientMessage::Leave).await;
        nameless.next_matching(|message| matches!(message, ServerMessage::Unnamed).then_some(())).await;
        // Somebody else takes the name: a form that needs one takes the last one again if it can.
        let (mut holder, _) = fixture.server.enter_lobby().await;
        holder.claim_name(&ActorKind::NamelessMember.name()).await;
        fixture.set_up_server(admission, &holder.session).await;
        fixture
    }

    /// Gives everybody their role on the server, and closes it to others.
    async fn set_up_server(&self, admission: Admission, other_member: &str) {
        self.expect(303, "POST", &self.server.owner_link(), ActorKind::ServerOwner, Some("")).await;
        let form = format!("do=role&account={other_member}&role=member");
        self.expect(303, "POST", "/server/people", ActorKind::ServerOwner, Some(&form)).await;
        for kind in ActorKind::PEOPLE.into_iter().filter(|kind| *kind != ActorKind::ServerOwner) {
            self.set_server_role(kind, kind.server_role()).await;
        }
        let form = format!("do=settings&name=Parlor&welcome=&admission={}&creation=everyone", admission.as_str());
        self.expect(303, "POST", "/server", ActorKind::ServerOwner, Some(&form)).await;
    }

    async fn set_server_role(&self, kind: ActorKind, role: Option<ServerRole>) {
        let role = role.map_or("guest", ServerRole::as_str);
        let form = format!("do=role&account={}&role={role}", self.account(kind));
        self.expect(303, "POST", "/server/people", ActorKind::ServerOwner, Some(&form)).await;
    }

    /// Makes a room. Its log begins with a marker, which nobody changes, and a message of each person.
    async fn set_up(&mut self, room: TestRoom) -> RoomName {
        let (kind, label) = (room.kind(), room.label());
        if room == TestRoom::UnknownId {
            return RoomName::private(0x5eed);
        }
        let name = if room == TestRoom::Lobby { RoomName::default() } else { self.create(kind, &label).await };
        let is_writer = |writer: &ActorKind| {
            kind != RoomKind::Private || !matches!(writer, ActorKind::Person | ActorKind::ServerOwner)
        };
        let writers: Vec<_> = ActorKind::PEOPLE.into_iter().filter(is_writer).collect();
        if room != TestRoom::Lobby {
            self.admit_members(kind, &name).await;
        }
        for (text, writer) in
            [("marker", ActorKind::Owner)].into_iter().chain(writers.iter().map(|kind| ("own", *kind)))
        {
            let form = format!("text={text}&id={}", self.number());
            self.expect(303, "POST", &name.path(), writer, Some(&form)).await;
        }
        self.accepted.insert(room, writers.len() as u64 + 1);
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
                let [member, nameless, guest] =
                    [ActorKind::Member, ActorKind::NamelessMember, ActorKind::Guest].map(|kind| self.account(kind));
                let members = format!("member={member}&member={nameless}&member={guest}");
                let form = match to {
                    RoomKind::Private => format!("do=private&title=secret&{members}"),
                    _ => "do=open&kind=open&name=garden".to_owned(),
                };
                let response = self.change(&name, &form).await;
                self.renamed.insert(room, room_of_path(response.header("location").unwrap()));
            }
            _ => {}
        }
        name
    }

    /// A new room with the settings of this one, and the roles of room owner, members and `kind`, for a step of `kind`
    /// that changes who has access.
    pub(crate) async fn copy(&mut self, room: TestRoom, kind_of_actor: ActorKind) -> RoomName {
        let Fate::Exists(kind, state) = room.fate() else { panic!("{room:?} does not exist") };
        let title = format!("copy-{}", self.number());
        let name = self.create(kind, &title).await;
        if kind == RoomKind::Private {
            self.change(&name, &format!("do=add&name={}", ActorKind::Member.name())).await;
            let invitation = self.invite(&name).await;
            self.expect(303, "POST", &format!("/invite/{invitation}"), ActorKind::NamelessMember, Some("")).await;
            if kind_of_actor == ActorKind::Guest {
                // The invitation of a room's owner is for members of the server only.
                self.set_server_role(ActorKind::Guest, Some(ServerRole::Member)).await;
                let invitation = self.invite(&name).await;
                self.expect(303, "POST", &format!("/invite/{invitation}"), ActorKind::Guest, Some("")).await;
                self.set_server_role(ActorKind::Guest, None).await;
            }
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
        for person in [ActorKind::Member, ActorKind::NamelessMember, ActorKind::FormerMember, ActorKind::Guest] {
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
}
