use std::collections::BTreeMap;

use parlor::{
    Body, ClientId, ClientMessage, Emoji, EventKind,
    message::{PageOf, Roster},
};
use proptest::prelude::*;

use super::super::room::Room;
use super::super::timeline::tests::{author, cursor, event};
use super::*;

/// Few, so that some have to go.
const MOST: usize = 12;
/// What a page has when it is loaded, and what one request for more brings.
const PAGE: usize = 5;

/// What happens to a message so far back.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Post,
    Edit(u64),
    React(u64, bool),
    Delete(u64),
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Happens(Happens),
    /// A tab hears so many events.
    Hear(usize, usize),
    Fetch(usize),
    Keep(usize),
    /// A tab is hidden for good, and what it would keep is left to the next one that is loaded.
    Leave(usize),
    /// A tab is loaded anew, and reads what is kept, or does not.
    Load(usize, bool),
    /// Somebody signs out.
    Clear,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => Just(Happens::Post),
        1 => (1u64..20).prop_map(Happens::Edit),
        2 => (1u64..20, any::<bool>()).prop_map(|(back, on)| Happens::React(back, on)),
        1 => (1u64..20).prop_map(Happens::Delete),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let tab = 0usize..2;
    prop_oneof![
        6 => happens().prop_map(Step::Happens),
        4 => (tab.clone(), 1usize..9).prop_map(|(tab, count)| Step::Hear(tab, count)),
        4 => tab.clone().prop_map(Step::Fetch),
        4 => tab.clone().prop_map(Step::Keep),
        2 => tab.clone().prop_map(Step::Leave),
        2 => (tab, any::<bool>()).prop_map(|(tab, recalls)| Step::Load(tab, recalls)),
        1 => Just(Step::Clear),
    ]
}

