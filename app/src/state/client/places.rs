//! The rooms that the reader goes to and leaves.

use parlor::message::RoomAt;

use super::*;

impl Client {
    /// Shows a room, which is joined if it is new.
    pub fn enter(&mut self, name: &RoomName) {
        if self.rooms.shows(name) {
            return;
        }
        self.join(name);
        self.rooms.show(name);
        self.shown();
        self.names_more = false;
        self.effects.push(Effect::Visit(name.clone()));
    }

    /// The reader went back or forward to an address of a room; `names_more` as in [`addressed`](Self::addressed). A
    /// room that they have left is not joined by that: what is shown stays, and the address follows it.
    pub fn arrive(&mut self, name: &RoomName, names_more: bool) {
        if self.rooms.iter().all(|room| room.name != *name) {
            return self.replace_address();
        }
        if !self.rooms.shows(name) {
            self.rooms.show(name);
            self.shown();
        }
        self.names_more = names_more;
        self.reached_end();
    }

    /// The address names more than the room that is shown: a message, or a page of the past. After a reload the reader
    /// would be there.
    pub fn addressed(&mut self) {
        self.names_more = true;
    }

    /// Whoever is at the end is there after a reload, too.
    pub(super) fn reached_end(&mut self) {
        if self.names_more && self.rooms.shown().window.is_live() {
            self.replace_address();
        }
    }

    fn replace_address(&mut self) {
        self.names_more = false;
        self.effects.push(Effect::ReplaceAddress(self.rooms.shown().name.clone()));
    }

    /// Shows the room above or below.
    pub fn enter_neighbour(&mut self, below: bool) {
        let name = self.rooms.neighbour(below).clone();
        self.enter(&name);
    }

    /// Leaves a room for good, once everything that was written there has arrived.
    pub fn part(&mut self, name: &RoomName) {
        if self.rooms.get_mut(name).is_some_and(|room| !room.outbox.items().is_empty()) {
            return;
        }
        let was_shown = self.rooms.shows(name);
        if self.rooms.remove(name) {
            self.effects.push(Effect::ForgetRoom(name.clone()));
            if self.link.is_online() {
                self.send(ClientMessage::Part { room: name.clone() });
            }
            if was_shown {
                self.shown();
                self.replace_address();
            }
        }
    }

    fn shown(&mut self) {
        let room = self.rooms.shown_mut();
        room.people_changed = true;
        room.missing = false;
        let name = room.name.clone();
        self.withdraw(&name, u64::MAX);
        self.open_drafts();
        self.look();
    }

    pub(super) fn join(&mut self, name: &RoomName) {
        if self.rooms.add(name) && self.link.is_online() {
            self.send(ClientMessage::Join(RoomAt { room: name.clone(), cursor: None }));
        }
    }
}
