//! What the server says, and what follows from it.

use parlor::{AuthorId, Event, EventKind, Name, Refusal, message::Request};

use super::*;

impl Client {
    /// A message came.
    pub fn received(&mut self, message: ServerMessage, at: Moment) {
        self.link.heard(at);
        match message {
            ServerMessage::Welcome { session, token, name, heartbeat_ms, build, .. } => {
                self.link.welcomed(heartbeat_ms, at);
                self.welcome(session, token, name, build);
            }
            ServerMessage::Claimed { name } => self.named(name),
            ServerMessage::Unnamed => self.name = None,
            ServerMessage::Refused { to, error, .. } => self.refused(to, &error),
            ServerMessage::Snapshot { room, as_of, events, has_older, roster, topic, read }
                if room == self.room.name =>
            {
                self.room.snapshot(as_of, events, has_older, read);
                self.room.roster(&roster);
                self.room.topic = topic;
                let said = self.room.timeline.end().said().iter().filter(|said| said.author.id == self.me);
                let done = said.map(|said| said.client_id.clone()).collect();
                self.settle(done);
            }
            ServerMessage::Missed { room, as_of, events, roster, topic } if room == self.room.name => {
                let done = self.own(&events);
                match self.room.timeline.missed(&as_of, events) {
                    Ok(_) => self.settle(done),
                    Err(NeedsResume) => self.resume(at),
                }
                if let Some(roster) = roster {
                    self.room.roster(&roster);
                    self.room.topic = topic;
                }
            }
            ServerMessage::Event { room, epoch, event } if room == self.room.name => {
                self.clock_ahead = event.at as i64 - at.wall as i64;
                self.happened(&epoch, event, at);
            }
            ServerMessage::Page { room, request, as_of, events, has_older, has_newer } if room == self.room.name => {
                self.room.paged(request, &as_of, events, has_older, has_newer);
            }
            ServerMessage::Presence { room, joined, left, count } if room == self.room.name => {
                self.room.presence(&self.me, &joined, &left, count);
            }
            ServerMessage::Read { room, seq } if room == self.room.name => {
                self.room.told(seq, self.visible);
            }
            ServerMessage::Ack { room, client_id, seq, .. } if room == self.room.name => {
                self.effects.push(Effect::Forget(client_id.clone()));
                self.room.outbox.acked(&client_id, seq);
                self.room.outbox.settle(self.room.timeline.cursor().seq);
            }
            ServerMessage::Nack { room, client_id, error } if room == self.room.name => {
                let known = self.room.outbox.items().iter().any(|item| item.written.client_id == client_id);
                self.room.outbox.nacked(&client_id, &error, at.tick);
                if !known && error.code.is_retryable() {
                    self.needs_no_turn(client_id);
                }
                if error.code == ErrorCode::NotNamed {
                    self.name = None;
                    self.claim_again();
                }
            }
            // A reset is followed by the snapshot that it announces.
            _ => {}
        }
        self.look();
        self.flush(at);
        self.reload_if_due();
    }

    fn welcome(&mut self, session: AuthorId, token: Option<Token>, name: Option<Name>, build: String) {
        self.room.people_changed |= self.me != session;
        self.me = session;
        self.token = token.or(self.token.take());
        if build != self.build {
            self.new_build = Some(build);
        }
        let left_meanwhile = self.name.is_none() && self.remembered.is_none() && name.is_some();
        match name {
            Some(_) if left_meanwhile => self.send(ClientMessage::Leave),
            Some(name) if !self.joining.busy => self.named(name),
            _ => {
                // A name that is still shown stays shown: most often it is there again with the next message.
                self.claim_again();
            }
        }
    }

    fn claim_again(&mut self) {
        if let Some(name) = self.remembered.clone() {
            self.joining = Joining { busy: true, refused: None };
            self.send(ClientMessage::Claim { name });
        } else {
            self.name = None;
        }
    }

    fn named(&mut self, name: Name) {
        self.joining = Joining::default();
        self.remembered = Some(name.to_string());
        self.effects.push(Effect::RememberName(self.remembered.clone()));
        self.name = Some(name);
    }

    fn refused(&mut self, to: Option<Request>, error: &Refusal) {
        match to {
            Some(Request::Claim) => {
                self.joining = Joining { busy: false, refused: Some(error.code) };
                self.name = None;
            }
            Some(Request::Page) => self.room.unanswered(),
            _ => {}
        }
    }

    fn happened(&mut self, epoch: &parlor::Epoch, event: Event, at: Moment) {
        if let EventKind::Topic { topic, .. } = &event.kind {
            self.room.topic.clone_from(topic);
        }
        let events = vec![event];
        let done = self.own(&events);
        match self.room.timeline.extend(epoch, events) {
            Ok(news) => {
                for said in news.iter().filter(|said| said.author.id != self.me && said.body.is_some()) {
                    let text = format!("{}: {}", said.author.name, said.text());
                    self.spoken += 1;
                    self.effects.push(Effect::Speak(Spoken { number: self.spoken, text }));
                }
                self.settle(done);
            }
            Err(NeedsResume) => self.resume(at),
        }
    }

    // What of this the reader did, here or in another tab.
    fn own(&self, events: &[Event]) -> Vec<ClientId> {
        let mine = events.iter().filter_map(origin).filter(|(by, _)| by.id == self.me);
        mine.map(|(_, client_id)| client_id.clone()).collect()
    }

    // What is in the timeline now leaves the outbox, and stays in view where it was in view.
    fn settle(&mut self, done: Vec<ClientId>) {
        for client_id in done {
            let held = |item: &Pending| item.written.client_id == client_id && matches!(item.step, Step::Held(_));
            if self.room.outbox.items().iter().any(held) {
                self.needs_no_turn(client_id.clone());
            }
            if self.room.outbox.confirmed(&client_id) {
                let mut own = self.room.timeline.end().said().iter().rev().filter(|said| said.author.id == self.me);
                if let Some(seq) = own.find(|said| said.client_id == client_id).map(|said| said.seq) {
                    self.room.window.include(seq, &self.room.timeline);
                }
                self.effects.push(Effect::Forget(client_id));
            }
        }
        self.room.outbox.settle(self.room.timeline.cursor().seq);
        self.room.grown();
    }

    // A message that was refused on this connection got into the log over an earlier one, whose last words came late:
    // without being told the server would let nothing pass before it came again.
    fn needs_no_turn(&mut self, client_id: ClientId) {
        if self.link.is_online() {
            self.send(ClientMessage::Discard { room: self.room.name.clone(), client_id });
        }
    }
}
