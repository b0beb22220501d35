//! What the reader asks for, and what follows from it.

use super::*;

impl Client {
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
        let newest = self.room.timeline.end().said().back().map_or(0, |said| said.at);
        let guess = (at.wall as i64 + self.clock_ahead).max(0) as UnixMillis;
        // What is kept comes back in the order of its times, so no two are the same and none goes back with the clock.
        let unsent = self.room.outbox.items().iter().map(|item| item.said.at + 1).max().unwrap_or(0);
        let said = Arc::new(Said::pending(author, client_id, body, guess.max(newest).max(unsent)));
        self.effects.push(Effect::Keep(Kept::of(&self.room.name, &said)));
        self.room.outbox.add(said, Step::Queued);
        self.room.marker.answered();
        self.follow();
        self.flush(at);
        Ok(())
    }

    /// Sends a refused message again.
    pub fn retry(&mut self, client_id: &ClientId, at: Moment) {
        if let Some(item) = self.room.outbox.items().iter().find(|item| item.said.client_id == *client_id)
            && item.step == Step::Leftover
            && let Some(name) = self.name.clone()
        {
            // It becomes a message of the present session, under an id that this one has not used.
            let author = parlor::Author { id: self.me.clone(), name };
            let said = Said::pending(author, client_id.clone(), item.said.body.clone(), item.said.at);
            self.room.outbox.discard(client_id);
            self.effects.push(Effect::Keep(Kept::of(&self.room.name, &said)));
            self.room.outbox.add(Arc::new(said), Step::Queued);
        }
        self.room.outbox.retry(client_id);
        self.flush(at);
    }

    /// Gives a refused message up. Returns what it said, for "Edit".
    pub fn discard(&mut self, client_id: &ClientId, at: Moment) -> Option<Body> {
        let gone = self.room.outbox.discard(client_id)?;
        self.effects.push(Effect::Forget(client_id.clone()));
        if matches!(gone.step, Step::Held(_)) && self.link.is_online() {
            self.send(ClientMessage::Discard { room: self.room.name.clone(), client_id: client_id.clone() });
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
        self.room.window.hold(&self.room.timeline);
    }

    /// Someone goes back to the end.
    pub fn follow(&mut self) {
        if !self.room.window.is_live() {
            self.room.window.follow(&mut self.room.timeline);
        }
        self.look();
    }

    /// The reader is at the top of what is shown.
    pub fn older(&mut self) {
        let page = self.room.older(self.link.is_online());
        self.effects.extend(page.map(Effect::Send));
    }

    /// The reader is at the bottom of what is shown.
    pub fn newer(&mut self) {
        let page = self.room.newer(self.link.is_online());
        self.effects.extend(page.map(Effect::Send));
        self.look();
    }
}
