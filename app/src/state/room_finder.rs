//! Finding a room by its name while it is typed, or creating it.

use parlor::{ErrorCode, RoomName, message::RoomSummary};

use super::client::RoomLine;
use crate::room_name;

/// Rooms that are listed at most.
const LISTED: usize = 50;

/// What was typed into the finder, and what was chosen there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomFinder {
    typed: String,
    // The room that the arrow keys chose; without one the first match is chosen.
    picked: Option<RoomName>,
}

/// A line of the finder's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The room that is entered by choosing the line.
    pub room: RoomName,
    /// What is known about it.
    pub status: RoomStatus,
    /// Whether Enter takes this line.
    pub chosen: bool,
}

/// How the reader stands to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomStatus {
    /// They are a member. The unread count is empty for none.
    Member {
        /// The number of unread messages, as shown in the list of rooms.
        unread: String,
    },
    /// It exists.
    Listed {
        /// Its topic, which may be empty.
        topic: String,
        /// The number of people in it.
        people: u32,
    },
    /// Choosing the line creates it.
    New,
}

/// The lines for what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The matching rooms, best first; a room that can be created is the last.
    pub list: Vec<Choice>,
    /// Why what was typed can't be a room.
    pub refused: Option<ErrorCode>,
}

impl RoomFinder {
    /// The text has changed.
    pub fn type_text(&mut self, text: &str) {
        *self = Self { typed: text.to_owned(), picked: None };
    }

    /// The lines to choose from: a room of exactly this name, then the reader's own rooms, then all others. In each group
    /// names that begin with the text come before those that contain it. The room in view is the last of the own ones.
    ///
    /// The first match of a text is chosen without an arrow key. A line that creates a room never is.
    pub fn choices(&self, own: &[RoomLine], listed: &[RoomSummary]) -> Choices {
        let text = room_name::normalized(&self.typed);
        let line = |room: &RoomName, status| Choice { room: room.clone(), status, chosen: false };
        let member = |room: &RoomLine| line(&room.name, RoomStatus::Member { unread: room.unread.clone() });
        let other = |room: &RoomSummary| {
            line(&room.room, RoomStatus::Listed { topic: room.topic.clone(), people: room.people })
        };
        let mut all: Vec<Choice> = own.iter().filter(|room| !room.shown).map(member).collect();
        all.extend(own.iter().filter(|room| room.shown).map(member));
        let own_count = all.len();
        all.extend(listed.iter().filter(|room| own.iter().all(|own| own.name != room.room)).map(other));

        // Passes, as a sort of its own would be a large part of this in WASM.
        let ranks: Vec<_> = all.iter().map(|choice| Match::of(choice.room.as_str(), &text)).collect();
        let (own_places, other_places) = (0..own_count, own_count..all.len());
        let mut list = Vec::new();
        for (rank, places) in [
            (Match::Exact, 0..all.len()),
            (Match::Prefix, own_places.clone()),
            (Match::Inside, own_places),
            (Match::Prefix, other_places.clone()),
            (Match::Inside, other_places),
        ] {
            list.extend(places.filter(|place| ranks[*place] == Some(rank)).map(|place| all[place].clone()));
        }
        list.truncate(LISTED);
        let mut refused = None;
        if !text.is_empty() && list.first().is_none_or(|first| first.room.as_str() != text) {
            match RoomName::parse(&text) {
                Ok(room) => list.push(line(&room, RoomStatus::New)),
                Err(code) => refused = Some(code),
            }
        }
        let picked = list.iter().position(|choice| self.picked.as_ref() == Some(&choice.room));
        let first = list.first().is_some_and(|first| !text.is_empty() && first.status != RoomStatus::New).then_some(0);
        if let Some(index) = picked.or(first) {
            list[index].chosen = true;
        }
        Choices { list, refused }
    }

    /// Chooses the line below or above the chosen one, around the ends.
    pub fn step(&mut self, choices: &Choices, down: bool) {
        let count = choices.list.len();
        let next = match choices.index() {
            _ if count == 0 => return,
            Some(index) if down => (index + 1) % count,
            Some(index) => (index + count - 1) % count,
            None if down => 0,
            None => count - 1,
        };
        self.picked = Some(choices.list[next].room.clone());
    }
}

impl Choices {
    /// The place of the line that Enter takes.
    pub fn index(&self) -> Option<usize> {
        self.list.iter().position(|choice| choice.chosen)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    Exact,
    Prefix,
    Inside,
}

impl Match {
    fn of(name: &str, text: &str) -> Option<Self> {
        match name.find(text)? {
            0 if name.len() == text.len() => Some(Self::Exact),
            0 => Some(Self::Prefix),
            _ => Some(Self::Inside),
        }
    }
}

#[cfg(test)]
mod tests;
