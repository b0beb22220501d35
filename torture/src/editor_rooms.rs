//! The rooms of the editors: one that is busy from the start of the run, and several whose log starts in its middle.

use parlor::RoomName;
use tokio::time::Instant;

use crate::auditor::{Auditor, NoReply};
use crate::counters::Counters;
use crate::edit_check;
use crate::editor_history::EditorHistory;
use crate::fault_plan;
use crate::request_generator::{RequestGenerator, Workload};

/// Editors in the busy room.
const EDITORS_IN_BUSY_ROOM: usize = 6;
/// Rooms without a log.
const EMPTY_ROOMS: usize = 4;
/// Editors in each of them.
const EDITORS_IN_EMPTY_ROOM: usize = 2;

/// The rooms in which editors change messages and topics. No other client joins them.
#[derive(Debug)]
pub(crate) struct EditorRooms {
    busy: RoomName,
    empty: Vec<RoomName>,
}

impl EditorRooms {
    /// The rooms of the run with this tag.
    pub(crate) fn new(tag: &str) -> Self {
        let room = |name: &str| RoomName::parse(&format!("torture-{tag}-{name}")).unwrap_or_default();
        let empty = (1..=EMPTY_ROOMS).map(|number| room(&format!("empty-{number}"))).collect();
        Self { busy: room("busy"), empty }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &RoomName> {
        std::iter::once(&self.busy).chain(&self.empty)
    }

    /// One entry per editor: the label that seeds its random numbers, and the generator of its requests.
    pub(crate) fn editors(
        &self,
        tag: &str,
        seed: u64,
        seconds: u64,
        start: Instant,
    ) -> Vec<(String, RequestGenerator)> {
        let in_busy_room =
            (0..EDITORS_IN_BUSY_ROOM).map(|number| (format!("c{number:04}"), &self.busy, Workload::BusyRoom));
        let empty = self.empty.iter().flat_map(|room| std::iter::repeat_n(room, EDITORS_IN_EMPTY_ROOM));
        let in_empty_rooms = empty.enumerate().map(|(number, room)| {
            let label = format!("e{number:04}");
            let log_start = start + fault_plan::log_start(seed, &label, seconds);
            (label, room, Workload::EmptyRoom { log_start })
        });
        let generator = |(label, room, workload): (String, &RoomName, _)| {
            let generator = RequestGenerator::new(format!("{label}-{tag}"), room.clone(), workload);
            (label, generator)
        };
        in_busy_room.chain(in_empty_rooms).map(generator).collect()
    }

    /// Compares the log and the history pages of each room with its editors' histories. Returns the problems found.
    pub(crate) async fn check(
        &self,
        auditor: &mut Auditor,
        histories: &[EditorHistory],
        counters: &Counters,
    ) -> Result<Vec<String>, NoReply> {
        let mut problems = Vec::new();
        for room in self.iter() {
            let (log, pages) = (auditor.events(room).await?, auditor.pages(room).await?);
            let of_room: Vec<_> = histories.iter().filter(|history| history.room == *room).cloned().collect();
            counters.no_ops.add(edit_check::count_no_ops(&log, &of_room) as u64);
            let in_room = edit_check::check(&log, &pages, &of_room).into_iter();
            problems.extend(in_room.map(|problem| format!("in {room}, {problem}")));
        }
        Ok(problems)
    }
}
