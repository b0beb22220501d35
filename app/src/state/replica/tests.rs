use std::collections::BTreeMap;

use parlor::{
    Body, ClientId, ClientMessage, Emoji, EventKind,
    message::{PageOf, Roster},
};
use proptest::prelude::*;

use super::*;
use crate::{
    state::{
        fixtures::{author, cursor, event},
        room::Room,
        timeline::Timeline,
    },
    wire::{replica_update, replica_update_text},
};

/// The most messages that a replica has here: few, so that some are dropped.
const MAX_MESSAGES: usize = 12;
/// Messages that a page has when it is loaded, and that one page request returns.
const PAGE: usize = 5;

/// An event of the log. The number counts back from the newest event to the changed message.
#[derive(Clone, Copy, Debug)]
enum LogChange {
    Post,
    Edit(u64),
    React(u64, bool),
    Delete(u64),
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Append(LogChange),
    /// A tab receives this many events.
    Receive(usize, usize),
    Prefetch(usize),
    Update(usize),
    /// A tab ends, and leaves its update as text to the next tab that is loaded.
    Leave(usize),
    /// A tab is loaded, and restores the stored replica if the flag is set.
    Load(usize, bool),
    /// The reader signs out, which deletes the store.
    Clear,
}

fn log_change() -> impl Strategy<Value = LogChange> {
    prop_oneof![
        4 => Just(LogChange::Post),
        1 => (1u64..20).prop_map(LogChange::Edit),
        2 => (1u64..20, any::<bool>()).prop_map(|(back, on)| LogChange::React(back, on)),
        1 => (1u64..20).prop_map(LogChange::Delete),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let tab = 0usize..2;
    prop_oneof![
        6 => log_change().prop_map(Step::Append),
        4 => (tab.clone(), 1usize..9).prop_map(|(tab, count)| Step::Receive(tab, count)),
        4 => tab.clone().prop_map(Step::Prefetch),
        4 => tab.clone().prop_map(Step::Update),
        2 => tab.clone().prop_map(Step::Leave),
        2 => (tab, any::<bool>()).prop_map(|(tab, restores)| Step::Load(tab, restores)),
        1 => Just(Step::Clear),
    ]
}

/// The log of the server, with the messages as they were after each event.
struct Log {
    events: Vec<Event>,
    states: Vec<Vec<Event>>,
    all: Timeline,
}

impl Log {
    fn new() -> Self {
        Self { events: Vec::new(), states: vec![Vec::new()], all: Timeline::new(cursor(0), Vec::new(), false) }
    }

    fn last(&self) -> u64 {
        self.events.len() as u64
    }

    fn append(&mut self, change: LogChange) {
        let seq = self.last() + 1;
        let (by, client_id) = (author("ben"), ClientId::from_random(u128::from(seq)));
        let target = |back: u64| self.events.get(seq.checked_sub(1 + back)? as usize).map(|event| event.seq);
        let body = Body::parse(&format!("text at {seq}")).unwrap();
        let kind = match change {
            LogChange::Post => None,
            LogChange::Edit(back) => target(back).map(|target| EventKind::Edited {
                mentions: None,
                by: by.clone(),
                client_id: client_id.clone(),
                target,
                body: Some(body.clone()),
            }),
            LogChange::Delete(back) => {
                target(back).map(|target| EventKind::Deleted { by: by.clone(), client_id: client_id.clone(), target })
            }
            LogChange::React(back, on) => target(back).map(|target| {
                let (by, client_id, emoji) = (by.clone(), client_id.clone(), Emoji::parse("👍").unwrap());
                if on {
                    EventKind::Reacted { by, client_id, target, emoji }
                } else {
                    EventKind::Unreacted { by, client_id, target, emoji }
                }
            }),
        };
        let kind = kind.unwrap_or_else(|| EventKind::posted(by, client_id, body));
        let event = Event { kind, ..event(seq) };
        self.all.extend(&cursor(0).epoch, vec![event.clone()]).unwrap();
        self.events.push(event);
        self.states.push(self.all.end().messages().iter().map(|message| message.to_event()).collect());
    }

    /// The last messages before a seq, as they are at `as_of`, and whether there are earlier ones.
    fn page(&self, before: u64, as_of: u64) -> (Vec<Event>, bool) {
        let mut messages: Vec<_> =
            self.states[as_of as usize].iter().filter(|event| event.seq < before).cloned().collect();
        let surplus = messages.len().saturating_sub(PAGE);
        (messages.split_off(surplus), surplus > 0)
    }
}

/// The browser's store.
#[derive(Default)]
struct Store {
    header: Option<ReplicaHeader>,
    messages: BTreeMap<u64, Event>,
}

impl Store {
    fn apply(&mut self, update: ReplicaUpdate) {
        let header = update.header.clone();
        let Some(writes) = update.writes(self.header.as_ref()) else { return };
        self.messages.retain(|seq, _| writes.clear_before.is_some_and(|before| *seq >= before));
        self.messages.extend(writes.put.iter().map(|message| (message.seq, message.to_event())));
        self.header = Some(header);
    }

    fn replica(&self) -> Option<Replica> {
        Some(Replica { header: self.header.clone()?, events: self.messages.values().cloned().collect() })
    }

    fn posted_events(&self) -> Vec<Event> {
        let segment = self.replica().map(|replica| replica.segment());
        segment.map(|segment| segment.messages().iter().map(|message| message.to_event()).collect()).unwrap_or_default()
    }
}

fn load(log: &Log, store: Option<&Store>) -> Room {
    let (events, has_older) = log.page(u64::MAX, log.last());
    let timeline = Timeline::new(cursor(log.last()), events, has_older);
    let mut room = Room::new(RoomName::default(), timeline, &Roster::default(), String::new(), Some(0));
    room.replica_tracker = ReplicaTracker::new(MAX_MESSAGES);
    if let Some(replica) = store.and_then(Store::replica) {
        room.restore_replica(replica);
    }
    room
}

fn receive(room: &mut Room, log: &Log, count: usize) {
    let from = room.timeline.resume_cursor().seq as usize;
    let events = log.events[from..(from + count).min(log.events.len())].to_vec();
    room.timeline.extend(&cursor(0).epoch, events).unwrap();
    room.replica_tracker.schedule(0);
}

/// Requests an older page and applies it. Returns false if none is needed.
fn prefetch(room: &mut Room, log: &Log) -> bool {
    let request = if room.needs_prefetch() { room.prefetch() } else { None };
    let Some(ClientMessage::Page { request, of: PageOf::Before(before), .. }) = request else { return false };
    let as_of = room.timeline.cursor().clone();
    let (events, has_older) = log.page(before, as_of.seq);
    room.apply_page(request, &as_of, events, has_older, true);
    room.replica_tracker.schedule(0);
    true
}

fn update_store(room: &mut Room, store: &mut Store) {
    if let Some(update) = room.take_replica_update(u64::MAX) {
        store.apply(update);
    }
}

proptest! {
    #[test]
    fn the_stored_replica_always_equals_the_log_at_its_cursor(steps in prop::collection::vec(step(), 1..200)) {
        let (mut log, mut store) = (Log::new(), Store::default());
        let mut left: Vec<String> = Vec::new();
        let mut tabs = [load(&log, None), load(&log, None)];
        for step in steps {
            let before = store.header.clone();
            match step {
                Step::Append(change) => log.append(change),
                Step::Receive(tab, count) => receive(&mut tabs[tab], &log, count),
                Step::Prefetch(tab) => drop(prefetch(&mut tabs[tab], &log)),
                Step::Update(tab) => update_store(&mut tabs[tab], &mut store),
                Step::Leave(tab) => {
                    let update = tabs[tab].take_replica_update(u64::MAX);
                    left.extend(update.as_ref().map(replica_update_text));
                }
                Step::Load(tab, restores) => {
                    if restores {
                        left.drain(..).for_each(|update| store.apply(replica_update(&update).unwrap()));
                    }
                    tabs[tab] = load(&log, restores.then_some(&store));
                }
                Step::Clear => store = Store::default(),
            }
            if let Some(header) = &store.header {
                let mut state = log.states[header.as_of.seq as usize].clone();
                state.retain(|event| event.seq >= header.first);
                prop_assert_eq!(store.posted_events(), state, "of {:?}", header);
                if let Some(before) = before {
                    prop_assert!(header.as_of.seq >= before.as_of.seq);
                    prop_assert!(header.first <= before.first || store.messages.len() >= MAX_MESSAGES);
                }
            }
        }
        let [room, _] = &mut tabs;
        log.append(LogChange::Post);
        receive(room, &log, log.events.len());
        while prefetch(room, &log) {}
        update_store(room, &mut store);
        let state = log.states.last().unwrap();
        let newest = &state[state.len().saturating_sub(MAX_MESSAGES)..];
        prop_assert_eq!(&store.posted_events()[..], newest);
    }
}

#[test]
fn a_replica_of_another_log_is_replaced() {
    let mut log = Log::new();
    (0..8).for_each(|_| log.append(LogChange::Post));
    let mut store = Store::default();
    let mut room = load(&log, None);
    room.replica_tracker.schedule(0);
    update_store(&mut room, &mut store);
    store.header.as_mut().unwrap().as_of.epoch.0 = "another".to_owned();
    store.messages.insert(3, log.events[2].clone());

    let mut room = load(&log, Some(&store));
    assert_eq!(room.timeline.resume_cursor().seq, 8, "the page does not resume from another log");
    room.replica_tracker.schedule(0);
    update_store(&mut room, &mut store);
    assert_eq!(store.messages.keys().copied().collect::<Vec<_>>(), [4, 5, 6, 7, 8]);
}

#[test]
fn an_update_left_as_text_completes_the_stored_replica() {
    let mut log = Log::new();
    (0..4).for_each(|_| log.append(LogChange::Post));
    let mut store = Store::default();
    let mut room = load(&log, None);
    room.replica_tracker.schedule(0);
    let first = room.take_replica_update(u64::MAX).unwrap();
    log.append(LogChange::Edit(1));
    log.append(LogChange::Post);
    receive(&mut room, &log, 2);
    let second = replica_update_text(&room.take_replica_update(u64::MAX).unwrap());
    assert_eq!(second.lines().count(), 3 + 2, "only the changed messages: {second}");

    store.apply(replica_update(&second).unwrap());
    assert_eq!(store.header, None, "the update is of no use without its base");
    store.apply(replica_update(&replica_update_text(&first)).unwrap());
    store.apply(replica_update(&second).unwrap());
    assert_eq!(store.posted_events(), log.states[6]);
    assert_eq!(replica_update(&second.replace("\"seq\"", "\"other\"")), None);
}
