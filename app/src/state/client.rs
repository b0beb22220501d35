//! The page's side of the protocol, without input or output: what happens goes in, what is to be done comes out.

use std::sync::Arc;

use parlor::{
    AuthorId, Body, ClientId, ClientMessage, CloseCode, ErrorCode, Name, RoomName, ServerMessage, Token, UnixMillis,
};

use super::{
    Moment,
    away::Away,
    calendar::Zone,
    change::{Change, origin},
    drafts::Drafts,
    link::{Banner, Do, Link},
    locale::Locale,
    loudness::{Loudness, Volume},
    me::Me,
    outbox::{Deed, Outbox, Pending, Step, Written},
    room::{Reader, Room},
    rooms::Rooms,
    roster::Person,
    rows::Row,
    timeline::{NeedsResume, Timeline},
};
use crate::{Boot, settings::Settings};

mod ask;
mod compose;
mod effect;
mod lookup;
mod places;
mod receive;
mod replicas;
mod view;

pub use super::drafts::{Composing, OfferedDraft};
pub use effect::{Effect, Kept, Notice, Spoken};
pub use lookup::{Found, Looking};
pub use view::{News, RoomLine};

/// How joining goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joining {
    /// A name has been asked for and not been answered.
    pub busy: bool,
    /// Why the last one was refused.
    pub refused: Option<ErrorCode>,
    /// It is a name in place of the one that the reader has.
    pub renaming: bool,
}

/// Everything the page knows.
pub struct Client {
    rooms: Rooms,
    me: Me,
    token: Option<Token>,
    build: String,
    new_build: Option<String>,
    link: Link,
    locale: Locale,
    // How far the server's clock is ahead of the reader's, so that a pending message stands where it will stand.
    clock_ahead: i64,
    joining: Joining,
    remembered: Option<String>,
    visible: bool,
    away: Away,
    looking: Arc<Looking>,
    // Whether the address names more than the room that is shown.
    names_more: bool,
    drafts: Drafts,
    spoken: u64,
    keeping: replicas::Keeping,
    more_follows: bool,
    effects: Vec<Effect>,
}

impl Client {
    /// The page as the server drew it.
    pub fn new(boot: Boot) -> Self {
        let (is_blank, keeping) = (boot.is_blank(), replicas::Keeping::of(&boot));
        let mut members = boot.rooms;
        if members.is_empty() {
            // Who is a member nowhere finds the lobby all the same.
            members.push(RoomName::default());
        }
        // What was refused of somebody with a name is a message, and is told beside it.
        let refused = boot.refused.filter(|_| boot.name.is_none()).map(|refused| refused.code);
        let room = if is_blank {
            Room::unknown(boot.room)
        } else {
            let begin = if boot.has_newer { Timeline::elsewhere } else { Timeline::new };
            let timeline = begin(boot.as_of, boot.events, boot.has_older);
            Room::new(boot.room, timeline, &boot.roster, boot.topic, boot.read)
        };
        let mut client = Self {
            rooms: Rooms::new(room),
            me: Me::new(boot.session, boot.name, boot.settings),
            token: None,
            build: boot.build,
            new_build: None,
            link: Link::default(),
            locale: Locale { words: boot.words, zone: Zone::Drawn(boot.utc_offsets.into()), half_days: boot.half_days },
            clock_ahead: 0,
            joining: Joining { refused, ..Joining::default() },
            remembered: None,
            // Nobody has seen it yet: a page may be loaded behind others, and what is new has to be marked first.
            visible: false,
            away: Away::default(),
            looking: Arc::default(),
            names_more: false,
            drafts: Drafts::default(),
            spoken: 0,
            keeping,
            more_follows: false,
            effects: Vec::new(),
        };
        for name in &members {
            client.rooms.add(name);
        }
        match boot.at {
            Some(seq) => client.rooms.shown_mut().reveal(seq),
            None if boot.has_newer => client.rooms.shown_mut().turned(),
            None => {}
        }
        client.drafts.add_room(&client.rooms.shown().name);
        client.look();
        client
    }

    /// The reader has set something; `half_days` is what their browser has, where they have set nothing.
    pub fn set(&mut self, settings: Settings, half_days: bool) {
        self.me.settings = settings;
        self.locale.half_days = settings.half_days.unwrap_or(half_days);
        self.rooms.iter_mut().for_each(|room| room.people_changed = true);
    }

    /// The reader wants to see more of the people.
    pub fn show_more_people(&mut self) {
        let room = self.rooms.shown_mut();
        room.people.show_more();
        room.people_changed = true;
    }

    /// What the reader has set.
    pub fn settings(&self) -> Settings {
        self.me.settings
    }

    /// The page has come to life: the connection is opened.
    pub fn start(&mut self, remembered: Option<String>, locale: Locale, server_now: UnixMillis, at: Moment) {
        self.locale = locale;
        self.away.seen(true, at.tick);
        self.clock_ahead = server_now as i64 - at.wall as i64;
        self.remembered = remembered.or_else(|| self.me.name.as_ref().map(Name::to_string));
        let act = self.link.start(self.keeping.alone, at);
        self.act(act);
    }

    /// Takes over messages that the browser kept and that no other page sends: of a page that is gone.
    pub fn inherit(&mut self, kept: Vec<Kept>, at: Moment) {
        let mut in_order: Vec<Kept> = Vec::new();
        for kept in kept {
            let place = in_order.partition_point(|other| other.written.at <= kept.written.at);
            in_order.insert(place, kept);
        }
        for Kept { room, written } in in_order {
            // What was written in a room is to get there, whether its reader still is or not.
            self.join(&room);
            let Some(room) = self.rooms.get_mut(&room) else { continue };
            let mine = written.author.id == self.me.id;
            let known = room.timeline.end().said().iter().any(|said| said.client_id == written.client_id);
            // Nobody would see that something other than a message waits for them to decide.
            if known || (!mine && matches!(written.deed, Deed::Topic(_))) {
                self.effects.push(Effect::Forget(written.client_id));
                continue;
            }
            room.outbox.add(written, if mine { Step::Queued } else { Step::Leftover });
        }
        self.flush(at);
    }

