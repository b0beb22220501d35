//! What the page shows of the state.

use std::sync::Arc;

use parlor::{AuthorId, ErrorCode, Name, RoomName};

use super::{Client, NameClaim};
use crate::{
    settings::Settings,
    state::{
        Moment,
        calendar::Zone,
        connection::ConnectionStatus,
        drafts::{Composing, OfferedDraft},
        lookup::Lookup,
        notification_level::NotificationLevel,
        outbox::Outbox,
        room::{NewMessages, Room, VisibleTimeline},
        room_list::RoomListItem,
        roster::Person,
        timeline::Timeline,
        viewer::Viewer,
    },
};

/// Recent messages whose authors come first among the candidates for a mention.
const RECENT_MESSAGES: usize = 50;

impl Client {
    /// The shown room.
    pub fn room(&self) -> &RoomName {
        &self.rooms.shown().name
    }

    /// The name of the shown room for the reader, without the `#` of public names.
    pub fn room_title(&self) -> &str {
        self.rooms.shown().display_name()
    }

    /// The reader.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The reader's time zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The name that the reader holds.
    pub fn name(&self) -> Option<&Name> {
        self.viewer.name.as_ref()
    }

    /// Whether the reader has read a message, here or in another tab.
    pub fn has_read(&self, room: &RoomName, seq: u64) -> bool {
        self.rooms.iter().any(|other| other.name == *room && other.read_marker.read() >= seq)
    }

    /// The timeline of the shown room.
    pub fn timeline(&self) -> &Timeline {
        &self.rooms.shown().timeline
    }

