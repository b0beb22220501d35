//! What there is to see.

use super::*;

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

impl Client {
    /// The room.
    pub fn room(&self) -> &RoomName {
        &self.room.name
    }

    /// The reader's public id.
    pub fn me(&self) -> &AuthorId {
        &self.me
    }

    /// The name that the reader holds.
    pub fn name(&self) -> Option<&Name> {
        self.name.as_ref()
    }

    /// The room's log, as far as it is known.
    pub fn timeline(&self) -> &Timeline {
        &self.room.timeline
    }

    /// What was not acknowledged yet.
    pub fn outbox(&self) -> &Outbox {
        &self.room.outbox
    }

    /// How joining goes.
    pub fn joining(&self) -> &Joining {
        &self.joining
    }

    /// Who is there.
    pub fn people(&self) -> &People {
        &self.room.people
    }

    /// Whether [`people`](Self::people) or who of them is the reader has changed since this was last asked.
    pub fn take_people_changed(&mut self) -> bool {
        std::mem::take(&mut self.room.people_changed)
    }

    /// Whether the end of the log is shown.
    pub fn is_live(&self) -> bool {
        self.room.window.is_live()
    }

    /// Whether something older can be shown.
    pub fn has_older(&self) -> bool {
        self.room.has_older()
    }

    /// Whether something newer can be shown that is not new to the reader.
    pub fn has_newer(&self) -> bool {
        !self.room.window.reaches_end(&self.room.timeline)
    }

    /// Whether nobody has said anything here.
    pub fn is_silent(&self) -> bool {
        self.room.is_silent()
    }

    /// What the room is about.
    pub fn topic(&self) -> &str {
        &self.room.topic
    }

    /// What the composer is for, if not for a message of its own.
    pub fn composing(&self) -> Option<&Composing> {
        self.room.composing.as_ref()
    }

    /// The message that was jumped to last, with the number of the jump: it is in the lines.
    pub fn revealed(&self) -> Option<(u32, u64)> {
        self.room.revealed
    }

    /// What to say about the connection.
    pub fn banner(&self, at: Moment) -> Option<Banner> {
        self.link.banner(at.tick)
    }

    /// The lines of the timeline.
    pub fn rows(&self, now: UnixMillis) -> Vec<Row> {
        self.room.rows(Reader { me: &self.me, zone: self.zone, now, online: self.link.is_online() })
    }

    /// What did not enter while the reader reads.
    pub fn news(&self) -> Option<News> {
        self.room.news_after(self.room.window.held_at()?, &self.me, self.zone)
    }

    /// What came while the page was hidden, and was read in no other tab.
    pub fn unseen(&self) -> usize {
        let news = (!self.visible).then(|| self.room.news_after(self.room.marker.read(), &self.me, self.zone));
        news.flatten().map_or(0, |news| news.count)
    }
}
