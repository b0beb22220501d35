//! What a person does at a page.

use std::sync::Arc;

use parlor::{ClientId, ClientMessage, CloseCode, ErrorCode};
use parlor_app::state::outbox::{Pending, Step};
use parlor_app::state::timeline::Timeline;

use super::super::counts::Counts;
use super::super::ledger::{Posted, Stamp};
use super::Page;

impl Page {
    /// Writes messages, if it has a name to write under.
    pub(in crate::torture) fn say(&mut self, count: usize, bytes: usize) {
        for _ in 0..count {
            let Some(name) = self.client.name().map(ToString::to_string) else { return };
            let at_once = self.online && self.client.outbox().items().is_empty();
            let stamp = Stamp { at: self.browser.begin.elapsed(), at_once };
            let text = stamp.text(&self.ledger.who, self.ledger.posted.len(), bytes);
            let random = self.browser.dice.bits();
            let posting = self.input(|client, at| {
                let client_id = ClientId::new(at.wall, random);
                let id = client_id.as_str().to_owned();
                client.post(&text, client_id, at).map(|()| id)
            });
            match posting {
                Ok(client_id) => {
                    let posted = Posted { client_id, name, text, discarded: false, acked: None };
                    self.ledger.posted.push(posted);
                    self.browser.counts.posted.one();
                }
                Err(ErrorCode::NotNamed) => return,
                Err(code) => self.ledger.trouble.push(format!("the page refused a message: {code}")),
            }
        }
    }

    /// Sends something again that was sent over this connection, behind the page's back: what was accepted, or the first
    /// that was not. A later one may have been refused because of the first, and no client sends it before that again.
    pub(in crate::torture) fn double(&mut self) {
        let accepted = |item: &&Pending| matches!(item.step, Step::Accepted(_));
        let mut open = self.client.outbox().items().iter().filter(|item| !accepted(item));
        let first = open.next().filter(|item| item.step == Step::Flying).map(|item| item.written.client_id.clone());
        let is_open = |id: &ClientId| {
            self.client.outbox().items().iter().any(|item| !accepted(&item) && item.written.client_id == *id)
        };
        let may_repeat = |id: &&ClientId| first.as_ref() == Some(*id) || !is_open(id);
        let recent: Vec<_> = self.sent_here.iter().rev().take(8).filter(may_repeat).cloned().collect();
        let Some(client_id) = recent.get(self.browser.dice.one_of(recent.len())).cloned() else { return };
        let posted = self.ledger.posted.iter().rfind(|posted| posted.client_id == client_id.as_str());
        if let Some(posted) = posted.filter(|posted| !posted.discarded) {
            let post = ClientMessage::post(self.ledger.room.clone(), client_id, posted.text.clone());
            self.send(&post);
            self.browser.counts.doubles.one();
        }
    }

    /// Gives up the first message that was refused for now.
    pub(in crate::torture) fn discard(&mut self) {
        let items = self.client.outbox().items();
        let Some(held) = items.iter().find(|item| matches!(item.step, Step::Held(_))) else { return };
        let client_id = held.written.client_id.clone();
        if self.input(|client, at| client.discard(&client_id, at)).is_some()
            && let Some(posted) = self.ledger.posted.iter_mut().rfind(|posted| posted.client_id == client_id.as_str())
        {
            posted.discarded = true;
            self.browser.counts.discarded.one();
        }
    }

    /// Leaves the connection behind, as a device does that changes its network.
    pub(in crate::torture) fn renew(&mut self) {
        if self.line.is_some() {
            self.lost(CloseCode::ABNORMAL);
        }
    }

    /// Scrolls away from the end and asks for older messages, or goes back to the end.
    pub(in crate::torture) fn scroll(&mut self) {
        self.input(|client, _| {
            if client.is_live() {
                client.read();
                client.older();
            } else {
                client.follow();
            }
        });
    }

    /// Scrolls up by one step. False at the beginning of the log.
    pub(in crate::torture) fn scroll_up(&mut self) -> bool {
        self.input(|client, _| {
            client.read();
            client.older();
            client.has_older()
        })
    }

    /// Whether an older part of the log is on its way.
    pub(in crate::torture) fn asks(&self) -> bool {
        self.asked
    }

    /// What is counted.
    pub(in crate::torture) fn counts(&self) -> Arc<Counts> {
        self.browser.counts.clone()
    }

    /// The place of the oldest message in the timeline.
    pub(in crate::torture) fn oldest(&self) -> u64 {
        self.client.timeline().shown().first()
    }

    /// Notes all of the part that is shown.
    pub(in crate::torture) fn record_all(&mut self) {
        self.recording = false;
        self.record_run(Timeline::shown);
    }

    /// Why the page is not at rest: everything sent, and connected.
    pub(in crate::torture) fn unrest(&self) -> Option<String> {
        let items = self.client.outbox().items();
        if let Some(first) = items.first() {
            return Some(format!(
                "{} unsent, the first {:?}: {}",
                items.len(),
                first.step,
                first.written.client_id.as_str()
            ));
        }
        (!self.online).then(|| "not connected".to_owned())
    }
}
