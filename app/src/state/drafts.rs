//! Text that is typed and not sent yet: which draft it belongs to, what is stored of it, and which draft the composer shows.
//!
//! Every draft has an id, and is stored under that id alone. The composer shows exactly one draft of a room, the *open* one,
//! and reports what is in its text box together with that draft's id: so no text is ever stored under another draft's key.
//! A room has three kinds of drafts:
//!
//! - the **open** one: a message, perhaps with the message that it answers, or the new text of an earlier message;
//! - while an edit is open, the message draft that **waits** behind it;
//! - the **offered** ones, listed above the composer: what closed tabs left, and what had to make way for another draft.
//!   Using one swaps it with the open one.
//!
//! A draft ends when it is sent, when its writer empties or discards it, or when they cancel the edit that it is. Nothing
//! else loses one, and no two become one.

mod room;
#[cfg(test)]
mod tests;

use parlor::{Body, ClientId, Quote, RoomName, UnixMillis, message::MessageRef};

use self::room::{RoomDrafts, Store};
use super::client::Effect;

/// What the composer's text is for, when it is not a message of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Composing {
    /// A message that answers this one.
    Reply(Quote),
    /// The new text of a message.
    Edit {
        /// The message.
        target: MessageRef,
        /// The message's text when the edit began.
        text: Body,
    },
}

/// A text that is typed and not sent yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Unique among the drafts of this page.
    pub id: u64,
    /// What it is for; none for a message that answers nothing.
    pub composing: Option<Composing>,
    /// The text as typed.
    pub text: String,
    /// When it was last changed.
    pub at: UnixMillis,
    stored: bool,
}

/// A draft as the browser stores it, under its tab and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDraft {
    /// The room that it was typed in.
    pub room: RoomName,
    /// What it is for.
    pub composing: Option<Composing>,
    /// The text as typed.
    pub text: String,
    /// When it was last changed.
    pub at: UnixMillis,
    /// Whether it was only offered, and another draft was in the composer.
    pub offered: bool,
}

/// A line above the composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedDraft {
    /// The draft's id.
    pub id: u64,
    /// Whether it is the new text of a message.
    pub edit: bool,
    /// The beginning of its text, in one line.
    pub excerpt: String,
}

/// Whom a set of stored drafts comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The page that stood in this tab before: it continues as it was.
    SameTab,
    /// A tab that is closed.
    ClosedTab,
}

/// What the page knows of a message that an edit is for: none if it does not hold the message, else its text, which a
/// deleted message has not, nor one that the log has lost.
pub type Target = Option<Option<Body>>;

/// The drafts of all rooms.
#[derive(Debug, Default)]
pub struct Drafts {
    rooms: Vec<(RoomName, RoomDrafts)>,
    last_id: u64,
    effects: Vec<Effect>,
}

impl Draft {
    /// Whether something was typed that would be lost with it.
    pub fn has_text(&self) -> bool {
        let unchanged =
            matches!(&self.composing, Some(Composing::Edit { text, .. }) if text.with_newlines() == self.text);
        !unchanged && !self.text.trim().is_empty()
    }

    /// The message that it is an edit of.
    pub fn target(&self) -> Option<&MessageRef> {
        target(self.composing.as_ref())
    }
}

fn target(composing: Option<&Composing>) -> Option<&MessageRef> {
    if let Some(Composing::Edit { target, .. }) = composing { Some(target) } else { None }
}

impl StoredDraft {
    /// The message that it is an edit of.
    pub fn target(&self) -> Option<&MessageRef> {
        target(self.composing.as_ref())
    }
}

impl Drafts {
    /// Gives the room an open draft, which is empty, unless it has one.
    pub fn add_room(&mut self, room: &RoomName) {
        self.of(room);
    }

    /// The draft that the composer shows in this room.
    pub fn open(&self, room: &RoomName) -> Option<&Draft> {
        self.get(room).map(|drafts| &drafts.open)
    }

    /// What the composer is for in this room.
    pub fn composing(&self, room: &RoomName) -> Option<&Composing> {
        self.open(room)?.composing.as_ref()
    }

    /// The drafts to list above the composer of this room, newest first.
    pub fn offered(&self, room: &RoomName) -> Vec<OfferedDraft> {
        self.get(room).map(RoomDrafts::list).unwrap_or_default()
    }

    /// The message that an offered draft is an edit of.
    pub fn offered_target(&self, room: &RoomName, id: u64) -> Option<&MessageRef> {
        self.get(room)?.find_offered(id)?.target()
    }

    /// Whether any room has a draft that would be lost with this page's memory and the browser's store.
    pub fn have_text(&self) -> bool {
        self.rooms.iter().any(|(_, drafts)| drafts.all().any(Draft::has_text))
    }

