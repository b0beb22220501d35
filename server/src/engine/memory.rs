//! The engine that keeps the last events of each room in memory and forgets them when the process ends.

use std::collections::{HashMap, VecDeque};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use parking_lot::Mutex;
use parlor::message::{PageOf, ResetReason};
use parlor::{AuthorId, ClientId, Cursor, Epoch, Event, EventKind, RoomName, limits};
use tokio::sync::{mpsc, oneshot};

use super::chain::Link;
use super::{Append, Appending, Deliveries, Delivery, Engine, EngineError, LINE, Page, Receipt, Signal, Since, start};
use crate::random;

/// Events kept per room.
const RETAINED: usize = 1_000;

/// Logs in memory.
#[derive(Debug)]
pub struct MemoryEngine {
    logs: Mutex<HashMap<RoomName, Log>>,
    line: mpsc::Sender<Delivery>,
}

impl MemoryEngine {
    /// An engine without rooms, and its ordered stream.
    pub fn new() -> (Self, Deliveries) {
        let (line, deliveries) = mpsc::channel(LINE);
        (Self { logs: Mutex::default(), line }, deliveries)
    }

    fn read<T>(&self, room: &RoomName, read: impl FnOnce(&Log) -> T) -> Result<T, EngineError> {
        self.logs.lock().get(room).map(read).ok_or(EngineError::Unavailable)
    }
}

#[async_trait]
impl Engine for MemoryEngine {
    async fn open(&self, room: &RoomName) -> Result<Cursor, EngineError> {
        let mut logs = self.logs.lock();
        if !logs.contains_key(room) && logs.len() >= limits::ROOMS {
            logs.retain(|_, log| log.top > 0);
            if logs.len() >= limits::ROOMS {
                return Err(EngineError::TooManyRooms);
            }
        }
        Ok(logs.entry(room.clone()).or_insert_with(Log::new).end())
    }

    async fn append(&self, message: Append) -> Result<Appending, EngineError> {
        // The place in the line is taken first, so that the log and the line agree on the order.
        let place = self.line.reserve().await.map_err(|_| EngineError::Unavailable)?;
        let (receipt, appending) = oneshot::channel();
        let room = message.room.clone();
        let mut logs = self.logs.lock();
        let log = logs.get_mut(&room).ok_or(EngineError::Unavailable)?;
        let (accepted, event) = log.append(message);
        if let Some(event) = event {
            place.send(Delivery::Committed { room, event });
        }
        drop(logs);
        // The receiver may have gone with its connection; the message stays.
        let _ = receipt.send(Ok(accepted));
        Ok(Appending(appending))
    }

    async fn signal(&self, room: RoomName, signal: Signal) {
        // Fails only when nobody receives any more: at shutdown.
        let _ = self.line.send(Delivery::Signal { room, signal }).await;
    }

    async fn newest(&self, room: &RoomName, up_to: u64) -> Result<Page, EngineError> {
        self.read(room, |log| log.page(up_to.saturating_sub(PAGE - 1), up_to, up_to))
    }

    async fn page(&self, room: &RoomName, of: PageOf, up_to: u64) -> Result<Page, EngineError> {
        self.read(room, |log| match of {
            PageOf::Before(seq) => log.page(seq.saturating_sub(PAGE), seq.saturating_sub(1), up_to),
            PageOf::After(seq) => log.page(seq.saturating_add(1), seq.saturating_add(PAGE), up_to),
            PageOf::Around(seq) => log.page(seq.saturating_sub(PAGE / 2), seq.saturating_add(PAGE / 2), up_to),
        })
    }

    async fn since(&self, room: &RoomName, cursor: &Cursor, up_to: u64) -> Result<Since, EngineError> {
        self.read(room, |log| log.since(cursor, up_to))
    }
}

/// [`limits::PAGE_EVENTS`] as a distance between places.
const PAGE: u64 = limits::PAGE_EVENTS as u64;

/// One room's log.
#[derive(Debug)]
struct Log {
    epoch: Epoch,
    /// The newest event's place; events are dense, so the oldest kept one is at `top - events.len() + 1`.
    top: u64,
    link: Link,
    events: VecDeque<Event>,
    /// Where a message that came before stands, for as long as its event is kept.
    receipts: HashMap<(AuthorId, ClientId), Receipt>,
}

impl Log {
    fn new() -> Self {
        Self {
            epoch: Epoch(random::text::<8>()),
            top: 0,
            link: Link::default(),
            events: VecDeque::new(),
            receipts: HashMap::new(),
        }
    }

