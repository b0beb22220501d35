//! Whether the reader is away: the page is hidden for a minute, or visible without any input for ten minutes.

/// The reader is away once the page is hidden for this long, in milliseconds. A short look at another tab does not
/// count.
const HIDDEN_MS: u64 = 60_000;
/// The reader is away once a visible page gets no input for this long, in milliseconds.
const IDLE_MS: u64 = 10 * 60_000;

/// Input is recorded again only after this time, in milliseconds, and not with each key press.
const RECORD_INTERVAL_MS: u64 = 15_000;

/// The last activity of the reader on this page, and what the server knows of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AwayState {
    active_at: u64,
    visible: bool,
    // What the server was told over the present connection.
    reported_away: bool,
}

impl AwayState {
    /// Records input, or that the page became visible or hidden.
    pub fn record_activity(&mut self, visible: bool, tick: u64) {
        (self.active_at, self.visible) = (tick, visible);
    }

    /// Whether input at this tick has to be recorded: the server counts the reader as away, or the last record is old.
    pub fn is_stale(self, tick: u64) -> bool {
        self.reported_away || tick >= self.active_at + RECORD_INTERVAL_MS
    }

    /// A connection was opened: to the server its reader is not away.
    pub fn on_connected(&mut self) {
        self.reported_away = false;
    }

    /// Returns whether the reader is away, if the server has to be told because that has changed.
    pub fn take_change(&mut self, tick: u64) -> Option<bool> {
        let away = tick >= self.away_at();
        (away != self.reported_away).then(|| {
            self.reported_away = away;
            away
        })
    }

    /// The tick at which the reader will be away; none if the server knows that they are.
    pub fn deadline(self) -> Option<u64> {
        (!self.reported_away).then(|| self.away_at())
    }

    fn away_at(self) -> u64 {
        self.active_at + if self.visible { IDLE_MS } else { HIDDEN_MS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_of_a_hidden_page_is_away_after_a_while_and_back_at_once() {
        let mut away = AwayState::default();
        away.record_activity(true, 0);
        assert_eq!(away.take_change(IDLE_MS - 1), None);
        away.record_activity(false, IDLE_MS - 1);
        let gone = IDLE_MS - 1 + HIDDEN_MS;
        assert_eq!((away.deadline(), away.take_change(gone)), (Some(gone), Some(true)));
        assert_eq!((away.deadline(), away.take_change(gone + 1)), (None, None));
        away.on_connected();
        assert_eq!(away.take_change(gone + 2), Some(true), "each connection gets the status");
        away.record_activity(true, gone + 3);
        assert_eq!(away.take_change(gone + 3), Some(false));
    }
}
