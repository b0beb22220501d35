//! Delivers the committed events of subscribed rooms, each once and in the order of their seqs: those of this node from
//! memory, those of others and those that were missed from the log (invariants 2 and 3).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use parlor::{AuthorId, Event, EventKind, RoomName};
use tokio::sync::mpsc;

use super::super::search::IndexQueue;
use super::super::sql::connection::{Row, SqlResult};
use super::super::{BusEvent, Delivery, EngineError, Fence, Signal};
use super::event_reader::{self, UnreadRoom};
use super::lease::Lease;
use super::other_nodes::OtherNodes;
use super::own_joins::{OwnJoin, OwnJoins};
use super::pool::PostgresPool;
use super::transactions::read_arrays;

/// Capacity of the queue of the follower.
pub(super) const QUEUE_CAPACITY: usize = 4_096;

/// What the follower is told.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "almost all of them are events")]
pub(super) enum Followed {
    /// This node has committed an event.
    Committed { room: RoomName, event: Event },
    /// A signal is to be delivered after the events before it.
    Signal { room: RoomName, signal: Signal },
    /// All nodes are told that a person has joined a room at this node.
    OwnJoin { room: RoomName, who: AuthorId },
    /// The logs of these rooms have events up to these seqs.
    Hints(Vec<(RoomName, u64)>),
    /// There may be events that nobody has told of.
    Poll,
    /// This node learns something from the others.
    Bus(BusEvent),
    /// Somebody waits until everything before this is delivered.
    Fence(Fence),
}

/// The rooms whose events are delivered.
#[derive(Debug, Default)]
pub(super) struct Subscriptions(Mutex<HashMap<RoomName, Subscription>>);

#[derive(Clone, Copy, Debug, Default)]
struct Subscription {
    /// The seq up to which events are delivered, or were in the log when its end was read. `None` until that.
    delivered: Option<u64>,
    /// The highest seq that is known to be in the log.
    known: u64,
}

impl Subscriptions {
    /// Begins to deliver events of a room, from the end of its log when that is read.
    pub(super) fn subscribe(&self, room: &RoomName) {
        self.0.lock().entry(room.clone()).or_default();
    }

    /// Ends the delivery of events of a room.
    pub(super) fn unsubscribe(&self, room: &RoomName) {
        self.0.lock().remove(room);
    }

    /// Records the end of a room's log as somebody has read it: later events are delivered to them. Returns the seq up to
    /// which some have to be delivered that were not, or that were delivered before.
    pub(super) fn end_read(&self, room: &RoomName, seq: u64) -> Option<u64> {
        let mut rooms = self.0.lock();
        let subscription = rooms.get_mut(room)?;
        let delivered = subscription.delivered.map_or(seq, |delivered| delivered.min(seq));
        subscription.delivered = Some(delivered);
        subscription.known = subscription.known.max(seq);
        (subscription.known > delivered).then_some(subscription.known)
    }

    /// The rooms of which events are delivered.
    fn rooms(&self) -> Vec<RoomName> {
        let rooms = self.0.lock();
        rooms
            .iter()
            .filter(|(_, subscription)| subscription.delivered.is_some())
            .map(|(room, _)| room.clone())
            .collect()
    }

    /// Records that a room's log has an event. Returns the seq up to which events were delivered; `None` if there is
    /// nothing to deliver.
    fn behind(&self, room: &RoomName, seq: u64) -> Option<u64> {
        let mut rooms = self.0.lock();
        let subscription = rooms.get_mut(room)?;
        subscription.known = subscription.known.max(seq);
        subscription.delivered.filter(|delivered| *delivered < seq)
    }

    /// Records that this node's event `seq` is about to be delivered. `Err` with the seq up to which events were delivered
    /// if others are missing before it; `Ok(false)` if it is not to be delivered, or not before the end of the log is read.
    fn deliver_next(&self, room: &RoomName, seq: u64) -> Result<bool, u64> {
        let mut rooms = self.0.lock();
        let Some(subscription) = rooms.get_mut(room) else { return Ok(false) };
        subscription.known = subscription.known.max(seq);
        match subscription.delivered {
            Some(delivered) if delivered + 1 == seq => {
                subscription.delivered = Some(seq);
                Ok(true)
            }
            Some(delivered) if delivered < seq => Err(delivered),
            // Without an end it is not known whether others are missing before it.
            Some(_) | None => Ok(false),
        }
    }

    /// Records that events up to `seq` are about to be delivered.
    fn delivered(&self, room: &RoomName, seq: u64) {
        if let Some(subscription) = self.0.lock().get_mut(room) {
            subscription.known = subscription.known.max(seq);
            subscription.delivered = subscription.delivered.map(|delivered| delivered.max(seq));
        }
    }
}

