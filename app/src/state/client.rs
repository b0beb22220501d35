//! The page's side of the protocol as a state machine: inputs change the state and leave [`Effect`]s.
//!
//! [`receive`] handles server messages, [`submit`] the reader's operations, [`compose`] the composer and its drafts,
//! [`navigation`] going from room to room, [`moves`] rooms that are moved or removed, [`search`] searches and the room finder, [`replicas`] the browser's
//! replicas. [`queries`] is what the page shows.

mod compose;
mod moves;
mod navigation;
mod queries;
mod receive;
mod replicas;
mod search;
mod submit;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use parlor::{AuthorId, ClientMessage, CloseCode, ErrorCode, Name, RoomName, Token, UnixMillis};

use self::replicas::Replication;
use super::{
    Moment,
    away::AwayState,
    calendar::Zone,
    connection::{ConnectionAction, PageConnection},
    drafts::Drafts,
    effect::Effect,
    initial_state::{InitialState, RoomTitle},
    lookup::Lookup,
    outbox::SendState,
    room::Room,
    rooms::Rooms,
    submission::{Operation, StoredSubmission},
    timeline::{NeedsResume, Timeline},
    viewer::Viewer,
};
use crate::settings::Settings;

/// A claim of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameClaim {
    /// Whether it has not been answered.
    pub pending: bool,
    /// Why the last claim was refused.
    pub refused: Option<ErrorCode>,
    /// Whether the reader holds a name and claims another one.
    pub renaming: bool,
}

/// The state of the page.
pub struct Client {
    rooms: Rooms,
    viewer: Viewer,
    token: Option<Token>,
    build: String,
    // The build of the server, if it is another one than the page's.
    new_build: Option<String>,
    connection: PageConnection,
    zone: Zone,
    // How far the server's clock is ahead of the reader's: pending messages get the time that they will have.
    clock_offset_ms: i64,
    name_claim: NameClaim,
    /// Why the topic that the reader has set last is refused.
    topic_refused: Option<ErrorCode>,
    // The name to claim on each connection.
    stored_name: Option<String>,
    visible: bool,
    away: AwayState,
    lookup: Arc<Lookup>,
    // Whether the address names a message or a page of the past besides the room.
    address_is_specific: bool,
    drafts: Drafts,
    replication: Replication,
    // Whether the message just received is part of a series, whose rest follows at once.
    expects_more: bool,
    effects: Vec<Effect>,
}

impl Client {
    /// The state of a page that the server rendered, or of the offline document.
    pub fn new(initial: InitialState) -> Self {
        let (is_offline_document, replication) = (initial.is_offline_document(), Replication::new(&initial));
        let mut joined = initial.rooms;
        if joined.is_empty() {
            // A new reader has the lobby in their list of rooms.
            joined.push(RoomName::default());
        }
        // A rejected form of somebody who holds a name was a message; the composer shows why it was rejected.
        let rejected = initial.rejected_form.filter(|_| initial.name.is_none());
        let room = if is_offline_document {
            Room::unknown(initial.room)
        } else {
            let new_timeline = if initial.has_newer { Timeline::of_past } else { Timeline::new };
            let timeline = new_timeline(initial.as_of, initial.events, initial.has_older);
            Room::new(initial.room, timeline, &initial.roster, initial.topic, initial.read)
        };
        let mut client = Self {
            rooms: Rooms::new(room),
            viewer: Viewer::new(initial.session, initial.name, initial.settings),
            token: None,
            build: initial.build,
            new_build: None,
            connection: PageConnection::default(),
            zone: Zone::FromServer(initial.utc_offsets.into()),
            clock_offset_ms: 0,
            topic_refused: None,
            name_claim: NameClaim { refused: rejected.map(|form| form.code), ..NameClaim::default() },
            stored_name: None,
            // A page may be loaded in a hidden tab: until it is shown, new messages count as unread.
            visible: false,
            away: AwayState::default(),
            lookup: Arc::default(),
            address_is_specific: false,
            drafts: Drafts::default(),
            replication,
            expects_more: false,
            effects: Vec::new(),
        };
        for name in &joined {
            client.rooms.add(name);
        }
        for RoomTitle { room, title } in initial.titles {
            client.rooms.rename(&room, &room, title);
        }
        match initial.at {
            Some(seq) => client.rooms.shown_mut().reveal(seq),
            None if initial.has_newer => client.rooms.shown_mut().show_page(),
            None => {}
        }
        client.drafts.add_room(&client.rooms.shown().name);
        client.update_read_state();
        client
    }

