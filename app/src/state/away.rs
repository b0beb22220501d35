//! Whether the reader is away: they have not looked at the page for a while, or done nothing there for a long one.

/// How long a page is hidden before its reader is away, in milliseconds: a look at another tab is no absence.
const HIDDEN_MS: u64 = 60_000;
/// How long nothing is done on a page in view before its reader is away, in milliseconds.
const IDLE_MS: u64 = 10 * 60_000;

/// What was last seen of the reader is renewed after this long, in milliseconds: not with each key.
const STALE_MS: u64 = 15_000;

/// What is known of it at this page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Away {
    seen_at: u64,
    visible: bool,
    told: bool,
}

impl Away {
    /// The reader does something, or the page comes into view, or goes.
    pub fn seen(&mut self, visible: bool, tick: u64) {
        (self.seen_at, self.visible) = (tick, visible);
    }

    /// Whether it is time to see the reader again.
    pub fn is_stale(self, tick: u64) -> bool {
        self.told || tick >= self.seen_at + STALE_MS
    }

    /// There is a new connection: it says nothing of the reader yet, who counts as present.
    pub fn connected(&mut self) {
        self.told = false;
    }

    /// What to tell the server now, if it has been told otherwise.
    pub fn tell(&mut self, tick: u64) -> Option<bool> {
        let away = tick >= self.due();
        (away != self.told).then(|| {
            self.told = away;
            away
        })
    }

    /// When the reader will be away.
    pub fn deadline(self) -> Option<u64> {
        (!self.told).then(|| self.due())
    }

    fn due(self) -> u64 {
        self.seen_at + if self.visible { IDLE_MS } else { HIDDEN_MS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_looks_elsewhere_is_away_after_a_while_and_back_at_once() {
        let mut away = Away::default();
        away.seen(true, 0);
        assert_eq!(away.tell(IDLE_MS - 1), None);
        away.seen(false, IDLE_MS - 1);
        let gone = IDLE_MS - 1 + HIDDEN_MS;
        assert_eq!((away.deadline(), away.tell(gone)), (Some(gone), Some(true)));
        assert_eq!((away.deadline(), away.tell(gone + 1)), (None, None));
        away.connected();
        assert_eq!(away.tell(gone + 2), Some(true), "each connection is told");
        away.seen(true, gone + 3);
        assert_eq!(away.tell(gone + 3), Some(false));
    }
}
