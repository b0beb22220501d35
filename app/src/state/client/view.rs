//! What there is to see.

use super::*;

/// What came while the reader looked elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// How many messages of others.
    pub count: usize,
    /// The local time of the first of them.
    pub since: String,
}

impl Client {
    /// The room.
    pub fn room(&self) -> &RoomName {
        &self.room
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
        &self.timeline
    }

    /// What was not acknowledged yet.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// How joining goes.
    pub fn joining(&self) -> &Joining {
        &self.joining
    }

    /// Who is there.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// Whether [`people`](Self::people) or who of them is the reader has changed since this was last asked.
    pub fn take_people_changed(&mut self) -> bool {
        std::mem::take(&mut self.people_changed)
    }

    /// Whether the end of the log is shown.
    pub fn is_live(&self) -> bool {
        self.window.is_live()
    }

    /// Whether something older can be shown.
    pub fn has_older(&self) -> bool {
        self.timeline.has_older() || self.window.range(&self.timeline).start > 0
    }

    /// Whether nobody has said anything here.
    pub fn is_silent(&self) -> bool {
        self.timeline.said().is_empty() && self.outbox.items().is_empty() && !self.timeline.has_older()
    }

    /// What to say about the connection.
    pub fn banner(&self, at: Moment) -> Option<Banner> {
        self.link.banner(at.tick)
    }

    /// The lines of the timeline.
    pub fn rows(&self, now: UnixMillis) -> Vec<Row> {
        let said = self.timeline.said();
        Source {
            said: said.range(self.window.range(&self.timeline)).collect(),
            comings: self.comings.lines(),
            pending: self.outbox.items(),
            live: self.window.is_live(),
            online: self.link.is_online(),
            me: &self.me,
            zone: self.zone,
            now,
        }
        .rows()
    }

    /// What did not enter while the reader reads.
    pub fn news(&self) -> Option<News> {
        self.count_after(self.window.held_at()?)
    }

    /// What came while the page was hidden.
    pub fn unseen(&self) -> usize {
        if self.visible { 0 } else { self.count_after(self.seen).map_or(0, |news| news.count) }
    }

    fn count_after(&self, seq: u64) -> Option<News> {
        let start = self.timeline.index_after(seq);
        let mut others = self.timeline.said().range(start..).filter(|said| said.author.id != self.me);
        let first = others.next()?;
        Some(News { count: 1 + others.count(), since: self.zone.clock(first.at) })
    }
}
