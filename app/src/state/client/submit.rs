//! What the reader asks for: names, messages, changes, read markers, notification levels, and scrolling.

use parlor::{Author, Body, ClientId, ClientMessage, Emoji, ErrorCode, Mention, Name, UnixMillis};
use parlor_markup::NameIndex;

use super::{Client, NameClaim};
use crate::state::{
    Moment,
    change::Change,
    drafts::Composing,
    effect::Effect,
    outbox::SendState,
    submission::{Operation, StoredSubmission, Submission},
};

impl Client {
    /// Claims a name, or another one in place of the reader's.
    pub fn claim_name(&mut self, name: &str) {
        let renaming = self.viewer.name.is_some();
        let is_online = self.connection.is_online();
        let refused = match Name::parse(name) {
            Err(code) => Some(code),
            Ok(_) if renaming && !is_online => Some(ErrorCode::Unavailable),
            Ok(_) => None,
        };
        self.name_claim = NameClaim { pending: refused.is_none(), refused, renaming };
        if refused.is_some() {
            return;
        }
        if !renaming {
            self.stored_name = Some(name.to_owned());
        }
        if is_online {
            self.send(ClientMessage::Claim { name: name.to_owned() });
        }
    }

    /// Submits the composer's text: a message, an answer, or the new text of a message.
    ///
    /// # Errors
    /// Why the text cannot be submitted. It stays in the composer.
    pub fn post(&mut self, text: &str, client_id: ClientId, at: Moment) -> Result<(), ErrorCode> {
        let body = Body::parse(text)?;
        let mentions = self.guess_mentions(&body);
        let operation = match self.composing().cloned() {
            Some(Composing::Edit { text: before, .. }) if before.with_newlines() == text => {
                self.set_composing(None);
                return Ok(());
            }
            Some(Composing::Edit { target, .. }) => {
                if matches!(self.edit_target(&self.rooms.shown().name, &target), Some(None)) {
                    self.drafts.convert_to_message(&self.rooms.shown().name);
                    return Err(ErrorCode::MessageDeleted);
                }
                Operation::Change { target, change: Change::Edit(Some(body), mentions) }
            }
            Some(Composing::Reply(quote)) => Operation::Post { body, mentions, reply_to: Some(quote) },
            None => Operation::Post { body, mentions, reply_to: None },
        };
        let is_post = matches!(operation, Operation::Post { .. });
        self.submit(operation, client_id.clone(), at)?;
        self.drafts.on_submitted(&self.rooms.shown().name, client_id);
        if is_post {
            let room = self.rooms.shown_mut();
            room.read_marker.on_own_message();
            room.typing.on_own_message();
            self.jump_to_latest();
        }
        Ok(())
    }

    // The people mentioned, by the names that the page knows. The server resolves mentions by those that it knows.
    fn guess_mentions(&self, body: &Body) -> Option<Vec<Mention>> {
        let room = self.rooms.shown();
        let recent = room.timeline.end().messages().iter().rev().map(|message| &message.author);
        let people = || room.people.authors().chain(recent).map(|author| (author.name.as_str(), author.id.clone()));
        body.as_str().contains('@').then(|| NameIndex::new(people()).mentions(body.as_str()))
    }

    /// Deletes one of the reader's own messages.
    pub fn delete(&mut self, seq: u64, client_id: ClientId, at: Moment) {
        let Some(message) = self.rooms.shown().message(seq) else { return };
        let operation = Operation::Change { target: message.reference(), change: Change::Delete };
        // It fails without a name, and then the page offers no button for it.
        let _ = self.submit(operation, client_id, at);
    }

    /// Adds the reader's reaction to a message, or removes it.
    ///
    /// # Errors
    /// [`ErrorCode::NoSuchMessage`] if the page does not hold the message, [`ErrorCode::EmojiInvalid`], or
    /// [`ErrorCode::NotNamed`] without a name.
    pub fn toggle_reaction(&mut self, seq: u64, emoji: &str, client_id: ClientId, at: Moment) -> Result<(), ErrorCode> {
        let Some(message) = self.rooms.shown().message(seq) else { return Err(ErrorCode::NoSuchMessage) };
        let on = !message.has_reaction(emoji, &self.viewer.id);
        let change = Change::React { emoji: Emoji::parse(emoji)?, on };
        self.submit(Operation::Change { target: message.reference(), change }, client_id, at)
    }

    /// Sets the topic of the shown room.
    ///
    /// # Errors
    /// Why the text cannot be a topic.
    pub fn set_topic(&mut self, topic: &str, client_id: ClientId, at: Moment) -> Result<(), ErrorCode> {
        let topic = parlor::text::parse_topic(topic)?;
        if topic == self.rooms.shown().topic() {
            return Ok(());
        }
        self.submit(Operation::Topic(topic), client_id, at)
    }

