//! Drafts: texts that are typed and not submitted, and which of them the composer shows.
//!
//! Every draft has an id, and is stored under that id only. The composer shows exactly one draft of a room, the *open*
//! one. It reports the content of its text box together with the id of that draft, so no text is stored under the key
//! of another draft. A room has three kinds of drafts:
//!
//! - the **open** draft: a new message, which may answer another one, or an edit of an earlier message;
//! - while an edit is open, the **waiting** draft: the message draft that was open before;
//! - the **offered** drafts, listed above the composer: those of closed tabs, and those that another draft replaced.
//!   Opening one swaps it with the open draft.
//!
//! A draft ends when the reader submits, empties or discards it, or cancels the edit. Nothing else removes a draft, and
//! two drafts never become one.

mod room;
#[cfg(test)]
mod tests;

use parlor::{Body, ClientId, Quote, RoomName, UnixMillis, message::MessageRef};

use self::room::{DraftStore, RoomDrafts};

/// The message that a draft answers or edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Composing {
    /// An answer to this message.
    Reply(Quote),
    /// An edit: the new text of a message.
    Edit {
        /// The message.
        target: MessageRef,
        /// The text of the message when the edit started.
        text: Body,
    },
}

/// A text that is typed and not submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Unique among the drafts of this page.
    pub id: u64,
    /// The answered or edited message; none for a message that answers none.
    pub composing: Option<Composing>,
    /// The text as typed.
    pub text: String,
    /// When it was last changed.
    pub at: UnixMillis,
    // Whether the browser has stored it, perhaps with an earlier text.
    stored: bool,
}

/// A draft as the browser stores it, under its tab and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDraft {
    /// The room.
    pub room: RoomName,
    /// The answered or edited message.
    pub composing: Option<Composing>,
    /// The text as typed.
    pub text: String,
    /// When it was last changed.
    pub at: UnixMillis,
    /// Whether it was an offered draft, and not the open or the waiting one.
    pub offered: bool,
}

/// An item of the list of offered drafts above the composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedDraft {
    /// The draft's id.
    pub id: u64,
    /// Whether it is an edit.
    pub edit: bool,
    /// The beginning of its text, without line breaks.
    pub excerpt: String,
}

/// The tab that a stored draft comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This tab, before the page was reloaded: the composer continues with the same draft.
    SameTab,
    /// Another tab, which is closed.
    ClosedTab,
}

/// What the page knows of an edited message: `None` if it does not hold the message, `Some(None)` if the message is
/// deleted or the log has lost it, else its text.
pub type Target = Option<Option<Body>>;

/// A change of the stored drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftEffect {
    /// Store a draft until it is removed. It has to outlive reloads and crashes.
    Store {
        /// The id of the draft in this page.
        id: u64,
        /// The draft.
        draft: Box<StoredDraft>,
    },
    /// Remove a stored draft.
    Remove {
        /// The id of the draft in this page.
        id: u64,
        /// The client id of the submission that was made from it. The draft may only be removed after that is stored or
        /// acknowledged.
        sent: Option<ClientId>,
    },
}

/// The drafts of all rooms.
#[derive(Debug, Default)]
pub struct Drafts {
    rooms: Vec<(RoomName, RoomDrafts)>,
    last_id: u64,
    effects: Vec<DraftEffect>,
}

impl Draft {
    /// Whether it has text that the reader typed: neither only white space, nor the unchanged text of an edited
    /// message.
    pub fn has_text(&self) -> bool {
        let unchanged =
            matches!(&self.composing, Some(Composing::Edit { text, .. }) if text.with_newlines() == self.text);
        !unchanged && !self.text.trim().is_empty()
    }

    /// The edited message, if it is an edit.
    pub fn target(&self) -> Option<&MessageRef> {
        target(self.composing.as_ref())
    }
}

fn target(composing: Option<&Composing>) -> Option<&MessageRef> {
    if let Some(Composing::Edit { target, .. }) = composing { Some(target) } else { None }
}

impl StoredDraft {
    /// The edited message, if it is an edit.
    pub fn target(&self) -> Option<&MessageRef> {
        target(self.composing.as_ref())
    }
}

impl Drafts {
    /// Adds a room with an empty open draft, unless it is known.
    pub fn add_room(&mut self, room: &RoomName) {
        self.room_mut(room);
    }

    /// The open draft of a room, which the composer shows.
    pub fn open(&self, room: &RoomName) -> Option<&Draft> {
        self.get(room).map(|drafts| &drafts.open)
    }

    /// The message that the open draft of a room answers or edits.
    pub fn composing(&self, room: &RoomName) -> Option<&Composing> {
        self.open(room)?.composing.as_ref()
    }

    /// The offered drafts of a room, newest first.
    pub fn offered(&self, room: &RoomName) -> Vec<OfferedDraft> {
        self.get(room).map(RoomDrafts::list).unwrap_or_default()
    }

    /// The message that an offered draft edits, if it is an edit.
    pub fn offered_target(&self, room: &RoomName, id: u64) -> Option<&MessageRef> {
        self.get(room)?.find_offered(id)?.target()
    }

    /// Whether any room has a draft with text.
    pub fn have_text(&self) -> bool {
        self.rooms.iter().any(|(_, drafts)| drafts.all().any(Draft::has_text))
    }

    /// Whether a reload of the page restores all drafts as they are. An answer without text is not stored, and so loses
    /// its quote.
    pub fn are_stored(&self) -> bool {
        self.rooms.iter().all(|(_, drafts)| drafts.open.composing.is_none() || drafts.open.has_text())
    }

