//! What the server says, and what follows from it.

use parlor::{AuthorId, Event, Name, Refusal, message::Request};

use super::*;

/// How much later than what they said it may be told that someone came, in milliseconds.
const BATCH_MS: u64 = 2_000;

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
            ServerMessage::Snapshot { room, as_of, events, has_older, roster, .. } if room == self.room => {
                self.timeline = Timeline::new(as_of, events, has_older);
                self.window = Window::default();
                self.comings = Comings::default();
                self.new_people(&roster);
                let all: Vec<_> = self.timeline.said().iter().cloned().collect();
                self.settle(&all);
            }
            ServerMessage::Missed { room, as_of, events, roster, .. } if room == self.room => {
                match self.timeline.missed(&as_of, events) {
                    Ok(news) => self.settle(&news),
                    Err(NeedsResume) => self.resume(at),
                }
                if let Some(roster) = roster {
                    self.new_people(&roster);
                }
            }
            ServerMessage::Event { room, epoch, event } if room == self.room => {
                self.clock_ahead = event.at as i64 - at.wall as i64;
                self.happened(&epoch, event, at);
            }
            ServerMessage::Page { room, request, as_of, events, has_older, .. }
                if room == self.room && self.page_request == Some(request) =>
            {
                self.page_request = None;
                self.timeline.older(&as_of.epoch, events, has_older);
                self.window.paged(&self.timeline);
            }
            ServerMessage::Presence { room, joined, left, count } if room == self.room => {
                self.presence(&joined, &left, count);
            }
            ServerMessage::Ack { room, client_id, seq, .. } if room == self.room => {
                self.effects.push(Effect::Forget(client_id.clone()));
                self.outbox.acked(&client_id, seq);
                self.outbox.settle(self.timeline.cursor().seq);
            }
            ServerMessage::Nack { room, client_id, error } if room == self.room => {
                let known = self.outbox.items().iter().any(|item| item.said.client_id == client_id);
                self.outbox.nacked(&client_id, &error, at.tick);
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
        self.people_changed |= self.me != session;
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
            Some(Request::Page) => self.page_request = None,
            _ => {}
        }
    }

    fn happened(&mut self, epoch: &parlor::Epoch, event: Event, at: Moment) {
        match self.timeline.extend(epoch, vec![event]) {
            Ok(news) => {
                for said in news.iter().filter(|said| said.author.id != self.me) {
                    let text = format!("{}: {}", said.author.name, said.body.as_str());
                    self.spoken += 1;
                    self.effects.push(Effect::Speak(Spoken { number: self.spoken, text }));
                }
                self.settle(&news);
            }
            Err(NeedsResume) => self.resume(at),
        }
    }

    // Messages that are in the timeline now leave the outbox, and stay in view where they were in view.
    fn settle(&mut self, news: &[Arc<Said>]) {
        let me = self.me.clone();
        for said in news.iter().filter(|said| said.author.id == me) {
            let held = |item: &Pending| item.said.client_id == said.client_id && matches!(item.step, Step::Held(_));
            if self.outbox.items().iter().any(held) {
                self.needs_no_turn(said.client_id.clone());
            }
            if self.outbox.confirmed(&said.client_id) {
                self.effects.push(Effect::Forget(said.client_id.clone()));
                self.window.include(said.seq);
            }
        }
        self.outbox.settle(self.timeline.cursor().seq);
        self.window.grown(&self.timeline);
    }

    // A message that was refused on this connection got into the log over an earlier one, whose last words came late:
    // without being told the server would let nothing pass before it came again.
    fn needs_no_turn(&mut self, client_id: ClientId) {
        if self.link.is_online() {
            self.send(ClientMessage::Discard { room: self.room.clone(), client_id });
        }
    }

    fn presence(&mut self, joined: &[parlor::Author], left: &[parlor::Author], count: u32) {
        let news = |authors: &[parlor::Author], came: bool| -> Vec<_> {
            let strangers = authors.iter().filter(|author| author.id != self.me);
            strangers.filter(|author| self.people.has(&author.id) != came).cloned().collect()
        };
        let (came, went) = (news(joined, true), news(left, false));
        self.comings.add(self.before_words_of(&came), came, went);
        self.people.changed(joined, left, count);
        self.people_changed = true;
    }

    // Presence comes in batches, so someone may have spoken before it is told that they came: the line belongs before.
    fn before_words_of(&self, came: &[parlor::Author]) -> u64 {
        let newest = self.timeline.said().back().map_or(0, |said| said.at);
        let recent = self.timeline.said().iter().rev().take_while(|said| said.at + BATCH_MS >= newest);
        let theirs = recent.filter(|said| came.iter().any(|author| author.id == said.author.id));
        theirs.last().map_or(self.timeline.cursor().seq, |said| said.seq - 1)
    }

    fn new_people(&mut self, roster: &parlor::message::Roster) {
        self.people = People::new(roster);
        self.people_changed = true;
    }
}
