//! The row id of an event in the database: one integer made of the room's number and the seq.

/// Bits of a row id that hold the seq: a trillion events a room, and four million rooms.
const SEQ_BITS: u32 = 40;

/// The highest seq that a row id can hold.
const SEQ_MAX: u64 = (1 << SEQ_BITS) - 1;

/// A room's number in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine) struct RoomId(pub(in crate::engine) i64);

impl RoomId {
    /// The row id of the room's event with this seq. Seqs above [`SEQ_MAX`] count as that. No room has an event at 0 or
    /// at the maximum: both occur only as bounds, or in invalid requests.
    pub(in crate::engine) fn row_id(self, seq: u64) -> i64 {
        (self.0 << SEQ_BITS) + i64::try_from(seq.min(SEQ_MAX)).unwrap_or(0)
    }

    /// The row ids of all events of the room, as the bounds of a `BETWEEN`.
    pub(in crate::engine) fn row_ids(self) -> [i64; 2] {
        [self.row_id(1), self.row_id(u64::MAX)]
    }
}

/// The seq of the event with this row id.
pub(in crate::engine) fn seq_of(row_id: i64) -> u64 {
    row_id.unsigned_abs() & SEQ_MAX
}