    /// Stores all drafts once more.
    pub fn store_again(&mut self) {
        let Self { rooms, last_id, effects } = self;
        for (room, drafts) in rooms {
            drafts.store_again(&mut DraftStore { room: room.clone(), last_id, effects });
        }
    }

    /// Sets the text of a draft. Returns false if it had that text, or if there is no such draft any more.
    pub fn set_text(&mut self, room: &RoomName, id: u64, text: &str, at: UnixMillis) -> bool {
        let (drafts, mut store) = self.room_mut(room);
        drafts.set_text(id, text, at, &mut store)
    }

    /// Opens a draft with a text that the reader typed before the page was hydrated. The open draft is offered.
    pub fn add_text_typed_early(&mut self, room: &RoomName, text: &str, at: UnixMillis) {
        if self.open(room).is_none_or(|open| open.text != text) {
            self.open_new(room, None, text, at);
        }
    }

    /// Opens a new draft with this text. The open draft waits or is offered.
    pub fn open_new(&mut self, room: &RoomName, composing: Option<Composing>, text: &str, at: UnixMillis) {
        let (drafts, mut store) = self.room_mut(room);
        let draft = store.create(composing, text, at);
        drafts.show(draft, &mut store);
    }

    /// Offers a new draft with this text.
    pub fn offer_new(&mut self, room: &RoomName, composing: Option<Composing>, text: &str, at: UnixMillis) {
        let (drafts, mut store) = self.room_mut(room);
        let draft = store.create(composing, text, at);
        drafts.offer(draft, &mut store);
    }

    /// Makes the message draft an answer to this message. An open edit is offered.
    pub fn reply(&mut self, room: &RoomName, quote: Quote) {
        let (drafts, mut store) = self.room_mut(room);
        drafts.reply(quote, &mut store);
    }

    /// Opens an edit of a message, which has this text; or the offered edit of the message, if there is one.
    pub fn edit(&mut self, room: &RoomName, target: MessageRef, text: Body) {
        let (drafts, mut store) = self.room_mut(room);
        drafts.edit(target, text, &mut store);
    }

    /// Removes the open edit, or the quote of the open answer.
    pub fn cancel(&mut self, room: &RoomName) {
        let (drafts, mut store) = self.room_mut(room);
        drafts.cancel(&mut store);
    }

    /// The open draft was submitted under this client id: removes it.
    pub fn on_submitted(&mut self, room: &RoomName, client_id: ClientId) {
        let (drafts, mut store) = self.room_mut(room);
        drafts.on_submitted(client_id, &mut store);
    }

    /// Opens an offered draft, and offers the open one. `target` is the message that the draft edits.
    pub fn use_offered(&mut self, room: &RoomName, id: u64, target: &Target) {
        let (drafts, mut store) = self.room_mut(room);
        drafts.use_offered(id, target, &mut store);
    }

    /// Removes an offered draft.
    pub fn discard(&mut self, room: &RoomName, id: u64) {
        let (drafts, mut store) = self.room_mut(room);
        drafts.discard(id, &mut store);
    }

    /// Converts the open edit to a message draft, because the edited message is deleted or lost. The waiting draft is
    /// offered.
    pub fn convert_to_message(&mut self, room: &RoomName) {
        let (drafts, mut store) = self.room_mut(room);
        drafts.convert_to_message(&mut store);
    }

    /// The reader returns to a room with an open edit. If the message was changed since the edit started, the edit is
    /// offered instead. `target` is the edited message.
    pub fn review_edit(&mut self, room: &RoomName, target: &Target) {
        let (drafts, mut store) = self.room_mut(room);
        drafts.review_edit(target, &mut store);
    }

    /// Adopts a stored draft under an id of this page. `target` is the message that the draft edits.
    pub fn adopt(&mut self, stored: StoredDraft, origin: Origin, target: &Target) {
        let (drafts, mut store) = self.room_mut(&stored.room);
        drafts.adopt(stored, origin, target, &mut store);
    }

    /// Moves the drafts of a room to another one. With `same_log` that is the same room under another name. Otherwise
    /// the drafts become offered messages there: the messages that they answer or edit belong to the first room.
    pub fn move_room(&mut self, room: &RoomName, to: &RoomName, same_log: bool) {
        let Some(index) = self.rooms.iter().position(|(name, _)| name == room) else { return };
        if same_log && self.get(to).is_none() {
            self.rooms[index].0 = to.clone();
            return self.store_again();
        }
        let (_, moved) = self.rooms.swap_remove(index);
        let (drafts, mut store) = self.room_mut(to);
        for mut draft in moved.into_all() {
            if !same_log && draft.has_text() {
                draft.composing = None;
            }
            drafts.offer(draft, &mut store);
        }
    }

    /// Returns what the browser has to do, in this order, and forgets it.
    pub fn take_effects(&mut self) -> Vec<DraftEffect> {
        std::mem::take(&mut self.effects)
    }

    fn get(&self, room: &RoomName) -> Option<&RoomDrafts> {
        self.rooms.iter().find(|(name, _)| name == room).map(|(_, drafts)| drafts)
    }

    fn room_mut(&mut self, room: &RoomName) -> (&mut RoomDrafts, DraftStore<'_>) {
        let Self { rooms, last_id, effects } = self;
        let mut store = DraftStore { room: room.clone(), last_id, effects };
        let index = rooms.iter().position(|(name, _)| name == room).unwrap_or_else(|| {
            rooms.push((room.clone(), RoomDrafts::new(&mut store)));
            rooms.len() - 1
        });
        (&mut rooms[index].1, store)
    }
}
