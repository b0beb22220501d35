//! The room finder and the search.

use std::sync::Arc;

use parlor::{ClientMessage, RoomName, Search, TimeZone, UnixMillis, limits::SEARCH_HITS, message::Hit};

use super::Client;
use crate::state::{chat_message::ChatMessage, effect::Effect, lookup::SearchResults, room_finder::Choices};

impl Client {
    /// Opens the room finder, and requests the rooms of the server.
    pub fn open_room_finder(&mut self) {
        self.filter_rooms("");
        if self.connection.is_online() {
            self.send(ClientMessage::Rooms);
        }
    }

    /// Sets the text of the room finder.
    pub fn filter_rooms(&mut self, text: &str) {
        Arc::make_mut(&mut self.lookup).finder.type_text(text);
    }

    /// Chooses the next or the previous option of the room finder.
    pub fn move_choice(&mut self, down: bool) {
        let choices = self.choices();
        Arc::make_mut(&mut self.lookup).finder.step(&choices, down);
    }

    /// The chosen room. If no option is chosen, chooses the first: a room is only created by an option that was visibly
    /// chosen before.
    pub fn take_choice(&mut self) -> Option<RoomName> {
        let choices = self.choices();
        let chosen = choices.index().map(|index| choices.list[index].room.clone());
        if chosen.is_none() {
            self.move_choice(true);
        }
        chosen
    }

    fn choices(&self) -> Choices {
        self.lookup.finder.choices(&self.rooms(), &self.lookup.rooms)
    }

    /// Searches messages in the shown room, or in all rooms of the reader. Without words it ends the search.
    pub fn search(&mut self, words: &str, everywhere: bool, now: UnixMillis) {
        let Some(request) = Arc::make_mut(&mut self.lookup).start_search(words, everywhere) else { return };
        let words = words.to_owned();
        if !self.connection.is_online() {
            let results = self.search_held_messages(words, everywhere);
            Arc::make_mut(&mut self.lookup).results = Some(results);
            return;
        }
        let room = (!everywhere).then(|| self.rooms.shown().name.clone());
        let (time_zone, utc_offset_minutes) = (self.zone.name(), self.zone.offset_minutes(now as i64));
        self.send(ClientMessage::Search { request, room, words, time_zone, utc_offset_minutes });
    }

    /// Repeats the search: the shown room or its messages may be others now.
    pub fn search_again(&mut self, now: UnixMillis) {
        if let Some(words) = self.lookup.results.as_ref().map(|results| results.words.clone()) {
            self.search(&words, self.lookup.everywhere, now);
        }
    }

    // Searches by the rules of the server, newest first.
    fn search_held_messages(&self, words: String, everywhere: bool) -> SearchResults {
        let (search, refused) = match Search::parse(&words, &self.zone) {
            Ok(search) => (Some(search), None),
            Err(code) => (None, Some(code)),
        };
        let mut found: Vec<(&RoomName, &ChatMessage)> = Vec::new();
        for room in self.rooms.iter().filter(|room| everywhere || self.rooms.shows(&room.name)) {
            let end = room.timeline.end();
            // The first held message is not rendered before the one above it is known.
            let rendered = usize::from(end.has_older()).min(end.messages().len());
            let messages = end.messages().range(rendered..).rev().map(|message| &**message);
            let matches = |message: &&ChatMessage| {
                let search = search.as_ref().filter(|_| message.body.is_some());
                search.is_some_and(|search| search.matches(message.author.name.as_str(), message.text(), message.at))
            };
            for message in messages.filter(matches).take(SEARCH_HITS + 1) {
                let index = found.partition_point(|(_, other)| other.at >= message.at);
                found.insert(index, (&room.name, message));
            }
        }
        let more = found.len() > SEARCH_HITS;
        found.truncate(SEARCH_HITS);
        let hit = |(room, message): (&RoomName, &ChatMessage)| Hit { room: room.clone(), event: message.to_event() };
        let hits = found.into_iter().map(hit).collect();
        SearchResults { words, hits, more, pending: false, refused, local_only: true }
    }

    /// Shows a message of any room of the reader.
    pub fn show_message(&mut self, room: &RoomName, seq: u64) {
        self.show_room(room);
        self.jump_to_message(seq);
    }

    /// Shows the first message of a day, counted from 1970-01-01.
    pub fn jump_to_day(&mut self, day: i64) {
        let midnight = self.zone.day_start(day).max(0) as UnixMillis;
        let page = self.rooms.shown_mut().jump_to_time(midnight, self.connection.is_online());
        self.effects.extend(page.map(Effect::Send));
    }
}