    /// Whether all of it is stored, and so comes back when the page is loaded again. The message that an answer without any
    /// text is for does not.
    pub fn are_stored(&self) -> bool {
        self.rooms.iter().all(|(_, drafts)| drafts.open.composing.is_none() || drafts.open.has_text())
    }

    /// Stores all drafts once more.
    pub fn store_again(&mut self) {
        let Self { rooms, last_id, effects } = self;
        for (room, drafts) in rooms {
            drafts.store_again(&mut Store { room: room.clone(), last_id, effects });
        }
    }

    /// The text of a draft is this now. False if it was so before, or there is no such draft any more.
    pub fn typed(&mut self, room: &RoomName, id: u64, text: &str, at: UnixMillis) -> bool {
        let (drafts, mut store) = self.of(room);
        drafts.typed(id, text, at, &mut store)
    }

    /// This was typed before the page knew of any draft. What was open is offered instead.
    pub fn typed_before(&mut self, room: &RoomName, text: &str, at: UnixMillis) {
        if self.open(room).is_none_or(|open| open.text != text) {
            self.compose_anew(room, None, text, at);
        }
    }

    /// Opens a new draft with this text. What was open is kept.
    pub fn compose_anew(&mut self, room: &RoomName, composing: Option<Composing>, text: &str, at: UnixMillis) {
        let (drafts, mut store) = self.of(room);
        let draft = store.create(composing, text, at);
        drafts.show(draft, &mut store);
    }

    /// Offers a new draft with this text.
    pub fn offer_anew(&mut self, room: &RoomName, composing: Option<Composing>, text: &str, at: UnixMillis) {
        let (drafts, mut store) = self.of(room);
        let draft = store.create(composing, text, at);
        drafts.offer(draft, &mut store);
    }

    /// The open message answers this one. An edit is set aside.
    pub fn reply(&mut self, room: &RoomName, quote: Quote) {
        let (drafts, mut store) = self.of(room);
        drafts.reply(quote, &mut store);
    }

    /// Opens the edit of a message with this text: the draft of one, if there is one.
    pub fn edit(&mut self, room: &RoomName, target: MessageRef, text: Body) {
        let (drafts, mut store) = self.of(room);
        drafts.edit(target, text, &mut store);
    }

    /// Drops the open edit, or the message that the open one answers.
    pub fn cancel(&mut self, room: &RoomName) {
        let (drafts, mut store) = self.of(room);
        drafts.cancel(&mut store);
    }

    /// The open draft has become the message or the change with this id.
    pub fn sent(&mut self, room: &RoomName, client_id: ClientId) {
        let (drafts, mut store) = self.of(room);
        drafts.sent(client_id, &mut store);
    }

    /// Opens an offered draft, and offers the open one. `target` is the message that it is an edit of.
    pub fn use_offered(&mut self, room: &RoomName, id: u64, target: &Target) {
        let (drafts, mut store) = self.of(room);
        drafts.use_offered(id, target, &mut store);
    }

    /// Drops an offered draft.
    pub fn discard(&mut self, room: &RoomName, id: u64) {
        let (drafts, mut store) = self.of(room);
        drafts.discard(id, &mut store);
    }

    /// The message of the open edit is deleted, or lost: the text stays in the composer, as a message of its own.
    pub fn make_message(&mut self, room: &RoomName) {
        let (drafts, mut store) = self.of(room);
        drafts.make_message(&mut store);
    }

    /// The reader comes back to a room with an open edit of a message, which is this now. If that is not what the edit began
    /// with, the edit is offered instead.
    pub fn review_edit(&mut self, room: &RoomName, target: &Target) {
        let (drafts, mut store) = self.of(room);
        drafts.review_edit(target, &mut store);
    }

    /// Takes over a stored draft, under an id of this page. `target` is the message that it is an edit of.
    pub fn adopt(&mut self, stored: StoredDraft, origin: Origin, target: &Target) {
        let (drafts, mut store) = self.of(&stored.room);
        drafts.adopt(stored, origin, target, &mut store);
    }

    /// What the browser has to do, since this was last called.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    fn get(&self, room: &RoomName) -> Option<&RoomDrafts> {
        self.rooms.iter().find(|(name, _)| name == room).map(|(_, drafts)| drafts)
    }

    fn of(&mut self, room: &RoomName) -> (&mut RoomDrafts, Store<'_>) {
        let Self { rooms, last_id, effects } = self;
        let mut store = Store { room: room.clone(), last_id, effects };
        let index = rooms.iter().position(|(name, _)| name == room).unwrap_or_else(|| {
            rooms.push((room.clone(), RoomDrafts::new(&mut store)));
            rooms.len() - 1
        });
        (&mut rooms[index].1, store)
    }
}
