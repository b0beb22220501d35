//! Where an event lies in the database: one integer for its room and its seq.

/// Bits of a place that are the seq: a trillion events a room, and four million rooms.
const SEQ_BITS: u32 = 40;

/// The highest seq that a place can hold.
const SEQ_MAX: u64 = (1 << SEQ_BITS) - 1;

/// A room's number in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RoomId(pub(super) i64);

impl RoomId {
    /// The place of an event of this room. No room has an event 0, nor one at the highest place: both are asked for
    /// only as bounds, or by clients that ask for nonsense.
    pub(super) fn place(self, seq: u64) -> i64 {
        (self.0 << SEQ_BITS) + i64::try_from(seq.min(SEQ_MAX)).unwrap_or(0)
    }
}

/// The seq of the event at a place.
pub(super) fn seq_of(place: i64) -> u64 {
    place.unsigned_abs() & SEQ_MAX
}
