//! What the reader asks for, and what follows from it.

use parlor::Mention;
use parlor_markup::Names;

use super::*;

impl Client {
    /// Someone asks for a name, or for another one.
    pub fn claim(&mut self, name: &str) {
        let renaming = self.me.name.is_some();
        if let Err(code) = Name::parse(name) {
            self.joining = Joining { busy: false, refused: Some(code), renaming };
            return;
        }
        if renaming && !self.link.is_online() {
            self.joining = Joining { busy: false, refused: Some(ErrorCode::Unavailable), renaming };
            return;
        }
        self.joining = Joining { busy: true, refused: None, renaming };
        if !renaming {
            self.remembered = Some(name.to_owned());
        }
        if self.link.is_online() {
            self.send(ClientMessage::Claim { name: name.to_owned() });
        }
    }

    /// Takes what stands in the composer: a message, an answer, or the new text of a message.
    ///
    /// # Errors
    /// Why it can't be one.
    pub fn post(&mut self, text: &str, client_id: ClientId, at: Moment) -> Result<(), ErrorCode> {
        let body = Body::parse(text)?;
        let mentions = self.guess_mentions(&body);
        let deed = match self.composing().cloned() {
            Some(Composing::Edit { text: before, .. }) if before.with_newlines() == text => {
                self.compose(None);
                return Ok(());
            }
            Some(Composing::Edit { target, .. }) => {
                if matches!(self.target(&self.rooms.shown().name, &target), Some(None)) {
                    self.drafts.make_message(&self.rooms.shown().name);
                    return Err(ErrorCode::MessageDeleted);
                }
                Deed::Change { target, change: Change::Edit(Some(body), mentions) }
            }
            Some(Composing::Reply(quote)) => Deed::Post { body, mentions, reply_to: Some(quote) },
            None => Deed::Post { body, mentions, reply_to: None },
        };
        let is_post = matches!(deed, Deed::Post { .. });
        self.write(deed, client_id.clone(), at)?;
        self.drafts.sent(&self.rooms.shown().name, client_id);
        if is_post {
            let room = self.rooms.shown_mut();
            room.marker.answered();
            room.typing.said();
            self.follow();
        }
        Ok(())
    }

    // Whom a text mentions, by the names that the page knows, as the server will find them by those that it knows.
    fn guess_mentions(&self, body: &Body) -> Option<Vec<Mention>> {
        let room = self.rooms.shown();
        let lately = room.timeline.end().said().iter().rev().map(|said| &said.author);
        let people = || room.people.authors().chain(lately).map(|author| (author.name.as_str(), author.id.clone()));
        body.as_str().contains('@').then(|| Names::new(people()).mentions(body.as_str()))
    }

    /// Deletes one's own message.
    pub fn delete(&mut self, seq: u64, client_id: ClientId, at: Moment) {
        let Some(said) = self.rooms.shown().said(seq) else { return };
        // Who has no name any more gets none of the buttons that lead here.
        let _ = self.write(Deed::Change { target: said.reference(), change: Change::Delete }, client_id, at);
    }

    /// Puts an emoji on a message, or takes it off again.
    ///
    /// # Errors
    /// Why that is not possible.
    pub fn react(&mut self, seq: u64, emoji: &str, client_id: ClientId, at: Moment) -> Result<(), ErrorCode> {
        let Some(said) = self.rooms.shown().said(seq) else { return Err(ErrorCode::NoSuchMessage) };
        let on = !said.has_reaction(emoji, &self.me.id);
        let change = Change::React { emoji: parlor::Emoji::parse(emoji)?, on };
        self.write(Deed::Change { target: said.reference(), change }, client_id, at)
    }

    /// Says what the room is about.
    ///
    /// # Errors
    /// Why that is not possible.
    pub fn set_topic(&mut self, topic: &str, client_id: ClientId, at: Moment) -> Result<(), ErrorCode> {
        let topic = parlor::text::topic(topic)?;
        if topic == self.rooms.shown().topic() {
            return Ok(());
        }
        self.write(Deed::Topic(topic), client_id, at)
    }

    fn write(&mut self, deed: Deed, client_id: ClientId, at: Moment) -> Result<(), ErrorCode> {
        let author = self.author().ok_or(ErrorCode::NotNamed)?;
        let room = self.rooms.shown();
        let newest = room.timeline.end().said().back().map_or(0, |said| said.at);
        let guess = (at.wall as i64 + self.clock_ahead).max(0) as UnixMillis;
        // What is kept comes back in the order of its times, so no two are the same and none goes back with the clock.
        let unsent = room.outbox.items().iter().map(|item| item.written.at + 1).max().unwrap_or(0);
        self.queue(Written { client_id, author, deed, at: guess.max(newest).max(unsent) });
        self.flush(at);
        Ok(())
    }

