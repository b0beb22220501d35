//! One room in memory: its members, the batches that they still have to receive, its roster and its topic.
//!
//! All state is synchronous and under one lock (invariant 9), except for the backlog cache. [`fan_out`] sends events
//! and signals to the members, [`people`] maintains the roster.

mod fan_out;
mod people;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use parking_lot::Mutex;
use parlor::message::ServerMessage;
use parlor::plain::PlainFrame;
use parlor::{Cursor, Epoch, Event, EventKind, RoomName};
use tokio::sync::Notify;

use self::fan_out::PendingBatch;
use super::backlog::BacklogCache;
use super::members::{Member, Members};
use super::ring::Ring;
use super::roster::Roster;
use super::{Connection, Dialect, frame};
use crate::access::RoomPolicy;
use crate::engine::Signal;

/// A room in memory.
#[derive(Debug)]
pub struct Room {
    /// The name that clients join and the log is stored under.
    pub name: RoomName,
    /// The epoch of the room's log: it changes when the log is replaced by another one.
    pub epoch: Epoch,
    policy: Mutex<Arc<RoomPolicy>>,
    state: Mutex<State>,
    pub(super) backlog_cache: Mutex<BacklogCache>,
    /// Whether a fan-out task is running. It checks for pending data once more before it ends.
    fan_out_scheduled: AtomicBool,
    /// Whether a person within the rate limits for new rooms has requested the first event.
    creation_allowed: AtomicBool,
    /// Notified after each event, for [`wait_until_batched`](Self::wait_until_batched).
    committed: Notify,
    /// Whether the room was deleted or has another name now, so that no event comes any more.
    closed: AtomicBool,
}

#[derive(Debug)]
struct State {
    members: Members,
    /// Frames since the newest batch in the ring.
    pending: PendingBatch,
    ring: Ring,
    /// The ring position up to which the current or last fan-out sends.
    fanned_out: u64,
    roster: Roster,
    /// When rich members last received presence changes.
    presence_sent_at: Option<Instant>,
    /// The newest event that was added to a batch. History ends with it and live events begin after it (invariant 3).
    shown: Cursor,
    /// The topic after the event `shown`; empty if none is set.
    topic: String,
}

impl Room {
    pub(super) fn new(name: RoomName, end: Cursor, topic: String, policy: Arc<RoomPolicy>) -> Arc<Self> {
        let epoch = end.epoch.clone();
        let state = State {
            members: Members::default(),
            pending: PendingBatch::default(),
            ring: Ring::default(),
            fanned_out: 0,
            roster: Roster::default(),
            presence_sent_at: None,
            shown: end,
            topic,
        };
        let state = Mutex::new(state);
        Arc::new(Self {
            name,
            epoch,
            policy: Mutex::new(policy),
            state,
            backlog_cache: Mutex::default(),
            fan_out_scheduled: AtomicBool::new(false),
            creation_allowed: AtomicBool::new(false),
            committed: Notify::new(),
            closed: AtomicBool::new(false),
        })
    }

    /// Adds the connection as a member and returns the cursor at which its history ends. The member receives nothing
    /// before [`go_live`](Self::go_live), and then every event after that cursor.
    pub(super) fn add_member(self: &Arc<Self>, connection: &Arc<Connection>) -> Cursor {
        let mut state = self.state.lock();
        // Pending frames are for the members that were here before.
        state.seal_batch();
        let member = Member::new(connection.clone(), state.ring.head());
        if state.members.insert(member) {
            connection.add_room(self.clone());
        }
        state.shown.clone()
    }

    /// Starts to send batches to a member, from the first one after it was added. False if the ring no longer holds
    /// that batch: the caller then adds the member again and reads the log up to the new cursor.
    pub fn go_live(&self, connection: &Arc<Connection>) -> bool {
        let mut state = self.state.lock();
        let State { members, ring, .. } = &mut *state;
        let Some(member) = members.get_mut(connection.id) else { return true };
        if !ring.contains(member.next) {
            return false;
        }
        member.live = true;
        if member.next < ring.head() {
            connection.catch_up();
        }
        true
    }

    /// Removes the connection from the members.
    pub(super) fn remove_member(self: &Arc<Self>, connection: &Connection) {
        let mut state = self.state.lock();
        if state.members.remove(connection.id) {
            connection.remove_room(&self.name);
            state.discard_received();
        }
    }

    /// Whether the connection is a member of the room.
    pub(super) fn has_member(&self, connection: &Connection) -> bool {
        self.state.lock().members.contains(connection.id)
    }