    fn submit(&mut self, operation: Operation, client_id: ClientId, at: Moment) -> Result<(), ErrorCode> {
        let author = self.author().ok_or(ErrorCode::NotNamed)?;
        let room = self.rooms.shown();
        let newest = room.timeline.end().messages().back().map_or(0, |message| message.at);
        let server_now = (at.wall as i64 + self.clock_offset_ms).max(0) as UnixMillis;
        // Stored submissions are sent in the order of their times: no two are equal, and none goes back with the clock.
        let unsent = room.outbox.entries().iter().map(|entry| entry.submission.at + 1).max().unwrap_or(0);
        self.queue(Submission { client_id, author, operation, at: server_now.max(newest).max(unsent) });
        self.flush(at);
        Ok(())
    }

    fn author(&self) -> Option<Author> {
        Some(Author { id: self.viewer.id.clone(), name: self.viewer.name.clone()? })
    }

    fn queue(&mut self, submission: Submission) {
        let room = self.rooms.shown_mut();
        self.effects.push(Effect::StoreSubmission(StoredSubmission {
            room: room.name.clone(),
            submission: submission.clone(),
        }));
        room.outbox.add(submission, SendState::Queued);
    }

    /// Sends a refused or orphaned submission again.
    pub fn retry_submission(&mut self, client_id: &ClientId, at: Moment) {
        let mut entries = self.rooms.shown().outbox.entries().iter();
        let entry = entries.find(|entry| entry.submission.client_id == *client_id);
        let orphaned = entry.filter(|entry| entry.state == SendState::Orphaned).map(|entry| entry.submission.clone());
        if let Some(submission) = orphaned
            && let Some(author) = self.author()
        {
            // It becomes the present session's, which has not used this client id.
            self.rooms.shown_mut().outbox.discard(client_id);
            self.queue(Submission { author, ..submission });
        }
        self.rooms.shown_mut().outbox.retry(client_id);
        self.flush(at);
    }

    /// Discards a submission that is not sent, and returns its operation.
    pub fn discard_submission(&mut self, client_id: &ClientId, at: Moment) -> Option<Operation> {
        let room = self.rooms.shown_mut();
        let discarded = room.outbox.discard(client_id)?;
        let room = room.name.clone();
        self.effects.push(Effect::RemoveSubmission(client_id.clone()));
        if matches!(discarded.state, SendState::Retrying(_)) && self.connection.is_online() {
            self.send(ClientMessage::Discard { room, client_id: client_id.clone() });
        }
        self.flush(at);
        Some(discarded.submission.operation)
    }

    /// Marks a message and everything after it as unread, until the reader returns to them.
    pub fn mark_unread(&mut self, seq: u64) {
        let room = self.rooms.shown_mut();
        room.read_marker.mark_unread(seq);
        if self.connection.is_online() {
            self.effects.push(Effect::Send(ClientMessage::Unread { room: room.name.clone(), seq }));
        }
        self.update_read_state();
    }

    /// Sets the shown room to the next notification level.
    pub fn cycle_notification_level(&mut self) {
        self.viewer.notifications.cycle(&self.rooms.shown().name);
        self.effects.push(Effect::StoreNotificationSettings(self.viewer.notifications.to_text()));
    }

    /// Ignores an author, or stops ignoring them.
    pub fn set_ignored(&mut self, author: &parlor::AuthorId, ignored: bool) {
        self.viewer.ignored.retain(|other| other != author);
        if ignored {
            self.viewer.ignored.push(author.clone());
        }
        self.effects.push(Effect::StoreIgnored(self.viewer.ignored.clone()));
        self.update_all_read_states();
    }

    /// Shows more of the people.
    pub fn show_more_people(&mut self) {
        let room = self.rooms.shown_mut();
        room.people.show_more();
        room.people_changed = true;
    }

    /// The reader has scrolled away from the end: new messages are counted instead of shown.
    pub fn hold_window(&mut self) {
        let room = self.rooms.shown_mut();
        room.window.hold(&room.timeline);
    }

    /// Shows the end of the timeline.
    pub fn jump_to_latest(&mut self) {
        let room = self.rooms.shown_mut();
        room.missing = false;
        if !room.window.is_live() {
            room.window.follow(&mut room.timeline);
            if room.timeline.end().messages().is_empty() {
                self.load_older();
            }
        }
        self.reached_end();
        self.update_read_state();
    }

    /// Shows a message of the shown room.
    pub fn jump_to_message(&mut self, seq: u64) {
        let page = self.rooms.shown_mut().jump_to_message(seq, self.connection.is_online());
        self.effects.extend(page.map(Effect::Send));
    }

    /// The reader is at the top of the visible part.
    pub fn load_older(&mut self) {
        let page = self.rooms.shown_mut().load_older(self.connection.is_online());
        self.effects.extend(page.map(Effect::Send));
    }

    /// The reader is at the bottom of the visible part.
    pub fn load_newer(&mut self) {
        let page = self.rooms.shown_mut().load_newer(self.connection.is_online());
        self.effects.extend(page.map(Effect::Send));
        self.reached_end();
        self.update_read_state();
    }
}
