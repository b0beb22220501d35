//! Recognition of swipes and long presses in touch events.

/// Shortest distance of a swipe, in pixels.
const MIN_SWIPE_PX: f64 = 60.0;
/// Longest time of a swipe, in milliseconds.
const MAX_SWIPE_MS: u64 = 500;
/// Distance by which a finger may move along each axis and still counts as still, in pixels.
const TOUCH_SLOP_PX: f64 = 10.0;

/// The position of a finger at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TouchPoint {
    /// Pixels from the left.
    pub x: f64,
    /// Pixels from the top.
    pub y: f64,
    /// The time, in milliseconds.
    pub tick: u64,
}

impl TouchPoint {
    /// Whether the way from here to another point is a swipe to the right (`true`) or to the left (`false`). `None` if
    /// it is too short, too slow or too steep, as when scrolling.
    pub fn swiped_right(self, to: Self) -> Option<bool> {
        let (dx, dy) = (to.x - self.x, to.y - self.y);
        let duration = to.tick.saturating_sub(self.tick);
        let is_swipe = dx.abs() >= MIN_SWIPE_PX && dx.abs() > 2.0 * dy.abs() && duration <= MAX_SWIPE_MS;
        is_swipe.then_some(dx > 0.0)
    }

    /// Whether a finger that went from here to another point has been held still.
    pub fn is_still(self, to: Self) -> bool {
        (to.x - self.x).abs() <= TOUCH_SLOP_PX && (to.y - self.y).abs() <= TOUCH_SLOP_PX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64, tick: u64) -> TouchPoint {
        TouchPoint { x, y, tick }
    }

    #[test]
    fn a_swipe_is_fast_and_horizontal() {
        let start = at(200.0, 300.0, 1_000);
        assert_eq!(start.swiped_right(at(290.0, 320.0, 1_200)), Some(true));
        assert_eq!(start.swiped_right(at(110.0, 300.0, 1_500)), Some(false));
        for other in [at(250.0, 300.0, 1_100), at(290.0, 380.0, 1_200), at(290.0, 300.0, 1_501), start] {
            assert_eq!(start.swiped_right(other), None, "{other:?}");
        }
    }

    #[test]
    fn small_movements_count_as_still() {
        let start = at(200.0, 300.0, 1_000);
        assert!(start.is_still(at(205.0, 292.0, 5_000)));
        assert!(!start.is_still(at(200.0, 311.0, 1_010)));
    }
}