    /// Adds an event of the log to the pending batch, unless it was in the log when the room was loaded.
    /// False, and nothing is added, if events are missing before it: the room is not the one of the log.
    pub(super) fn add_event(self: &Arc<Self>, event: Event) -> bool {
        let mut state = self.state.lock();
        if event.seq <= state.shown.seq {
            return true;
        }
        if event.seq != state.shown.seq + 1 {
            return false;
        }
        let State { members, pending, shown, topic, .. } = &mut *state;
        shown.seq = event.seq;
        shown.hash = event.hash.clone();
        match &event.kind {
            EventKind::Topic { topic: new, .. } => topic.clone_from(new),
            EventKind::Deleted { .. } => self.backlog_cache.lock().clear_after_erasure(),
            _ => {}
        }
        // The plain dialect has messages only, which include replies. It has no edits, deletions or reactions.
        if members.has_dialect(Dialect::Plain)
            && let EventKind::Posted { author, body: Some(body), .. } = &event.kind
        {
            frame::write_json(&mut pending.plain, &PlainFrame::message(author.name.as_str(), body.as_str()));
        }
        if members.has_dialect(Dialect::Rich) {
            let (room, epoch) = (self.name.clone(), self.epoch.clone());
            frame::write_json(&mut pending.rich, &ServerMessage::Event { room, epoch, event });
        }
        drop(state);
        self.committed.notify_waiters();
        self.fan_out();
        true
    }

    /// Whether the room has no log yet and its creation has not been allowed yet.
    pub(super) fn needs_creation_permission(&self) -> bool {
        !self.creation_allowed.load(Ordering::Relaxed) && self.state.lock().shown.seq == 0
    }

    /// Allows the log to be created by the next event, whoever its author is.
    pub(super) fn allow_creation(&self) {
        self.creation_allowed.store(true, Ordering::Relaxed);
    }

    /// The settings of the room on which access depends.
    pub(super) fn policy(&self) -> Arc<RoomPolicy> {
        self.policy.lock().clone()
    }

    /// Replaces the settings.
    pub(super) fn set_policy(&self, policy: RoomPolicy) {
        *self.policy.lock() = Arc::new(policy);
    }

    /// The title of a private room, otherwise empty.
    pub fn title(&self) -> String {
        self.policy.lock().title.clone()
    }

    /// The connections that are members of the room.
    pub(super) fn connections(&self) -> Vec<Arc<Connection>> {
        self.state.lock().members.connections().cloned().collect()
    }

    /// Records that no event comes any more, because the room was deleted or has another name.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.committed.notify_waiters();
    }

    /// Waits until the event `seq`, which is in the log, has been added to a batch, or the room is closed.
    pub async fn wait_until_batched(&self, seq: u64) {
        loop {
            // Created before the cursor is read, so that an event in between is not missed.
            let committed = self.committed.notified();
            if self.state.lock().shown.seq >= seq || self.closed.load(Ordering::Acquire) {
                return;
            }
            committed.await;
        }
    }

    /// Adds a signal to the pending batch.
    pub(super) fn signal(self: &Arc<Self>, signal: Signal) {
        let mut state = self.state.lock();
        match signal {
            Signal::Joined(author) if state.members.has_dialect(Dialect::Plain) => {
                frame::write_json(&mut state.pending.plain, &PlainFrame::joined(author.name.as_str()));
            }
            Signal::Presence { joined, left, count } if state.members.has_dialect(Dialect::Rich) => {
                let presence = ServerMessage::Presence { room: self.name.clone(), joined, left, count };
                frame::write_json(&mut state.pending.rich, &presence);
            }
            Signal::Typing(who) if state.members.has_dialect(Dialect::Rich) => {
                let typing = ServerMessage::Typing { room: self.name.clone(), who };
                frame::write_json(&mut state.pending.rich, &typing);
            }
            Signal::Joined(_) | Signal::Presence { .. } | Signal::Typing(_) => return,
        }
        drop(state);
        self.fan_out();
    }

    /// The room's topic; empty if none is set.
    pub fn topic(&self) -> String {
        self.state.lock().topic.clone()
    }

    /// The cursor of the newest event that was added to a batch.
    pub(super) fn shown(&self) -> Cursor {
        self.state.lock().shown.clone()
    }

    /// Whether the room has neither members nor people. It can then be evicted and loaded again.
    pub(super) fn is_idle(&self) -> bool {
        let state = self.state.lock();
        state.members.is_empty() && state.roster.is_empty()
    }
}
