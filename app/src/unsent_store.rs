//! The stored submissions and drafts of a browser, by tab.
//!
//! Every page stores what is unsent under an id of its own, so that no two pages overwrite each other. When a page is
//! gone, another one adopts its submissions: it stores them under its own id and then removes the old ones.
//!
//! | key | value |
//! |---|---|
//! | `outbox/TAB/CLIENT_ID` | a submission as JSON, see [`wire::stored_submission`] |
//! | `draft/2/TAB/ID` | a draft as JSON, see [`wire::stored_draft`] |
//! | `draft/ROOM` | a draft as bare text, from builds that stored one draft a room for all tabs. It belongs to the tab with the empty id |
//!
//! A value of a newer version than this build knows is left as it is.

mod memory_items;

use parlor::{ClientId, RoomName};

pub use self::memory_items::MemoryItems;
use crate::{
    state::{drafts::StoredDraft, submission::StoredSubmission},
    wire,
};

const OUTBOX: &str = "outbox/";
const DRAFT: &str = "draft/2/";
const OLD_DRAFT: &str = "draft/";

/// Where an item is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredIn {
    /// In the browser's store: it outlives the tab.
    Browser,
    /// In the tab's session store, because the browser's store is full: it outlives the page.
    Tab,
    /// Nowhere: both stores are full or denied.
    Nowhere,
}

/// A store of texts by key.
pub trait ItemStore {
    /// The value of a key.
    fn get(&self, key: &str) -> Option<String>;
    /// Sets the value of a key.
    fn set(&self, key: &str, value: &str) -> StoredIn;
    /// Removes a key.
    fn remove(&self, key: &str);
    /// All keys, in no order.
    fn keys(&self) -> Vec<String>;
}

/// The unsent work of a browser, in all its tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnsentWork {
    /// The number of submissions that are not acknowledged.
    pub submissions: usize,
    /// Whether there are drafts.
    pub drafts: bool,
}

/// Counts what is stored.
pub fn unsent_work(items: &dyn ItemStore) -> UnsentWork {
    let keys = items.keys();
    UnsentWork {
        submissions: keys.iter().filter(|key| key.starts_with(OUTBOX)).count(),
        drafts: keys.iter().any(|key| key.starts_with(DRAFT) || old_draft(key).is_some()),
    }
}

/// The ids of the tabs that have stored something.
pub fn tabs(items: &dyn ItemStore) -> Vec<String> {
    let mut tabs: Vec<String> = Vec::new();
    for key in items.keys() {
        if let Some(tab) = tab_of(&key).filter(|tab| tabs.iter().all(|known| known != tab)) {
            tabs.push(tab.to_owned());
        }
    }
    tabs
}

/// The tab that a key belongs to, if it is the key of a submission or a draft.
pub fn tab_of(key: &str) -> Option<&str> {
    if let Some(rest) = key.strip_prefix(OUTBOX).or_else(|| key.strip_prefix(DRAFT)) {
        return Some(rest.split_once('/')?.0);
    }
    old_draft(key).map(|_| "")
}

// The room of a draft from before tabs had ids. Room names have no slash.
fn old_draft(key: &str) -> Option<RoomName> {
    RoomName::parse(key.strip_prefix(OLD_DRAFT)?).ok()
}

/// The store of one page, which knows what does not fit into the browser's store.
#[derive(Debug)]
pub struct UnsentStore {
    tab: String,
    submissions: Vec<AtRiskSubmission>,
    drafts: Vec<u64>,
    // Everything stored has been deleted on purpose, and nothing was stored since.
    cleared: bool,
}

/// A submission that is not in the browser's store.
#[derive(Debug)]
struct AtRiskSubmission {
    client_id: ClientId,
    stored: StoredIn,
    // The draft that it was: a reload brings back nothing else, if the submission is stored nowhere.
    draft: Option<u64>,
}

impl UnsentStore {
    /// The store of the page with this id.
    pub fn new(tab: String) -> Self {
        Self { tab, submissions: Vec::new(), drafts: Vec::new(), cleared: false }
    }

    /// Whether something would be lost with the page or its tab.
    pub fn is_at_risk(&self) -> bool {
        !self.submissions.is_empty() || !self.drafts.is_empty()
    }

    /// Everything stored has been deleted on purpose, or belongs to another page: what this page still knows must not
    /// be stored again when it ends.
    pub fn clear(&mut self) {
        self.submissions.clear();
        self.drafts.clear();
        self.cleared = true;
    }

