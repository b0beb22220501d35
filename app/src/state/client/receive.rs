//! What the server says, and what follows from it.

use parlor::{AuthorId, Event, EventKind, Name, Refusal, message::Request};
use parlor_markup::plain;

use super::*;
use crate::words::fill;

impl Client {
    /// A message came.
    pub fn received(&mut self, message: ServerMessage, at: Moment) {
        self.link.heard(at);
        if let Some(room) = self.take(message, at) {
            self.look_at(&room);
            self.touch(&room, at.tick);
        }
        self.flush(at);
        self.reload_if_due();
    }

    // Returns the room in which something has changed.
    fn take(&mut self, message: ServerMessage, at: Moment) -> Option<RoomName> {
        match message {
            ServerMessage::Welcome { session, token, name, heartbeat_ms, build, .. } => {
                self.link.welcomed(heartbeat_ms, at);
                self.keeping.welcomed(at.tick);
                self.welcome(session, token, name, build);
            }
            ServerMessage::Claimed { name } => self.named(name),
            ServerMessage::Unnamed => self.me.name = None,
            ServerMessage::Refused { to, room, error } => self.refused(to, room, &error),
            ServerMessage::Rooms { rooms } => self.listed(rooms),
            ServerMessage::Found { request, hits, more } => self.found(request, hits, more),
            ServerMessage::Snapshot { room: name, as_of, events, has_older, roster, topic, read } => {
                let room = self.rooms.get_mut(&name)?;
                room.snapshot(as_of, events, has_older, read);
                room.roster(&roster);
                room.topic = topic;
                let own = room.timeline.end().said().iter().filter(|said| self.me.wrote(said));
                let done = own.map(|said| said.client_id.clone()).collect();
                self.settle(&name, done);
                self.check_composing(&name);
                if let Some(seq) = read {
                    self.withdraw(&name, seq);
                }
                return Some(name);
            }
            ServerMessage::Missed { room: name, as_of, events, roster, topic } => {
                self.more_follows = roster.is_none();
                let done = self.own(&events);
                let room = self.rooms.get_mut(&name)?;
                if let Some(roster) = roster {
                    room.roster(&roster);
                    room.topic = topic;
                }
                match room.timeline.missed(&as_of, events) {
                    Ok(news) => {
                        self.settle(&name, done);
                        self.saw(&name, !news.is_empty());
                    }
                    Err(NeedsResume) => {
                        self.more_follows = false;
                        self.resume(at);
                    }
                }
                return Some(name);
            }
            ServerMessage::Event { room, epoch, event } => {
                self.clock_ahead = event.at as i64 - at.wall as i64;
                self.happened(&room, &epoch, event, at);
                return Some(room);
            }
            ServerMessage::Page { room, request, as_of, events, has_older, has_newer } => {
                self.rooms.get_mut(&room)?.paged(request, &as_of, events, has_older, has_newer);
                return Some(room);
            }
            ServerMessage::Presence { room, joined, left, count } => {
                let room = self.rooms.get_mut(&room)?;
                room.presence(&self.me.id, &joined, &left, count);
                left.iter().for_each(|author| room.typing.over(&author.id));
            }
            ServerMessage::Typing { room, who } => {
                if who.id != self.me.id && self.me.hears(&who.id) {
                    self.rooms.get_mut(&room)?.typing.heard(who, at.tick);
                }
            }
            ServerMessage::Read { room: name, seq } => {
                let visible = self.visible && self.rooms.shows(&name);
                let room = self.rooms.get_mut(&name)?;
                room.told(seq, visible);
                self.withdraw(&name, seq);
                return Some(name);
            }
            ServerMessage::Unread { room, seq } => {
                self.rooms.get_mut(&room)?.marker.unread(seq);
                return Some(room);
            }
            ServerMessage::Ack { room, client_id, seq, .. } => {
                self.effects.push(Effect::Forget(client_id.clone()));
                let room = self.rooms.get_mut(&room)?;
                room.outbox.acked(&client_id, seq);
                room.outbox.settle(room.timeline.cursor().seq);
            }
            ServerMessage::Nack { room, client_id, error } => self.nacked(&room, &client_id, &error, at),
            // A reset is followed by the snapshot that it announces.
            ServerMessage::Reset { .. } | ServerMessage::Pong | ServerMessage::Unknown => {}
        }
        None
    }

    fn nacked(&mut self, name: &RoomName, client_id: &ClientId, error: &Refusal, at: Moment) {
        let Some(room) = self.rooms.get_mut(name) else { return };
        let item = room.outbox.items().iter().find(|item| item.written.client_id == *client_id);
        // What a room is about is shown above it: there is no place to ask what to do about a refusal.
        let topic = item.is_some_and(|item| matches!(item.written.deed, Deed::Topic(_)));
        let change =
            item.and_then(|item| item.written.change().map(|(target, change)| (target.clone(), change.clone())));
        let known = item.is_some();
        room.outbox.nacked(client_id, error, at.tick);
        if topic && !error.code.is_retryable() {
            room.outbox.discard(client_id);
            self.effects.push(Effect::Forget(client_id.clone()));
        }
        // Nor is there where the page does not hold the message that was to be changed, or the log has lost it. The text
        // of an edit is offered as a draft.
        if let Some((target, change)) = change
            && !error.code.is_retryable()
            && room.said(target.seq).is_none_or(|said| !said.is(&target))
        {
            room.outbox.discard(client_id);
            self.effects.push(Effect::Forget(client_id.clone()));
            if let Change::Edit(Some(text), _) = change {
                self.drafts.offer_anew(name, None, text.as_str(), at.wall);
            }
        }
        if !known && error.code.is_retryable() {
            self.needs_no_turn(name, client_id.clone());
        }
        if error.code == ErrorCode::NotNamed {
            self.me.name = None;
            self.claim_again();
        }
    }

