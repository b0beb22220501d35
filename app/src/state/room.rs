//! One room as its reader has it: its log and what of it is shown, who is there and writes, how far they have read, what
//! they wrote.

use std::sync::Arc;

use parlor::{
    Author, AuthorId, ClientMessage, Cursor, Epoch, ErrorCode, Event, RoomName, UnixMillis,
    limits::PAGE_EVENTS,
    message::{PageOf, Present, RoomAt, Roster},
};

use super::{
    client::News,
    comings::Comings,
    locale::Locale,
    marker::Marker,
    me::Me,
    outbox::{Deed, Outbox, Step},
    replica::{Head, KEPT, Keeper, Replica, Update},
    roster::People,
    rows::{Row, Source},
    run::Run,
    said::Said,
    tally::Tally,
    timeline::Timeline,
    typing::Typing,
    window::{ROWS_MOST, Window},
};

/// How much later than what they said it may be told that someone came, in milliseconds.
const BATCH_MS: u64 = 2_000;

/// Messages beyond those that are shown, so many as that the reader does not get to the end of them before the next page
/// is there.
const AHEAD: usize = 60;

/// Events that may be missing from what the browser has kept of a room that is shown already: with more of them it is less
/// to ask for the messages.
const BEHIND_MOST: u64 = 500;

/// A part of the past that was asked for over the present connection.
#[derive(Clone, Copy, Debug)]
struct Asked {
    request: u32,
    of: PageOf,
    /// It is to be kept only: nobody has scrolled there.
    unseen: bool,
}

/// A room.
#[derive(Debug)]
pub struct Room {
    pub(super) name: RoomName,
    /// Whether anything is known of it but its name.
    pub(super) known: bool,
    /// Why it can't be entered.
    pub(super) refused: Option<ErrorCode>,
    pub(super) timeline: Timeline,
    pub(super) window: Window,
    pub(super) marker: Marker,
    pub(super) outbox: Outbox,
    pub(super) people: People,
    /// Whether it has ever been told who is there.
    pub(super) people_known: bool,
    pub(super) people_changed: bool,
    pub(super) topic: String,
    pub(super) revealed: Option<(u32, u64)>,
    /// Whether the message that was to be shown last is not there, or deleted.
    pub(super) missing: bool,
    pub(super) typing: Typing,
    pub(super) tally: Tally,
    pub(super) keeper: Keeper,
    comings: Comings,
    asked: Option<Asked>,
    requests: u32,
}

/// Who reads it, and how: what the lines depend on besides the room itself.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Who.
    pub me: &'a Me,
    /// Where they are.
    pub locale: &'a Locale,
    /// What "today" means.
    pub now: UnixMillis,
    /// Whether there is a connection.
    pub online: bool,
}

impl Room {
    /// The room with the newest part of its log. `read` is how far its reader had read.
    pub fn new(name: RoomName, timeline: Timeline, roster: &Roster, topic: String, read: Option<u64>) -> Self {
        let mut window = Window::default();
        if !timeline.shows_end() {
            window.hold(&timeline);
        }
        Self {
            name,
            known: true,
            refused: None,
            marker: Marker::new(read, timeline.cursor().seq),
            timeline,
            window,
            outbox: Outbox::default(),
            people: People::new(roster),
            people_known: true,
            people_changed: false,
            topic,
            revealed: None,
            missing: false,
            typing: Typing::default(),
            tally: Tally::default(),
            keeper: Keeper::new(KEPT),
            comings: Comings::default(),
            asked: None,
            requests: 0,
        }
    }

    /// A room of which nothing is known but its name.
    pub fn unknown(name: RoomName) -> Self {
        let nowhere = Timeline::new(Cursor::start(Epoch(String::new())), Vec::new(), false);
        Self { known: false, people_known: false, ..Self::new(name, nowhere, &Roster::default(), String::new(), None) }
    }

    /// When something is due here that time alone brings.
    pub fn deadlines(&self, online: bool) -> [Option<u64>; 3] {
        let online = |due: Option<u64>| due.filter(|_| online);
        [online(self.outbox.deadline()), online(self.marker.deadline()), self.typing.deadline()]
    }

