//! Messages from the server.

use std::sync::Arc;

use parlor::{
    AuthorId, ClientId, ClientMessage, Epoch, ErrorCode, Event, EventKind, Name, Refusal, RoomName, ServerMessage,
    Token, message::Request,
};
use parlor_markup::plain_text;

use super::{Client, NameClaim, NeedsResume};
use crate::room_name;
use crate::state::{
    Moment,
    change::submitted_by,
    chat_message::ChatMessage,
    effect::{Announcement, Effect, NotificationRequest},
    notification_level::NotificationLevel,
    outbox::{OutboxEntry, SendState},
    submission::Operation,
    viewer::Viewer,
};

impl Client {
    /// A message has come from the server.
    pub fn on_message(&mut self, message: ServerMessage, at: Moment) {
        self.connection.on_message(at);
        if let Some(room) = self.apply(message, at) {
            self.update_read_state_of(&room);
            self.schedule_replica_update(&room, at.tick);
        }
        self.flush(at);
        self.reload_if_due();
    }

    // Returns the room whose timeline or read marker has changed.
    fn apply(&mut self, message: ServerMessage, at: Moment) -> Option<RoomName> {
        match message {
            ServerMessage::Welcome { session, token, name, heartbeat_ms, build, .. } => {
                self.connection.on_welcome(heartbeat_ms, at);
                self.replication.on_welcome(at.tick);
                self.on_welcome(session, token, name, build);
            }
            ServerMessage::Claimed { name } => self.on_named(name),
            ServerMessage::Unnamed => self.viewer.name = None,
            ServerMessage::Refused { to, room, error } => self.on_refused(to, room, &error, at),
            ServerMessage::Room { room, title } => {
                self.join(&room);
                self.rooms.rename(&room, &room, title);
                return Some(room);
            }
            ServerMessage::Moved { room, to, title } => {
                self.on_moved(&room, &to, title);
                return Some(to);
            }
            ServerMessage::Removed { room } => self.on_removed(&room, at),
            ServerMessage::Rooms { rooms } => Arc::make_mut(&mut self.lookup).rooms = rooms,
            ServerMessage::Found { request, hits, more } => {
                Arc::make_mut(&mut self.lookup).on_results(request, hits, more);
            }
            ServerMessage::Snapshot { room: name, as_of, events, has_older, roster, topic, title, read } => {
                let room = self.rooms.get_mut(&name)?;
                room.apply_snapshot(as_of, events, has_older, read);
                room.apply_roster(&roster);
                room.topic = topic;
                let own = room.timeline.end().messages().iter().filter(|message| self.viewer.wrote(message));
                let confirmed = own.map(|message| message.client_id.clone()).collect();
                self.confirm(&name, confirmed);
                self.check_composing(&name);
                if let Some(seq) = read {
                    self.close_notifications(&name, seq);
                }
                self.rooms.rename(&name, &name, title);
                return Some(name);
            }
            ServerMessage::Missed { room: name, as_of, events, roster, topic, title } => {
                self.expects_more = roster.is_none();
                let confirmed = self.own_client_ids(&events);
                if roster.is_some() {
                    self.rooms.rename(&name, &name, title);
                }
                let room = self.rooms.get_mut(&name)?;
                if let Some(roster) = roster {
                    room.apply_roster(&roster);
                    room.topic = topic;
                }
                match room.timeline.apply_missed(&as_of, events) {
                    Ok(new_messages) => {
                        self.confirm(&name, confirmed);
                        self.on_new_messages(&name, !new_messages.is_empty());
                    }
                    Err(NeedsResume) => {
                        self.expects_more = false;
                        self.reconnect(at);
                    }
                }
                return Some(name);
            }
            ServerMessage::Event { room, epoch, event } => {
                self.clock_offset_ms = event.at as i64 - at.wall as i64;
                self.on_event(&room, &epoch, event, at);
                return Some(room);
            }
            ServerMessage::Page { room, request, as_of, events, has_older, has_newer } => {
                self.rooms.get_mut(&room)?.apply_page(request, &as_of, events, has_older, has_newer);
                return Some(room);
            }
            ServerMessage::Presence { room, joined, left, count } => {
                let room = self.rooms.get_mut(&room)?;
                room.apply_presence(&self.viewer.id, &joined, &left, count);
                left.iter().for_each(|author| room.typing.stop(&author.id));
            }
            ServerMessage::Typing { room, who } => {
                if who.id != self.viewer.id && !self.viewer.ignores(&who.id) {
                    self.rooms.get_mut(&room)?.typing.start(who, at.tick);
                }
            }
            ServerMessage::Read { room: name, seq } => {
                let visible = self.visible && self.rooms.shows(&name);
                self.rooms.get_mut(&name)?.on_server_marker(seq, visible);
                self.close_notifications(&name, seq);
                return Some(name);
            }
            ServerMessage::Unread { room, seq } => {
                self.rooms.get_mut(&room)?.read_marker.mark_unread(seq);
                return Some(room);
            }
            ServerMessage::Ack { room, client_id, seq, .. } => {
                self.effects.push(Effect::RemoveSubmission(client_id.clone()));
                let room = self.rooms.get_mut(&room)?;
                room.outbox.on_ack(&client_id, seq);
                room.outbox.remove_accepted(room.timeline.cursor().seq);
            }
            ServerMessage::Nack { room, client_id, error } => self.on_nack(&room, &client_id, &error, at),
            // A reset is followed by a snapshot.
            ServerMessage::Reset { .. } | ServerMessage::Pong | ServerMessage::Unknown => {}
        }
        None
    }

