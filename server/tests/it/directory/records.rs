//! The records that cases store, and the requests that many of them make.

use parlor::{Author, AuthorId, ClientId, Epoch, Name, RoomName};
use parlor_server::access::{
    Actor, ReadPermit, RoomKind, RoomObject, RoomPolicy, ServerPolicy, ServerRole, permit_reading,
};
use parlor_server::engine::{
    Append, Directory, InvitationScope, NewInvitation, NewRoom, NewSession, Operation, RoomStatus, SecretHash,
};

use crate::support::engine::{body, unix_millis};

pub(super) fn account(id: &str) -> AuthorId {
    AuthorId(id.into())
}

pub(super) fn author(id: &str, name: &str) -> Author {
    Author { id: account(id), name: Name::parse(name).unwrap() }
}

pub(super) fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

pub(super) fn secret(text: &str) -> SecretHash {
    SecretHash::of_code(text)
}

/// A session whose secret has the hash of `text`.
pub(super) fn session(account_id: &str, text: &str) -> NewSession {
    NewSession { account: account(account_id), secret: secret(text), device: format!("Device of {text}") }
}

/// A room that is open or unlisted.
pub(super) fn public_room(name: &str, kind: RoomKind, owner: &str) -> NewRoom {
    NewRoom { name: room(name), epoch: epoch(name), kind, title: String::new(), owner: account(owner) }
}

pub(super) fn private_room(number: u128, title: &str, owner: &str) -> NewRoom {
    let name = RoomName::private(number);
    NewRoom { epoch: epoch(title), name, kind: RoomKind::Private, title: title.to_owned(), owner: account(owner) }
}

pub(super) fn epoch(text: &str) -> Epoch {
    Epoch(format!("epoch of {text}"))
}

/// An invitation to a room that is valid for another hour.
pub(super) fn invitation(code: &str, room: &RoomName, uses: Option<u32>) -> NewInvitation {
    NewInvitation { scope: scope_of(room), ..server_invitation(code, "owner", uses) }
}

/// An invitation to the server that is valid for another hour.
pub(super) fn server_invitation(code: &str, by: &str, uses: Option<u32>) -> NewInvitation {
    let (code, by, note) = (secret(code), Some(account(by)), format!("note of {code}"));
    let (scope, role) = (InvitationScope::Server, ServerRole::Member);
    NewInvitation { code, scope, role, by, note, expires: unix_millis() + 3_600_000, uses }
}

/// The scope of an invitation to a room.
pub(super) fn scope_of(room: &RoomName) -> InvitationScope {
    InvitationScope::Room(room.clone())
}

/// A message of a rich client.
pub(super) fn message(room: &RoomName, author: &Author, id: &str) -> Append {
    Append {
        room: room.clone(),
        author: author.clone(),
        client_id: ClientId::parse(id).unwrap(),
        operation: Operation::post(body(&format!("text of {id}"))),
        epoch: epoch(room.as_str()),
        known_failures: 0,
        skip_receipt: false,
        owns_new_room: true,
    }
}

/// The policy of a room that exists.
pub(super) async fn policy(directory: &dyn Directory, room: &RoomName) -> RoomPolicy {
    match directory.room_status(room).await.unwrap() {
        RoomStatus::Exists(policy) => policy,
        other => panic!("{room:?} is {other:?}"),
    }
}

/// The permit that access control gives this account now.
pub(super) async fn permit_of(directory: &dyn Directory, room: &RoomName, account: &AuthorId) -> ReadPermit {
    let (server, policy) = (&ServerPolicy::default(), &policy(directory, room).await);
    let actor = Actor::Person { account, named: true, role: None };
    permit_reading(actor, RoomObject { server, name: room, policy }).unwrap()
}

/// Returns in a later millisecond than it was called: records have their time in milliseconds.
pub(super) async fn next_millisecond() {
    let before = unix_millis();
    while unix_millis() <= before {
        tokio::task::yield_now().await;
    }
}
