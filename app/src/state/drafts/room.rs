//! The drafts of one room.

use parlor::{Body, ClientId, Quote, RoomName, UnixMillis, message::MessageRef};

use super::{Composing, Draft, OfferedDraft, Origin, StoredDraft, Target};
use crate::state::client::Effect;

/// Characters of an offered draft that are shown.
const EXCERPT: usize = 120;

/// Where drafts get their ids, and where what is to be stored is collected.
pub(super) struct Store<'a> {
    pub(super) room: RoomName,
    pub(super) last_id: &'a mut u64,
    pub(super) effects: &'a mut Vec<Effect>,
}

impl Store<'_> {
    /// A new draft. It is not stored yet.
    pub(super) fn create(&mut self, composing: Option<Composing>, text: &str, at: UnixMillis) -> Draft {
        *self.last_id += 1;
        Draft { id: *self.last_id, composing, text: text.to_owned(), at, stored: false }
    }

    // Stores the draft as it is now, or lets it go if there is nothing to lose.
    fn keep(&mut self, draft: &mut Draft, offered: bool) {
        if !draft.has_text() {
            return self.forget(draft, None);
        }
        draft.stored = true;
        let Draft { id, composing, text, at, .. } = draft.clone();
        let draft = StoredDraft { room: self.room.clone(), composing, text, at, offered };
        self.effects.push(Effect::KeepDraft { id, draft: Box::new(draft) });
    }

    fn forget(&mut self, draft: &mut Draft, sent: Option<ClientId>) {
        if std::mem::take(&mut draft.stored) {
            self.effects.push(Effect::ForgetDraft { id: draft.id, sent });
        }
    }
}

#[derive(Debug)]
pub(super) struct RoomDrafts {
    pub(super) open: Draft,
    // The message draft behind an open edit. Never there otherwise, and never an edit itself.
    waiting: Option<Draft>,
    offered: Vec<Draft>,
    // Whether the reader has typed or chosen a draft here: what is stored of the same tab has to stand back then.
    touched: bool,
    // Whether the message draft comes from a closed tab and nobody has touched it: a newer one takes its place.
    adopted: bool,
}