/// The server's log, and what its messages were at each of its places.
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

    fn happens(&mut self, what: Happens) {
        let seq = self.last() + 1;
        let (by, client_id) = (author("ben"), ClientId::from_random(u128::from(seq)));
        let target = |back: u64| self.events.get(seq.checked_sub(1 + back)? as usize).map(|event| event.seq);
        let body = Body::parse(&format!("said at {seq}")).unwrap();
        let kind = match what {
            Happens::Post => None,
            Happens::Edit(back) => target(back).map(|target| EventKind::Edited {
                mentions: None,
                by: by.clone(),
                client_id: client_id.clone(),
                target,
                body: Some(body.clone()),
            }),
            Happens::Delete(back) => {
                target(back).map(|target| EventKind::Deleted { by: by.clone(), client_id: client_id.clone(), target })
            }
            Happens::React(back, on) => target(back).map(|target| {
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
        self.states.push(self.all.end().said().iter().map(|said| said.event()).collect());
    }

    /// The last messages before a place as they are at another, and whether there are others.
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
    head: Option<Head>,
    messages: BTreeMap<u64, Event>,
}

impl Store {
    fn take(&mut self, update: Update) {
        let head = update.head.clone();
        let Some(writes) = update.writes(self.head.as_ref()) else { return };
        self.messages.retain(|seq, _| writes.clear_before.is_some_and(|before| *seq >= before));
        self.messages.extend(writes.put.iter().map(|said| (said.seq, said.event())));
        self.head = Some(head);
    }

    fn replica(&self) -> Option<Replica> {
        Some(Replica { head: self.head.clone()?, events: self.messages.values().cloned().collect() })
    }

    fn said(&self) -> Vec<Event> {
        let run = self.replica().map(|replica| replica.run());
        run.map(|run| run.said().iter().map(|said| said.event()).collect()).unwrap_or_default()
    }
}

fn load(log: &Log, store: Option<&Store>) -> Room {
    let (events, has_older) = log.page(u64::MAX, log.last());
    let timeline = Timeline::new(cursor(log.last()), events, has_older);
    let mut room = Room::new(RoomName::default(), timeline, &Roster::default(), String::new(), Some(0));
    room.keeper = Keeper::new(MOST);
    if let Some(replica) = store.and_then(Store::replica) {
        room.recall(replica);
    }
    room
}

fn hear(room: &mut Room, log: &Log, count: usize) {
    let from = room.timeline.resumes_from().seq as usize;
    let events = log.events[from..(from + count).min(log.events.len())].to_vec();
    room.timeline.extend(&cursor(0).epoch, events).unwrap();
    room.keeper.touch(0);
}

/// False if there is nothing to fetch.
fn fetch(room: &mut Room, log: &Log) -> bool {
    let request = if room.lacks() { room.fetch() } else { None };
    let Some(ClientMessage::Page { request, of: PageOf::Before(before), .. }) = request else { return false };
    let as_of = room.timeline.cursor().clone();
    let (events, has_older) = log.page(before, as_of.seq);
    room.paged(request, &as_of, events, has_older, true);
    room.keeper.touch(0);
    true
}

fn keep(room: &mut Room, store: &mut Store) {
    if let Some(update) = room.update(u64::MAX) {
        store.take(update);
    }
}

proptest! {
    #[test]
    fn whatever_tabs_do_what_is_kept_is_the_log_as_it_was_at_its_place(steps in prop::collection::vec(step(), 1..200)) {
        let (mut log, mut store) = (Log::new(), Store::default());
        let mut left: Vec<String> = Vec::new();
        let mut tabs = [load(&log, None), load(&log, None)];
        for step in steps {
            let before = store.head.clone();
            match step {
                Step::Happens(what) => log.happens(what),
                Step::Hear(tab, count) => hear(&mut tabs[tab], &log, count),
                Step::Fetch(tab) => drop(fetch(&mut tabs[tab], &log)),
                Step::Keep(tab) => keep(&mut tabs[tab], &mut store),
                Step::Leave(tab) => left.extend(tabs[tab].update(u64::MAX).map(|update| update.to_text())),
                Step::Load(tab, recalls) => {
                    if recalls {
                        left.drain(..).for_each(|update| store.take(Update::from_text(&update).unwrap()));
                    }
                    tabs[tab] = load(&log, recalls.then_some(&store));
                }
                Step::Clear => store = Store::default(),
            }
            if let Some(head) = &store.head {
                let mut state = log.states[head.as_of.seq as usize].clone();
                state.retain(|event| event.seq >= head.first);
                prop_assert_eq!(store.said(), state, "of {:?}", head);
                if let Some(before) = before {
                    prop_assert!(head.as_of.seq >= before.as_of.seq);
                    prop_assert!(head.first <= before.first || store.messages.len() >= MOST);
                }
            }
        }
        let [room, _] = &mut tabs;
        log.happens(Happens::Post);
        hear(room, &log, log.events.len());
        while fetch(room, &log) {}
        keep(room, &mut store);
        let state = log.states.last().unwrap();
        let newest = &state[state.len().saturating_sub(MOST)..];
        prop_assert_eq!(&store.said()[..], newest);
    }
}

#[test]
fn another_log_takes_the_place_of_what_was_kept() {
    let mut log = Log::new();
    (0..8).for_each(|_| log.happens(Happens::Post));
    let mut store = Store::default();
    let mut room = load(&log, None);
    room.keeper.touch(0);
    keep(&mut room, &mut store);
    store.head.as_mut().unwrap().as_of.epoch.0 = "another".to_owned();
    store.messages.insert(3, log.events[2].clone());

    let mut room = load(&log, Some(&store));
    assert_eq!(room.timeline.resumes_from().seq, 8, "nothing goes on from another log");
    room.keeper.touch(0);
    keep(&mut room, &mut store);
    assert_eq!(store.messages.keys().copied().collect::<Vec<_>>(), [4, 5, 6, 7, 8]);
}

#[test]
fn what_a_page_leaves_as_text_completes_what_it_had_kept() {
    let mut log = Log::new();
    (0..4).for_each(|_| log.happens(Happens::Post));
    let mut store = Store::default();
    let mut room = load(&log, None);
    room.keeper.touch(0);
    let first = room.update(u64::MAX).unwrap();
    log.happens(Happens::Edit(1));
    log.happens(Happens::Post);
    hear(&mut room, &log, 2);
    let second = room.update(u64::MAX).unwrap().to_text();
    assert_eq!(second.lines().count(), 3 + 2, "only what has changed: {second}");

    store.take(Update::from_text(&second).unwrap());
    assert_eq!(store.head, None, "without what came before it is of no use");
    store.take(Update::from_text(&first.to_text()).unwrap());
    store.take(Update::from_text(&second).unwrap());
    assert_eq!(store.said(), log.states[6]);
    assert_eq!(Update::from_text(&second.replace("\"seq\"", "\"other\"")), None);
}
