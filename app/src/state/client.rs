//! The page's side of the protocol, without input or output: what happens goes in, what is to be done comes out.

use std::sync::Arc;

use parlor::{
    AuthorId, Body, ClientId, ClientMessage, CloseCode, ErrorCode, Name, RoomName, ServerMessage, Token, UnixMillis,
    message::{PageOf, RoomAt},
};

use super::{
    Moment,
    calendar::Zone,
    comings::Comings,
    link::{Banner, Do, Link},
    outbox::{Outbox, Step},
    roster::People,
    rows::{Row, Source},
    said::Said,
    timeline::{NeedsResume, Timeline},
    window::Window,
};
use crate::Boot;

mod effect;
mod receive;

pub use effect::{Effect, Kept, Spoken};

/// How joining goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joining {
    /// A name has been asked for and not been answered.
    pub busy: bool,
    /// Why the last one was refused.
    pub refused: Option<ErrorCode>,
}

/// What came while the reader looked elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// How many messages of others.
    pub count: usize,
    /// The local time of the first of them.
    pub since: String,
}

/// Everything the page knows.
pub struct Client {
    room: RoomName,
    me: AuthorId,
    name: Option<Name>,
    token: Option<Token>,
    build: String,
    new_build: Option<String>,
    link: Link,
    timeline: Timeline,
    window: Window,
    comings: Comings,
    people: People,
    people_changed: bool,
    outbox: Outbox,
    zone: Zone,
    // How far the server's clock is ahead of the reader's, so that a pending message stands where it will stand.
    clock_ahead: i64,
    joining: Joining,
    remembered: Option<String>,
    page_request: Option<u32>,
    requests: u32,
    visible: bool,
    seen: u64,
    draft_empty: bool,
    spoken: u64,
    effects: Vec<Effect>,
}

impl Client {
    /// The page as the server drew it.
    pub fn new(boot: Boot) -> Self {
        let seen = boot.as_of.seq;
        Self {
            room: boot.room,
            me: boot.session,
            name: boot.name,
            token: None,
            build: boot.build,
            new_build: None,
            link: Link::default(),
            timeline: Timeline::new(boot.as_of, boot.events, boot.has_older),
            window: Window::default(),
            comings: Comings::default(),
            people: People::new(&boot.roster),
            people_changed: false,
            outbox: Outbox::default(),
            zone: Zone(boot.utc_offset_minutes),
            clock_ahead: 0,
            joining: Joining::default(),
            remembered: None,
            page_request: None,
            requests: 0,
            visible: true,
            seen,
            draft_empty: true,
            spoken: 0,
            effects: Vec::new(),
        }
    }

    /// The page has come to life: what the browser kept comes back, and the connection is opened.
    pub fn start(
        &mut self,
        remembered: Option<String>,
        kept: Vec<Kept>,
        zone: Zone,
        server_now: UnixMillis,
        at: Moment,
    ) {
        self.zone = zone;
        self.clock_ahead = server_now as i64 - at.wall as i64;
        self.remembered = remembered.or_else(|| self.name.as_ref().map(Name::to_string));
        let mut kept: Vec<_> = kept.into_iter().filter(|kept| kept.room == self.room).collect();
        kept.sort_by_key(|kept| kept.at);
        for kept in kept {
            let known = self.timeline.said().iter().any(|said| said.client_id == kept.client_id);
            if known {
                self.effects.push(Effect::Forget(kept.client_id));
                continue;
            }
            let step = if kept.author.id == self.me { Step::Queued } else { Step::Leftover };
            self.outbox.add(Arc::new(Said::pending(kept.author, kept.client_id, kept.body, kept.at)), step);
        }
        let act = self.link.start(at);
        self.act(act);
    }

    /// What has to be done since this was last called, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The connection is open and speaks the right protocol.
    pub fn opened(&mut self, at: Moment) {
        self.link.opened(at);
        let rooms = vec![RoomAt { room: self.room.clone(), cursor: Some(self.timeline.cursor().clone()) }];
        self.send(ClientMessage::Hello { token: self.token.clone(), rooms });
    }

    /// What answered speaks another protocol.
    pub fn foreign(&mut self, at: Moment) {
        self.link.foreign(at);
    }

    /// The connection is gone.
    pub fn closed(&mut self, code: CloseCode, at: Moment) {
        self.link.closed(code, at);
        self.connection_lost();
    }