/// The task that delivers.
#[derive(Debug)]
pub(super) struct Follower {
    pool: PostgresPool,
    lease: Arc<Lease>,
    subscriptions: Arc<Subscriptions>,
    others: Arc<OtherNodes>,
    own_joins: Arc<OwnJoins>,
    deliveries: mpsc::Sender<Delivery>,
    /// Events of this node that are delivered when it is told of them, in order with what other nodes tell.
    held: HashMap<RoomName, BTreeMap<u64, Event>>,
    /// Receives the rooms that have new events.
    index_queue: Arc<IndexQueue>,
}

impl Follower {
    pub(super) fn new(
        pool: PostgresPool,
        lease: Arc<Lease>,
        subscriptions: Arc<Subscriptions>,
        others: Arc<OtherNodes>,
        own_joins: Arc<OwnJoins>,
        deliveries: mpsc::Sender<Delivery>,
        index_queue: Arc<IndexQueue>,
    ) -> Self {
        Self { pool, lease, subscriptions, others, own_joins, deliveries, held: HashMap::new(), index_queue }
    }

    /// Delivers until all senders are gone.
    pub(super) async fn run(mut self, mut followed: mpsc::Receiver<Followed>) {
        while let Some(item) = followed.recv().await {
            match &item {
                Followed::Committed { room, .. } => self.index_queue.add_named(room),
                Followed::Hints(hints) => hints.iter().for_each(|(room, _)| self.index_queue.add_named(room)),
                _ => {}
            }
            // No new events are shown without a lease. What is skipped here is found by the first poll after it.
            if self.lease.node().is_none() && !matches!(item, Followed::Bus(_) | Followed::Fence(_)) {
                self.held.clear();
                continue;
            }
            match item {
                Followed::Committed { room, event } => self.committed(room, event).await,
                Followed::Signal { room, signal } => self.deliver(Delivery::Signal { room, signal }).await,
                Followed::OwnJoin { room, who } => self.show_join(self.own_joins.take(&room, &who)).await,
                Followed::Hints(hints) => self.read_up_to(hints).await,
                Followed::Poll => self.poll().await,
                Followed::Bus(event) => self.deliver(Delivery::Bus(event)).await,
                Followed::Fence(fence) => self.deliver(Delivery::Fence(fence)).await,
            }
        }
    }

    async fn committed(&mut self, room: RoomName, event: Event) {
        if self.others.share_order() {
            self.held.entry(room).or_default().insert(event.seq, event);
            return;
        }
        match self.subscriptions.deliver_next(&room, event.seq) {
            Ok(true) => self.deliver_event(room, event, true).await,
            Ok(false) => {}
            Err(_) => self.read_up_to(vec![(room, event.seq)]).await,
        }
    }

    /// Delivers an event, after the join of its author.
    async fn deliver_event(&self, room: RoomName, event: Event, is_own: bool) {
        if let EventKind::Posted { author, .. } = &event.kind {
            self.show_join(self.own_joins.take(&room, &author.id)).await;
        }
        self.deliver(Delivery::Committed { room, event, is_own }).await;
    }

    async fn show_join(&self, join: Option<OwnJoin>) {
        if let Some(OwnJoin { room, who, .. }) = join {
            self.deliver(Delivery::Signal { room, signal: Signal::Joined(who) }).await;
        }
    }

    async fn deliver(&self, delivery: Delivery) {
        // Fails only when the engine has been closed.
        let _ = self.deliveries.send(delivery).await;
    }

    /// Delivers the events of the log that were not delivered, up to the seqs of the hints at least.
    async fn read_up_to(&mut self, hints: Vec<(RoomName, u64)>) {
        for (room, seq) in &hints {
            self.deliver_held(room, *seq).await;
        }
        let behind = hints.into_iter().filter_map(|(room, seq)| {
            let delivered = self.subscriptions.behind(&room, seq)?;
            Some(UnreadRoom { room, after: delivered, up_to: seq })
        });
        let mut behind: Vec<_> = behind.collect();
        while !behind.is_empty() {
            // What can't be read now is found by the next poll.
            let read = read_arrays(&self.pool, |database| event_reader::read(database, behind)).await;
            let Ok(read) = read else { return };
            behind = Vec::new();
            for (UnreadRoom { room, up_to, .. }, events) in read {
                let Some(last) = events.last().map(|event| event.seq) else { continue };
                self.subscriptions.delivered(&room, last);
                for event in events {
                    self.deliver_event(room.clone(), event, false).await;
                }
                if last < up_to {
                    behind.push(UnreadRoom { room, after: last, up_to });
                }
            }
        }
    }

