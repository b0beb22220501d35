//! From the state to the signals: rows, view state, people and announcements.

use std::sync::atomic::Ordering::Relaxed;

use leptos::prelude::*;
use parlor::UnixMillis;

use super::ChatHandle;
use crate::{
    controller::lock,
    i18n::fill,
    state::{Moment, client::Client, effect::Announcement},
    view::{
        locale::Locale,
        row_blocks::RowNodeContent,
        rows::{self, Row, ViewContext},
        view_state::ViewState,
    },
};

/// Maximum number of announcements in the live region.
const MAX_ANNOUNCEMENTS: usize = 5;

impl ChatHandle {
    /// The rows of the timeline, in blocks.
    pub(crate) fn rows(self) -> ArcRwSignal<RowNodeContent> {
        self.shared().rows.content.clone()
    }

    /// Renders rows in animation frames only, while the timeline is being scrolled, or at once.
    pub(crate) fn render_in_frames(self, only: bool) {
        self.shared().in_frames.store(only, Relaxed);
        self.render_rows();
    }

    /// Renders the rows, if they are outdated.
    pub(crate) fn render_rows(self) {
        let shared = self.shared();
        if let Some(platform) = shared.platform.get().filter(|_| shared.outdated.swap(false, Relaxed)) {
            let rows = rows(&shared.controller.client(), &lock(&shared.locale), platform.now().wall);
            shared.rows.update(rows);
        }
    }

    /// Shows a note, and announces it to screen readers. An empty text removes it.
    pub(crate) fn show_toast(self, text: &'static str) {
        if self.view_state.read_untracked().toast != text {
            self.view_state.write().toast = text;
        }
        if !text.is_empty() {
            self.announce(text.to_owned());
        }
    }

    pub(super) fn render(self, client: &mut Client, at: Moment) {
        if client.take_expects_more() {
            return;
        }
        let shared = self.shared();
        let locale = lock(&shared.locale);
        if !shared.in_frames.load(Relaxed) {
            shared.rows.update(rows(client, &locale, at.wall));
        } else if !shared.outdated.swap(true, Relaxed) {
            request_animation_frame(move || self.render_rows());
        }
        if client.take_people_changed() {
            self.people.set(client.people());
        }
        let refused = client.take_topic_refused();
        let mut state = ViewState::new(client, &locale, at);
        let is_changed = {
            let old = self.view_state.read_untracked();
            state.announcements.clone_from(&old.announcements);
            (state.hydrated, state.toast) = (old.hydrated, old.toast);
            state != *old
        };
        if is_changed {
            self.view_state.set(state);
        }
        if let Some(code) = refused {
            // Leaking costs nothing: this is rare.
            self.show_toast(self.texts.explain(code).leak());
        }
    }

    pub(super) fn announce_message(self, Announcement { from, room, text }: &Announcement) {
        let from = match room {
            Some(room) => fill(self.texts.announcement_elsewhere(), &[from.as_str(), room]),
            None => from.to_string(),
        };
        self.announce(format!("{from}: {text}"));
    }

    fn announce(self, text: String) {
        let number = self.shared().announcements.fetch_add(1, Relaxed) + 1;
        let mut state = self.view_state.write();
        state.announcements.push((number, text));
        let surplus = state.announcements.len().saturating_sub(MAX_ANNOUNCEMENTS);
        state.announcements.drain(..surplus);
    }
}

/// The rows of the visible timeline.
pub(super) fn rows(client: &Client, locale: &Locale, now: UnixMillis) -> Vec<Row> {
    let context = ViewContext { viewer: client.viewer(), locale, now, online: client.is_certainly_online() };
    rows::rows(&client.visible_timeline(), context)
}