    /// Starts the connection of a hydrated page. `server_now` is the server's clock when it rendered the page.
    pub fn start(&mut self, stored_name: Option<String>, zone: Zone, server_now: UnixMillis, at: Moment) {
        self.zone = zone;
        self.away.record_activity(true, at.tick);
        self.clock_offset_ms = server_now as i64 - at.wall as i64;
        self.stored_name = stored_name.or_else(|| self.viewer.name.as_ref().map(Name::to_string));
        let action = self.connection.start(self.replication.opened_offline, at);
        self.perform(action);
    }

    /// Applies the reader's settings.
    pub fn set_settings(&mut self, settings: Settings) {
        self.viewer.settings = settings;
        self.rooms.iter_mut().for_each(|room| room.people_changed = true);
    }

    /// Restores the ignored authors and the notification settings from the browser's store.
    pub fn restore_preferences(&mut self, ignored: Vec<AuthorId>, notifications: &str) {
        self.viewer.ignored = ignored;
        self.viewer.notifications = super::notification_level::NotificationSettings::parse(notifications);
        self.update_all_read_states();
    }

    /// Adopts stored submissions of pages that are gone. The reader joins their rooms again, so that they can be sent.
    pub fn adopt_submissions(&mut self, entries: Vec<StoredSubmission>, at: Moment) {
        let mut in_order: Vec<StoredSubmission> = Vec::new();
        for entry in entries {
            let index = in_order.partition_point(|other| other.submission.at <= entry.submission.at);
            in_order.insert(index, entry);
        }
        for StoredSubmission { room, submission } in in_order {
            if self.has_lost(&room) {
                self.offer_text(submission, at);
                continue;
            }
            self.join(&room);
            let Some(room) = self.rooms.get_mut(&room) else { continue };
            let is_own = submission.author.id == self.viewer.id;
            let is_known =
                room.timeline.end().messages().iter().any(|message| message.client_id == submission.client_id);
            // A topic of another session is discarded: the timeline has no row that could offer to send it.
            if is_known || (!is_own && matches!(submission.operation, Operation::Topic(_))) {
                self.effects.push(Effect::RemoveSubmission(submission.client_id));
                continue;
            }
            room.outbox.add(submission, if is_own { SendState::Queued } else { SendState::Orphaned });
        }
        self.flush(at);
    }

