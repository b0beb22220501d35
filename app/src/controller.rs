//! The controller: applies inputs to the state, stores what is unsent, performs effects and sets the timer.
//!
//! It knows neither Leptos nor the browser. The page drives it through [`ChatHandle`](crate::ChatHandle), the torture
//! test directly.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{
    platform::Platform,
    state::{
        Moment,
        client::Client,
        drafts::{DraftEffect, Origin},
        effect::{Announcement, Effect},
    },
    unsent_store::UnsentStore,
    wire,
};

/// The state of one page, with the store of its unsent work.
pub struct Controller {
    client: Mutex<Client>,
    unsent: Mutex<UnsentStore>,
}

impl Controller {
    /// A controller that has no page id yet.
    pub fn new(client: Client) -> Self {
        Self { client: Mutex::new(client), unsent: Mutex::new(UnsentStore::new(String::new())) }
    }

    /// Sets the id under which unsent work is stored. It is unique among the pages of the browser.
    pub fn set_page_id(&self, page_id: String) {
        *lock(&self.unsent) = UnsentStore::new(page_id);
    }

    /// The state. It has to be released before the next input.
    pub fn client(&self) -> MutexGuard<'_, Client> {
        lock(&self.client)
    }

    /// Applies an input, calls `changed` with the new state, performs the effects and sets the timer. Returns what is
    /// to be announced to screen readers.
    pub fn input(
        &self,
        platform: &dyn Platform,
        input: &mut dyn FnMut(&mut Client, Moment),
        changed: &mut dyn FnMut(&mut Client, Moment),
    ) -> Vec<Announcement> {
        let at = platform.now();
        let mut client = self.client();
        input(&mut client, at);
        let effects = client.take_effects();
        let deadline = client.deadline(at);
        changed(&mut client, at);
        // Effects may read the state.
        drop(client);
        let mut announcements = Vec::new();
        for effect in effects {
            match effect {
                Effect::Announce(announcement) => announcements.push(announcement),
                Effect::Connect => platform.connect(),
                Effect::Disconnect => platform.disconnect(),
                Effect::Send(message) => platform.send(wire::client_message_text(&message)),
                Effect::StoreSubmission(entry) => {
                    self.with_unsent(platform, |unsent| unsent.store_submission(platform.items(), &entry));
                }
                Effect::RemoveSubmission(client_id) => {
                    self.with_unsent(platform, |unsent| unsent.remove_submission(platform.items(), &client_id));
                }
                Effect::Draft(DraftEffect::Store { id, draft }) => {
                    self.with_unsent(platform, |unsent| unsent.store_draft(platform.items(), id, &draft));
                }
                Effect::Draft(DraftEffect::Remove { id, sent }) => {
                    self.with_unsent(platform, |unsent| unsent.remove_draft(platform.items(), id, sent.as_ref()));
                }
                // A page with unstored work is not reloaded.
                Effect::Reload(_) if lock(&self.unsent).is_at_risk() => {}
                other => platform.perform(other),
            }
        }
        platform.set_timer(deadline);
        announcements
    }

    /// Adopts the submissions of another page that is gone, and its drafts if `drafts` is set.
    pub fn adopt_page(
        &self,
        platform: &dyn Platform,
        (page_id, origin, drafts): (&str, Origin, bool),
        changed: &mut dyn FnMut(&mut Client, Moment),
    ) -> Vec<Announcement> {
        let mut submissions = self.with_unsent(platform, |unsent| unsent.adopt_submissions(platform.items(), page_id));
        let mut adopted = if drafts { UnsentStore::drafts_of(platform.items(), page_id) } else { Vec::new() };
        let announcements = self.input(
            platform,
            &mut |client, at| {
                client.adopt_submissions(std::mem::take(&mut submissions), at);
                if drafts {
                    client.adopt_drafts(adopted.iter().map(|(_, draft)| draft.clone()).collect(), origin);
                }
            },
            changed,
        );
        lock(&self.unsent).remove_adopted_drafts(platform.items(), std::mem::take(&mut adopted));
        announcements
    }

    /// Stores all unsent work again when the page ends: the reader, an extension or the browser may have deleted what
    /// was stored. Does nothing after everything was deleted on purpose.
    pub fn store_all(&self, platform: &dyn Platform, changed: &mut dyn FnMut(&mut Client, Moment)) {
        if !lock(&self.unsent).is_cleared() {
            self.input(platform, &mut |client, _| client.store_all(), changed);
        }
    }

    /// Marks the stored work as deleted by another tab, for example after signing out there.
    pub fn on_cleared_elsewhere(&self) {
        lock(&self.unsent).on_cleared_elsewhere();
    }

    /// Forgets what does not fit into the browser's store: it was deleted on purpose, or belongs to another page.
    pub fn forget_unsent(&self, platform: &dyn Platform) {
        self.with_unsent(platform, UnsentStore::clear);
    }

    fn with_unsent<T>(&self, platform: &dyn Platform, change: impl FnOnce(&mut UnsentStore) -> T) -> T {
        let mut unsent = lock(&self.unsent);
        let result = change(&mut unsent);
        platform.set_at_risk(unsent.is_at_risk());
        result
    }
}

/// Locks a mutex, also after a panic: the page is lost then anyway, and a second panic would hide the first.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