    /// Where to go on from.
    pub fn place(&self) -> RoomAt {
        RoomAt { room: self.name.clone(), cursor: self.known.then(|| self.timeline.resumes_from().clone()) }
    }

    /// The room starts anew: its log is another one than was known.
    pub fn snapshot(&mut self, as_of: Cursor, events: Vec<Event>, has_older: bool, read: Option<u64>) {
        (self.known, self.refused) = (true, None);
        self.marker = Marker::new(read, as_of.seq);
        self.timeline = Timeline::new(as_of, events, has_older);
        self.window = Window::default();
        self.comings = Comings::default();
    }

    /// A page came. It is of use only if it answers the newest request.
    pub fn paged(&mut self, request: u32, as_of: &Cursor, events: Vec<Event>, has_older: bool, has_newer: bool) {
        if let Some(asked) = self.asked.filter(|asked| asked.request == request) {
            self.asked = None;
            if asked.unseen {
                self.window.pin(ROWS_MOST, &self.timeline);
            }
            self.timeline.paged(asked.of, as_of, events, has_older, has_newer);
            match asked.of {
                _ if asked.unseen => {}
                PageOf::Around(seq) => self.reveal(seq),
                PageOf::At(time) => {
                    let mut said = self.timeline.shown().said().iter();
                    let seq = said.find(|said| said.at >= time).map_or(as_of.seq, |said| said.seq);
                    self.reveal(seq);
                    // Nobody has named a message.
                    self.missing = false;
                }
                PageOf::Before(_) | PageOf::After(_) => self.window.paged(asked.of, &self.timeline),
            }
            self.bound();
        }
    }

    /// Messages have entered the log: what is shown, and what is held, stays bounded.
    pub fn grown(&mut self) {
        self.window.grown(&self.timeline);
        self.bound();
    }

    fn bound(&mut self) {
        self.timeline.bound(self.window.range(&self.timeline).start);
    }

    /// The page that was asked for will not come.
    pub fn unanswered(&mut self) {
        self.asked = None;
        self.timeline.unanswered();
    }

    /// The reader looks at the room, or the log has grown while they do or do not. `visible` is whether it is in view.
    pub fn look(&mut self, visible: bool, me: &Me) {
        let others = self.timeline.end().said().iter().rev().find(|said| me.may_miss(said));
        let newest = others.map_or(0, |said| said.seq);
        self.marker.look(self.is_watched(visible), self.timeline.cursor().seq, newest);
        self.tally = Tally::of(&self.timeline, &self.marker, me);
    }

    /// The reader goes to another room.
    pub fn unwatched(&mut self) {
        self.marker.unwatched();
    }

    /// The server says how far this session has read, perhaps in another tab.
    pub fn told(&mut self, seq: u64, visible: bool) {
        self.marker.told(seq, self.is_watched(visible));
    }

    fn is_watched(&self, visible: bool) -> bool {
        visible && self.window.is_live()
    }

    /// The room as the browser has kept it: all of it where nothing is known of the room yet, else what is further back.
    /// Of use only before the room is resumed.
    pub fn recall(&mut self, replica: Replica) {
        let (run, head) = (replica.run(), replica.head);
        self.keeper.recalled(head.clone(), &run);
        if !self.known {
            self.known = true;
            self.marker = Marker::new(Some(head.read), head.as_of.seq);
            self.timeline = Timeline::of(head.as_of, run);
            self.window.pin(PAGE_EVENTS, &self.timeline);
            self.topic = head.topic;
        } else if head.as_of.epoch == self.timeline.cursor().epoch
            && (head.as_of.seq..=head.as_of.seq + BEHIND_MOST).contains(&self.timeline.cursor().seq)
        {
            self.window.pin(ROWS_MOST, &self.timeline);
            self.timeline.recall(head.as_of, run);
        }
    }

    /// What the browser is to keep of it now, if anything.
    pub fn update(&mut self, tick: u64) -> Option<Update> {
        let Self { name, timeline, topic, marker, known, .. } = self;
        let end = timeline.end();
        let head = || Head {
            room: name.clone(),
            as_of: timeline.cursor().clone(),
            first: end.first(),
            has_older: end.has_older(),
            topic: topic.clone(),
            read: marker.read(),
        };
        if *known { self.keeper.update(tick, head, timeline) } else { None }
    }

