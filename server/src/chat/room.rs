//! One room: who listens, what they have not had yet, who is there.
//!
//! Everything in here is synchronous and under one lock (invariant 9), and the lock order is room, then outlet.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use parking_lot::Mutex;
use parlor::message::{self, ServerMessage};
use parlor::plain::PlainFrame;
use parlor::{Author, AuthorId, Cursor, Epoch, Event, EventKind, RoomName};
use tokio::sync::Notify;

use super::members::{Member, Members};
use super::missed::Parts;
use super::outlet::Outlet;
use super::ring::{Ring, Turn};
use super::roster::{After, Change, Roster};
use super::{Connection, ConnectionId, Dialect, frame};
use crate::engine::Signal;

/// The least time between two messages about who came and went: a crowd that comes at once is told of at once.
const PRESENCE_PAUSE: Duration = Duration::from_secs(1);

/// Members that a walk goes to before it lets others have the thread: a quarter of a millisecond on loopback.
const STRETCH: usize = 48;

/// One room.
#[derive(Debug)]
pub struct Room {
    /// Its name.
    pub name: RoomName,
    /// The incarnation of its log.
    pub epoch: Epoch,
    state: Mutex<State>,
    pub(super) missed: Mutex<Parts>,
    /// A task sends what gathers, and will look once more before it ends.
    walking: AtomicBool,
    /// Somebody who may create a room has asked for its first event.
    may_begin: AtomicBool,
    /// Tells who waits for [`shows`](Self::shows) that there is more.
    committed: Notify,
}

#[derive(Debug)]
struct State {
    members: Members,
    /// What has happened since the last turn.
    gathered: Gathered,
    ring: Ring,
    /// The position up to which a walk has gone, or is on its way.
    walked: u64,
    roster: Roster,
    /// When rich members were last told who came and went.
    presence_told: Option<Instant>,
    /// The newest event that has been gathered: history ends here, and what is live begins after it (invariant 3).
    shown: Cursor,
    /// What the room is about, by the newest event.
    topic: String,
}

#[derive(Debug, Default)]
struct Gathered {
    plain: BytesMut,
    rich: BytesMut,
}

/// What a member finds in the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missed {
    /// Nothing that it has not had.
    Nothing,
    /// Turns, now handed to its outlet.
    Handed,
    /// It is too far behind.
    TooMuch,
}

impl Room {
    pub(super) fn new(name: RoomName, end: Cursor, topic: String) -> Arc<Self> {
        let epoch = end.epoch.clone();
        let state = State {
            members: Members::default(),
            gathered: Gathered::default(),
            ring: Ring::default(),
            walked: 0,
            roster: Roster::default(),
            presence_told: None,
            shown: end,
            topic,
        };
        let state = Mutex::new(state);
        Arc::new(Self {
            name,
            epoch,
            state,
            missed: Mutex::default(),
            walking: AtomicBool::new(false),
            may_begin: AtomicBool::new(false),
            committed: Notify::new(),
        })
    }

    /// Makes the connection a member. Returns where history ends for it; nothing live is sent before
    /// [`go_live`](Self::go_live), and nothing after that place is missing then.
    pub(super) fn enter(self: &Arc<Self>, connection: &Arc<Connection>) -> Cursor {
        let mut state = self.state.lock();
        // What has gathered belongs to those who were here before.
        state.end_turn();
        let member = Member::new(connection.clone(), state.ring.head());
        if state.members.insert(member) {
            connection.entered(self);
        }
        state.shown.clone()
    }

    /// Lets turns through to a member, from the one after it entered on. False if the ring no longer has that one: then
    /// it has to enter again, and read the log up to there.
    pub fn go_live(&self, connection: &Arc<Connection>) -> bool {
        let mut state = self.state.lock();
        let State { members, ring, .. } = &mut *state;
        let Some(member) = members.get_mut(connection.id) else { return true };
        if !ring.has(member.next) {
            return false;
        }
        member.live = true;
        if member.next < ring.head() {
            connection.catch_up();
        }
        true
    }

    /// Takes the connection out.
    pub(super) fn exit(self: &Arc<Self>, connection: &Connection) {
        let mut state = self.state.lock();
        if state.members.remove(connection.id) {
            connection.exited(self);
            state.forget_read();
        }
    }