    /// The device's network came or went.
    pub fn network(&mut self, online: bool, at: Moment) {
        let act = self.link.network(online, at);
        self.act(act);
    }

    /// "Retry now".
    pub fn retry_now(&mut self, at: Moment) {
        let act = self.link.retry(at);
        self.act(act);
    }

    /// The page is shown or hidden, or gets the focus.
    pub fn visible(&mut self, visible: bool, at: Moment) {
        self.visible = visible;
        if visible {
            let act = self.link.wake(at);
            self.act(act);
        }
        self.look();
        self.reload_if_due();
    }

    /// Time has passed.
    pub fn tick(&mut self, at: Moment) {
        let act = self.link.tick(at);
        self.act(act);
        self.flush(at);
    }

    /// When to call [`tick`](Self::tick) next.
    pub fn deadline(&self, at: Moment) -> Option<u64> {
        let midnight = at.tick + self.zone.next_midnight(at.wall).saturating_sub(at.wall) + 1;
        let outbox = if self.link.is_online() { self.outbox.deadline() } else { None };
        [self.link.deadline(at.tick), outbox, Some(midnight)].into_iter().flatten().min()
    }

    /// Someone asks for a name.
    pub fn claim(&mut self, name: &str) {
        if let Err(code) = Name::parse(name) {
            self.joining = Joining { busy: false, refused: Some(code) };
            return;
        }
        self.joining = Joining { busy: true, refused: None };
        self.remembered = Some(name.to_owned());
        if self.link.is_online() {
            self.send(ClientMessage::Claim { name: name.to_owned() });
        }
    }

    /// Gives the name back, and does not ask for it again.
    pub fn leave(&mut self) {
        self.remembered = None;
        self.joining = Joining::default();
        self.name = None;
        self.effects.push(Effect::RememberName(None));
        if self.link.is_online() {
            self.send(ClientMessage::Leave);
        }
    }

    /// Takes a message for sending.
    ///
    /// # Errors
    /// Why it can't be one.
    pub fn post(&mut self, text: &str, client_id: ClientId, at: Moment) -> Result<(), ErrorCode> {
        let body = Body::parse(text)?;
        let name = self.name.clone().ok_or(ErrorCode::NotNamed)?;
        let author = parlor::Author { id: self.me.clone(), name };
        let newest = self.timeline.said().back().map_or(0, |said| said.at);
        let guess = (at.wall as i64 + self.clock_ahead).max(0) as UnixMillis;
        let said = Arc::new(Said::pending(author, client_id, body, guess.max(newest)));
        self.effects.push(Effect::Keep(Kept::of(&self.room, &said)));
        self.outbox.add(said, Step::Queued);
        self.follow();
        self.flush(at);
        Ok(())
    }

    /// Sends a refused message again.
    pub fn retry(&mut self, client_id: &ClientId, at: Moment) {
        if let Some(item) = self.outbox.items().iter().find(|item| item.said.client_id == *client_id)
            && item.step == Step::Leftover
            && let Some(name) = self.name.clone()
        {
            // It becomes a message of the present session, under an id that this one has not used.
            let author = parlor::Author { id: self.me.clone(), name };
            let said = Said::pending(author, client_id.clone(), item.said.body.clone(), item.said.at);
            self.outbox.discard(client_id);
            self.effects.push(Effect::Keep(Kept::of(&self.room, &said)));
            self.outbox.add(Arc::new(said), Step::Queued);
        }
        self.outbox.retry(client_id);
        self.flush(at);
    }

    /// Gives a refused message up. Returns what it said, for "Edit".
    pub fn discard(&mut self, client_id: &ClientId, at: Moment) -> Option<Body> {
        let gone = self.outbox.discard(client_id)?;
        self.effects.push(Effect::Forget(client_id.clone()));
        if matches!(gone.step, Step::Held(_)) && self.link.is_online() {
            self.send(ClientMessage::Discard { room: self.room.clone(), client_id: client_id.clone() });
        }
        self.flush(at);
        Some(gone.said.body.clone())
    }

    /// Whether there is text in the composer: a due reload waits for it.
    pub fn drafting(&mut self, empty: bool) {
        self.draft_empty = empty;
        self.reload_if_due();
    }

    /// Someone scrolls away from the end.
    pub fn read(&mut self) {
        self.window.hold(&self.timeline);
    }

    /// Someone goes back to the end.
    pub fn follow(&mut self) {
        if !self.window.is_live() {
            self.window.follow(&mut self.timeline);
        }
        self.look();
    }