    fn on_nack(&mut self, name: &RoomName, client_id: &ClientId, error: &Refusal, at: Moment) {
        let Some(room) = self.rooms.get_mut(name) else { return };
        let entry = room.outbox.entries().iter().find(|entry| entry.submission.client_id == *client_id);
        let is_known = entry.is_some();
        // A topic has no row that could show its refusal. Neither has a change of a message that the page does not hold
        // or that the log has lost: the text of such an edit is offered as a draft.
        let operation = entry.map(|entry| entry.submission.operation.clone());
        let has_no_row = match &operation {
            Some(Operation::Topic(_)) => true,
            Some(Operation::Change { target, .. }) => {
                room.message(target.seq).is_none_or(|message| !message.is(target))
            }
            Some(Operation::Post { .. }) | None => false,
        };
        room.outbox.on_nack(client_id, error, at.tick);
        if matches!(operation, Some(Operation::Topic(_))) {
            self.topic_refused = Some(error.code);
        }
        if has_no_row && !error.code.is_retryable() {
            room.outbox.discard(client_id);
            self.effects.push(Effect::RemoveSubmission(client_id.clone()));
            if let Some(text) = operation.as_ref().and_then(Operation::text) {
                self.drafts.offer_new(name, None, text, at.wall);
            }
        }
        if !is_known && error.code.is_retryable() {
            self.discard_on_server(name, client_id.clone());
        }
        if error.code == ErrorCode::NotNamed {
            self.viewer.name = None;
            self.claim_again();
        }
    }

    fn on_welcome(&mut self, session: AuthorId, token: Option<Token>, name: Option<Name>, build: String) {
        if self.viewer.id != session {
            // The server does not know the session of the page: its cookie has expired, or the database was deleted.
            self.rooms.iter_mut().for_each(|room| room.outbox.orphan_others(&session));
            self.viewer.id = session;
            self.update_all_read_states();
        }
        self.token = token.or(self.token.take());
        if build != self.build {
            self.new_build = Some(build);
        }
        if self.name_claim.renaming {
            // The claim may have been lost with the connection: the name in the welcome counts.
            self.name_claim = NameClaim::default();
        }
        match name {
            Some(name) if !self.name_claim.pending => self.on_named(name),
            // The shown name stays: most often the next message confirms it.
            _ => self.claim_again(),
        }
    }

    fn claim_again(&mut self) {
        if let Some(name) = self.stored_name.clone() {
            self.name_claim = NameClaim { pending: true, ..NameClaim::default() };
            self.send(ClientMessage::Claim { name });
        } else {
            self.viewer.name = None;
        }
    }

    fn on_named(&mut self, name: Name) {
        self.name_claim = NameClaim::default();
        self.stored_name = Some(name.to_string());
        self.effects.push(Effect::StoreName(self.stored_name.clone()));
        self.viewer.name = Some(name);
    }

    fn on_refused(&mut self, to: Option<Request>, room: Option<RoomName>, error: &Refusal, at: Moment) {
        let room = room.and_then(|name| self.rooms.get_mut(&name));
        match (to, room) {
            (Some(Request::Claim), _) => {
                let renaming = self.name_claim.renaming;
                self.name_claim = NameClaim { pending: false, refused: Some(error.code), renaming };
                if !renaming {
                    self.viewer.name = None;
                }
            }
            (Some(Request::Search), _) => Arc::make_mut(&mut self.lookup).on_refused(error.code),
            (Some(Request::Page), Some(room)) => {
                room.on_page_failed();
                self.replication.on_page_refused();
            }
            (Some(Request::Join), Some(room)) => {
                room.refused = Some(error.code);
                if error.code == ErrorCode::NoSuchRoom && (room.known || room.name.is_private()) {
                    let name = room.name.clone();
                    self.on_removed(&name, at);
                } else if error.code == ErrorCode::Unavailable {
                    // The connection is not in the room. Another one, perhaps to another server, joins it again.
                    self.reconnect(at);
                }
            }
            _ => {}
        }
    }

