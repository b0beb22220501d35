//! The replica of a room: restoring it, updating it, and fetching what it lacks.

use parlor::limits::PAGE_EVENTS;

use super::Room;
use crate::state::{
    read_marker::ReadMarker,
    replica::{Replica, ReplicaHeader, ReplicaUpdate},
    timeline::{REPLICA_MESSAGES, Timeline},
    window::MAX_ROWS,
};

/// Events that a replica may lack to be added to a room that is shown already. With more of them, requesting the
/// messages is cheaper.
const MAX_MISSING_EVENTS: u64 = 500;

impl Room {
    /// Restores the room from its replica. A known room only gets the older messages. Has to happen before the room is
    /// resumed.
    pub fn restore_replica(&mut self, replica: Replica) {
        let (segment, header) = (replica.segment(), replica.header);
        self.replica_tracker.restored(header.clone(), &segment);
        if !self.known {
            self.known = true;
            self.read_marker = ReadMarker::new(Some(header.read), header.as_of.seq);
            self.timeline = Timeline::from_segment(header.as_of, segment);
            self.window.limit(PAGE_EVENTS, &self.timeline);
            self.topic = header.topic;
        } else if header.as_of.epoch == self.timeline.cursor().epoch
            && (header.as_of.seq..=header.as_of.seq + MAX_MISSING_EVENTS).contains(&self.timeline.cursor().seq)
        {
            self.window.limit(MAX_ROWS, &self.timeline);
            self.timeline.add_replica(header.as_of, segment);
        }
    }

    /// The update of the replica that is due now, if there is one.
    pub fn take_replica_update(&mut self, tick: u64) -> Option<ReplicaUpdate> {
        let Self { name, timeline, topic, title, read_marker, known, .. } = self;
        let end = timeline.end();
        let header = || ReplicaHeader {
            room: name.clone(),
            as_of: timeline.cursor().clone(),
            first: end.first(),
            has_older: end.has_older(),
            topic: topic.clone(),
            title: title.clone(),
            read: read_marker.read(),
        };
        if *known { self.replica_tracker.take_update(tick, header, timeline) } else { None }
    }

    /// Whether the replica could hold older messages that the page does not hold.
    pub fn needs_prefetch(&self) -> bool {
        let end = self.timeline.end();
        self.can_request_page()
            && self.timeline.shows_end()
            && end.has_older()
            && end.messages().len() < REPLICA_MESSAGES
            && self.timeline.is_caught_up()
    }
}