    /// Whether the connection is a member.
    pub(super) fn has(&self, connection: &Connection) -> bool {
        self.state.lock().members.has(connection.id)
    }

    /// Takes in an event of the log, unless the room was loaded after it. The turn that shows it comes soon.
    pub(super) fn commit(self: &Arc<Self>, event: Event) {
        let mut state = self.state.lock();
        if event.seq <= state.shown.seq {
            // It was in the log when the room was loaded, and still on its way through the stream.
            return;
        }
        debug_assert_eq!(event.seq, state.shown.seq + 1, "the engine's stream is dense");
        let State { members, gathered, shown, topic, .. } = &mut *state;
        shown.seq = event.seq;
        shown.hash = event.hash.clone();
        match &event.kind {
            EventKind::Topic { topic: new, .. } => topic.clone_from(new),
            EventKind::Deleted { .. } => self.missed.lock().erase(),
            _ => {}
        }
        // The plain dialect has messages only: an answer is one, what happens to one later is not.
        if members.speak(Dialect::Plain)
            && let EventKind::Posted { author, body: Some(body), .. } = &event.kind
        {
            frame::write_json(&mut gathered.plain, &PlainFrame::said(author.name.as_str(), body.as_str()));
        }
        if members.speak(Dialect::Rich) {
            let (room, epoch) = (self.name.clone(), self.epoch.clone());
            frame::write_json(&mut gathered.rich, &ServerMessage::Event { room, epoch, event });
        }
        drop(state);
        self.committed.notify_waiters();
        self.walk();
    }

    /// Whether the room has no log, and nobody who may create rooms has begun it yet.
    pub(super) fn needs_permission_to_begin(&self) -> bool {
        !self.may_begin.load(Ordering::Relaxed) && self.state.lock().shown.seq == 0
    }

    /// Its log may begin, whoever's event is first.
    pub(super) fn may_begin(&self) {
        self.may_begin.store(true, Ordering::Relaxed);
    }

    /// Waits until the room shows an event that is in its log.
    pub async fn shows(&self, seq: u64) {
        loop {
            // Made before the look: what is committed between the two is heard of.
            let more = self.committed.notified();
            if self.state.lock().shown.seq >= seq {
                return;
            }
            more.await;
        }
    }

    /// Takes in a signal. The turn that shows it comes soon.
    pub(super) fn signal(self: &Arc<Self>, signal: Signal) {
        let mut state = self.state.lock();
        match signal {
            Signal::Joined(author) if state.members.speak(Dialect::Plain) => {
                frame::write_json(&mut state.gathered.plain, &PlainFrame::joined(author.name.as_str()));
            }
            Signal::Presence { joined, left, count } if state.members.speak(Dialect::Rich) => {
                let presence = ServerMessage::Presence { room: self.name.clone(), joined, left, count };
                frame::write_json(&mut state.gathered.rich, &presence);
            }
            Signal::Typing(who) if state.members.speak(Dialect::Rich) => {
                let typing = ServerMessage::Typing { room: self.name.clone(), who };
                frame::write_json(&mut state.gathered.rich, &typing);
            }
            Signal::Joined(_) | Signal::Presence { .. } | Signal::Typing(_) => return,
        }
        drop(state);
        self.walk();
    }

    /// Sees to it that what has gathered is sent.
    fn walk(self: &Arc<Self>) {
        if self.walking.swap(true, Ordering::AcqRel) {
            return;
        }
        let room = self.clone();
        tokio::spawn(async move {
            loop {
                // Let every socket that is readable by now be read first: what they bring goes out in the same turn, one
                // write to each member instead of one a message.
                tokio::task::yield_now().await;
                let Some(mut place) = room.begin_walk() else { return };
                let mut all_up = true;
                while place > 0 {
                    place = room.walk_on(place, &mut all_up);
                    // What arrives on the way is on its way to the disk before this is over.
                    tokio::task::yield_now().await;
                }
                if all_up {
                    room.state.lock().forget_walked();
                }
            }
        });
    }

    /// Ends the turn and returns where to begin, or nothing and the walk is over.
    fn begin_walk(&self) -> Option<usize> {
        let mut state = self.state.lock();
        state.end_turn();
        if state.walked == state.ring.head() {
            self.walking.store(false, Ordering::Release);
            return None;
        }
        state.walked = state.ring.head();
        Some(usize::MAX)
    }

