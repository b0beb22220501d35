//! One room of the reader: its timeline and the visible part of it, the people, the outbox and the read marker.
//!
//! [`paging`] requests pages of the past, [`presence`] follows the people, [`replication`] is about the browser's
//! replica.

mod paging;
mod presence;
mod replication;

use std::sync::Arc;

use parlor::{
    AuthorId, Cursor, Epoch, ErrorCode, Event, RoomName, UnixMillis,
    message::{RoomAt, Roster},
};

use self::paging::PageRequest;
use super::{
    chat_message::ChatMessage,
    membership_notices::{MembershipNotice, MembershipNotices},
    outbox::{Outbox, OutboxEntry, SendState},
    read_marker::ReadMarker,
    replica::ReplicaTracker,
    roster::People,
    segment::Segment,
    submission::Operation,
    timeline::{REPLICA_MESSAGES, Timeline},
    typing::Typing,
    unread_count::UnreadCount,
    viewer::Viewer,
    window::Window,
};
use crate::room_name;

/// A room of the reader.
#[derive(Debug)]
pub struct Room {
    pub(super) name: RoomName,
    /// Whether anything but the name is known.
    pub(super) known: bool,
    /// Why the server does not let the reader in.
    pub(super) refused: Option<ErrorCode>,
    pub(super) timeline: Timeline,
    pub(super) window: Window,
    pub(super) read_marker: ReadMarker,
    pub(super) outbox: Outbox,
    pub(super) people: People,
    /// Whether a roster has ever come.
    pub(super) people_known: bool,
    pub(super) people_changed: bool,
    pub(super) topic: String,
    /// The title of a private room; empty for a room with a public name, and until the page knows it.
    pub(super) title: String,
    /// The message that was jumped to last, with the number of the jump.
    pub(super) revealed: Option<(u32, u64)>,
    /// Whether the message that was to be shown last is deleted or not in the log.
    pub(super) missing: bool,
    pub(super) typing: Typing,
    pub(super) unread: UnreadCount,
    pub(super) replica_tracker: ReplicaTracker,
    membership_notices: MembershipNotices,
    page_request: Option<PageRequest>,
    page_requests: u32,
}

/// The visible part of a room's timeline, as data.
#[derive(Clone, Debug)]
pub struct VisibleTimeline<'a> {
    /// The message before the first visible one: it decides whether that starts a day or a group.
    pub before: Option<Arc<ChatMessage>>,
    /// The visible messages of the log, oldest first, with pending changes applied.
    pub messages: Vec<Arc<ChatMessage>>,
    /// The membership notices of the room, oldest first.
    pub membership_notices: &'a [MembershipNotice],
    /// The outbox of the room.
    pub outbox: &'a [OutboxEntry],
    /// Whether the visible part ends with the last message that the reader has had: the outbox follows it.
    pub at_end: bool,
    /// The seq after which the "new messages" divider stands, if it is visible.
    pub divider: Option<u64>,
    /// Whether the end of the log is visible, and with it the membership notices after the last message.
    pub live: bool,
}

/// Messages that came while the reader looks at an earlier part of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessages {
    /// Their number.
    pub count: usize,
    /// Whether there are more, which the page does not hold any more.
    pub more: bool,
    /// The time of the first of them.
    pub since: UnixMillis,
}

impl Room {
    /// A room with the newest part of its log, and the read marker that the server has.
    pub fn new(name: RoomName, timeline: Timeline, roster: &Roster, topic: String, read: Option<u64>) -> Self {
        let mut window = Window::default();
        if !timeline.shows_end() {
            window.hold(&timeline);
        }
        Self {
            name,
            known: true,
            refused: None,
            read_marker: ReadMarker::new(read, timeline.cursor().seq),
            timeline,
            window,
            outbox: Outbox::default(),
            people: People::new(roster),
            people_known: true,
            people_changed: false,
            topic,
            title: String::new(),
            revealed: None,
            missing: false,
            typing: Typing::default(),
            unread: UnreadCount::default(),
            replica_tracker: ReplicaTracker::new(REPLICA_MESSAGES),
            membership_notices: MembershipNotices::default(),
            page_request: None,
            page_requests: 0,
        }
    }

    /// A room of which only the name is known.
    pub fn unknown(name: RoomName) -> Self {
        let empty = Timeline::new(Cursor::start(Epoch(String::new())), Vec::new(), false);
        Self { known: false, people_known: false, ..Self::new(name, empty, &Roster::default(), String::new(), None) }
    }

    /// The name as the reader reads it, without the `#` of public names.
    pub fn display_name(&self) -> &str {
        room_name::display_name(&self.name, &self.title)
    }

    /// The ticks at which the outbox, the read marker and the typing signals are due. The first two need a connection.
    pub fn deadlines(&self, online: bool) -> [Option<u64>; 3] {
        let online = |due: Option<u64>| due.filter(|_| online);
        [online(self.outbox.deadline()), online(self.read_marker.deadline()), self.typing.deadline()]
    }

    /// The room with the cursor to resume from, for `hello` and `join`.
    pub fn resume_point(&self) -> RoomAt {
        RoomAt { room: self.name.clone(), cursor: self.known.then(|| self.timeline.resume_cursor().clone()) }
    }