    /// Whether there is more of the past than is held, and less is held than is to be kept.
    pub fn lacks(&self) -> bool {
        let end = self.timeline.end();
        let may_ask = self.known && self.refused.is_none() && self.asked.is_none() && self.timeline.shows_end();
        may_ask && end.has_older() && end.said().len() < KEPT && self.timeline.is_level()
    }

    /// Returns what to ask the server for, so that it can be kept.
    pub fn fetch(&mut self) -> Option<ClientMessage> {
        let page = self.ask(self.timeline.older(), true);
        self.asked.iter_mut().for_each(|asked| asked.unseen = true);
        page
    }

    /// The reader is at the top of what is shown. Returns what to ask the server for, if anything.
    pub fn older(&mut self, online: bool) -> Option<ClientMessage> {
        let ahead = self.window.show_older(&self.timeline) && self.window.older_left(&self.timeline) >= AHEAD;
        if ahead { None } else { self.ask(self.timeline.older(), online) }
    }

    /// The reader is at the bottom of what is shown. Returns what to ask the server for, if anything.
    pub fn newer(&mut self, online: bool) -> Option<ClientMessage> {
        let ahead = self.window.show_newer(&self.timeline) && self.window.newer_left(&self.timeline) >= AHEAD;
        if ahead { None } else { self.ask(self.timeline.newer(), online) }
    }

    /// The reader wants to see a message. Returns what to ask the server for, if it is not held.
    pub fn jump(&mut self, seq: u64, online: bool) -> Option<ClientMessage> {
        let holds = |run: &Run| run.first() <= seq && seq <= run.last() && !run.said().is_empty();
        if !holds(self.timeline.shown()) {
            if !holds(self.timeline.end()) {
                // Whatever else is on its way is of no use there.
                self.asked = None;
                return self.ask(Some(PageOf::Around(seq)), online);
            }
            self.timeline.show_end();
        }
        self.reveal(seq);
        None
    }

    /// What is held is a page of the past, to be shown as it is.
    pub fn turned(&mut self) {
        self.window = Window::turned(&self.timeline);
    }

    /// The reader wants to see what was said at this time. Returns what to ask the server for.
    pub fn jump_to(&mut self, time: UnixMillis, online: bool) -> Option<ClientMessage> {
        self.asked = None;
        self.ask(Some(PageOf::At(time)), online)
    }

    /// What is held around a message is to be shown; where the message is not there, what is held before it.
    pub fn reveal(&mut self, seq: u64) {
        let shown = self.timeline.shown();
        let before = shown.index_after(seq).saturating_sub(1);
        let Some(nearest) = shown.said().get(before) else {
            self.missing = true;
            return;
        };
        self.missing = nearest.seq != seq || nearest.body.is_none();
        let nearest = nearest.seq;
        self.window.reveal(nearest, &self.timeline);
        self.revealed = Some((self.revealed.map_or(0, |(number, _)| number + 1), nearest));
    }

    fn ask(&mut self, of: Option<PageOf>, online: bool) -> Option<ClientMessage> {
        // What was to be kept only is what the reader wants to see now.
        if let Some(asked) = self.asked.as_mut().filter(|asked| Some(asked.of) == of) {
            asked.unseen = false;
        }
        let of = of.filter(|_| online && self.asked.is_none())?;
        self.requests += 1;
        self.asked = Some(Asked { request: self.requests, of, unseen: false });
        self.timeline.asked();
        Some(ClientMessage::Page { room: self.name.clone(), request: self.requests, of })
    }

    /// Someone came, or went, or is called something else.
    pub fn presence(&mut self, me: &AuthorId, joined: &[Present], left: &[Author], count: u32) {
        let stranger = |author: &&Author| author.id != *me;
        let came = joined.iter().map(|present| &present.author).filter(stranger);
        let came: Vec<_> = came.filter(|author| !self.people.has(&author.id)).cloned().collect();
        let went = left.iter().filter(stranger).filter(|author| self.people.has(&author.id)).cloned().collect();
        self.comings.add(self.before_words_of(&came), came, went);
        self.people.changed(joined, left, count);
        self.people_changed = true;
    }

