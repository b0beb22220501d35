//! What a step must lead to, according to [`may`].

use parlor::{ErrorCode, RoomName};
use parlor_server::access::{Action, Actor, RoomKind, ServerAction, may_on_server};

use super::fixture::Fixture;
use super::rooms::{Fate, RoomState, TestRoom};

/// The outcome of a step in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Allowed,
    Refused(ErrorCode),
    /// The room had a public name, which leads nowhere now. WebSockets don't tell this from
    /// [`ErrorCode::NoSuchRoom`].
    Gone,
    /// The room has this name now.
    Moved(RoomName),
}

impl From<Result<(), ErrorCode>> for Outcome {
    fn from(result: Result<(), ErrorCode>) -> Self {
        result.map_or_else(Self::Refused, |()| Self::Allowed)
    }
}

impl Fixture {
    /// What happens if somebody enters a room to do something in it.
    pub(crate) fn expected(&self, actor: Actor<'_>, action: Action, room: TestRoom) -> Outcome {
        if let Err(code) = may_on_server(actor, ServerAction::Visit, &self.server_policy()) {
            return Outcome::Refused(code);
        }
        match (room.fate(), self.policy(room)) {
            (Fate::Exists(..), Some(policy)) => self.decide(actor, action, &self.name(room), &policy).into(),
            (Fate::Renamed(..), _) if let Some(name) = self.new_name(actor, room) => Outcome::Moved(name.clone()),
            _ if room.kind() == RoomKind::Private => Outcome::Refused(ErrorCode::NoSuchRoom),
            _ => Outcome::Gone,
        }
    }

    /// What happens if a connection that has tried to join a room does something in it.
    pub(crate) fn expected_if_joined(&self, actor: Actor<'_>, action: Action, room: TestRoom) -> Outcome {
        match self.expected(actor, Action::Read, room) {
            Outcome::Allowed => self.expected(actor, action, room),
            _ => Outcome::Refused(ErrorCode::NotInRoom),
        }
    }

    /// Whether the list of rooms has a room for somebody. Open rooms that are archived are left out.
    pub(crate) fn is_listed(&self, actor: Actor<'_>, room: TestRoom) -> bool {
        let is_left_out = room.fate() == Fate::Exists(RoomKind::Open, RoomState::Archived);
        self.expected(actor, Action::Find, room) == Outcome::Allowed && !is_left_out
    }
}
