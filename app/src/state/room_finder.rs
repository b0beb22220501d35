//! The room finder: finds rooms by name while the reader types, or creates one.

use parlor::{ErrorCode, RoomName, message::RoomSummary};

use super::room_list::RoomListItem;
use crate::room_name;

/// Maximum number of rooms in the list.
const MAX_CHOICES: usize = 50;

/// The text in the room finder, and the item that the arrow keys chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomFinder {
    typed: String,
    // The room that the arrow keys chose; without one the first match is chosen.
    picked: Option<RoomName>,
}

/// An item of the finder's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The room to join.
    pub room: RoomName,
    /// Its name for the reader, without the `#` of public names.
    pub title: String,
    /// What is known about it.
    pub status: RoomStatus,
    /// Whether Enter joins this room.
    pub chosen: bool,
}

/// The relation of the reader to a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomStatus {
    /// The reader has joined it.
    Member {
        /// The unread count as a label, empty for none.
        unread: String,
    },
    /// It exists, and the reader has not joined it.
    Listed {
        /// Its topic, which may be empty.
        topic: String,
        /// The number of people in it.
        people: u32,
    },
    /// It does not exist: joining creates it.
    New,
}

/// The items for the typed text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The matching rooms, best first; a room that can be created is the last.
    pub list: Vec<Choice>,
    /// Why the typed text cannot be the name of a room.
    pub refused: Option<ErrorCode>,
}

impl RoomFinder {
    /// Sets the typed text.
    pub fn type_text(&mut self, text: &str) {
        *self = Self { typed: text.to_owned(), picked: None };
    }

    /// The items of the list: the room of exactly this name, then the reader's own rooms, then all others. In each
    /// group, names that begin with the text come before names that contain it. Private rooms have titles for names. The shown room is the last of the own
    /// ones.
    ///
    /// Without an arrow key the first match is chosen, but never the item that creates a room.
    pub fn choices(&self, own: &[RoomListItem], listed: &[RoomSummary]) -> Choices {
        let text = room_name::normalize(&self.typed);
        let item = |room: &RoomName, title: &str, status| {
            let title = room_name::display_name(room, title).to_owned();
            Choice { room: room.clone(), title, status, chosen: false }
        };
        let member =
            |room: &RoomListItem| item(&room.name, &room.title, RoomStatus::Member { unread: room.unread.clone() });
        let other = |room: &RoomSummary| {
            item(&room.room, &room.title, RoomStatus::Listed { topic: room.topic.clone(), people: room.people })
        };
        let mut all: Vec<Choice> = own.iter().filter(|room| !room.shown).map(member).collect();
        all.extend(own.iter().filter(|room| room.shown).map(member));
        let own_count = all.len();
        all.extend(listed.iter().filter(|room| own.iter().all(|own| own.name != room.room)).map(other));

        // One pass for each rank: a call of `sort` would add more code to the WASM than the rest of this function.
        let ranks: Vec<_> = all.iter().map(|choice| Match::of(&room_name::normalize(&choice.title), &text)).collect();
        let (own_indices, other_indices) = (0..own_count, own_count..all.len());
        let mut list = Vec::new();
        for (rank, indices) in [
            (Match::Exact, 0..all.len()),
            (Match::Prefix, own_indices.clone()),
            (Match::Inside, own_indices),
            (Match::Prefix, other_indices.clone()),
            (Match::Inside, other_indices),
        ] {
            list.extend(indices.filter(|index| ranks[*index] == Some(rank)).map(|index| all[index].clone()));
        }
        list.truncate(MAX_CHOICES);
        let mut refused = None;
        if !text.is_empty() && list.first().is_none_or(|first| first.room.as_str() != text) {
            match RoomName::parse(&text) {
                // The server makes the ids of private rooms.
                Ok(room) if !room.is_private() => list.push(item(&room, "", RoomStatus::New)),
                _ => refused = Some(ErrorCode::RoomNameInvalid),
            }
        }
        let picked = list.iter().position(|choice| self.picked.as_ref() == Some(&choice.room));
        let first = list.first().is_some_and(|first| !text.is_empty() && first.status != RoomStatus::New).then_some(0);
        if let Some(index) = picked.or(first) {
            list[index].chosen = true;
        }
        Choices { list, refused }
    }

    /// Chooses the item below or above the chosen one. The first one follows the last one.
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
    /// The index of the chosen item.
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
