//! What there is to see.

use std::sync::Arc;

use super::*;

/// Messages whose authors are offered before all others when somebody is mentioned.
const LATELY: usize = 50;

/// What came while the reader looked elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// How many messages of others.
    pub count: usize,
    /// Whether there are more than that, which the page has let go of.
    pub more: bool,
    /// The local time of the first of them.
    pub since: String,
}

/// A line of the list of rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomLine {
    /// Which room.
    pub name: RoomName,
    /// Whether it is the one that is shown.
    pub shown: bool,
    /// How many messages there have not been read; empty for none.
    pub unread: String,
    /// Whether one of them is meant for the reader.
    pub meant: bool,
    /// What it may interrupt the reader with.
    pub loudness: Loudness,
}

impl Client {
    /// The room.
    pub fn room(&self) -> &RoomName {
        &self.rooms.shown().name
    }

    /// The reader's public id.
    pub fn me(&self) -> &AuthorId {
        &self.me.id
    }

    /// The reader's colour.
    pub fn my_colour(&self) -> u8 {
        self.me.colour_of(&self.me.id)
    }

    /// The name that the reader holds.
    pub fn name(&self) -> Option<&Name> {
        self.me.name.as_ref()
    }

    /// Whether a message has been read, here or in another tab.
    pub fn has_read(&self, room: &RoomName, seq: u64) -> bool {
        self.rooms.iter().any(|other| other.name == *room && other.marker.read() >= seq)
    }

    /// The room's log, as far as it is known.
    pub fn timeline(&self) -> &Timeline {
        &self.rooms.shown().timeline
    }

    /// What was not acknowledged yet.
    pub fn outbox(&self) -> &Outbox {
        &self.rooms.shown().outbox
    }

    /// How much was written that has not arrived yet, in all rooms.
    pub fn unsent(&self) -> usize {
        self.rooms.iter().map(|room| room.outbox.items().len()).sum()
    }

    /// How joining goes.
    pub fn joining(&self) -> &Joining {
        &self.joining
    }

    /// How many people are there, once it has been told.
    pub fn count(&self) -> Option<u32> {
        let room = self.rooms.shown();
        room.people_known.then(|| room.people.count())
    }

    /// Who is there, as far as they are known by name.
    pub fn people(&self) -> Vec<Person> {
        self.rooms.shown().people.list(&self.me)
    }

    /// Whether more of them can be shown.
    pub fn has_more_people(&self) -> bool {
        self.rooms.shown().people.has_more()
    }

    /// The names of those who may be meant by a mention here: who is here, and who spoke lately.
    pub fn mentionable(&self) -> Vec<String> {
        let room = self.rooms.shown();
        let lately = room.timeline.end().said().iter().rev().take(LATELY).map(|said| &said.author);
        let mut names: Vec<String> = Vec::new();
        for author in lately.chain(room.people.authors()).filter(|author| author.id != self.me.id) {
            if names.iter().all(|name| name != author.name.as_str()) {
                names.push(author.name.to_string());
            }
        }
        names
    }

    /// Whether [`people`](Self::people) or who of them is the reader has changed since this was last asked.
    pub fn take_people_changed(&mut self) -> bool {
        std::mem::take(&mut self.rooms.shown_mut().people_changed)
    }

    /// Whether the end of the log is shown.
    pub fn is_live(&self) -> bool {
        self.rooms.shown().window.is_live()
    }

    /// Whether something older can be shown.
    pub fn has_older(&self) -> bool {
        self.rooms.shown().has_older()
    }

    /// Whether something newer can be shown that is not new to the reader.
    pub fn has_newer(&self) -> bool {
        let room = self.rooms.shown();
        !room.window.reaches_end(&room.timeline)
    }

    /// Whether nobody has said anything here.
    pub fn is_silent(&self) -> bool {
        self.rooms.shown().is_silent()
    }

    /// Whether the room's messages are still on their way, and if they will not come, why.
    pub fn unknown(&self) -> Option<Option<ErrorCode>> {
        let room = self.rooms.shown();
        (!room.known).then_some(room.refused)
    }

    /// What the room is about.
    pub fn topic(&self) -> &str {
        self.rooms.shown().topic()
    }

    /// How the reader is told things.
    pub fn locale(&self) -> Locale {
        self.locale.clone()
    }

    /// The rooms, in the order of their list.
    pub fn rooms(&self) -> Vec<RoomLine> {
        let line = |room: &Room| RoomLine {
            name: room.name.clone(),
            shown: self.rooms.shows(&room.name),
            unread: room.tally.label(),
            meant: room.tally.meant > 0,
            loudness: self.me.volume.of(&room.name),
        };
        self.rooms.iter().map(line).collect()
    }

    /// A moment as the reader calls it: "Today 09:05".
    pub fn when(&self, moment: UnixMillis, now: UnixMillis) -> String {
        self.locale.moment(moment, now)
    }

    /// What is looked up.
    pub fn looking(&self) -> Arc<Looking> {
        self.looking.clone()
    }

    /// Who is writing here.
    pub fn typing(&self) -> String {
        self.rooms.shown().typing.text(self.locale.words)
    }

    /// What the composer is for, if not for a message of its own.
    pub fn composing(&self) -> Option<&Composing> {
        self.drafts.composing(self.room())
    }

    /// The id of the draft that the composer shows.
    pub fn draft(&self) -> u64 {
        self.drafts.open(self.room()).map_or(0, |open| open.id)
    }

    /// The text of the draft that the composer shows.
    pub fn draft_text(&self) -> &str {
        self.drafts.open(self.room()).map_or("", |open| &open.text)
    }

    /// The other drafts of the room, newest first.
    pub fn offered_drafts(&self) -> Vec<OfferedDraft> {
        self.drafts.offered(self.room())
    }

    /// Whether something is typed and not sent, in whatever room.
    pub fn has_drafts(&self) -> bool {
        self.drafts.have_text()
    }

    /// Whether there is a connection.
    pub fn is_online(&self) -> bool {
        self.link.is_online()
    }

    /// The message that was jumped to last, with the number of the jump: it is in the lines.
    pub fn revealed(&self) -> Option<(u32, u64)> {
        self.rooms.shown().revealed
    }

    /// Whether the message that was to be shown last is not there.
    pub fn is_missing(&self) -> bool {
        self.rooms.shown().missing
    }

    /// What to say about the connection.
    pub fn banner(&self, at: Moment) -> Option<Banner> {
        self.link.banner(at.tick, self.locale.words)
    }

    /// The lines of the timeline.
    pub fn rows(&self, now: UnixMillis) -> Vec<Row> {
        let reader = Reader { me: &self.me, locale: &self.locale, now, online: self.link.is_sure() };
        self.rooms.shown().rows(reader)
    }

    /// What did not enter while the reader reads.
    pub fn news(&self) -> Option<News> {
        let room = self.rooms.shown();
        room.news_after(room.window.held_at()?, &self.me, &self.locale)
    }

    /// How many messages have not been read, in all rooms that are not muted; those of the room in view count while
    /// nobody looks at it.
    pub fn unseen(&self) -> usize {
        let heard = self.rooms.iter().filter(|room| self.me.volume.of(&room.name) != Loudness::Muted);
        let unseen = heard.filter(|room| !self.visible || !self.rooms.shows(&room.name));
        unseen.map(|room| room.tally.unread).sum()
    }
}
