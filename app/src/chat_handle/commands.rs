//! Commands of the components: submissions, settings, notifications and signing out.

use leptos::prelude::*;
use parlor::{ClientId, ErrorCode};

use super::ChatHandle;
use crate::{
    controller::lock,
    i18n::fill,
    platform::NotificationPermission,
    settings::Settings,
    state::{Moment, client::Client},
    unsent_store::{UnsentWork, unsent_work},
};

impl ChatHandle {
    /// Submits the composer's text. False without a platform.
    ///
    /// # Errors
    /// Why it cannot be a message.
    pub fn post(self, text: &str) -> Result<bool, ErrorCode> {
        self.show_toast("");
        self.submit(|client, id, at| client.post(text, id, at)).map_or(Ok(false), |posted| posted.map(|()| true))
    }

    /// Adds the reader's reaction to a message, or removes it.
    pub fn toggle_reaction(self, seq: u64, emoji: &str) {
        // The page offers valid emoji only.
        let _ = self.submit(|client, id, at| client.toggle_reaction(seq, emoji, id, at));
    }

    /// Deletes one of the reader's own messages.
    pub fn delete(self, seq: u64) {
        let _ = self.submit(|client, id, at| {
            client.delete(seq, id, at);
            Ok(())
        });
    }

    /// Sets the topic of the room. False if the text cannot be a topic.
    pub fn set_topic(self, topic: &str) -> bool {
        self.submit(|client, id, at| client.set_topic(topic, id, at)).is_some_and(|set| set.is_ok())
    }

    // Gives a submission its client id. `None` without a platform.
    fn submit(
        self,
        submit: impl FnOnce(&mut Client, ClientId, Moment) -> Result<(), ErrorCode>,
    ) -> Option<Result<(), ErrorCode>> {
        let random = self.shared().platform.get()?.random_bits();
        self.input(|client, at| Some(submit(client, ClientId::new(at.wall, random), at)))
    }

    /// Whether the browser lets the page show notifications.
    pub fn notification_permission(self) -> NotificationPermission {
        self.shared().platform.get().map(|platform| platform.notification_permission()).unwrap_or_default()
    }

    /// Asks the reader for that permission.
    pub fn request_notification_permission(self) {
        if let Some(platform) = self.shared().platform.get() {
            platform.request_notification_permission();
        }
    }

    /// Sets the number on the icon of the installed app.
    pub fn set_badge(self, count: usize) {
        if let Some(platform) = self.shared().platform.get() {
            platform.set_badge(count);
        }
    }

    /// Deletes everything that the browser stores of the reader. The server ends the session when it gets the form that
    /// is submitted at the same time. Nothing is rendered here: a form that leaves the document is not sent.
    pub fn sign_out(self) {
        self.forget_unsent();
        if let Some(platform) = self.shared().platform.get() {
            platform.delete_everything();
        }
    }

    /// Applies and stores the reader's settings.
    pub fn set_settings(self, settings: Settings) {
        let shared = self.shared();
        let Some(platform) = shared.platform.get() else { return };
        let reload = self.view_state.read_untracked().settings.language != settings.language;
        lock(&shared.locale).hour12 = settings.hour12.unwrap_or_else(|| platform.hour12());
        self.input(|client, _| client.set_settings(settings));
        platform.store_settings(settings, reload);
    }

    /// The question before signing out: it names what would be lost.
    pub fn sign_out_question(self) -> String {
        let (shared, texts) = (self.shared(), self.texts);
        let stored = shared.platform.get().map(|platform| unsent_work(platform.items())).unwrap_or_default();
        // Where nothing can be stored, the page itself knows.
        let UnsentWork { submissions, drafts } = {
            let client = shared.controller.client();
            let submissions = stored.submissions.max(client.unsent_count());
            UnsentWork { submissions, drafts: stored.drafts || client.has_drafts() }
        };
        let mut lines = vec![texts.confirm_sign_out().to_owned()];
        if submissions > 0 {
            lines.push(texts.count(texts.lose_unsent(), submissions));
        }
        if drafts {
            lines.push(texts.lose_drafts().to_owned());
        }
        if let Some(name) = &self.view_state.read_untracked().name {
            lines.push(fill(texts.lose_name(), &[name.as_str()]));
        }
        lines.join("\n")
    }
}
