//! The people of a room.

use parlor::{
    Author, AuthorId,
    message::{Present, Roster},
};

use super::Room;
use crate::state::roster::People;

/// Longest time by which a presence update follows the first message of somebody who joined, in milliseconds: the
/// server sends such updates in batches.
const BATCH_MS: u64 = 2_000;

impl Room {
    /// Applies a presence update: people who joined, changed their name or status, or left.
    pub fn apply_presence(&mut self, own_id: &AuthorId, joined: &[Present], left: &[Author], count: u32) {
        let is_other = |author: &&Author| author.id != *own_id;
        let came = joined.iter().map(|present| &present.author).filter(is_other);
        let came: Vec<_> = came.filter(|author| !self.people.has(&author.id)).cloned().collect();
        let went = left.iter().filter(is_other).filter(|author| self.people.has(&author.id)).cloned().collect();
        self.membership_notices.add(self.notice_position(&came), came, went);
        self.people.update(joined, left, count);
        self.people_changed = true;
    }

    // A notice stands before the first recent message of those who joined, although the update comes later.
    fn notice_position(&self, came: &[Author]) -> u64 {
        let messages = self.timeline.end().messages();
        let newest = messages.back().map_or(0, |message| message.at);
        let recent = messages.iter().rev().take_while(|message| message.at + BATCH_MS >= newest);
        let theirs = recent.filter(|message| came.iter().any(|author| author.id == message.author.id));
        theirs.last().map_or(self.timeline.cursor().seq, |message| message.seq - 1)
    }

    /// Replaces the people by a roster.
    pub fn apply_roster(&mut self, roster: &Roster) {
        self.people = People::new(roster);
        (self.people_known, self.people_changed) = (true, true);
    }
}
