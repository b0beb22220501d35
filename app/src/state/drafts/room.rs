//! The drafts of one room.

use parlor::{Body, ClientId, Quote, RoomName, UnixMillis, message::MessageRef};

use super::{Composing, Draft, DraftEffect, OfferedDraft, Origin, StoredDraft, Target};

/// Maximum number of characters of an offered draft in the list.
const EXCERPT_CHARS: usize = 120;

/// Creates, stores and removes the drafts of one room: the source of ids, and the effects for the browser.
pub(super) struct DraftStore<'a> {
    pub(super) room: RoomName,
    pub(super) last_id: &'a mut u64,
    pub(super) effects: &'a mut Vec<DraftEffect>,
}

impl DraftStore<'_> {
    /// Creates a draft. It is not stored yet.
    pub(super) fn create(&mut self, composing: Option<Composing>, text: &str, at: UnixMillis) -> Draft {
        *self.last_id += 1;
        Draft { id: *self.last_id, composing, text: text.to_owned(), at, stored: false }
    }

    // Stores the draft, or removes it from the store if it has no text.
    fn save(&mut self, draft: &mut Draft, offered: bool) {
        if !draft.has_text() {
            return self.remove(draft, None);
        }
        draft.stored = true;
        let Draft { id, composing, text, at, .. } = draft.clone();
        let draft = StoredDraft { room: self.room.clone(), composing, text, at, offered };
        self.effects.push(DraftEffect::Store { id, draft: Box::new(draft) });
    }

    fn remove(&mut self, draft: &mut Draft, sent: Option<ClientId>) {
        if std::mem::take(&mut draft.stored) {
            self.effects.push(DraftEffect::Remove { id: draft.id, sent });
        }
    }
}

/// The drafts of one room.
#[derive(Debug)]
pub(super) struct RoomDrafts {
    pub(super) open: Draft,
    // The message draft that was open before an edit. `None` unless an edit is open, and never an edit itself.
    waiting: Option<Draft>,
    offered: Vec<Draft>,
    // Whether the reader has typed or opened a draft: then stored drafts of the same tab do not replace the open one.
    touched: bool,
    // Whether the message draft was adopted from a closed tab and is untouched: then a newer one replaces it.
    adopted: bool,
}