    fn welcome(&mut self, session: AuthorId, token: Option<Token>, name: Option<Name>, build: String) {
        self.rooms.shown_mut().people_changed |= self.me.id != session;
        self.me.id = session;
        self.token = token.or(self.token.take());
        if build != self.build {
            self.new_build = Some(build);
        }
        if self.joining.renaming {
            // Whether it was heard is not known: the name that the server tells is the one.
            self.joining = Joining::default();
        }
        match name {
            Some(name) if !self.joining.busy => self.named(name),
            _ => {
                // A name that is still shown stays shown: most often it is there again with the next message.
                self.claim_again();
            }
        }
    }

    fn claim_again(&mut self) {
        if let Some(name) = self.remembered.clone() {
            self.joining = Joining { busy: true, ..Joining::default() };
            self.send(ClientMessage::Claim { name });
        } else {
            self.me.name = None;
        }
    }

    fn named(&mut self, name: Name) {
        self.joining = Joining::default();
        self.remembered = Some(name.to_string());
        self.effects.push(Effect::RememberName(self.remembered.clone()));
        self.me.name = Some(name);
    }

    fn refused(&mut self, to: Option<Request>, room: Option<RoomName>, error: &Refusal) {
        let room = room.and_then(|name| self.rooms.get_mut(&name));
        match (to, room) {
            (Some(Request::Claim), _) => {
                let renaming = self.joining.renaming;
                self.joining = Joining { busy: false, refused: Some(error.code), renaming };
                if !renaming {
                    self.me.name = None;
                }
            }
            (Some(Request::Search), _) => self.not_found(error.code),
            (Some(Request::Page), Some(room)) => {
                room.unanswered();
                self.keeping.refused();
            }
            (Some(Request::Join), Some(room)) => room.refused = Some(error.code),
            _ => {}
        }
    }

    fn happened(&mut self, name: &RoomName, epoch: &parlor::Epoch, event: Event, at: Moment) {
        let watched = self.visible && self.rooms.shows(name);
        let Some(room) = self.rooms.get_mut(name) else { return };
        if let EventKind::Topic { topic, .. } = &event.kind {
            room.topic.clone_from(topic);
        }
        let events = vec![event];
        let Ok(news) = room.timeline.extend(epoch, events.clone()) else { return self.resume(at) };
        let (shown, grows) = (self.rooms.shows(name), !news.is_empty());
        for said in news {
            if let Some(room) = self.rooms.get_mut(name) {
                room.typing.over(&said.author.id);
            }
            if !self.me.may_miss(&said) {
                continue;
            }
            let loudness = self.me.volume.of(name);
            let meant = self.me.is_meant(&said) && loudness != Loudness::Muted;
            let from = said.author.name.to_string();
            // What is said elsewhere would only disturb, unless it is meant for the reader.
            if shown || meant {
                let who = if shown {
                    from.clone()
                } else {
                    fill(self.locale.words.speaks_elsewhere(), &[&from, name.as_str()])
                };
                self.speak(format!("{who}: {}", plain(said.text())));
            }
            if (meant || loudness == Loudness::Loud) && !watched {
                let (room, seq, text) = (name.clone(), said.seq, plain(said.text()));
                self.effects.push(Effect::Notify(Notice { room, seq, from, text, sound: self.me.settings.sound }));
            }
        }
        let done = self.own(&events);
        self.settle(name, done);
        self.saw(name, grows);
    }

    // What has come in view is the end, whatever the address said before.
    fn saw(&mut self, name: &RoomName, news: bool) {
        if news && self.visible && self.rooms.shows(name) {
            self.reached_end();
        }
    }

    // What of this the reader did, here or in another tab.
    fn own(&self, events: &[Event]) -> Vec<ClientId> {
        let mine = events.iter().filter_map(origin).filter(|(by, _)| by.id == self.me.id);
        mine.map(|(_, client_id)| client_id.clone()).collect()
    }

    // What is in the timeline now leaves the outbox, and stays in view where it was in view.
    fn settle(&mut self, name: &RoomName, done: Vec<ClientId>) {
        for client_id in done {
            let Some(room) = self.rooms.get_mut(name) else { return };
            let held = |item: &Pending| item.written.client_id == client_id && matches!(item.step, Step::Held(_));
            let held = room.outbox.items().iter().any(held);
            if room.outbox.confirmed(&client_id) {
                let mut own = room.timeline.end().said().iter().rev().filter(|said| self.me.wrote(said));
                if let Some(seq) = own.find(|said| said.client_id == client_id).map(|said| said.seq) {
                    room.window.include(seq, &room.timeline);
                }
                self.effects.push(Effect::Forget(client_id.clone()));
            }
            if held {
                self.needs_no_turn(name, client_id);
            }
        }
        if let Some(room) = self.rooms.get_mut(name) {
            room.outbox.settle(room.timeline.cursor().seq);
            room.grown();
        }
    }

    // A message that was refused on this connection got into the log over an earlier one, whose last words came late:
    // without being told the server would let nothing pass before it came again.
    fn needs_no_turn(&mut self, room: &RoomName, client_id: ClientId) {
        if self.link.is_online() {
            self.send(ClientMessage::Discard { room: room.clone(), client_id });
        }
    }
}
