//! Going from room to room, and the address of the page.

use parlor::{ClientMessage, RoomName, message::RoomAt};

use super::Client;
use crate::state::effect::Effect;

impl Client {
    /// Shows a room, and joins it if it is new.
    pub fn show_room(&mut self, name: &RoomName) {
        if self.rooms.shows(name) {
            return;
        }
        self.join(name);
        self.rooms.show(name);
        self.on_room_shown();
        self.address_is_specific = false;
        self.effects.push(Effect::PushAddress(name.clone()));
    }

    /// The browser went back or forward to the address of a room; `is_specific` as in
    /// [`address_is_specific`](Self::address_is_specific). A room that the reader has left is not joined by that: the
    /// shown room stays, and the address follows it.
    pub fn on_history_navigation(&mut self, name: &RoomName, is_specific: bool) {
        if self.rooms.iter().all(|room| room.name != *name) {
            return self.replace_address();
        }
        if !self.rooms.shows(name) {
            self.rooms.show(name);
            self.on_room_shown();
        }
        self.address_is_specific = is_specific;
        self.reached_end();
    }

    /// The address names a message or a page of the past. A reload would show that again.
    pub fn address_is_specific(&mut self) {
        self.address_is_specific = true;
    }

    /// The reader sees the end of the timeline: the address becomes the room's own, so that a reload shows the end,
    /// too.
    pub(super) fn reached_end(&mut self) {
        if self.address_is_specific && self.rooms.shown().window.is_live() {
            self.replace_address();
        }
    }

    pub(super) fn replace_address(&mut self) {
        self.address_is_specific = false;
        self.effects.push(Effect::ReplaceAddress(self.rooms.shown().name.clone()));
    }

    /// Shows the room above or below in the list.
    pub fn show_neighbour(&mut self, below: bool) {
        let name = self.rooms.neighbour(below).clone();
        self.show_room(&name);
    }

    /// Leaves a room for good, unless submissions for it are not acknowledged.
    pub fn leave_room(&mut self, name: &RoomName) {
        if self.rooms.get_mut(name).is_some_and(|room| !room.outbox.entries().is_empty()) {
            return;
        }
        if self.forget_room(name) && self.connection.is_online() {
            self.send(ClientMessage::Part { room: name.clone() });
        }
    }

    pub(super) fn on_room_shown(&mut self) {
        let room = self.rooms.shown_mut();
        room.people_changed = true;
        room.missing = false;
        let name = room.name.clone();
        self.close_notifications(&name, u64::MAX);
        self.open_drafts();
        self.update_read_state();
    }

    pub(super) fn join(&mut self, name: &RoomName) {
        if self.rooms.add(name) && self.connection.is_online() {
            self.send(ClientMessage::Join(RoomAt { room: name.clone(), cursor: None }));
        }
    }
}