    /// Marks the stored work as deleted by another tab, for example after signing out there.
    pub fn on_cleared_elsewhere(&mut self) {
        self.cleared = true;
    }

    /// Whether everything stored has been deleted on purpose, and nothing was stored since.
    pub fn is_cleared(&self) -> bool {
        self.cleared
    }

    /// Stores a submission. Returns false if it does not fit.
    pub fn store_submission(&mut self, items: &dyn ItemStore, entry: &StoredSubmission) -> bool {
        self.cleared = false;
        let client_id = entry.submission.client_id.clone();
        let stored = items.set(&self.submission_key(&client_id), &wire::stored_submission_text(entry));
        let before = self.take_at_risk(&client_id);
        if stored != StoredIn::Browser {
            self.submissions.push(AtRiskSubmission { client_id, stored, draft: before.and_then(|entry| entry.draft) });
        }
        stored != StoredIn::Nowhere
    }

    /// Removes a submission.
    pub fn remove_submission(&mut self, items: &dyn ItemStore, client_id: &ClientId) {
        items.remove(&self.submission_key(client_id));
        if let Some(draft) = self.take_at_risk(client_id).and_then(|entry| entry.draft) {
            self.delete_draft(items, draft);
        }
    }

    /// Stores a draft.
    pub fn store_draft(&mut self, items: &dyn ItemStore, id: u64, draft: &StoredDraft) {
        self.cleared = false;
        let stored = items.set(&self.draft_key(id), &wire::stored_draft_text(draft));
        self.drafts.retain(|other| *other != id);
        if stored != StoredIn::Browser {
            self.drafts.push(id);
        }
    }

    /// Removes a draft. `sent` is the submission that it has become: if that is stored nowhere, the draft stays until
    /// the submission is removed.
    pub fn remove_draft(&mut self, items: &dyn ItemStore, id: u64, sent: Option<&ClientId>) {
        let is_unstored =
            |entry: &&mut AtRiskSubmission| entry.stored == StoredIn::Nowhere && sent == Some(&entry.client_id);
        match self.submissions.iter_mut().find(is_unstored) {
            Some(entry) => entry.draft = Some(id),
            None => self.delete_draft(items, id),
        }
    }

    /// Moves the submissions of another tab to this one, as far as they fit into the store, and returns all that can be
    /// read.
    pub fn adopt_submissions(&mut self, items: &dyn ItemStore, tab: &str) -> Vec<StoredSubmission> {
        let mut adopted = Vec::new();
        for key in items.keys() {
            if !key.starts_with(OUTBOX) || tab_of(&key) != Some(tab) {
                continue;
            }
            let Some(entry) = items.get(&key).and_then(|text| wire::stored_submission(&text)) else { continue };
            if self.store_submission(items, &entry) {
                items.remove(&key);
            }
            adopted.push(entry);
        }
        adopted
    }

    /// The drafts of a tab that can be read, with their keys.
    pub fn drafts_of(items: &dyn ItemStore, tab: &str) -> Vec<(String, StoredDraft)> {
        let read = |key: String| {
            let text = items.get(&key)?;
            let draft = match old_draft(&key) {
                Some(room) => StoredDraft { room, composing: None, text, at: 0, offered: false },
                None => wire::stored_draft(&text)?,
            };
            Some((key, draft))
        };
        let keys = items.keys().into_iter();
        keys.filter(|key| !key.starts_with(OUTBOX) && tab_of(key) == Some(tab)).filter_map(read).collect()
    }

    /// Removes drafts of another tab that this page has adopted and stored.
    pub fn remove_adopted_drafts(&self, items: &dyn ItemStore, drafts: Vec<(String, StoredDraft)>) {
        let stored = Self::drafts_of(items, &self.tab);
        for (key, draft) in drafts {
            if stored.iter().any(|(_, own)| own.room == draft.room && own.text == draft.text) {
                items.remove(&key);
            }
        }
    }

    fn delete_draft(&mut self, items: &dyn ItemStore, id: u64) {
        items.remove(&self.draft_key(id));
        self.drafts.retain(|other| *other != id);
    }

    fn take_at_risk(&mut self, client_id: &ClientId) -> Option<AtRiskSubmission> {
        let index = self.submissions.iter().position(|entry| entry.client_id == *client_id)?;
        Some(self.submissions.swap_remove(index))
    }

    fn submission_key(&self, client_id: &ClientId) -> String {
        format!("{OUTBOX}{}/{}", self.tab, client_id.as_str())
    }

    fn draft_key(&self, id: u64) -> String {
        format!("{DRAFT}{}/{id}", self.tab)
    }
}
