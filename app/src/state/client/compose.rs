//! What the composer is for, and what is typed there.

use parlor::{Quote, message::MessageRef};

use super::*;
use crate::state::{
    drafts::{Origin, StoredDraft, Target},
    said::Said,
};

impl Client {
    /// The next message will answer this one.
    pub fn reply(&mut self, seq: u64) {
        self.compose(self.rooms.shown().said(seq).map(|said| Composing::Reply(said.quote())));
    }

    /// One's own message gets another text; without a seq it is the last one.
    pub fn edit(&mut self, seq: Option<u64>) {
        let said = match seq {
            Some(seq) => self.rooms.shown().said(seq),
            None => self.rooms.shown().last_of(&self.me.id),
        };
        let editing =
            said.and_then(|said| Some(Composing::Edit { target: said.reference(), text: said.body.clone()? }));
        if editing.is_some() {
            self.compose(editing);
        }
    }

    /// The composer is for this now. `None` drops an edit, and what a message answers.
    pub fn compose(&mut self, composing: Option<Composing>) {
        let room = &self.rooms.shown().name;
        match composing {
            None => self.drafts.cancel(room),
            Some(Composing::Reply(quote)) => self.drafts.reply(room, quote),
            Some(Composing::Edit { target, text }) => self.drafts.edit(room, target, text),
        }
    }

    /// Takes what was refused, or is only retried, back into the composer. What stands there is kept.
    pub fn edit_unsent(&mut self, client_id: &ClientId, at: Moment) {
        let room = self.rooms.shown().name.clone();
        let (composing, body) = match self.discard(client_id, at) {
            Some(Deed::Post { body, reply_to, .. }) => (reply_to.map(Composing::Reply), body),
            Some(Deed::Change { target, change: Change::Edit(Some(body), _) }) => {
                let now = self.target(&room, &target).flatten();
                (now.map(|text| Composing::Edit { target, text }), body)
            }
            _ => return,
        };
        self.drafts.compose_anew(&room, composing, body.as_str(), at.wall);
    }

    /// The text of a draft of this room is this. If that is new, the others are told that the reader types.
    pub fn typed(&mut self, room: &RoomName, draft: u64, text: &str, at: Moment) {
        if !self.drafts.typed(room, draft, text, at.wall) {
            return;
        }
        self.reload_if_due();
        let tells = !text.is_empty() && self.me.name.is_some() && self.link.is_online() && self.rooms.shows(room);
        if tells && self.rooms.shown_mut().typing.tell(at.tick) {
            self.send(ClientMessage::Typing { room: room.clone() });
        }
    }

    /// Stores all that is unsent once more.
    pub fn store_again(&mut self) {
        for room in self.rooms.iter() {
            for item in room.outbox.items() {
                if !matches!(item.step, Step::Accepted(_)) {
                    let kept = Kept { room: room.name.clone(), written: item.written.clone() };
                    self.effects.push(Effect::Keep(kept));
                }
            }
        }
        self.drafts.store_again();
    }

    /// This was typed before the page came to life.
    pub fn typed_before(&mut self, text: &str, at: Moment) {
        self.drafts.typed_before(&self.rooms.shown().name, text, at.wall);
    }

    /// Takes over drafts that the browser has stored.
    pub fn adopt_drafts(&mut self, drafts: Vec<StoredDraft>, origin: Origin) {
        // Messages first: an edit is opened over the one that waits for it. The standard library's sort is 3 KiB of the page.
        let mut in_order: Vec<StoredDraft> = Vec::new();
        for draft in drafts {
            let order = |draft: &StoredDraft| (draft.target().is_some(), draft.at);
            let place = in_order.partition_point(|other| order(other) <= order(&draft));
            in_order.insert(place, draft);
        }
        for draft in in_order {
            let target = draft.target().and_then(|target| self.target(&draft.room, target));
            self.drafts.adopt(draft, origin, &target);
        }
    }

    /// Opens a draft that is offered in the room that is shown.
    pub fn use_draft(&mut self, id: u64) {
        let room = &self.rooms.shown().name;
        let target = self.drafts.offered_target(room, id).and_then(|target| self.target(room, target));
        self.drafts.use_offered(room, id, &target);
    }

    /// Drops a draft that is offered in the room that is shown.
    pub fn discard_draft(&mut self, id: u64) {
        self.drafts.discard(&self.rooms.shown().name, id);
    }

    /// The reader comes to the room that is shown. The message that they edit there may have changed meanwhile.
    pub(super) fn open_drafts(&mut self) {
        let room = &self.rooms.shown().name;
        self.drafts.add_room(room);
        let target = self.drafts.open(room).and_then(|open| open.target()).and_then(|target| self.target(room, target));
        self.drafts.review_edit(room, &target);
    }

    /// The room's log may be another one than before: what the composer was for may not be there any more. The text stays.
    pub(super) fn check_composing(&mut self, room: &RoomName) {
        let is_lost = match self.drafts.composing(room) {
            None => return,
            Some(Composing::Edit { target, .. }) => matches!(self.target(room, target), Some(None)),
            Some(Composing::Reply(Quote { seq, client_id, .. })) => {
                let answered = MessageRef { seq: *seq, client_id: client_id.clone() };
                self.held(room, *seq).is_some_and(|said| !said.is(&answered))
            }
        };
        if is_lost {
            self.drafts.make_message(room);
        }
    }

    // A message as far as it may be edited: one of somebody else is as good as deleted, and so is one that the log has
    // lost.
    pub(super) fn target(&self, room: &RoomName, meant: &MessageRef) -> Target {
        let said = self.held(room, meant.seq)?;
        Some(said.body.clone().filter(|_| self.me.wrote(&said) && said.is(meant)))
    }

    fn held(&self, room: &RoomName, seq: u64) -> Option<Arc<Said>> {
        self.rooms.iter().find(|known| known.name == *room)?.said(seq)
    }
}