    fn author(&self) -> Option<parlor::Author> {
        Some(parlor::Author { id: self.me.id.clone(), name: self.me.name.clone()? })
    }

    fn queue(&mut self, written: Written) {
        let room = self.rooms.shown_mut();
        self.effects.push(Effect::Keep(Kept { room: room.name.clone(), written: written.clone() }));
        room.outbox.add(written, Step::Queued);
    }

    /// Sends again what was refused.
    pub fn retry(&mut self, client_id: &ClientId, at: Moment) {
        let item = self.rooms.shown().outbox.items().iter().find(|item| item.written.client_id == *client_id);
        if let Some(written) = item.filter(|item| item.step == Step::Leftover).map(|item| item.written.clone())
            && let Some(author) = self.author()
        {
            // It becomes the present session's, which has not used its id.
            self.rooms.shown_mut().outbox.discard(client_id);
            self.queue(Written { author, ..written });
        }
        self.rooms.shown_mut().outbox.retry(client_id);
        self.flush(at);
    }

    /// Gives up what was refused. Returns what it was.
    pub fn discard(&mut self, client_id: &ClientId, at: Moment) -> Option<Deed> {
        let room = self.rooms.shown_mut();
        let gone = room.outbox.discard(client_id)?;
        let room = room.name.clone();
        self.effects.push(Effect::Forget(client_id.clone()));
        if matches!(gone.step, Step::Held(_)) && self.link.is_online() {
            self.send(ClientMessage::Discard { room, client_id: client_id.clone() });
        }
        self.flush(at);
        Some(gone.written.deed)
    }

    /// The message and all after it are to be new again, until the reader comes back to them.
    pub fn unread(&mut self, seq: u64) {
        let room = self.rooms.shown_mut();
        room.marker.unread(seq);
        if self.link.is_online() {
            self.effects.push(Effect::Send(ClientMessage::Unread { room: room.name.clone(), seq }));
        }
        self.look();
    }

    /// Whom to hear nothing of, and how loud rooms are, as it was kept.
    pub fn hear_as_before(&mut self, ignored: Vec<AuthorId>, volume: &str) {
        self.me.ignored = ignored;
        self.me.volume = Volume::parse(volume);
        self.look_everywhere();
    }

    /// Makes the room that is shown louder, or after the loudest quiet.
    pub fn turn_volume(&mut self) {
        self.me.volume.turn(&self.rooms.shown().name);
        self.effects.push(Effect::RememberVolume(self.me.volume.to_text()));
    }

    /// Hears nothing of somebody any more, or hears them again.
    pub fn ignore(&mut self, who: &AuthorId, ignored: bool) {
        self.me.ignored.retain(|other| other != who);
        if ignored {
            self.me.ignored.push(who.clone());
        }
        self.effects.push(Effect::RememberIgnored(self.me.ignored.clone()));
        self.look_everywhere();
    }

    fn look_everywhere(&mut self) {
        let names: Vec<_> = self.rooms.iter().map(|room| room.name.clone()).collect();
        names.iter().for_each(|name| self.look_at(name));
        self.rooms.shown_mut().people_changed = true;
    }

    /// Someone scrolls away from the end.
    pub fn read(&mut self) {
        let room = self.rooms.shown_mut();
        room.window.hold(&room.timeline);
    }

    /// Someone goes back to the end.
    pub fn follow(&mut self) {
        let room = self.rooms.shown_mut();
        room.missing = false;
        if !room.window.is_live() {
            room.window.follow(&mut room.timeline);
            if room.timeline.end().said().is_empty() {
                self.older();
            }
        }
        self.reached_end();
        self.look();
    }

    /// Someone wants to see this message.
    pub fn jump(&mut self, seq: u64) {
        let page = self.rooms.shown_mut().jump(seq, self.link.is_online());
        self.effects.extend(page.map(Effect::Send));
    }

    /// The reader is at the top of what is shown.
    pub fn older(&mut self) {
        let page = self.rooms.shown_mut().older(self.link.is_online());
        self.effects.extend(page.map(Effect::Send));
    }

    /// The reader is at the bottom of what is shown.
    pub fn newer(&mut self) {
        let page = self.rooms.shown_mut().newer(self.link.is_online());
        self.effects.extend(page.map(Effect::Send));
        self.reached_end();
        self.look();
    }
}
