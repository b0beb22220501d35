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
    outbox::{Outbox, Pending, Step},
    roster::People,
    rows::{Row, Source},
    said::Said,
    timeline::{NeedsResume, Timeline},
    window::Window,
};
use crate::Boot;

mod ask;
mod effect;
mod receive;
mod view;

pub use effect::{Effect, Kept, Spoken};
pub use view::News;

/// How joining goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joining {
    /// A name has been asked for and not been answered.
    pub busy: bool,
    /// Why the last one was refused.
    pub refused: Option<ErrorCode>,
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
        let mut in_order: Vec<Kept> = Vec::new();
        for kept in kept.into_iter().filter(|kept| kept.room == self.room) {
            let place = in_order.partition_point(|other| other.at <= kept.at);
            in_order.insert(place, kept);
        }
        for kept in in_order {
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
