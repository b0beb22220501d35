//! The rooms in memory: a cache of the engine's logs.
//!
//! A room is added before the end of its log is read. Events that the engine delivers in the meantime are queued, so
//! that none is lost between the two. Idle rooms, without members and people, are evicted when there are too many
//! rooms.

use std::collections::HashMap;
use std::sync::Arc;

use parlor::{Cursor, Event, RoomName};

use super::super::Room;
use crate::access::RoomPolicy;

/// Maximum number of events that are queued for a room while it loads. Above it, the end of the log is read again.
const MAX_PENDING_EVENTS: usize = 4_096;

/// The rooms in memory, by name.
#[derive(Debug)]
pub(super) struct RoomCache {
    slots: HashMap<RoomName, Slot>,
    /// Number of rooms at which idle rooms are evicted: at least twice the number that remained after the previous
    /// eviction, so that the cost of an eviction per loaded room is small.
    evict_at: usize,
    min_rooms: usize,
}

#[derive(Debug)]
enum Slot {
    Loading(Loading),
    Loaded(Arc<Room>),
}

#[derive(Debug, Default)]
struct Loading {
    /// Number of callers that load the room.
    callers: usize,
    /// The events that were delivered since the first of them started.
    pending: Vec<Event>,
    /// Whether more than [`MAX_PENDING_EVENTS`] events were delivered.
    overflowed: bool,
}

/// The result of [`RoomCache::look_up`].
#[derive(Debug)]
pub(super) enum Lookup {
    /// The room is in memory.
    Loaded(Arc<Room>),
    /// The caller must read the end of the log and call [`RoomCache::finish_loading`], or
    /// [`RoomCache::cancel_loading`] on failure.
    Load,
}

impl RoomCache {
    /// A cache that evicts nothing below `min_rooms` rooms.
    pub(super) fn new(min_rooms: usize) -> Self {
        Self { slots: HashMap::new(), evict_at: min_rooms, min_rooms }
    }

    /// Looks up a room. If it is not in memory, the caller must load it. Adds the rooms that are evicted for it to `evicted`.
    pub(super) fn look_up(&mut self, name: &RoomName, evicted: &mut Vec<RoomName>) -> Lookup {
        if let Some(Slot::Loaded(room)) = self.slots.get(name) {
            return Lookup::Loaded(room.clone());
        }
        if !self.slots.contains_key(name) && self.slots.len() >= self.evict_at {
            self.evict(evicted);
        }
        let slot = self.slots.entry(name.clone()).or_insert_with(|| Slot::Loading(Loading::default()));
        if let Slot::Loading(loading) = slot {
            loading.callers += 1;
        }
        Lookup::Load
    }

    /// Adds a room with the end of its log, its topic and its policy, all read after [`look_up`](Self::look_up). `None`
    /// if they must be read again.
    pub(super) fn finish_loading(
        &mut self,
        name: &RoomName,
        end: Cursor,
        topic: String,
        policy: Arc<RoomPolicy>,
    ) -> Option<Arc<Room>> {
        let Some(slot) = self.slots.get_mut(name) else {
            // Another caller loaded the room and it was evicted. Events that were delivered since then are not known.
            self.slots.insert(name.clone(), Slot::Loading(Loading { callers: 1, ..Loading::default() }));
            return None;
        };
        match slot {
            Slot::Loaded(room) => Some(room.clone()),
            Slot::Loading(loading) if loading.overflowed => {
                (loading.pending, loading.overflowed) = (Vec::new(), false);
                None
            }
            slot @ Slot::Loading(_) => {
                let room = Room::new(name.clone(), end, topic, policy);
                if let Slot::Loading(loading) = std::mem::replace(slot, Slot::Loaded(room.clone())) {
                    for event in loading.pending {
                        room.add_event(event);
                    }
                }
                Some(room)
            }
        }
    }

    /// Records that a caller does not load the room any more. Does nothing if the room is loaded. True if nobody loads the
    /// room, and it is not in memory.
    pub(super) fn cancel_loading(&mut self, name: &RoomName) -> bool {
        match self.slots.get_mut(name) {
            Some(Slot::Loading(loading)) => {
                loading.callers -= 1;
                if loading.callers == 0 {
                    self.slots.remove(name);
                }
                !self.slots.contains_key(name)
            }
            Some(Slot::Loaded(_)) => false,
            None => true,
        }
    }

    /// Returns the room for an event that the engine delivers. `None` if the room is loading: the event is queued. Also
    /// `None` if the room is not in memory: the event is dropped because it is in the log.
    pub(super) fn deliver(&mut self, name: &RoomName, event: Event) -> Option<(Arc<Room>, Event)> {
        match self.slots.get_mut(name)? {
            Slot::Loaded(room) => Some((room.clone(), event)),
            Slot::Loading(loading) => {
                if loading.pending.len() < MAX_PENDING_EVENTS {
                    loading.pending.push(event);
                } else {
                    loading.overflowed = true;
                }
                None
            }
        }
    }

