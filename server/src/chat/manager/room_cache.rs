//! The rooms in memory: a cache of what the engine keeps. A room is registered before its end is read, and what the
//! engine delivers meanwhile is kept, so that no event falls between the two. Rooms without members or people are
//! evicted when there are too many.

use std::collections::HashMap;
use std::sync::Arc;

use parlor::{Cursor, Event, RoomName};

use super::super::Room;

/// Events that are kept for a room while its end is read; above it the end is read again.
const PENDING: usize = 4_096;

/// Rooms by name.
#[derive(Debug)]
pub(super) struct RoomCache {
    slots: HashMap<RoomName, Slot>,
    /// Idle rooms are evicted when there are so many rooms: never fewer than twice what could not be evicted last
    /// time, so that looking costs little for each room that is loaded.
    evict_at: usize,
    least: usize,
}

#[derive(Debug)]
enum Slot {
    Loading(Loading),
    Loaded(Arc<Room>),
}

#[derive(Debug, Default)]
struct Loading {
    /// How many callers read the room's end.
    loaders: usize,
    /// What has been delivered since the first of them began.
    pending: Vec<Event>,
    /// More was delivered than is kept.
    overflowed: bool,
}

/// What a caller finds that needs a room.
#[derive(Debug)]
pub(super) enum Lookup {
    /// The room is there.
    Loaded(Arc<Room>),
    /// The caller reads its end and calls [`RoomCache::finish`], or [`RoomCache::give_up`] if it can't.
    Load,
}

impl RoomCache {
    /// A cache in which at least `least` rooms stay.
    pub(super) fn new(least: usize) -> Self {
        Self { slots: HashMap::new(), evict_at: least, least }
    }

    /// The room, or the caller's duty to load it.
    pub(super) fn look_up(&mut self, name: &RoomName) -> Lookup {
        if let Some(Slot::Loaded(room)) = self.slots.get(name) {
            return Lookup::Loaded(room.clone());
        }
        if !self.slots.contains_key(name) && self.slots.len() >= self.evict_at {
            self.evict();
        }
        let slot = self.slots.entry(name.clone()).or_insert_with(|| Slot::Loading(Loading::default()));
        if let Slot::Loading(loading) = slot {
            loading.loaders += 1;
        }
        Lookup::Load
    }

    /// Takes in what a caller has read: the room's end and topic, read after [`look_up`](Self::look_up). `None` if it
    /// has to be read again.
    pub(super) fn finish(&mut self, name: &RoomName, end: Cursor, topic: String) -> Option<Arc<Room>> {
        let Some(slot) = self.slots.get_mut(name) else {
            // Loaded by another caller and evicted meanwhile: what was delivered since is not known.
            self.slots.insert(name.clone(), Slot::Loading(Loading { loaders: 1, ..Loading::default() }));
            return None;
        };
        match slot {
            Slot::Loaded(room) => Some(room.clone()),
            Slot::Loading(loading) if loading.overflowed => {
                (loading.pending, loading.overflowed) = (Vec::new(), false);
                None
            }
            slot @ Slot::Loading(_) => {
                let room = Room::new(name.clone(), end, topic);
                if let Slot::Loading(loading) = std::mem::replace(slot, Slot::Loaded(room.clone())) {
                    loading.pending.into_iter().for_each(|event| room.commit(event));
                }
                Some(room)
            }
        }
    }

    /// A caller that was to load the room does not.
    pub(super) fn give_up(&mut self, name: &RoomName) {
        if let Some(Slot::Loading(loading)) = self.slots.get_mut(name) {
            loading.loaders -= 1;
            if loading.loaders == 0 {
                self.slots.remove(name);
            }
        }
    }

    /// Takes in an event that the engine delivers. Returns the room that is to show it. While a room is loaded the event
    /// is kept for it; nobody needs it where there is no room.
    pub(super) fn deliver(&mut self, name: &RoomName, event: Event) -> Option<(Arc<Room>, Event)> {
        match self.slots.get_mut(name)? {
            Slot::Loaded(room) => Some((room.clone(), event)),
            Slot::Loading(loading) => {
                if loading.pending.len() < PENDING {
                    loading.pending.push(event);
                } else {
                    loading.overflowed = true;
                }
                None
            }
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

    /// How many rooms are in memory.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Forgets idle rooms. Whoever holds a room keeps it: two rooms of one name would show different things.
    fn evict(&mut self) {
        self.slots.retain(|_, slot| match slot {
            Slot::Loading(_) => true,
            Slot::Loaded(room) => Arc::strong_count(room) > 1 || !room.is_idle(),
        });
        self.evict_at = self.least.max(2 * self.slots.len());
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
    async fn what_is_delivered_while_the_end_is_read_is_neither_lost_nor_shown_twice() {
        let (mut cache, room) = (RoomCache::new(8), name("a"));
        assert!(cache.deliver(&room, event(1)).is_none(), "nobody has asked for the room");
        assert!(matches!(cache.look_up(&room), Lookup::Load));
        for seq in 2..=5 {
            assert!(cache.deliver(&room, event(seq)).is_none());
        }
        let loaded = cache.finish(&room, end(3), String::new()).unwrap();
        assert_eq!(loaded.shown().seq, 5);
        let (shown, event) = cache.deliver(&room, event(6)).unwrap();
        shown.commit(event);
        assert_eq!(loaded.shown().seq, 6);
    }

    #[tokio::test]
    async fn what_was_read_and_is_still_in_the_stream_is_not_shown_again() {
        let (mut cache, room) = (RoomCache::new(8), name("a"));
        cache.look_up(&room);
        let loaded = cache.finish(&room, end(7), String::new()).unwrap();
        for seq in 5..=8 {
            let (shown, event) = cache.deliver(&room, event(seq)).unwrap();
            shown.commit(event);
            assert_eq!(loaded.shown().seq, seq.max(7));
        }
    }

    #[tokio::test]
    async fn the_end_is_read_again_when_too_much_came_meanwhile() {
        let (mut cache, room) = (RoomCache::new(8), name("a"));
        cache.look_up(&room);
        (1..=PENDING as u64 + 1).for_each(|seq| assert!(cache.deliver(&room, event(seq)).is_none()));
        assert!(cache.finish(&room, end(0), String::new()).is_none());
        assert_eq!(cache.finish(&room, end(9_000), String::new()).unwrap().shown().seq, 9_000);
    }

    #[tokio::test]
    async fn a_room_that_nobody_loads_any_more_is_forgotten() {
        let (mut cache, room) = (RoomCache::new(8), name("a"));
        cache.look_up(&room);
        cache.look_up(&room);
        cache.give_up(&room);
        assert_eq!(cache.len(), 1);
        cache.give_up(&room);
        assert_eq!(cache.len(), 0);
    }

    #[tokio::test]
    async fn idle_rooms_make_way_and_others_stay() {
        let mut cache = RoomCache::new(2);
        let load = |cache: &mut RoomCache, text: &str| {
            cache.look_up(&name(text));
            cache.finish(&name(text), end(7), String::new()).unwrap()
        };
        let held = load(&mut cache, "held");
        load(&mut cache, "idle");
        load(&mut cache, "new");
        assert!(cache.get(&name("idle")).is_none());
        assert!(Arc::ptr_eq(&cache.get(&name("held")).unwrap(), &held));
    }
}