    fn on_event(&mut self, name: &RoomName, epoch: &Epoch, event: Event, at: Moment) {
        let Some(room) = self.rooms.get_mut(name) else { return };
        if let EventKind::Topic { topic, .. } = &event.kind {
            room.topic.clone_from(topic);
        }
        let events = vec![event];
        let Ok(new_messages) = room.timeline.extend(epoch, events.clone()) else { return self.reconnect(at) };
        new_messages.iter().for_each(|message| room.typing.stop(&message.author.id));
        let label = room_name::label(name, &room.title);
        let (shown, has_new) = (self.rooms.shows(name), !new_messages.is_empty());
        for message in new_messages.iter().filter(|message| self.viewer.counts_as_unread(message)) {
            self.effects.extend(alerts(&self.viewer, (name, &label), shown, self.visible, message));
        }
        let confirmed = self.own_client_ids(&events);
        self.confirm(name, confirmed);
        self.on_new_messages(name, has_new);
    }

    // The reader sees the end of the timeline, whatever the address says.
    fn on_new_messages(&mut self, name: &RoomName, has_new: bool) {
        if has_new && self.visible && self.rooms.shows(name) {
            self.reached_end();
        }
    }

    // The client ids of events that the reader submitted, in this tab or another.
    fn own_client_ids(&self, events: &[Event]) -> Vec<ClientId> {
        let own = events.iter().filter_map(submitted_by).filter(|(author, _)| author.id == self.viewer.id);
        own.map(|(_, client_id)| client_id.clone()).collect()
    }

    // Removes submissions from the outbox whose events are in the timeline. They stay visible where they were visible.
    fn confirm(&mut self, name: &RoomName, client_ids: Vec<ClientId>) {
        for client_id in client_ids {
            let Some(room) = self.rooms.get_mut(name) else { return };
            let is_retrying = |entry: &OutboxEntry| {
                entry.submission.client_id == client_id && matches!(entry.state, SendState::Retrying(_))
            };
            let was_retrying = room.outbox.entries().iter().any(is_retrying);
            if room.outbox.remove_confirmed(&client_id) {
                let newest_first = room.timeline.end().messages().iter().rev();
                let mut own = newest_first.filter(|message| self.viewer.wrote(message));
                if let Some(seq) = own.find(|message| message.client_id == client_id).map(|message| message.seq) {
                    room.window.include_own(seq, &room.timeline);
                }
                self.effects.push(Effect::RemoveSubmission(client_id.clone()));
            }
            if was_retrying {
                self.discard_on_server(name, client_id);
            }
        }
        if let Some(room) = self.rooms.get_mut(name) {
            room.outbox.remove_accepted(room.timeline.cursor().seq);
            room.on_growth();
        }
    }

    // A submission that was refused on this connection is in the log: an earlier connection had delivered it. The
    // server would refuse everything after it as `behind` until it came again.
    fn discard_on_server(&mut self, room: &RoomName, client_id: ClientId) {
        if self.connection.is_online() {
            self.send(ClientMessage::Discard { room: room.clone(), client_id });
        }
    }
}

// The announcement and the notification for a new message. Messages of other rooms are announced only if they mention
// or answer the reader.
fn alerts(
    viewer: &Viewer,
    (room, label): (&RoomName, &str),
    shown: bool,
    visible: bool,
    message: &ChatMessage,
) -> Vec<Effect> {
    let level = viewer.notifications.level_of(room);
    let is_highlight = viewer.is_highlight(message) && level != NotificationLevel::Muted;
    let text = plain_text(message.text());
    let mut effects = Vec::new();
    if shown || is_highlight {
        let room = (!shown).then(|| label.to_owned());
        effects.push(Effect::Announce(Announcement { from: message.author.name.clone(), room, text: text.clone() }));
    }
    if (is_highlight || level == NotificationLevel::All) && !(visible && shown) {
        let (from, sound) = (message.author.name.to_string(), viewer.settings.sound);
        let (room, label, seq) = (room.clone(), label.to_owned(), message.seq);
        effects.push(Effect::Notify(NotificationRequest { room, label, seq, from, text, sound }));
    }
    effects
}
