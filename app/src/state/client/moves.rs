//! Rooms that become private ones, and rooms that are deleted or closed to the reader.

use parlor::RoomName;

use super::{Client, compose::store_outbox};
use crate::state::{
    Moment, effect::Effect, outbox::SendState, replica::ReplicaTracker, submission::Submission,
    timeline::REPLICA_MESSAGES,
};

impl Client {
    /// A room became a private one. It continues under its id: what was stored under the old name is stored again, and
    /// submissions are sent again with their client ids, so that the server performs each of them once.
    pub(super) fn on_moved(&mut self, room: &RoomName, to: &RoomName, title: String) {
        let was_shown = self.rooms.shows(room);
        self.drafts.move_room(room, to, true);
        self.effects.push(Effect::DeleteReplica(room.clone()));
        self.close_notifications(room, u64::MAX);
        if self.viewer.notifications.rename(room, to) {
            self.effects.push(Effect::StoreNotificationSettings(self.viewer.notifications.to_text()));
        }
        self.rooms.rename(room, to, title);
        let Some(moved) = self.rooms.get_mut(to) else { return };
        moved.outbox.on_connection_lost();
        moved.on_page_failed();
        moved.replica_tracker = ReplicaTracker::new(REPLICA_MESSAGES);
        store_outbox(moved, &mut self.effects);
        self.resume_room(to);
        if was_shown {
            self.replace_address();
        }
    }

    /// A room was deleted, or the reader may not read it any more: erases what is stored of it. Its unsent texts are
    /// offered in the room that is shown then.
    pub(super) fn on_removed(&mut self, name: &RoomName, at: Moment) {
        let lobby = RoomName::default();
        if *name == lobby {
            return;
        }
        // One room is always shown.
        if self.rooms.iter().nth(1).is_none() {
            self.join(&lobby);
        }
        self.replication.closed.push(name.clone());
        let outbox = self.rooms.get_mut(name).map(|room| std::mem::take(&mut room.outbox)).unwrap_or_default();
        if !self.forget_room(name) {
            self.effects.push(Effect::DeleteReplica(name.clone()));
        }
        let shown = self.room().clone();
        self.drafts.move_room(name, &shown, false);
        for entry in outbox.entries().iter().filter(|entry| !matches!(entry.state, SendState::Accepted(_))) {
            self.offer_text(entry.submission.clone(), at);
        }
    }

    /// Removes a room from the list, unless it is the last one, and deletes its replica. Returns whether it was removed.
    pub(super) fn forget_room(&mut self, name: &RoomName) -> bool {
        let was_shown = self.rooms.shows(name);
        let is_removed = self.rooms.remove(name);
        if is_removed {
            self.effects.push(Effect::DeleteReplica(name.clone()));
            self.close_notifications(name, u64::MAX);
            if was_shown {
                self.on_room_shown();
                self.replace_address();
            }
        }
        is_removed
    }

    /// Whether a room of stored texts is a private one that is closed to the reader. The server names all private rooms
    /// of the reader in the initial page; the offline document knows none of them.
    pub(super) fn has_lost(&self, room: &RoomName) -> bool {
        room.is_private() && !self.replication.opened_offline && self.rooms.get(room).is_none()
    }

    /// Offers the text of a submission as a draft of the shown room, and removes the submission.
    pub(super) fn offer_text(&mut self, submission: Submission, at: Moment) {
        if let Some(text) = submission.operation.text() {
            self.drafts.offer_new(&self.rooms.shown().name, None, text, at.wall);
        }
        self.effects.push(Effect::RemoveSubmission(submission.client_id));
    }
}
