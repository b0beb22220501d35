//! The rooms that the reader goes to and leaves.

use parlor::message::RoomAt;

use super::*;

impl Client {
    /// Shows a room, which is joined if it is new. `stepping` is false for who comes by "back" or "forward".
    pub fn enter(&mut self, name: &RoomName, stepping: bool) {
        if self.rooms.shows(name) {
            return;
        }
        self.join(name);
        self.rooms.show(name);
        self.shown(stepping);
    }

    /// Shows the room above or below.
    pub fn enter_neighbour(&mut self, below: bool) {
        let name = self.rooms.neighbour(below).clone();
        self.enter(&name, true);
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
                self.shown(true);
            }
        }
    }

    fn shown(&mut self, stepping: bool) {
        let room = self.rooms.shown_mut();
        room.people_changed = true;
        let name = room.name.clone();
        self.withdraw(&name);
        if stepping {
            self.effects.push(Effect::Visit(name));
        }
        self.open_drafts();
        self.look();
    }

    pub(super) fn join(&mut self, name: &RoomName) {
        if self.rooms.add(name) && self.link.is_online() {
            self.send(ClientMessage::Join(RoomAt { room: name.clone(), cursor: None }));
        }
    }
}