impl RoomDrafts {
    pub(super) fn new(store: &mut DraftStore<'_>) -> Self {
        let open = store.create(None, "", 0);
        Self { open, waiting: None, offered: Vec::new(), touched: false, adopted: false }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Draft> {
        [&self.open].into_iter().chain(&self.waiting).chain(&self.offered)
    }

    pub(super) fn into_all(mut self) -> Vec<Draft> {
        self.offered.extend(self.waiting);
        self.offered.push(self.open);
        self.offered
    }

    pub(super) fn store_again(&mut self, store: &mut DraftStore<'_>) {
        store.save(&mut self.open, false);
        self.waiting.iter_mut().for_each(|draft| store.save(draft, false));
        self.offered.iter_mut().for_each(|draft| store.save(draft, true));
    }

    pub(super) fn find_offered(&self, id: u64) -> Option<&Draft> {
        self.offered.iter().find(|draft| draft.id == id)
    }

    pub(super) fn list(&self) -> Vec<OfferedDraft> {
        let mut newest_first: Vec<&Draft> = Vec::new();
        for draft in &self.offered {
            let index = newest_first.partition_point(|other| (other.at, other.id) > (draft.at, draft.id));
            newest_first.insert(index, draft);
        }
        let item = |draft: &Draft| {
            let chars = draft.text.trim().chars().map(|c| if c.is_whitespace() { ' ' } else { c });
            OfferedDraft { id: draft.id, edit: draft.target().is_some(), excerpt: chars.take(EXCERPT_CHARS).collect() }
        };
        newest_first.into_iter().map(item).collect()
    }

    pub(super) fn set_text(&mut self, id: u64, text: &str, at: UnixMillis, store: &mut DraftStore<'_>) -> bool {
        let is_offered = self.find_offered(id).is_some();
        let Self { open, waiting, offered, .. } = self;
        // The text box may still show a draft that was open a moment ago.
        let draft = [open].into_iter().chain(waiting).chain(offered).find(|draft| draft.id == id);
        let Some(draft) = draft.filter(|draft| draft.text != text) else { return false };
        text.clone_into(&mut draft.text);
        draft.at = at;
        store.save(draft, is_offered);
        self.touch();
        true
    }

    /// Opens a draft. If it is an edit, an open message draft waits; else the open draft is offered.
    pub(super) fn show(&mut self, draft: Draft, store: &mut DraftStore<'_>) {
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
        store.save(&mut self.open, false);
    }

    pub(super) fn reply(&mut self, quote: Quote, store: &mut DraftStore<'_>) {
        self.touch();
        if let Some(edit) = self.close_edit(store) {
            self.offer(edit, store);
        }
        self.open.composing = Some(Composing::Reply(quote));
        store.save(&mut self.open, false);
    }

    pub(super) fn edit(&mut self, target: MessageRef, text: Body, store: &mut DraftStore<'_>) {
        if self.open.target() == Some(&target) {
            return;
        }
        let offered = self.offered.iter().position(|draft| draft.target() == Some(&target));
        let offered = offered.map(|index| self.offered.remove(index));
        let mut draft = offered.unwrap_or_else(|| store.create(None, &text.with_newlines(), 0));
        draft.composing = Some(Composing::Edit { target, text });
        self.show(draft, store);
    }

    pub(super) fn cancel(&mut self, store: &mut DraftStore<'_>) {
        if let Some(mut edit) = self.close_edit(store) {
            store.remove(&mut edit, None);
        } else if self.open.composing.take().is_some() {
            store.save(&mut self.open, false);
        }
    }

    pub(super) fn on_submitted(&mut self, client_id: ClientId, store: &mut DraftStore<'_>) {
        self.touch();
        let mut submitted = self.close_edit(store).unwrap_or_else(|| {
            let empty = store.create(None, "", 0);
            std::mem::replace(&mut self.open, empty)
        });
        store.remove(&mut submitted, Some(client_id));
    }

    pub(super) fn use_offered(&mut self, id: u64, target: &Target, store: &mut DraftStore<'_>) {
        if let Some(index) = self.offered.iter().position(|draft| draft.id == id) {
            let mut draft = self.offered.remove(index);
            rebase(&mut draft, target);
            self.show(draft, store);
        }
    }

    pub(super) fn discard(&mut self, id: u64, store: &mut DraftStore<'_>) {
        if let Some(index) = self.offered.iter().position(|draft| draft.id == id) {
            store.remove(&mut self.offered.remove(index), None);
        }
    }

    pub(super) fn convert_to_message(&mut self, store: &mut DraftStore<'_>) {
        self.open.composing = None;
        if let Some(message) = self.waiting.take() {
            self.offer(message, store);
        }
        store.save(&mut self.open, false);
    }

    pub(super) fn review_edit(&mut self, target: &Target, store: &mut DraftStore<'_>) {
        let (mut edit, has_text) = (self.open.clone(), self.open.has_text());
        if rebase(&mut edit, target) {
            self.close_edit(store);
            if has_text {
                self.offer(edit, store);
            }
        }
    }

    pub(super) fn adopt(&mut self, stored: StoredDraft, origin: Origin, target: &Target, store: &mut DraftStore<'_>) {
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
        let is_free = !message.has_text() && message.composing.is_none();
        let is_newer = self.adopted && message.at < draft.at;
        let only_offer = outdated || (offered && origin == Origin::SameTab);
        if only_offer || !(same_tab || is_free || is_newer) {
            return self.offer(draft, store);
        }
        store.save(&mut draft, false);
        let before = std::mem::replace(message, draft);
        self.adopted = origin == Origin::ClosedTab;
        self.offer(before, store);
    }

    // Opens the waiting draft, or an empty one, in place of an open edit. Returns the edit.
    fn close_edit(&mut self, store: &mut DraftStore<'_>) -> Option<Draft> {
        self.open.target()?;
        let message = self.waiting.take().unwrap_or_else(|| store.create(None, "", 0));
        Some(std::mem::replace(&mut self.open, message))
    }

    /// Adds a draft to the offered ones, if it has text.
    pub(super) fn offer(&mut self, mut draft: Draft, store: &mut DraftStore<'_>) {
        store.save(&mut draft, true);
        if draft.has_text() {
            self.offered.push(draft);
        }
    }

    fn touch(&mut self) {
        (self.touched, self.adopted) = (true, false);
    }
}

// Bases an edit on the present text of the message, or converts it to a message draft if the message is deleted.
// Returns whether the message was changed since the edit started.
fn rebase(draft: &mut Draft, target: &Target) -> bool {
    let (Some(now), Some(Composing::Edit { text, .. })) = (target, &mut draft.composing) else { return false };
    match now {
        Some(now) if now == text => return false,
        Some(now) => text.clone_from(now),
        None => draft.composing = None,
    }
    true
}