    /// Removes a room that was deleted or has another name now. Its loading, if it is under way, starts again and fails.
    pub(super) fn remove(&mut self, name: &RoomName) -> Option<Arc<Room>> {
        match self.slots.remove(name)? {
            Slot::Loaded(room) => Some(room),
            Slot::Loading(_) => None,
        }
    }

    /// The room, if it is in memory.
    pub(super) fn get(&self, name: &RoomName) -> Option<Arc<Room>> {
        match self.slots.get(name)? {
            Slot::Loaded(room) => Some(room.clone()),
            Slot::Loading(_) => None,
        }
    }

    /// All rooms in memory.
    pub(super) fn loaded(&self) -> impl Iterator<Item = &Arc<Room>> {
        self.slots.values().filter_map(|slot| if let Slot::Loaded(room) = slot { Some(room) } else { None })
    }

    /// Number of rooms in memory, including those that are loading.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Removes idle rooms that nothing else refers to. A room in use must stay, or two instances of it would send
    /// different events.
    fn evict(&mut self, evicted: &mut Vec<RoomName>) {
        self.slots.retain(|name, slot| {
            let is_kept = match slot {
                Slot::Loading(_) => true,
                Slot::Loaded(room) => Arc::strong_count(room) > 1 || !room.is_idle(),
            };
            if !is_kept {
                evicted.push(name.clone());
            }
            is_kept
        });
        self.evict_at = self.min_rooms.max(2 * self.slots.len());
    }
}

#[cfg(test)]
mod tests {
    use parlor::{Author, AuthorId, Body, ChainMark, ClientId, Epoch, EventKind, Name};

    use super::*;

    fn name(text: &str) -> RoomName {
        RoomName::parse(text).unwrap()
    }

    fn end(seq: u64) -> Cursor {
        Cursor { epoch: Epoch("e".into()), seq, hash: ChainMark(seq.to_string()) }
    }

    fn event(seq: u64) -> Event {
        let author = Author { id: AuthorId("a".into()), name: Name::parse("Ana").unwrap() };
        let kind = EventKind::posted(author, ClientId::parse("c").unwrap(), Body::parse("hi").unwrap());
        Event { seq, at: 0, hash: ChainMark(seq.to_string()), kind }
    }

    #[tokio::test]
    async fn an_event_delivered_while_a_room_loads_is_shown_once() {
        let (mut cache, room) = (RoomCache::new(8), name("a"));
        assert!(cache.deliver(&room, event(1)).is_none(), "no caller loads the room");
        assert!(matches!(cache.look_up(&room, &mut Vec::new()), Lookup::Load));
        for seq in 2..=5 {
            assert!(cache.deliver(&room, event(seq)).is_none());
        }
        let loaded = cache.finish_loading(&room, end(3), String::new(), Arc::default()).unwrap();
        assert_eq!(loaded.shown().seq, 5);
        let (shown, event) = cache.deliver(&room, event(6)).unwrap();
        shown.add_event(event);
        assert_eq!(loaded.shown().seq, 6);
    }

    #[tokio::test]
    async fn an_event_that_was_read_is_not_shown_again_when_delivered() {
        let (mut cache, room) = (RoomCache::new(8), name("a"));
        cache.look_up(&room, &mut Vec::new());
        let loaded = cache.finish_loading(&room, end(7), String::new(), Arc::default()).unwrap();
        for seq in 5..=8 {
            let (shown, event) = cache.deliver(&room, event(seq)).unwrap();
            shown.add_event(event);
            assert_eq!(loaded.shown().seq, seq.max(7));
        }
    }

    #[tokio::test]
    async fn the_log_end_is_read_again_if_too_many_events_were_delivered() {
        let (mut cache, room) = (RoomCache::new(8), name("a"));
        cache.look_up(&room, &mut Vec::new());
        (1..=MAX_PENDING_EVENTS as u64 + 1).for_each(|seq| assert!(cache.deliver(&room, event(seq)).is_none()));
        assert!(cache.finish_loading(&room, end(0), String::new(), Arc::default()).is_none());
        assert_eq!(cache.finish_loading(&room, end(9_000), String::new(), Arc::default()).unwrap().shown().seq, 9_000);
    }

    #[tokio::test]
    async fn a_room_is_removed_when_all_callers_cancel_loading() {
        let (mut cache, room) = (RoomCache::new(8), name("a"));
        cache.look_up(&room, &mut Vec::new());
        cache.look_up(&room, &mut Vec::new());
        cache.cancel_loading(&room);
        assert_eq!(cache.len(), 1);
        cache.cancel_loading(&room);
        assert_eq!(cache.len(), 0);
    }

    #[tokio::test]
    async fn idle_rooms_are_evicted_and_rooms_in_use_stay() {
        let mut cache = RoomCache::new(2);
        let load = |cache: &mut RoomCache, text: &str| {
            cache.look_up(&name(text), &mut Vec::new());
            cache.finish_loading(&name(text), end(7), String::new(), Arc::default()).unwrap()
        };
        let held = load(&mut cache, "held");
        load(&mut cache, "idle");
        load(&mut cache, "new");
        assert!(cache.get(&name("idle")).is_none());
        assert!(Arc::ptr_eq(&cache.get(&name("held")).unwrap(), &held));
    }
}