    fn end(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), seq: self.top, hash: self.link.mark() }
    }

    /// The receipt, and the event if the message is new.
    fn append(&mut self, message: Append) -> (Receipt, Option<Event>) {
        let Append { author, client_id, body, .. } = message;
        let id = (author.id.clone(), client_id.clone());
        if let Some(&before) = self.receipts.get(&id) {
            return (before, None);
        }
        let seq = self.top + 1;
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        self.link = self.link.posted(seq, at, &author, &client_id, &random::bytes(), &body);
        let event = Event { seq, at, hash: self.link.mark(), kind: EventKind::Posted { author, client_id, body } };
        self.top = seq;
        self.events.push_back(event.clone());
        if self.events.len() > RETAINED
            && let Some(Event { kind: EventKind::Posted { author, client_id, .. }, .. }) = self.events.pop_front()
        {
            self.receipts.remove(&(author.id, client_id));
        }
        let receipt = Receipt { seq, at };
        self.receipts.insert(id, receipt);
        (receipt, Some(event))
    }

    fn oldest(&self) -> u64 {
        self.top + 1 - self.events.len() as u64
    }

    /// The kept events with places in `from..=to`, nothing above `up_to`.
    fn page(&self, from: u64, to: u64, up_to: u64) -> Page {
        let up_to = up_to.min(self.top);
        let (from, to) = (from.max(self.oldest()), to.min(up_to));
        let index = |seq: u64| (seq - self.oldest()) as usize;
        let events = if from <= to { self.events.range(index(from)..=index(to)).cloned().collect() } else { vec![] };
        Page { events, has_older: from > self.oldest(), has_newer: to < up_to }
    }

    fn since(&self, cursor: &Cursor, up_to: u64) -> Since {
        if cursor.epoch != self.epoch || cursor.seq > self.top {
            return Since::Reset(ResetReason::OtherLog);
        }
        if cursor.seq + 1 < self.oldest() {
            return Since::Reset(ResetReason::Removed);
        }
        let known = match cursor.seq {
            0 => Some(start(self.epoch.clone()).hash),
            seq if seq >= self.oldest() => self.events.get((seq - self.oldest()) as usize).map(|e| e.hash.clone()),
            // Just below the oldest kept event: nothing is missing, and its mark is no longer known.
            _ => None,
        };
        if known.is_some_and(|hash| hash != cursor.hash) {
            return Since::Reset(ResetReason::OtherLog);
        }
        Since::Events(self.page(cursor.seq + 1, cursor.seq + PAGE, up_to))
    }
}

#[cfg(test)]
mod tests {
    use parlor::{Author, Body, Name};
    use proptest::prelude::*;

    use super::*;

    fn message(number: usize) -> Append {
        Append {
            room: RoomName::default(),
            author: Author { id: AuthorId("a".into()), name: Name::parse("Ana").unwrap() },
            client_id: ClientId::parse(&format!("m{number}")).unwrap(),
            body: Body::parse(&format!("message {number}")).unwrap(),
        }
    }

    fn seqs(events: &[Event]) -> Vec<u64> {
        events.iter().map(|event| event.seq).collect()
    }

    proptest! {
        #[test]
        fn seqs_are_dense_and_the_same_message_is_one_event(numbers in prop::collection::vec(0usize..40, 1..120)) {
            let mut log = Log::new();
            let mut first = HashMap::new();
            for number in numbers {
                let (receipt, event) = log.append(message(number));
                prop_assert_eq!(event.is_some(), !first.contains_key(&number));
                prop_assert_eq!(*first.entry(number).or_insert(receipt), receipt);
            }
            let all = seqs(&log.events.iter().cloned().collect::<Vec<_>>());
            prop_assert_eq!(all, (1..=first.len() as u64).collect::<Vec<_>>());
        }

        #[test]
        fn following_a_cursor_meets_every_event_once(count in 1usize..300, from in 0usize..300) {
            let mut log = Log::new();
            let mut cursors = vec![log.end()];
            for number in 0..count {
                log.append(message(number));
                cursors.push(log.end());
            }
            let from = from.min(count);
            let (mut cursor, mut met) = (cursors[from].clone(), Vec::new());
            loop {
                let Since::Events(page) = log.since(&cursor, log.top) else { panic!("a cursor of this log is reset") };
                met.extend(seqs(&page.events));
                if let Some(last) = page.events.last() {
                    cursor = Cursor { epoch: cursor.epoch, seq: last.seq, hash: last.hash.clone() };
                }
                if !page.has_newer {
                    break;
                }
            }
            prop_assert_eq!(met, (from as u64 + 1..=count as u64).collect::<Vec<_>>());
        }

        #[test]
        fn pages_stay_inside_the_log(count in 0usize..200, at in 0u64..250, up_to in 0u64..250) {
            let mut log = Log::new();
            (0..count).for_each(|number| { log.append(message(number)); });
            for (from, to) in [(at.saturating_sub(PAGE), at.saturating_sub(1)), (at + 1, at + PAGE)] {
                let page = log.page(from, to, up_to);
                prop_assert!(seqs(&page.events).windows(2).all(|pair| pair[1] == pair[0] + 1));
                prop_assert!(page.events.iter().all(|e| e.seq <= up_to && e.seq <= count as u64));
            }
        }
    }

    #[test]
    fn a_cursor_of_another_history_is_reset() {
        let (mut log, mut other) = (Log::new(), Log::new());
        for number in 0..3 {
            log.append(message(number));
            other.append(message(number + 1));
        }
        other.epoch = log.epoch.clone();
        assert_eq!(log.since(&other.end(), 3), Since::Reset(ResetReason::OtherLog));
        let newer = Cursor { seq: 4, ..log.end() };
        assert_eq!(log.since(&newer, 3), Since::Reset(ResetReason::OtherLog));
    }

    #[test]
    fn only_so_many_events_are_kept() {
        let mut log = Log::new();
        let before = log.end();
        (0..RETAINED + 10).for_each(|number| {
            log.append(message(number));
        });
        assert_eq!(log.events.len(), RETAINED);
        assert_eq!(log.receipts.len(), RETAINED);
        assert_eq!(log.since(&before, log.top), Since::Reset(ResetReason::Removed));
    }
}