    /// The visible part of the shown room's timeline.
    pub fn visible_timeline(&self) -> VisibleTimeline<'_> {
        self.rooms.shown().visible(&self.viewer)
    }

    /// The outbox of the shown room.
    pub fn outbox(&self) -> &Outbox {
        &self.rooms.shown().outbox
    }

    /// The number of submissions in all outboxes.
    pub fn unsent_count(&self) -> usize {
        self.rooms.iter().map(|room| room.outbox.entries().len()).sum()
    }

    /// The last claim of a name.
    pub fn name_claim(&self) -> &NameClaim {
        &self.name_claim
    }

    /// The number of people in the shown room, once a roster has come.
    pub fn people_count(&self) -> Option<u32> {
        let room = self.rooms.shown();
        room.people_known.then(|| room.people.count())
    }

    /// The people of the shown room that the page knows by name, as far as they are shown.
    pub fn people(&self) -> Vec<Person> {
        self.rooms.shown().people.list(&self.viewer)
    }

    /// Whether more of the people can be shown.
    pub fn has_more_people(&self) -> bool {
        self.rooms.shown().people.has_more()
    }

    /// The names to offer for a mention: authors of recent messages first, then the other people of the shown room.
    pub fn mention_candidates(&self) -> Vec<String> {
        let room = self.rooms.shown();
        let recent = room.timeline.end().messages().iter().rev().take(RECENT_MESSAGES).map(|message| &message.author);
        let mut names: Vec<String> = Vec::new();
        for author in recent.chain(room.people.authors()).filter(|author| author.id != self.viewer.id) {
            if names.iter().all(|name| name != author.name.as_str()) {
                names.push(author.name.to_string());
            }
        }
        names
    }

    /// Whether [`people`](Self::people) has changed since the last call.
    pub fn take_people_changed(&mut self) -> bool {
        std::mem::take(&mut self.rooms.shown_mut().people_changed)
    }

    /// Why the topic that the reader has set last is refused, once.
    pub fn take_topic_refused(&mut self) -> Option<ErrorCode> {
        self.topic_refused.take()
    }

    /// Whether the end of the timeline is visible.
    pub fn is_live(&self) -> bool {
        self.rooms.shown().window.is_live()
    }

    /// Whether older messages can be shown.
    pub fn has_older(&self) -> bool {
        self.rooms.shown().has_older()
    }

    /// Whether newer messages can be shown that were visible before and have left the window.
    pub fn has_newer(&self) -> bool {
        let room = self.rooms.shown();
        !room.window.reaches_end(&room.timeline)
    }

    /// Whether the shown room has no messages at all.
    pub fn is_empty(&self) -> bool {
        self.rooms.shown().is_empty()
    }

    /// `Some` while the shown room's messages have not come, with the reason if the server refused them.
    pub fn unknown(&self) -> Option<Option<ErrorCode>> {
        let room = self.rooms.shown();
        (!room.known).then_some(room.refused)
    }

    /// The topic of the shown room.
    pub fn topic(&self) -> &str {
        self.rooms.shown().topic()
    }

    /// The list of rooms.
    pub fn rooms(&self) -> Vec<RoomListItem> {
        let item = |room: &Room| RoomListItem {
            name: room.name.clone(),
            title: room.display_name().to_owned(),
            shown: self.rooms.shows(&room.name),
            unread: room.unread.label(),
            highlighted: room.unread.highlights > 0,
            notification_level: self.viewer.notifications.level_of(&room.name),
        };
        self.rooms.iter().map(item).collect()
    }

    /// The room finder and the search.
    pub fn lookup(&self) -> Arc<Lookup> {
        self.lookup.clone()
    }

    /// The names of those who are typing in the shown room.
    pub fn typing(&self) -> Vec<Name> {
        self.rooms.shown().typing.names()
    }

    /// What the composer's text is for, unless it is a message that answers none.
    pub fn composing(&self) -> Option<&Composing> {
        self.drafts.composing(self.room())
    }

    /// The id of the draft in the composer.
    pub fn draft(&self) -> u64 {
        self.drafts.open(self.room()).map_or(0, |open| open.id)
    }

    /// The text of the draft in the composer.
    pub fn draft_text(&self) -> &str {
        self.drafts.open(self.room()).map_or("", |open| &open.text)
    }

    /// The other drafts of the shown room, newest first.
    pub fn offered_drafts(&self) -> Vec<OfferedDraft> {
        self.drafts.offered(self.room())
    }

    /// Whether any room has a draft with text.
    pub fn has_drafts(&self) -> bool {
        self.drafts.have_text()
    }

    /// Whether the `welcome` has come.
    pub fn is_online(&self) -> bool {
        self.connection.is_online()
    }

    /// Whether the connection is open and the server has answered lately.
    pub fn is_certainly_online(&self) -> bool {
        self.connection.is_certain()
    }

    /// The message that was jumped to last, with the number of the jump. It is visible.
    pub fn revealed(&self) -> Option<(u32, u64)> {
        self.rooms.shown().revealed
    }

    /// Whether the message that was to be shown last is deleted or not in the log.
    pub fn is_missing(&self) -> bool {
        self.rooms.shown().missing
    }

    /// The problem of the connection to show, if there is one.
    pub fn connection_status(&self, at: Moment) -> Option<ConnectionStatus> {
        self.connection.status(at.tick)
    }

    /// The messages that came while the reader looks at an earlier part of the timeline.
    pub fn new_messages(&self) -> Option<NewMessages> {
        let room = self.rooms.shown();
        room.new_messages_after(room.window.held_after()?, &self.viewer)
    }

    /// The number of unread messages in all rooms that are not muted. Those of the shown room count while the page is
    /// hidden.
    pub fn unseen_count(&self) -> usize {
        let is_muted = |room: &&Room| self.viewer.notifications.level_of(&room.name) == NotificationLevel::Muted;
        let counted = self.rooms.iter().filter(|room| !is_muted(room));
        let unseen = counted.filter(|room| !self.visible || !self.rooms.shows(&room.name));
        unseen.map(|room| room.unread.count).sum()
    }

    /// The reader's settings.
    pub fn settings(&self) -> Settings {
        self.viewer.settings
    }

    /// The reader's author id.
    pub fn viewer_id(&self) -> &AuthorId {
        &self.viewer.id
    }
}
