//! What the user does on a page.

use std::sync::Arc;

use parlor::{ClientId, ClientMessage, CloseCode, ErrorCode};
use parlor_app::state::client::Client;
use parlor_app::state::outbox::{OutboxEntry, SendState};
use parlor_app::state::timeline::Timeline;

use super::Page;
use crate::counters::Counters;
use crate::history::PostRecord;
use crate::message_text::Stamp;

/// The newest posts of a connection among which [`Page::send_duplicate`] chooses.
const RECENT_POSTS: usize = 8;

impl Page {
    /// Posts messages, if the session has a name.
    pub(crate) fn post(&mut self, count: usize, bytes: usize) {
        for _ in 0..count {
            let Some(name) = self.controller.client().name().map(ToString::to_string) else { return };
            let sent_immediately = self.platform.online.get() && self.controller.client().outbox().entries().is_empty();
            let stamp = Stamp { written_at: self.platform.browser.start.elapsed(), sent_immediately };
            let text = stamp.text(&self.history.label, self.history.posts.len(), bytes);
            let random = self.platform.browser.rng.get_mut().bits();
            let posted = self.input(|client, at| {
                let client_id = ClientId::new(at.wall, random);
                let id = client_id.as_str().to_owned();
                Some(client.post(&text, client_id, at).map(|()| id))
            });
            match posted {
                Some(Ok(client_id)) => {
                    let post =
                        PostRecord { client_id, name, text, discarded: false, acked_seq: None, trail: String::new() };
                    self.history.posts.push(post);
                    self.platform.browser.counters.posted.increment();
                }
                None | Some(Err(ErrorCode::NotNamed)) => return,
                Some(Err(code)) => self.history.problems.push(format!("the page refused a message: {code}")),
            }
        }
    }

    /// Sends a copy of a recent post without the page's knowledge: either an accepted one, or the first of the outbox.
    ///
    /// A later post of the outbox may have been refused because of the first, and no client may send it again before
    /// the first.
    pub(crate) fn send_duplicate(&mut self) {
        let is_open = |entry: &&OutboxEntry| !matches!(entry.state, SendState::Accepted(_));
        let client = self.controller.client();
        let open: Vec<_> = client.outbox().entries().iter().filter(is_open).collect();
        let first = open.first().filter(|entry| entry.state == SendState::InFlight);
        let first = first.map(|entry| &entry.submission.client_id);
        let may_send = |id: &ClientId| first == Some(id) || !open.iter().any(|entry| entry.submission.client_id == *id);
        let recent = self.platform.recently_sent(RECENT_POSTS).into_iter().filter(may_send);
        let Some(client_id) = self.platform.browser.rng.borrow_mut().choose(recent.collect::<Vec<_>>().into_iter())
        else {
            return;
        };
        let post = self.history.posts.iter().rfind(|post| post.client_id == client_id.as_str());
        if let Some(post) = post.filter(|post| !post.discarded) {
            let message = ClientMessage::post(self.history.room.clone(), client_id, post.text.clone());
            self.platform.send_unrecorded(&message);
            self.platform.browser.counters.duplicates.increment();
        }
    }

    /// Claims the wanted name again if the session holds none and has claimed none: the server has refused the claim, or
    /// said that the name is lost.
    pub(crate) fn claim_lost_name(&mut self) {
        let is_lost = |client: &Client| client.name().is_none() && !client.name_claim().pending;
        if self.platform.online.get() && is_lost(&self.controller.client()) {
            let name = self.platform.browser.wanted_name.clone();
            self.input(|client, _| client.claim_name(&name));
        }
    }

    /// Discards the first message that the page will send again after a retryable refusal.
    pub(crate) fn discard(&mut self) {
        let is_retrying = |entry: &&OutboxEntry| matches!(entry.state, SendState::Retrying(_));
        let retrying = self.controller.client().outbox().entries().iter().find(is_retrying).cloned();
        let Some(client_id) = retrying.map(|entry| entry.submission.client_id) else { return };
        if self.input(|client, at| client.discard_submission(&client_id, at)).is_some()
            && let Some(post) = self.history.posts.iter_mut().rfind(|post| post.client_id == client_id.as_str())
        {
            post.discarded = true;
            self.platform.browser.counters.discarded.increment();
        }
    }

    /// Abandons the connection without closing it, as a device does that changes its network.
    pub(crate) fn change_network(&mut self) {
        if self.platform.has_socket() {
            self.on_disconnect(CloseCode::ABNORMAL);
        }
    }

    /// Returns to the page, which becomes visible.
    pub(crate) fn return_to_page(&mut self) {
        self.input(|client, at| client.set_visible(true, at));
    }

    /// Requests a connection attempt without delay, if there is no connection.
    pub(crate) fn retry_now(&mut self) {
        self.input(|client, at| client.retry_now(at));
    }

    /// Scrolls away from the end of the timeline and loads older messages, or returns to the end.
    pub(crate) fn scroll(&mut self) {
        self.input(|client, _| {
            if client.is_live() {
                client.hold_window();
                client.load_older();
            } else {
                client.jump_to_latest();
            }
        });
    }

    /// Scrolls up and loads older messages. Returns whether the log has any.
    pub(crate) fn scroll_up(&mut self) -> bool {
        self.input(|client, _| {
            client.hold_window();
            client.load_older();
            client.has_older()
        })
    }

    /// Whether a requested history page has yet to arrive.
    pub(crate) fn awaits_history_page(&self) -> bool {
        self.platform.awaits_history_page.get()
    }

    pub(crate) fn counters(&self) -> Arc<Counters> {
        self.platform.browser.counters.clone()
    }

    /// The first seq of the segment that is shown.
    pub(crate) fn oldest_seq(&self) -> u64 {
        self.controller.client().timeline().shown().first()
    }

    /// Records the whole segment that is shown as a timeline of its own.
    pub(crate) fn record_shown_segment(&mut self) {
        self.continues_timeline = false;
        self.record(Timeline::shown);
    }

    /// Why the page has not settled: its outbox is not empty, or it is not connected. `None` if it has settled.
    pub(crate) fn unsettled_reason(&self) -> Option<String> {
        let client = self.controller.client();
        let entries = client.outbox().entries();
        if let Some(first) = entries.first() {
            let client_id = first.submission.client_id.as_str();
            return Some(format!("{} unsent, the first {:?}: {client_id}", entries.len(), first.state));
        }
        (!self.platform.online.get()).then(|| "not connected".to_owned())
    }
}