    /// What has to be done since this was last called, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        let mut effects = std::mem::take(&mut self.effects);
        // A draft is removed after what it has become is stored.
        effects.extend(self.drafts.take_effects());
        effects
    }

    /// Whether what was just received is a part of something, and the rest is on its way: nobody wants to see thousands
    /// of missed messages run past, and each drawing would keep the rest waiting.
    pub fn take_more_follows(&mut self) -> bool {
        std::mem::take(&mut self.more_follows)
    }

    /// The connection is open and speaks the right protocol.
    pub fn opened(&mut self, at: Moment) {
        self.link.opened(at);
        self.away.connected();
        let rooms = self.places();
        self.send(ClientMessage::Hello { token: self.token.clone(), rooms });
    }

    /// What answered speaks another protocol.
    pub fn foreign(&mut self, at: Moment) {
        self.link.foreign(at);
    }

    /// The connection is gone.
    pub fn closed(&mut self, code: CloseCode, at: Moment) {
        if code == CloseCode::SIGNED_OUT {
            // Elsewhere. Nothing that is here may come back under the old name.
            return self.effects.push(Effect::StartAnew);
        }
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
        if act == Do::Connect {
            // Perhaps in place of one that is in doubt.
            self.connection_lost();
        }
        self.act(act);
    }

    /// The page is shown or hidden, or gets the focus.
    pub fn visible(&mut self, visible: bool, at: Moment) {
        if visible {
            let act = self.link.wake(at);
            self.act(act);
            if !self.visible {
                self.rooms.shown_mut().unwatched();
                let name = self.rooms.shown().name.clone();
                self.withdraw(&name, u64::MAX);
            }
        } else {
            self.rooms.iter_mut().for_each(|room| room.marker.hurry());
            self.keep_now(at.tick);
        }
        self.visible = visible;
        self.away.seen(visible, at.tick);
        self.look();
        self.flush(at);
        self.reload_if_due();
    }

    /// Time has passed.
    pub fn tick(&mut self, at: Moment) {
        let act = self.link.tick(at);
        self.act(act);
        self.rooms.iter_mut().for_each(|room| room.typing.tick(at.tick));
        self.keep(at.tick);
        self.flush(at);
    }

    /// Whether the reader has not been seen for so long that it matters when they are.
    pub fn is_idle(&self, at: Moment) -> bool {
        self.away.is_stale(at.tick)
    }

    /// The reader does something at the page, whatever it is.
    pub fn active(&mut self, at: Moment) {
        self.away.seen(self.visible, at.tick);
        self.flush(at);
    }

    /// When to call [`tick`](Self::tick) next.
    pub fn deadline(&self, at: Moment) -> Option<u64> {
        let midnight = at.tick + self.locale.zone.next_midnight(at.wall).saturating_sub(at.wall) + 1;
        let mut next = [self.link.deadline(at.tick), Some(midnight), self.away.deadline()];
        if !self.link.is_online() {
            next[2] = None;
        }
        let of_rooms = self.rooms.iter().flat_map(|room| room.deadlines(self.link.is_online()));
        next.into_iter().chain(of_rooms).chain([self.keep_at()]).flatten().min()
    }

    /// Says something in the live region.
    pub fn speak(&mut self, text: String) {
        self.spoken += 1;
        self.effects.push(Effect::Speak(Spoken { number: self.spoken, text }));
    }

    fn look(&mut self) {
        let visible = self.visible;
        self.rooms.shown_mut().look(visible, &self.me);
    }

    // A room that is not shown is looked at by nobody.
    fn look_at(&mut self, name: &RoomName) {
        let visible = self.visible && self.rooms.shows(name);
        if let Some(room) = self.rooms.get_mut(name) {
            room.look(visible, &self.me);
        }
    }

    // Notifications outlive the page that showed them, so this does not depend on what this page has shown.
    fn withdraw(&mut self, room: &RoomName, up_to: u64) {
        self.effects.push(Effect::Withdraw { room: room.clone(), up_to });
    }

    fn flush(&mut self, at: Moment) {
        if !self.link.is_online() {
            return;
        }
        let may_write = self.me.name.is_some() && (!self.joining.busy || self.joining.renaming);
        for room in self.rooms.iter_mut() {
            if may_write {
                let ready = room.outbox.take_ready(at.tick).into_iter();
                self.effects.extend(ready.map(|written| Effect::Send(written.request(room.name.clone()))));
            }
            if let Some(seq) = room.marker.tell(at.tick) {
                self.effects.push(Effect::Send(ClientMessage::Read { room: room.name.clone(), seq }));
            }
        }
        if let Some(away) = self.away.tell(at.tick) {
            self.send(ClientMessage::Away { away });
        }
    }

    fn resume(&mut self, at: Moment) {
        let act = self.link.dead(at);
        self.act(act);
    }

    fn connection_lost(&mut self) {
        for room in self.rooms.iter_mut() {
            room.outbox.connection_lost();
            room.unanswered();
        }
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
        let is_empty = self.drafts.open(self.room()).is_none_or(|open| open.text.is_empty());
        let nothing_to_lose = is_empty && self.unsent() == 0;
        if self.drafts.are_stored()
            && (!self.visible || nothing_to_lose)
            && let Some(build) = self.new_build.take()
        {
            self.effects.push(Effect::Reload(build));
        }
    }
}

#[cfg(test)]
mod tests;