    /// Delivers the held events of a room up to a seq, as long as none is missing between them.
    async fn deliver_held(&mut self, room: &RoomName, seq: u64) {
        let Some(held) = self.held.get_mut(room) else { return };
        let later = held.split_off(&(seq + 1));
        let due = std::mem::replace(held, later);
        if held.is_empty() {
            self.held.remove(room);
        }
        for (seq, event) in due {
            match self.subscriptions.deliver_next(room, seq) {
                Ok(true) => self.deliver_event(room.clone(), event, true).await,
                Ok(false) => {}
                // It is read from the log with those before it.
                Err(_) => return,
            }
        }
    }

    /// Looks for events that nobody has told of, in all subscribed rooms, and for joins.
    async fn poll(&mut self) {
        for join in self.own_joins.take_overdue(Instant::now()) {
            self.show_join(Some(join)).await;
        }
        let rooms = self.subscriptions.rooms();
        if rooms.is_empty() {
            return;
        }
        if let Ok(tops) = tops(&self.pool, rooms).await {
            self.read_up_to(tops).await;
        }
    }
}

/// The seqs of the last events of rooms that have a log.
async fn tops(pool: &PostgresPool, rooms: Vec<RoomName>) -> Result<Vec<(RoomName, u64)>, EngineError> {
    read_arrays(pool, move |database| {
        let names: Vec<_> = rooms.iter().map(RoomName::as_str).collect();
        let rows = database.query_arrays("SELECT name, top FROM rooms WHERE name = ANY($1)", &[&names])?;
        let top = |row: &Row| Ok((row.text(0)?.and_then(|name| RoomName::parse(name).ok()), row.get(1)?));
        let tops = rows.iter().map(top).collect::<SqlResult<Vec<_>>>()?;
        Ok(tops.into_iter().filter_map(|(room, top)| Some((room?, top))).collect())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room() -> RoomName {
        RoomName::default()
    }

    #[test]
    fn events_are_delivered_from_the_end_that_was_read() {
        let rooms = Subscriptions::default();
        assert_eq!(rooms.deliver_next(&room(), 5), Ok(false), "nobody is interested");
        rooms.subscribe(&room());
        assert_eq!(rooms.end_read(&room(), 5), None);
        assert_eq!(rooms.deliver_next(&room(), 5), Ok(false), "it was read");
        assert_eq!(rooms.deliver_next(&room(), 6), Ok(true));
        assert_eq!(rooms.deliver_next(&room(), 8), Err(6), "another node's event is missing");
        assert_eq!(rooms.behind(&room(), 8), Some(6));
        rooms.delivered(&room(), 8);
        assert_eq!(rooms.behind(&room(), 8), None);
    }

    #[test]
    fn events_that_were_committed_while_the_end_was_read_are_delivered_afterwards() {
        let rooms = Subscriptions::default();
        rooms.subscribe(&room());
        assert_eq!(rooms.behind(&room(), 7), None, "it is not known where to begin");
        assert_eq!(rooms.end_read(&room(), 6), Some(7));
        assert_eq!(rooms.behind(&room(), 7), Some(6));
    }

    #[test]
    fn an_event_of_this_node_does_not_overtake_another_nodes_while_the_end_is_read() {
        let rooms = Subscriptions::default();
        rooms.subscribe(&room());
        assert_eq!(rooms.behind(&room(), 6), None, "the other node's event is not delivered yet");
        assert_eq!(rooms.deliver_next(&room(), 7), Ok(false));
        assert_eq!(rooms.end_read(&room(), 5), Some(7));
        assert_eq!(rooms.behind(&room(), 7), Some(5), "both are delivered");
    }

    #[test]
    fn an_end_that_is_later_than_what_was_delivered_is_delivered_up_to() {
        let rooms = Subscriptions::default();
        rooms.subscribe(&room());
        rooms.end_read(&room(), 3);
        assert_eq!(rooms.end_read(&room(), 5), Some(5), "nobody has told of it");
        assert_eq!(rooms.behind(&room(), 5), Some(3));
    }

    #[test]
    fn an_end_that_was_read_before_the_last_delivery_moves_the_position_back() {
        let rooms = Subscriptions::default();
        rooms.subscribe(&room());
        rooms.end_read(&room(), 8);
        assert_eq!(rooms.deliver_next(&room(), 9), Ok(true), "the other reader may still be loading the room");
        assert_eq!(rooms.end_read(&room(), 6), Some(9));
        assert_eq!(rooms.behind(&room(), 9), Some(6));
    }
}
