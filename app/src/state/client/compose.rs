//! The composer and its drafts.

use std::sync::Arc;

use parlor::{ClientId, ClientMessage, Quote, RoomName, message::MessageRef};

use super::Client;
use crate::state::{
    Moment,
    change::Change,
    chat_message::ChatMessage,
    drafts::{Composing, Origin, StoredDraft, Target},
    effect::Effect,
    outbox::SendState,
    room::Room,
    submission::{Operation, StoredSubmission},
};

impl Client {
    /// Lets the composer's next message answer this one.
    pub fn start_reply(&mut self, seq: u64) {
        self.set_composing(self.rooms.shown().message(seq).map(|message| Composing::Reply(message.quote())));
    }

    /// Opens one of the reader's own messages for editing: the last one, if no seq is given.
    pub fn start_edit(&mut self, seq: Option<u64>) {
        let message = match seq {
            Some(seq) => self.rooms.shown().message(seq),
            None => self.rooms.shown().last_message_of(&self.viewer.id),
        };
        let edit = message
            .and_then(|message| Some(Composing::Edit { target: message.reference(), text: message.body.clone()? }));
        if edit.is_some() {
            self.set_composing(edit);
        }
    }

    /// Sets what the composer's text is for. `None` cancels an edit, or removes the answered message.
    pub fn set_composing(&mut self, composing: Option<Composing>) {
        let room = &self.rooms.shown().name;
        match composing {
            None => self.drafts.cancel(room),
            Some(Composing::Reply(quote)) => self.drafts.reply(room, quote),
            Some(Composing::Edit { target, text }) => self.drafts.edit(room, target, text),
        }
    }

    /// Discards a submission that is not sent, and opens its text in the composer. The text that was there becomes an
    /// offered draft.
    pub fn edit_unsent_submission(&mut self, client_id: &ClientId, at: Moment) {
        let room = self.rooms.shown().name.clone();
        let (composing, body) = match self.discard_submission(client_id, at) {
            Some(Operation::Post { body, reply_to, .. }) => (reply_to.map(Composing::Reply), body),
            Some(Operation::Change { target, change: Change::Edit(Some(body), _) }) => {
                let current = self.edit_target(&room, &target).flatten();
                (current.map(|text| Composing::Edit { target, text }), body)
            }
            _ => return,
        };
        self.drafts.open_new(&room, composing, body.as_str(), at.wall);
    }

    /// Updates the text of a draft. If it has changed, the others in the room see that the reader is typing.
    pub fn update_draft(&mut self, room: &RoomName, draft: u64, text: &str, at: Moment) {
        if !self.drafts.set_text(room, draft, text, at.wall) {
            return;
        }
        self.reload_if_due();
        let may_signal =
            !text.is_empty() && self.viewer.name.is_some() && self.connection.is_online() && self.rooms.shows(room);
        if may_signal && self.rooms.shown_mut().typing.take_due_signal(at.tick) {
            self.send(ClientMessage::Typing { room: room.clone() });
        }
    }

    /// Stores all submissions and drafts again: the browser's store may have been cleared.
    pub fn store_all(&mut self) {
        for room in self.rooms.iter() {
            store_outbox(room, &mut self.effects);
        }
        self.drafts.store_again();
    }

    /// Adopts text that was typed before the page was hydrated.
    pub fn adopt_typed_text(&mut self, text: &str, at: Moment) {
        self.drafts.add_text_typed_early(&self.rooms.shown().name, text, at.wall);
    }

    /// Adopts stored drafts.
    pub fn adopt_drafts(&mut self, drafts: Vec<StoredDraft>, origin: Origin) {
        // Messages come before edits: an edit opens over the message that waits for it. The standard library's sort
        // would be 3 KiB of the page.
        let mut in_order: Vec<StoredDraft> = Vec::new();
        for draft in drafts {
            let order = |draft: &StoredDraft| (draft.target().is_some(), draft.at);
            let index = in_order.partition_point(|other| order(other) <= order(&draft));
            in_order.insert(index, draft);
        }
        for draft in in_order {
            if self.has_lost(&draft.room) {
                self.drafts.offer_new(&self.rooms.shown().name, None, &draft.text, draft.at);
                continue;
            }
            let target = draft.target().and_then(|target| self.edit_target(&draft.room, target));
            self.drafts.adopt(draft, origin, &target);
        }
    }

    /// Opens an offered draft of the shown room.
    pub fn use_draft(&mut self, id: u64) {
        let room = &self.rooms.shown().name;
        let target = self.drafts.offered_target(room, id).and_then(|target| self.edit_target(room, target));
        self.drafts.use_offered(room, id, &target);
    }

    /// Discards an offered draft of the shown room.
    pub fn discard_draft(&mut self, id: u64) {
        self.drafts.discard(&self.rooms.shown().name, id);
    }

    /// Opens the drafts of the shown room. The message of an open edit may have changed meanwhile.
    pub(super) fn open_drafts(&mut self) {
        let room = &self.rooms.shown().name;
        self.drafts.add_room(room);
        let target = self.drafts.open(room).and_then(|open| open.target());
        let target = target.and_then(|target| self.edit_target(room, target));
        self.drafts.review_edit(room, &target);
    }

    /// Makes the composer's text a message of its own if its target is not in the log any more: after a snapshot the log
    /// may be another one than before, and shorter.
    pub(super) fn check_composing(&mut self, room: &RoomName) {
        let Some(end) = self.rooms.get(room).map(|room| room.timeline.cursor().seq) else { return };
        let is_lost = match self.drafts.composing(room) {
            None => return,
            Some(Composing::Edit { target, .. }) => {
                target.seq > end || matches!(self.edit_target(room, target), Some(None))
            }
            Some(Composing::Reply(Quote { seq, client_id, .. })) => {
                let answered = MessageRef { seq: *seq, client_id: client_id.clone() };
                *seq > end || self.held_message(room, *seq).is_some_and(|message| !message.is(&answered))
            }
        };
        if is_lost {
            self.drafts.convert_to_message(room);
        }
    }

    // The current text of a message to edit. Messages of somebody else and messages that the log has lost count as
    // deleted.
    pub(super) fn edit_target(&self, room: &RoomName, meant: &MessageRef) -> Target {
        let message = self.held_message(room, meant.seq)?;
        Some(message.body.clone().filter(|_| self.viewer.wrote(&message) && message.is(meant)))
    }

    fn held_message(&self, room: &RoomName, seq: u64) -> Option<Arc<ChatMessage>> {
        self.rooms.get(room)?.message(seq)
    }
}

/// Stores the outbox of a room.
pub(super) fn store_outbox(room: &Room, effects: &mut Vec<Effect>) {
    for entry in room.outbox.entries() {
        if !matches!(entry.state, SendState::Accepted(_)) {
            let (room, submission) = (room.name.clone(), entry.submission.clone());
            effects.push(Effect::StoreSubmission(StoredSubmission { room, submission }));
        }
    }
}