    /// Replaces the timeline by a snapshot: the log is another one than before, or was not known.
    pub fn apply_snapshot(&mut self, as_of: Cursor, events: Vec<Event>, has_older: bool, read: Option<u64>) {
        (self.known, self.refused) = (true, None);
        self.read_marker = ReadMarker::new(read, as_of.seq);
        self.timeline = Timeline::new(as_of, events, has_older);
        self.window = Window::default();
        self.membership_notices = MembershipNotices::default();
    }

    /// Messages have entered the log: bounds what is visible and what is held.
    pub fn on_growth(&mut self) {
        self.window.on_growth(&self.timeline);
        self.trim();
    }

    fn trim(&mut self) {
        self.timeline.trim(self.window.range(&self.timeline).start);
    }

    /// Updates the read marker and the unread count. `visible` is whether the reader sees the room.
    pub fn update_read_state(&mut self, visible: bool, viewer: &Viewer) {
        let newest = self.timeline.end().messages().iter().rev().find(|message| viewer.counts_as_unread(message));
        let newest_of_others = newest.map_or(0, |message| message.seq);
        self.read_marker.update(self.is_watched(visible), self.timeline.cursor().seq, newest_of_others);
        self.unread = UnreadCount::of(&self.timeline, &self.read_marker, viewer);
    }

    /// Applies the read marker that the server has for this session; another tab may have moved it.
    pub fn on_server_marker(&mut self, seq: u64, visible: bool) {
        self.read_marker.on_server_marker(seq, self.is_watched(visible));
    }

    fn is_watched(&self, visible: bool) -> bool {
        visible && self.window.is_live()
    }

    /// A message that the page holds, with pending changes applied.
    pub fn message(&self, seq: u64) -> Option<Arc<ChatMessage>> {
        let find = |segment: &Segment| segment.messages().get(segment.index_after(seq.saturating_sub(1))).cloned();
        let mut found = [find(self.timeline.shown()).or_else(|| find(self.timeline.end()))?];
        self.apply_pending_changes(&mut found);
        found.into_iter().find(|message| message.seq == seq)
    }

    /// The author's last message that is not deleted.
    pub fn last_message_of(&self, author: &AuthorId) -> Option<Arc<ChatMessage>> {
        let mut newest_first = self.timeline.end().messages().iter().rev();
        let last = newest_first.find(|message| message.author.id == *author && message.body.is_some())?;
        self.message(last.seq)
    }

    // Shows changes that are not acknowledged yet. `messages` are in the order of the log.
    fn apply_pending_changes(&self, messages: &mut [Arc<ChatMessage>]) {
        for entry in self.outbox.entries() {
            if let Some((target, change)) = entry.submission.change()
                && !matches!(entry.state, SendState::Refused(_) | SendState::Orphaned)
                && let Ok(index) = messages.binary_search_by_key(&target.seq, |message| message.seq)
                && messages[index].is(target)
            {
                Arc::make_mut(&mut messages[index]).apply(change, &entry.submission.author);
            }
        }
    }

    /// The topic, as the reader has set it last.
    pub fn topic(&self) -> &str {
        let newest_first = self.outbox.entries().iter().rev();
        let mut sent = newest_first.filter(|entry| !matches!(entry.state, SendState::Refused(_)));
        let topic = sent.find_map(|entry| match &entry.submission.operation {
            Operation::Topic(topic) => Some(topic),
            _ => None,
        });
        topic.unwrap_or(&self.topic)
    }

    /// Whether older messages can be shown.
    pub fn has_older(&self) -> bool {
        self.timeline.older_page().is_some() || self.window.range(&self.timeline).start > 0
    }

    /// Whether the room has no messages at all.
    pub fn is_empty(&self) -> bool {
        let end = self.timeline.end();
        self.known && end.messages().is_empty() && self.outbox.entries().is_empty() && !end.has_older()
    }

    /// The visible part of the timeline.
    pub fn visible(&self, viewer: &Viewer) -> VisibleTimeline<'_> {
        let range = self.window.range(&self.timeline);
        let shown = self.timeline.shown();
        // The divider stands between two messages: both have to be visible, or the log begins with the second.
        let is_visible = |divider: &u64| shown.index_after(*divider) >= range.start.max(1) || !self.has_older();
        let divider = self.read_marker.divider().filter(is_visible);
        let before = range.start.checked_sub(1).and_then(|index| shown.messages().get(index)).cloned();
        let not_ignored = shown.messages().range(range).filter(|message| !viewer.ignores(&message.author.id));
        let mut messages: Vec<_> = not_ignored.cloned().collect();
        self.apply_pending_changes(&mut messages);
        VisibleTimeline {
            before,
            messages,
            membership_notices: self.membership_notices.all(),
            outbox: self.outbox.entries(),
            at_end: self.window.reaches_end(&self.timeline),
            divider,
            live: self.window.is_live(),
        }
    }

    /// The messages of others after a seq, if there are any.
    pub fn new_messages_after(&self, seq: u64, viewer: &Viewer) -> Option<NewMessages> {
        let end = self.timeline.end();
        let new = end.messages().range(end.index_after(seq)..);
        let mut of_others = new.filter(|message| viewer.counts_as_unread(message));
        let first = of_others.next()?;
        Some(NewMessages { count: 1 + of_others.count(), more: end.first() > seq + 1, since: first.at })
    }
}