    /// The reader is at the top of what is shown.
    pub fn older(&mut self) {
        if self.window.show_older(&self.timeline) || self.page_request.is_some() || !self.timeline.has_older() {
            return;
        }
        if self.link.is_online() {
            self.requests += 1;
            self.page_request = Some(self.requests);
            let of = PageOf::Before(self.timeline.first());
            self.send(ClientMessage::Page { room: self.room.clone(), request: self.requests, of });
        }
    }

    /// The reader is at the bottom of what is shown.
    pub fn newer(&mut self) {
        if !self.window.is_live() {
            self.window.show_newer(&self.timeline);
            self.look();
        }
    }

    /// The room.
    pub fn room(&self) -> &RoomName {
        &self.room
    }

    /// The reader's public id.
    pub fn me(&self) -> &AuthorId {
        &self.me
    }

    /// The name that the reader holds.
    pub fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }

    /// How joining goes.
    pub fn joining(&self) -> &Joining {
        &self.joining
    }

    /// Who is there.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// Whether [`people`](Self::people) or who of them is the reader has changed since this was last asked.
    pub fn take_people_changed(&mut self) -> bool {
        std::mem::take(&mut self.people_changed)
    }

    /// Whether the end of the log is shown.
    pub fn is_live(&self) -> bool {
        self.window.is_live()
    }

    /// Whether something older can be shown.
    pub fn has_older(&self) -> bool {
        self.timeline.has_older() || self.window.range(&self.timeline).start > 0
    }

    /// Whether nobody has said anything here.
    pub fn is_silent(&self) -> bool {
        self.timeline.said().is_empty() && self.outbox.items().is_empty() && !self.timeline.has_older()
    }

    /// What to say about the connection.
    pub fn banner(&self, at: Moment) -> Option<Banner> {
        self.link.banner(at.tick)
    }

    /// The lines of the timeline.
    pub fn rows(&self, now: UnixMillis) -> Vec<Row> {
        let said = self.timeline.said();
        Source {
            said: said.range(self.window.range(&self.timeline)).collect(),
            comings: self.comings.lines(),
            pending: self.outbox.items(),
            live: self.window.is_live(),
            online: self.link.is_online(),
            me: &self.me,
            zone: self.zone,
            now,
        }
        .rows()
    }

    /// What did not enter while the reader reads.
    pub fn news(&self) -> Option<News> {
        self.count_after(self.window.held_at()?)
    }

    /// What came while the page was hidden.
    pub fn unseen(&self) -> usize {
        if self.visible { 0 } else { self.count_after(self.seen).map_or(0, |news| news.count) }
    }

    fn count_after(&self, seq: u64) -> Option<News> {
        let start = self.timeline.index_after(seq);
        let mut others = self.timeline.said().range(start..).filter(|said| said.author.id != self.me);
        let first = others.next()?;
        Some(News { count: 1 + others.count(), since: self.zone.clock(first.at) })
    }

    fn look(&mut self) {
        if self.visible && self.window.is_live() {
            self.seen = self.timeline.cursor().seq;
        }
    }

    fn flush(&mut self, at: Moment) {
        if self.link.is_online() && self.name.is_some() && !self.joining.busy {
            for said in self.outbox.take_ready(at.tick) {
                self.send(ClientMessage::post(self.room.clone(), said.client_id.clone(), &said.body));
            }
        }
    }

    fn resume(&mut self, at: Moment) {
        let act = self.link.dead(at);
        self.act(act);
    }

    fn connection_lost(&mut self) {
        self.outbox.connection_lost();
        self.page_request = None;
    }

    fn act(&mut self, act: Do) {
        match act {
            Do::Nothing => {}
            Do::Connect => self.effects.push(Effect::Connect),
            Do::Ping => self.send(ClientMessage::Ping),
            Do::Drop => {
                self.effects.push(Effect::Drop);
                self.connection_lost();
            }
        }
    }

    fn send(&mut self, message: ClientMessage) {
        self.effects.push(Effect::Send(message));
    }

    fn reload_if_due(&mut self) {
        let nothing_to_lose = self.draft_empty && self.outbox.items().is_empty();
        if (!self.visible || nothing_to_lose)
            && let Some(build) = self.new_build.take()
        {
            self.effects.push(Effect::Reload(build));
        }
    }
}

#[cfg(test)]
mod tests;