    /// The effects since the last call, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        let mut effects = std::mem::take(&mut self.effects);
        // A draft is removed after the submission that it has become is stored.
        effects.extend(self.drafts.take_effects().into_iter().map(Effect::Draft));
        effects
    }

    /// Whether the rest of a series of messages follows at once. Rendering each of thousands of missed messages would
    /// delay the rest.
    pub fn take_expects_more(&mut self) -> bool {
        std::mem::take(&mut self.expects_more)
    }

    /// The socket is open, and the server supports the subprotocol.
    pub fn on_connected(&mut self, at: Moment) {
        self.connection.on_connected(at);
        self.away.on_connected();
        let rooms = self.resume_points();
        self.send(ClientMessage::Hello { token: self.token.clone(), rooms });
    }

    /// The server does not support the subprotocol.
    pub fn on_wrong_protocol(&mut self, at: Moment) {
        self.connection.on_wrong_protocol(at);
    }

    /// The socket is closed, or could not be opened.
    pub fn on_disconnected(&mut self, code: CloseCode, at: Moment) {
        if code == CloseCode::SIGNED_OUT {
            // In another tab. Nothing stored here may come back under the old name.
            return self.effects.push(Effect::ResetPage);
        }
        self.connection.on_disconnected(code, at);
        self.on_connection_lost();
    }

    /// The device reports whether it has a network.
    pub fn on_network_change(&mut self, online: bool, at: Moment) {
        let action = self.connection.on_network_change(online, at);
        self.perform(action);
    }

    /// Connects without delay, at the reader's request.
    pub fn retry_now(&mut self, at: Moment) {
        let action = self.connection.retry(at);
        if action == ConnectionAction::Connect {
            // It may replace a doubtful connection.
            self.on_connection_lost();
        }
        self.perform(action);
    }

    /// The page is shown or hidden, or gets the focus.
    pub fn set_visible(&mut self, visible: bool, at: Moment) {
        if visible {
            let action = self.connection.wake(at);
            self.perform(action);
            if !self.visible {
                self.rooms.shown_mut().read_marker.on_unwatched();
                let name = self.rooms.shown().name.clone();
                self.close_notifications(&name, u64::MAX);
            }
        } else {
            self.rooms.iter_mut().for_each(|room| room.read_marker.send_soon());
            self.update_replicas_now(at.tick);
        }
        self.visible = visible;
        self.away.record_activity(visible, at.tick);
        self.update_read_state();
        self.flush(at);
        self.reload_if_due();
    }

    /// Time has passed: performs what is due.
    pub fn tick(&mut self, at: Moment) {
        let action = self.connection.tick(at);
        self.perform(action);
        self.rooms.iter_mut().for_each(|room| room.typing.tick(at.tick));
        self.update_replicas(at.tick);
        self.flush(at);
    }

    /// Whether [`on_activity`](Self::on_activity) would change anything now.
    pub fn is_activity_due(&self, at: Moment) -> bool {
        self.away.is_stale(at.tick)
    }

    /// The reader uses the page: pointer, keyboard or wheel.
    pub fn on_activity(&mut self, at: Moment) {
        self.away.record_activity(self.visible, at.tick);
        self.flush(at);
    }

    /// The tick at which [`tick`](Self::tick) is due, at the latest at midnight.
    pub fn deadline(&self, at: Moment) -> Option<u64> {
        let midnight = at.tick + self.zone.next_midnight(at.wall).saturating_sub(at.wall) + 1;
        let is_online = self.connection.is_online();
        let own = [
            self.connection.deadline(at.tick),
            Some(midnight),
            self.away.deadline().filter(|_| is_online),
            self.replication_deadline(),
        ];
        let of_rooms = self.rooms.iter().flat_map(|room| room.deadlines(is_online));
        own.into_iter().chain(of_rooms).flatten().min()
    }

    fn update_read_state(&mut self) {
        let visible = self.visible;
        self.rooms.shown_mut().update_read_state(visible, &self.viewer);
    }

    // The reader sees the shown room only.
    fn update_read_state_of(&mut self, name: &RoomName) {
        let visible = self.visible && self.rooms.shows(name);
        if let Some(room) = self.rooms.get_mut(name) {
            room.update_read_state(visible, &self.viewer);
        }
    }

    fn update_all_read_states(&mut self) {
        let names: Vec<_> = self.rooms.iter().map(|room| room.name.clone()).collect();
        names.iter().for_each(|name| self.update_read_state_of(name));
        self.rooms.shown_mut().people_changed = true;
    }

    // Notifications outlive the page that showed them, so this does not depend on what this page has shown.
    fn close_notifications(&mut self, room: &RoomName, up_to: u64) {
        self.effects.push(Effect::CloseNotifications { room: room.clone(), up_to });
    }

    // Sends what is due: submissions, read markers, and whether the reader is away.
    fn flush(&mut self, at: Moment) {
        if !self.connection.is_online() {
            return;
        }
        let may_submit = self.viewer.name.is_some() && (!self.name_claim.pending || self.name_claim.renaming);
        for room in self.rooms.iter_mut() {
            if may_submit {
                let ready = room.outbox.take_ready(at.tick).into_iter();
                self.effects.extend(ready.map(|submission| Effect::Send(submission.request(room.name.clone()))));
            }
            if let Some(seq) = room.read_marker.take_due(at.tick) {
                self.effects.push(Effect::Send(ClientMessage::Read { room: room.name.clone(), seq }));
            }
        }
        if let Some(away) = self.away.take_change(at.tick) {
            self.send(ClientMessage::Away { away });
        }
    }

    // The connection has missed something: another one resumes from the cursors.
    fn reconnect(&mut self, at: Moment) {
        let action = self.connection.disconnect(at);
        self.perform(action);
    }

    fn on_connection_lost(&mut self) {
        for room in self.rooms.iter_mut() {
            room.outbox.on_connection_lost();
            room.on_page_failed();
        }
    }

    fn perform(&mut self, action: ConnectionAction) {
        match action {
            ConnectionAction::Nothing => {}
            ConnectionAction::Connect => self.effects.push(Effect::Connect),
            ConnectionAction::Ping => self.send(ClientMessage::Ping),
            ConnectionAction::Disconnect => {
                self.effects.push(Effect::Disconnect);
                self.on_connection_lost();
            }
        }
    }

    fn send(&mut self, message: ClientMessage) {
        self.effects.push(Effect::Send(message));
    }

    // Reloads for a new build, unless the reader would notice: while the page is visible, nothing may be typed or
    // unsent.
    fn reload_if_due(&mut self) {
        let is_empty = self.drafts.open(self.room()).is_none_or(|open| open.text.is_empty());
        let nothing_to_lose = is_empty && self.unsent_count() == 0;
        if self.drafts.are_stored()
            && (!self.visible || nothing_to_lose)
            && let Some(build) = self.new_build.take()
        {
            self.effects.push(Effect::Reload(build));
        }
    }
}
