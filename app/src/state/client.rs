//! The page's side of the protocol, without input or output: what happens goes in, what is to be done comes out.

use parlor::{
    AuthorId, Body, ClientId, ClientMessage, CloseCode, ErrorCode, Name, RoomName, ServerMessage, Token, UnixMillis,
};

use super::{
    Moment,
    calendar::Zone,
    change::{Change, origin},
    link::{Banner, Do, Link},
    outbox::{Deed, Outbox, Pending, Step, Written},
    room::{Reader, Room},
    roster::People,
    rows::Row,
    timeline::{NeedsResume, Timeline},
};
use crate::Boot;

mod ask;
mod effect;
mod receive;
mod view;

pub use super::room::Composing;
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
    room: Room,
    me: AuthorId,
    name: Option<Name>,
    token: Option<Token>,
    build: String,
    new_build: Option<String>,
    link: Link,
    zone: Zone,
    // How far the server's clock is ahead of the reader's, so that a pending message stands where it will stand.
    clock_ahead: i64,
    joining: Joining,
    remembered: Option<String>,
    visible: bool,
    draft_empty: bool,
    spoken: u64,
    effects: Vec<Effect>,
}

impl Client {
    /// The page as the server drew it.
    pub fn new(boot: Boot) -> Self {
        let begin = if boot.has_newer { Timeline::elsewhere } else { Timeline::new };
        let timeline = begin(boot.as_of, boot.events, boot.has_older);
        let mut client = Self {
            room: Room::new(boot.room, timeline, &boot.roster, boot.topic, boot.read),
            me: boot.session,
            name: boot.name,
            token: None,
            build: boot.build,
            new_build: None,
            link: Link::default(),
            zone: Zone(boot.utc_offset_minutes),
            clock_ahead: 0,
            joining: Joining::default(),
            remembered: None,
            // Nobody has seen it yet: a page may be loaded behind others, and what is new has to be marked first.
            visible: false,
            draft_empty: true,
            spoken: 0,
            effects: Vec::new(),
        };
        if let Some(seq) = boot.at {
            client.room.jump(seq, false);
        }
        client.look();
        client
    }

    /// The page has come to life: the connection is opened.
    pub fn start(&mut self, remembered: Option<String>, zone: Zone, server_now: UnixMillis, at: Moment) {
        self.zone = zone;
        self.clock_ahead = server_now as i64 - at.wall as i64;
        self.remembered = remembered.or_else(|| self.name.as_ref().map(Name::to_string));
        let act = self.link.start(at);
        self.act(act);
    }

    /// Takes over messages that the browser kept and that no other page sends: of a page that is gone.
    pub fn inherit(&mut self, kept: Vec<Kept>, at: Moment) {
        let mut in_order: Vec<Written> = Vec::new();
        for Kept { written, .. } in kept.into_iter().filter(|kept| kept.room == self.room.name) {
            let place = in_order.partition_point(|other| other.at <= written.at);
            in_order.insert(place, written);
        }
        for written in in_order {
            let mut known = self.room.timeline.end().said().iter();
            if known.any(|said| said.client_id == written.client_id) {
                self.effects.push(Effect::Forget(written.client_id));
                continue;
            }
            let step = if written.author.id == self.me { Step::Queued } else { Step::Leftover };
            self.room.outbox.add(written, step);
        }
        self.flush(at);
    }

    /// What has to be done since this was last called, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The connection is open and speaks the right protocol.
    pub fn opened(&mut self, at: Moment) {
        self.link.opened(at);
        let rooms = vec![self.room.place()];
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
        } else {
            self.room.marker.hurry();
        }
        self.look();
        self.flush(at);
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
        let mut next = [self.link.deadline(at.tick), Some(midnight), None, None];
        if self.link.is_online() {
            next[2..].copy_from_slice(&[self.room.outbox.deadline(), self.room.marker.deadline()]);
        }
        next.into_iter().flatten().min()
    }

    fn look(&mut self) {
        self.room.look(self.visible, &self.me);
    }

    fn flush(&mut self, at: Moment) {
        if !self.link.is_online() {
            return;
        }
        if self.name.is_some() && !self.joining.busy {
            for written in self.room.outbox.take_ready(at.tick) {
                self.send(written.request(self.room.name.clone()));
            }
        }
        if let Some(seq) = self.room.marker.tell(at.tick) {
            self.send(ClientMessage::Read { room: self.room.name.clone(), seq });
        }
    }

    fn resume(&mut self, at: Moment) {
        let act = self.link.dead(at);
        self.act(act);
    }

    fn connection_lost(&mut self) {
        self.room.outbox.connection_lost();
        self.room.unanswered();
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
        let nothing_to_lose = self.draft_empty && self.room.outbox.items().is_empty();
        if (!self.visible || nothing_to_lose)
            && let Some(build) = self.new_build.take()
        {
            self.effects.push(Effect::Reload(build));
        }
    }
}

#[cfg(test)]
mod tests;