    /// Goes a stretch, and returns from where to go on. `all_up` becomes false if somebody does not have everything
    /// afterwards (invariants 4 and 5).
    fn walk_on(&self, place: usize, all_up: &mut bool) -> usize {
        let mut state = self.state.lock();
        let State { members, ring, .. } = &mut *state;
        let (place, stretch) = members.before(place, STRETCH);
        for member in stretch {
            *all_up &= member.bring_up(ring);
        }
        place
    }

    /// Hands a member that is behind the turns that it needs next.
    pub(super) fn hand_missed(&self, id: ConnectionId, outlet: &Outlet) -> Missed {
        let mut state = self.state.lock();
        let State { members, ring, .. } = &mut *state;
        let Some(member) = members.get_mut(id).filter(|member| member.live) else { return Missed::Nothing };
        if member.next == ring.head() {
            return Missed::Nothing;
        }
        match ring.since(member.next, member.connection.dialect) {
            Err(_) => return Missed::TooMuch,
            Ok(turns) => outlet.refill(turns),
        }
        member.next = ring.head();
        state.forget_read();
        Missed::Handed
    }

    /// One more connection of this person is here. True if the person is new here.
    pub(super) fn person_enters(&self, author: &Author, away: bool) -> bool {
        self.state.lock().roster.enter(author, away)
    }

    /// The person is away from all their connections, or no longer.
    pub(super) fn person_stands(&self, id: &AuthorId, away: bool) {
        self.state.lock().roster.stand(id, away);
    }

    /// A connection of this person is gone.
    pub(super) fn person_exits(&self, id: &AuthorId, after: After, now: Instant) {
        self.state.lock().roster.exit(id, after, now);
    }

    /// The person has left for good, whatever connections they have.
    pub(super) fn person_leaves(&self, id: &AuthorId) {
        self.state.lock().roster.remove(id);
    }

    /// The person is called something else now.
    pub(super) fn person_is_renamed(&self, author: &Author) {
        self.state.lock().roster.rename(author);
    }

    /// Lets those go who are not back within `grace`.
    pub(super) fn expire(&self, now: Instant, grace: Duration) {
        self.state.lock().roster.expire(now, grace);
        self.missed.lock().forget(now);
    }

    /// What rich members have to be told of who came and went, at most once in [`PRESENCE_PAUSE`].
    pub(super) fn presence(&self, now: Instant) -> Option<Signal> {
        let mut state = self.state.lock();
        if state.presence_told.is_some_and(|told| now.saturating_duration_since(told) < PRESENCE_PAUSE) {
            return None;
        }
        let Change { joined, left, count } = state.roster.change()?;
        state.presence_told = Some(now);
        Some(Signal::Presence { joined, left, count })
    }

    /// Who is here.
    pub fn roster(&self) -> message::Roster {
        self.state.lock().roster.to_message()
    }

    /// Whether this person is here.
    pub(super) fn has_person(&self, id: &AuthorId) -> bool {
        self.state.lock().roster.has(id)
    }

    /// How many people are here.
    pub(super) fn people(&self) -> u32 {
        self.state.lock().roster.count()
    }

    /// What the room is about; empty for nothing in particular.
    pub fn topic(&self) -> String {
        self.state.lock().topic.clone()
    }

    /// The newest event that members have been shown.
    pub(super) fn shown(&self) -> Cursor {
        self.state.lock().shown.clone()
    }

    /// Whether nobody is here: what the room has can be read again.
    pub(super) fn is_idle(&self) -> bool {
        let state = self.state.lock();
        state.members.is_empty() && state.roster.is_empty()
    }
}

impl State {
    /// Lets what has gathered be a turn.
    fn end_turn(&mut self) {
        let turn = Turn { plain: self.gathered.plain.split().freeze(), rich: self.gathered.rich.split().freeze() };
        if !turn.plain.is_empty() || !turn.rich.is_empty() {
            self.ring.push(turn);
        }
    }

    /// Lets go of the turns of the last walk, which everyone has had.
    fn forget_walked(&mut self) {
        self.ring.forget_before(self.walked);
    }

    /// Lets go of turns that no member needs any more.
    fn forget_read(&mut self) {
        let needed = self.members.needed().unwrap_or(self.ring.head());
        self.ring.forget_before(needed);
    }
}
