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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(name: &str) -> RoomName {
        RoomName::parse(name).unwrap()
    }

    fn own(names: &[&str]) -> Vec<RoomLine> {
        let line = |room: &&str| RoomLine {
            name: name(room),
            shown: *room == "lobby",
            unread: String::new(),
            meant: false,
            loudness: Default::default(),
        };
        names.iter().map(line).collect()
    }

    fn listed(names: &[&str]) -> Vec<RoomSummary> {
        names.iter().map(|room| RoomSummary { room: name(room), topic: String::new(), people: 1 }).collect()
    }

    /// The lines for a text, as `>` for the chosen one, the room, and `+` for one that would be created.
    fn lines(finder: &RoomFinder, own: &[RoomLine], listed: &[RoomSummary]) -> Vec<String> {
        let line = |choice: &Choice| {
            let chosen = if choice.chosen { ">" } else { "" };
            let new = if choice.status == RoomStatus::New { "+" } else { "" };
            format!("{chosen}{}{new}", choice.room.as_str())
        };
        finder.choices(own, listed).list.iter().map(line).collect()
    }

    fn found(text: &str, own: &[RoomLine], listed: &[RoomSummary]) -> Vec<String> {
        let mut finder = RoomFinder::default();
        finder.type_text(text);
        lines(&finder, own, listed)
    }

    #[test]
    fn the_beginning_of_a_name_leads_to_the_room_and_creates_nothing() {
        let own = own(&["lobby", "art"]);
        assert_eq!(found("lobb", &own, &[]), [">lobby", "lobb+"]);
        assert_eq!(found(" #LOBB ", &own, &[]), [">lobby", "lobb+"]);
        assert_eq!(found("lobby", &own, &[]), [">lobby"]);
    }

    #[test]
    fn without_a_text_all_rooms_are_listed_and_none_is_chosen() {
        let (own, listed) = (own(&["lobby", "art"]), listed(&["lobby", "music", "art", "zoo"]));
        assert_eq!(found("", &own, &listed), ["art", "lobby", "music", "zoo"]);
        assert_eq!(found(" # ", &own, &listed), ["art", "lobby", "music", "zoo"]);
    }

    #[test]
    fn own_rooms_come_before_others_and_beginnings_before_the_rest() {
        let (own, listed) = (own(&["smart", "art-club"]), listed(&["part", "artists", "zoo"]));
        assert_eq!(found("art", &own, &listed), [">art-club", "smart", "artists", "part", "art+"]);
    }

    #[test]
    fn a_room_of_exactly_this_name_is_the_first_whoever_is_in_it() {
        let (own, listed) = (own(&["artists"]), listed(&["art"]));
        assert_eq!(found("Art", &own, &listed), [">art", "artists"]);
    }

    #[test]
    fn names_are_compared_in_every_script() {
        let own = own(&["книги", "éclair", "本の部屋", "book-club"]);
        assert_eq!(found("КНИ", &own, &[])[0], ">книги");
        assert_eq!(found("Écl", &own, &[])[0], ">éclair");
        assert_eq!(found("部屋", &own, &[])[0], ">本の部屋");
        assert_eq!(found("Book C", &own, &[])[0], ">book-club");
    }

    #[test]
    fn a_new_room_is_chosen_by_an_arrow_key_alone() {
        let own = own(&["lobby"]);
        let mut finder = RoomFinder::default();
        finder.type_text("garden");
        assert_eq!(lines(&finder, &own, &[]), ["garden+"]);
        finder.step(&finder.choices(&own, &[]), true);
        assert_eq!(lines(&finder, &own, &[]), [">garden+"]);
        // It turns out to exist.
        assert_eq!(lines(&finder, &own, &listed(&["garden"])), [">garden"]);
        finder.type_text("gardens");
        assert_eq!(lines(&finder, &own, &[]), ["gardens+"]);
    }

    #[test]
    fn arrow_keys_go_around_the_ends_and_the_choice_outlives_a_longer_list() {
        let own = own(&["art", "artists"]);
        let mut finder = RoomFinder::default();
        finder.type_text("art");
        let go = |finder: &mut RoomFinder, down| {
            finder.step(&finder.choices(&own, &[]), down);
            lines(finder, &own, &[])
        };
        assert_eq!(go(&mut finder, true), ["art", ">artists"]);
        assert_eq!(lines(&finder, &own, &listed(&["art-school"])), ["art", ">artists", "art-school"]);
        assert_eq!(go(&mut finder, true), [">art", "artists"]);
        assert_eq!(go(&mut finder, false), ["art", ">artists"]);
        let mut finder = RoomFinder::default();
        assert_eq!(go(&mut finder, false), ["art", ">artists"]);
    }

    #[test]
    fn what_no_room_can_be_called_says_why_and_offers_nothing() {
        let mut finder = RoomFinder::default();
        for text in ["no/such?room", "a!", &"x".repeat(500)] {
            finder.type_text(text);
            let choices = finder.choices(&own(&["lobby"]), &[]);
            assert_eq!((choices.list.len(), choices.refused), (0, Some(ErrorCode::RoomNameInvalid)), "{text}");
            finder.step(&choices, true);
            assert_eq!(finder.choices(&own(&["lobby"]), &[]).list, []);
        }
    }

    proptest! {
        #[test]
        fn every_line_has_the_text_in_it_and_only_the_last_creates_a_room(text in "[a-cA-C#/ -]{0,4}", names in prop::collection::vec("[a-c-]{1,5}", 0..8)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let (own, listed) = (own(&names[..names.len() / 2]), listed(&names));
            let mut finder = RoomFinder::default();
            finder.type_text(&text);
            let Choices { list, refused } = finder.choices(&own, &listed);
            let wanted = room_name::normalized(&text);
            for (index, choice) in list.iter().enumerate() {
                prop_assert!(choice.room.as_str().contains(&wanted));
                let is_new = choice.status == RoomStatus::New;
                prop_assert!(!is_new || (index + 1 == list.len() && !choice.chosen && !names.contains(&wanted.as_str())));
            }
            prop_assert!(list.iter().filter(|choice| choice.chosen).count() <= 1);
            prop_assert!(refused.is_none() || list.is_empty());
        }
    }
}
