//! Reads the next events of many rooms in one statement.

use parlor::{Event, RoomName};

use super::super::sql::backlog;
use super::super::sql::connection::SqlResult;
use super::super::sql::decode::{self, EVENT_COLUMNS};
use super::session::BlockingConnection;

/// Maximum number of rooms in one statement.
const ROOMS: usize = 50;

/// Number of events that one statement reads from all its rooms together. Their texts can be long.
const EVENTS: usize = 200;

/// The column of the room's position, after those of the event.
const POSITION_COLUMN: usize = 11;

/// A room with events that are to be read.
#[derive(Clone, Debug)]
pub(super) struct UnreadRoom {
    pub(super) room: RoomName,
    /// The seq of the last event that is known.
    pub(super) after: u64,
    /// The seq up to which events are read.
    pub(super) up_to: u64,
}

/// The next events of each room, oldest first. Of a room with many there may be more.
pub(super) fn read(
    database: &BlockingConnection<'_>,
    unread: Vec<UnreadRoom>,
) -> SqlResult<Vec<(UnreadRoom, Vec<Event>)>> {
    let mut read: Vec<_> = unread.into_iter().map(|room| (room, Vec::new())).collect();
    for rooms in read.chunks_mut(ROOMS) {
        read_chunk(database, rooms)?;
    }
    Ok(read)
}

fn read_chunk(database: &BlockingConnection<'_>, rooms: &mut [(UnreadRoom, Vec<Event>)]) -> SqlResult<()> {
    let (mut names, mut first, mut last) = (Vec::new(), Vec::new(), Vec::new());
    for (unread, _) in &*rooms {
        names.push(unread.room.as_str());
        first.push(unread.after.saturating_add(1).cast_signed());
        last.push(unread.up_to.cast_signed());
    }
    let per_room = i64::try_from(EVENTS / rooms.len().max(1)).unwrap_or(1);
    // The row id of an event is made of the room's number and the seq (`row_id`).
    let sql = format!(
        "SELECT e.*, w.position
         FROM unnest($1::TEXT[], $2::BIGINT[], $3::BIGINT[]) WITH ORDINALITY AS w (room, first, last, position)
         JOIN rooms r ON r.name = w.room
         CROSS JOIN LATERAL (
             SELECT {EVENT_COLUMNS} FROM events
             WHERE place BETWEEN (r.id << 40) + w.first AND (r.id << 40) + w.last ORDER BY place LIMIT $4
         ) e
         ORDER BY w.position, e.place"
    );
    for row in database.query_arrays(&sql, &[&names, &first, &last, &per_room])? {
        let event = decode::event(&row, |target| backlog::quote(database, target))?;
        let position = usize::try_from(row.get::<i64>(POSITION_COLUMN)?).unwrap_or(0);
        if let Some((_, events)) = rooms.get_mut(position.wrapping_sub(1)) {
            events.push(event);
        }
    }
    Ok(())
}