    // Presence comes in batches, so someone may have spoken before it is told that they came: the line belongs before.
    fn before_words_of(&self, came: &[Author]) -> u64 {
        let said = self.timeline.end().said();
        let newest = said.back().map_or(0, |said| said.at);
        let recent = said.iter().rev().take_while(|said| said.at + BATCH_MS >= newest);
        let theirs = recent.filter(|said| came.iter().any(|author| author.id == said.author.id));
        theirs.last().map_or(self.timeline.cursor().seq, |said| said.seq - 1)
    }

    /// Who is there, all of it.
    pub fn roster(&mut self, roster: &Roster) {
        self.people = People::new(roster);
        (self.people_known, self.people_changed) = (true, true);
    }

    /// A message that is held, as it will be once everything written is in the log.
    pub fn said(&self, seq: u64) -> Option<Arc<Said>> {
        let held = |run: &Run| run.said().get(run.index_after(seq.saturating_sub(1))).cloned();
        let said = held(self.timeline.shown()).or_else(|| held(self.timeline.end()))?;
        let mut said = [said];
        self.foresee(&mut said);
        said.into_iter().find(|said| said.seq == seq)
    }

    /// The last message of somebody that is not deleted.
    pub fn last_of(&self, who: &AuthorId) -> Option<Arc<Said>> {
        let said = self.timeline.end().said();
        let last = said.iter().rev().find(|said| said.author.id == *who && said.body.is_some())?;
        self.said(last.seq)
    }

    // What was written to change messages is shown at once.
    fn foresee(&self, said: &mut [Arc<Said>]) {
        for item in self.outbox.items() {
            if let Some((target, change)) = item.written.change()
                && !matches!(item.step, Step::Refused(_) | Step::Leftover)
                && let Ok(index) = said.binary_search_by_key(&target.seq, |said| said.seq)
                && said[index].is(target)
            {
                Arc::make_mut(&mut said[index]).change(change, &item.written.author);
            }
        }
    }

    /// What the room is about, as soon as its reader has said so.
    pub fn topic(&self) -> &str {
        let mut written = self.outbox.items().iter().rev().filter(|item| !matches!(item.step, Step::Refused(_)));
        let topic = written.find_map(|item| match &item.written.deed {
            Deed::Topic(topic) => Some(topic),
            _ => None,
        });
        topic.unwrap_or(&self.topic)
    }

    /// Whether something older can be shown.
    pub fn has_older(&self) -> bool {
        self.timeline.older().is_some() || self.window.range(&self.timeline).start > 0
    }

    /// Whether nobody has said anything here.
    pub fn is_silent(&self) -> bool {
        let end = self.timeline.end();
        self.known && end.said().is_empty() && self.outbox.items().is_empty() && !end.has_older()
    }

    /// The lines that are shown.
    pub fn rows(&self, reader: Reader<'_>) -> Vec<Row> {
        let range = self.window.range(&self.timeline);
        let shown = self.timeline.shown();
        // The line stands between two messages, so both have to be there, or the log has to begin with the second.
        let line =
            self.marker.line().filter(|line| shown.index_after(*line) >= range.start.max(1) || !self.has_older());
        let before = range.start.checked_sub(1).and_then(|index| shown.said().get(index)).cloned();
        let heard = shown.said().range(range).filter(|said| reader.me.hears(&said.author.id));
        let mut said: Vec<_> = heard.cloned().collect();
        self.foresee(&mut said);
        Source {
            before,
            said,
            comings: self.comings.lines(),
            outbox: self.outbox.items(),
            at_end: self.window.reaches_end(&self.timeline),
            line,
            live: self.window.is_live(),
            reader,
        }
        .rows()
    }

    /// What others said after this place.
    pub fn news_after(&self, seq: u64, me: &Me, locale: &Locale) -> Option<News> {
        let end = self.timeline.end();
        let mut others = end.said().range(end.index_after(seq)..).filter(|said| me.may_miss(said));
        let first = others.next()?;
        let more = end.first() > seq + 1;
        Some(News { count: 1 + others.count(), more, since: locale.clock(first.at) })
    }
}
