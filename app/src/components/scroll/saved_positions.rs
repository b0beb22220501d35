//! The scroll positions of the rooms that the reader has left.

use parlor::RoomName;
use web_sys::{Element, HtmlElement};

use super::layout::offset_in_viewport;

/// The scroll positions of the rooms that are not at the end of their timeline.
#[derive(Default)]
pub(super) struct SavedPositions(Vec<SavedPosition>);

/// The scroll position of a room.
#[derive(Clone)]
pub(super) struct SavedPosition {
    room: RoomName,
    /// The DOM id of the topmost visible row.
    pub(super) row: String,
    /// The distance from the top of the viewport to the top of that row, in pixels.
    pub(super) offset: f64,
    /// The last jump in the room: its number, and the seq of the message.
    pub(super) revealed: Option<(u32, u64)>,
}

impl SavedPositions {
    /// The position in a room.
    pub(super) fn of(&self, room: &RoomName) -> Option<SavedPosition> {
        self.0.iter().find(|position| position.room == *room).cloned()
    }

    /// Saves the position of a room. Without a row it is removed: the room opens at its end.
    pub(super) fn save(
        &mut self,
        room: RoomName,
        row: Option<&Element>,
        viewport: &HtmlElement,
        revealed: Option<(u32, u64)>,
    ) {
        self.0.retain(|position| position.room != room);
        if let Some(row) = row {
            let offset = offset_in_viewport(row, viewport);
            self.0.push(SavedPosition { room, row: row.id(), offset, revealed });
        }
    }
}