impl RoomDrafts {
    pub(super) fn new(store: &mut Store<'_>) -> Self {
        let open = store.create(None, "", 0);
        Self { open, waiting: None, offered: Vec::new(), touched: false, adopted: false }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Draft> {
        [&self.open].into_iter().chain(&self.waiting).chain(&self.offered)
    }

    pub(super) fn store_again(&mut self, store: &mut Store<'_>) {
        store.keep(&mut self.open, false);
        self.waiting.iter_mut().for_each(|draft| store.keep(draft, false));
        self.offered.iter_mut().for_each(|draft| store.keep(draft, true));
    }

    pub(super) fn find_offered(&self, id: u64) -> Option<&Draft> {
        self.offered.iter().find(|draft| draft.id == id)
    }

    pub(super) fn list(&self) -> Vec<OfferedDraft> {
        let mut newest_first: Vec<&Draft> = Vec::new();
        for draft in &self.offered {
            let place = newest_first.partition_point(|other| (other.at, other.id) > (draft.at, draft.id));
            newest_first.insert(place, draft);
        }
        let line = |draft: &Draft| {
            let letters = draft.text.trim().chars().map(|c| if c.is_whitespace() { ' ' } else { c });
            OfferedDraft { id: draft.id, edit: draft.target().is_some(), excerpt: letters.take(EXCERPT).collect() }
        };
        newest_first.into_iter().map(line).collect()
    }

    pub(super) fn typed(&mut self, id: u64, text: &str, at: UnixMillis, store: &mut Store<'_>) -> bool {
        let is_offered = self.find_offered(id).is_some();
        let Self { open, waiting, offered, .. } = self;
        // A draft that is not open any more may still be in the text box for a moment.
        let draft = [open].into_iter().chain(waiting).chain(offered).find(|draft| draft.id == id);
        let Some(draft) = draft.filter(|draft| draft.text != text) else { return false };
        text.clone_into(&mut draft.text);
        draft.at = at;
        store.keep(draft, is_offered);
        self.touch();
        true
    }

    /// Opens a draft. An edit lets the open message wait; whatever else was open is offered.
    pub(super) fn show(&mut self, draft: Draft, store: &mut Store<'_>) {
        self.touch();
        let before = std::mem::replace(&mut self.open, draft);
        if before.target().is_none() && self.open.target().is_some() {
            self.waiting = Some(before);
        } else {
            self.offer(before, store);
            if self.open.target().is_none()
                && let Some(message) = self.waiting.take()
            {
                self.offer(message, store);
            }
        }
        store.keep(&mut self.open, false);
    }

    pub(super) fn reply(&mut self, quote: Quote, store: &mut Store<'_>) {
        self.touch();
        if let Some(edit) = self.close_edit(store) {
            self.offer(edit, store);
        }
        self.open.composing = Some(Composing::Reply(quote));
        store.keep(&mut self.open, false);
    }

    pub(super) fn edit(&mut self, target: MessageRef, text: Body, store: &mut Store<'_>) {
        if self.open.target() == Some(&target) {
            return;
        }
        let begun = self.offered.iter().position(|draft| draft.target() == Some(&target));
        let typed = begun.map(|index| self.offered.remove(index));
        let mut draft = typed.unwrap_or_else(|| store.create(None, &text.with_newlines(), 0));
        draft.composing = Some(Composing::Edit { target, text });
        self.show(draft, store);
    }

    pub(super) fn cancel(&mut self, store: &mut Store<'_>) {
        if let Some(mut edit) = self.close_edit(store) {
            store.forget(&mut edit, None);
        } else if self.open.composing.take().is_some() {
            store.keep(&mut self.open, false);
        }
    }

    pub(super) fn sent(&mut self, client_id: ClientId, store: &mut Store<'_>) {
        self.touch();
        let mut sent = self.close_edit(store).unwrap_or_else(|| {
            let empty = store.create(None, "", 0);
            std::mem::replace(&mut self.open, empty)
        });
        store.forget(&mut sent, Some(client_id));
    }

    pub(super) fn use_offered(&mut self, id: u64, target: &Target, store: &mut Store<'_>) {
        if let Some(index) = self.offered.iter().position(|draft| draft.id == id) {
            let mut draft = self.offered.remove(index);
            rebase(&mut draft, target);
            self.show(draft, store);
        }
    }

    pub(super) fn discard(&mut self, id: u64, store: &mut Store<'_>) {
        if let Some(index) = self.offered.iter().position(|draft| draft.id == id) {
            store.forget(&mut self.offered.remove(index), None);
        }
    }

    pub(super) fn make_message(&mut self, store: &mut Store<'_>) {
        self.open.composing = None;
        if let Some(message) = self.waiting.take() {
            self.offer(message, store);
        }
        store.keep(&mut self.open, false);
    }

    pub(super) fn review_edit(&mut self, target: &Target, store: &mut Store<'_>) {
        let (mut edit, typed) = (self.open.clone(), self.open.has_text());
        if rebase(&mut edit, target) {
            self.close_edit(store);
            if typed {
                self.offer(edit, store);
            }
        }
    }

    pub(super) fn adopt(&mut self, stored: StoredDraft, origin: Origin, target: &Target, store: &mut Store<'_>) {
        let StoredDraft { composing, text, at, offered, .. } = stored;
        let mut draft = store.create(composing, &text, at);
        if !draft.has_text() || self.all().any(|known| known.text == draft.text && known.target() == draft.target()) {
            return;
        }
        let outdated = rebase(&mut draft, target);
        let same_tab = origin == Origin::SameTab && !self.touched && !offered && !outdated;
        if draft.target().is_some() {
            if same_tab {
                self.show(draft, store);
                self.touched = false;
            } else {
                self.offer(draft, store);
            }
            return;
        }
        let message = self.waiting.as_mut().unwrap_or(&mut self.open);
        let free = !message.has_text() && message.composing.is_none();
        let newer = self.adopted && message.at < draft.at;
        let aside = outdated || (offered && origin == Origin::SameTab);
        if aside || !(same_tab || free || newer) {
            return self.offer(draft, store);
        }
        store.keep(&mut draft, false);
        let before = std::mem::replace(message, draft);
        self.adopted = origin == Origin::ClosedTab;
        self.offer(before, store);
    }

    // Opens what waits behind an edit, or an empty message. Returns the edit.
    fn close_edit(&mut self, store: &mut Store<'_>) -> Option<Draft> {
        self.open.target()?;
        let message = self.waiting.take().unwrap_or_else(|| store.create(None, "", 0));
        Some(std::mem::replace(&mut self.open, message))
    }

    /// Lists a draft above the composer, if there is something in it.
    pub(super) fn offer(&mut self, mut draft: Draft, store: &mut Store<'_>) {
        store.keep(&mut draft, true);
        if draft.has_text() {
            self.offered.push(draft);
        }
    }

    fn touch(&mut self) {
        (self.touched, self.adopted) = (true, false);
    }
}

// Makes an edit one of the message as it is now, or, if that is deleted, a message. True if it is not what the edit began
// with.
fn rebase(draft: &mut Draft, target: &Target) -> bool {
    let (Some(now), Some(Composing::Edit { text, .. })) = (target, &mut draft.composing) else { return false };
    match now {
        Some(now) if now == text => return false,
        Some(now) => text.clone_from(now),
        None => draft.composing = None,
    }
    true
}
