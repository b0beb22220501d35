//! What the reader looks up: which rooms there are, and what was said.

use std::sync::Arc;

use parlor::{
    Search, TimeZone,
    limits::SEARCH_HITS,
    message::{Hit, RoomSummary},
};

use super::*;
use crate::state::{
    room_finder::{Choices, RoomFinder},
    said::Said,
};

/// How far it has come. It is compared and copied with all that is shown, and changes seldom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looking {
    /// The rooms of the server, as far as they have been asked for.
    pub rooms: Vec<RoomSummary>,
    /// The room that is being looked for by its name.
    pub finder: RoomFinder,
    /// What was found, once something has been looked for.
    pub found: Option<Found>,
    /// Whether messages are looked for in all rooms.
    pub everywhere: bool,
    request: u32,
}

/// What was found, or why nothing was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What was looked for.
    pub words: String,
    /// The messages, newest first.
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
    /// Whether the answer is still on its way; then the hits are those of before.
    pub busy: bool,
    /// Why there was no answer.
    pub refused: Option<ErrorCode>,
    /// Whether only what the page holds was looked through, since there is no connection.
    pub held_only: bool,
}

impl Client {
    /// Begins to look for a room: with no text, among the rooms as they are now.
    pub fn open_finder(&mut self) {
        self.find_room("");
        if self.link.is_online() {
            self.send(ClientMessage::Rooms);
        }
    }

    /// Looks for a room by its name.
    pub fn find_room(&mut self, text: &str) {
        Arc::make_mut(&mut self.looking).finder.type_text(text);
    }

    /// Chooses the line below or above the chosen one.
    pub fn step_choice(&mut self, down: bool) {
        let choices = self.choices();
        Arc::make_mut(&mut self.looking).finder.step(&choices, down);
    }

    /// The chosen room. If no line is chosen, chooses the first, so that a room is only created by a line that was
    /// visibly chosen before.
    pub fn take_choice(&mut self) -> Option<RoomName> {
        let choices = self.choices();
        let chosen = choices.index().map(|index| choices.list[index].room.clone());
        if chosen.is_none() {
            self.step_choice(true);
        }
        chosen
    }

    fn choices(&self) -> Choices {
        self.looking.finder.choices(&self.rooms(), &self.looking.rooms)
    }

    /// Looks for words, in the room that is shown or everywhere. No words end the search.
    pub fn search(&mut self, words: &str, everywhere: bool, now: UnixMillis) {
        let online = self.link.is_online();
        let looking = Arc::make_mut(&mut self.looking);
        looking.request += 1;
        looking.everywhere = everywhere;
        let before = looking.found.take();
        if words.trim().is_empty() {
            return;
        }
        let (request, typed) = (looking.request, words.to_owned());
        if !online {
            let found = self.search_held(typed, everywhere);
            Arc::make_mut(&mut self.looking).found = Some(found);
            return;
        }
        let (hits, more) = before.map_or_else(Default::default, |found| (found.hits, found.more));
        looking.found = Some(Found { words: typed.clone(), hits, more, busy: true, refused: None, held_only: false });
        let room = (!everywhere).then(|| self.rooms.shown().name.clone());
        let zone = &self.locale.zone;
        let (time_zone, utc_offset_minutes) = (zone.name(), zone.offset_minutes(now as i64));
        self.send(ClientMessage::Search { request, room, words: typed, time_zone, utc_offset_minutes });
    }

    /// Searches again for the same words: the room in view or its messages may be others now.
    pub fn search_again(&mut self, now: UnixMillis) {
        if let Some(words) = self.looking.found.as_ref().map(|found| found.words.clone()) {
            self.search(&words, self.looking.everywhere, now);
        }
    }

    // By the same rules as the server's, newest first.
    fn search_held(&self, words: String, everywhere: bool) -> Found {
        let (search, refused) = match Search::parse(&words, &self.locale.zone) {
            Ok(search) => (Some(search), None),
            Err(code) => (None, Some(code)),
        };
        let mut found: Vec<(&RoomName, &Said)> = Vec::new();
        for room in self.rooms.iter().filter(|room| everywhere || self.rooms.shows(&room.name)) {
            let end = room.timeline.end();
            // The first is not drawn before the one above it is known.
            let drawn = usize::from(end.has_older()).min(end.said().len());
            let said = end.said().range(drawn..).rev().map(|said| &**said);
            let matches = |said: &&Said| {
                let search = search.as_ref().filter(|_| said.body.is_some());
                search.is_some_and(|search| search.matches(said.author.name.as_str(), said.text(), said.at))
            };
            for said in said.filter(matches).take(SEARCH_HITS + 1) {
                let place = found.partition_point(|(_, other)| other.at >= said.at);
                found.insert(place, (&room.name, said));
            }
        }
        let more = found.len() > SEARCH_HITS;
        found.truncate(SEARCH_HITS);
        let hits = found.into_iter().map(|(room, said)| Hit { room: room.clone(), event: said.event() }).collect();
        Found { words, hits, more, busy: false, refused, held_only: true }
    }

    /// Goes to a message in any room.
    pub fn visit(&mut self, room: &RoomName, seq: u64) {
        self.enter(room);
        self.jump(seq);
    }

    /// Goes to the first message of a day, counted from 1970-01-01.
    pub fn jump_to_day(&mut self, day: i64) {
        let midnight = self.locale.zone.day_start(day).max(0) as UnixMillis;
        let page = self.rooms.shown_mut().jump_to(midnight, self.link.is_online());
        self.effects.extend(page.map(Effect::Send));
    }

    pub(super) fn listed(&mut self, rooms: Vec<RoomSummary>) {
        Arc::make_mut(&mut self.looking).rooms = rooms;
    }

    pub(super) fn found(&mut self, request: u32, hits: Vec<Hit>, more: bool) {
        let looking = Arc::make_mut(&mut self.looking);
        if let Some(found) = looking.found.as_mut().filter(|_| request == looking.request) {
            (found.hits, found.more, found.busy, found.refused) = (hits, more, false, None);
        }
    }

    pub(super) fn not_found(&mut self, code: ErrorCode) {
        if let Some(found) = &mut Arc::make_mut(&mut self.looking).found {
            (found.hits, found.more, found.busy, found.refused) = (Vec::new(), false, false, Some(code));
        }
    }
}
