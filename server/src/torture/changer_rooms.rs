//! The rooms of the changers: one that is busy from the beginning, and several whose log begins in the middle of the run.

use std::time::Instant;

use parlor::RoomName;

use super::changer::{Requests, Workload};
use super::changes::{self, ChangerLedger};
use super::counts::Counts;
use super::schedule;
use super::witness::{NoAnswer, Witness};

/// Changers in the workshop.
const IN_WORKSHOP: usize = 6;
/// Rooms without a log.
const EMPTY_ROOMS: usize = 4;
/// Changers in each of them.
const IN_EMPTY_ROOM: usize = 2;

/// The rooms where messages and topics are changed. Nobody is at a page there.
#[derive(Debug)]
pub(super) struct ChangerRooms {
    workshop: RoomName,
    empty: Vec<RoomName>,
}

impl ChangerRooms {
    /// The rooms of the run with this tag.
    pub(super) fn new(tag: &str) -> Self {
        let room = |name: &str| RoomName::parse(&format!("torture-{tag}-{name}")).unwrap_or_default();
        let empty = (1..=EMPTY_ROOMS).map(|number| room(&format!("empty-{number}"))).collect();
        Self { workshop: room("workshop"), empty }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &RoomName> {
        std::iter::once(&self.workshop).chain(&self.empty)
    }

    /// The changers, each with the name that its random numbers are drawn for, and its requests.
    pub(super) fn changers(&self, tag: &str, seed: u64, seconds: u64, begin: Instant) -> Vec<(String, Requests)> {
        let in_workshop = (0..IN_WORKSHOP).map(|number| (format!("c{number:04}"), &self.workshop, Workload::Workshop));
        let empty = self.empty.iter().flat_map(|room| std::iter::repeat_n(room, IN_EMPTY_ROOM));
        let in_empty_rooms = empty.enumerate().map(|(number, room)| {
            let who = format!("e{number:04}");
            let log_start = begin + schedule::log_start(seed, &who, seconds);
            (who, room, Workload::EmptyRoom { log_start: log_start.into() })
        });
        let requests = |(who, room, workload): (String, &RoomName, _)| {
            let requests = Requests::new(format!("{who}-{tag}"), room.clone(), workload);
            (who, requests)
        };
        in_workshop.chain(in_empty_rooms).map(requests).collect()
    }

    /// Compares the log and the pages of each room with what its changers asked for and saw.
    pub(super) async fn check(
        &self,
        witness: &mut Witness,
        ledgers: Vec<ChangerLedger>,
        counts: &Counts,
    ) -> Result<Vec<String>, NoAnswer> {
        let mut wrong = Vec::new();
        for room in self.iter() {
            let (log, pages) = (witness.events(room).await?, witness.pages(room).await?);
            let of_room: Vec<_> = ledgers.iter().filter(|ledger| ledger.room == *room).cloned().collect();
            counts.no_ops.add(changes::count_no_ops(&log, &of_room) as u64);
            wrong.extend(changes::check(&log, &pages, &of_room).into_iter().map(|what| format!("in {room}, {what}")));
        }
        Ok(wrong)
    }
}
