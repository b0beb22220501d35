//! What a finger means by moving over the page.

/// The least way of a swipe, in pixels.
const WAY: f64 = 60.0;
/// The longest time that one takes, in milliseconds.
const TIME: u64 = 500;
/// How far a finger that rests may move, in pixels.
const REST: f64 = 10.0;

/// A finger where it came down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finger {
    /// From the left, in pixels.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// When.
    pub tick: u64,
}

impl Finger {
    /// Whether it has swiped over to here: to the right, or to the left. Neither if it scrolled, rested or was slow.
    pub fn swiped_right(self, to: Self) -> Option<bool> {
        let (over, along) = (to.x - self.x, to.y - self.y);
        let is_swipe = over.abs() >= WAY && over.abs() > 2.0 * along.abs() && to.tick.saturating_sub(self.tick) <= TIME;
        is_swipe.then_some(over > 0.0)
    }

    /// Whether it still rests where it came down.
    pub fn rests(self, to: Self) -> bool {
        (to.x - self.x).abs() <= REST && (to.y - self.y).abs() <= REST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64, y: f64, tick: u64) -> Finger {
        Finger { x, y, tick }
    }

    #[test]
    fn a_swipe_goes_over_and_not_along() {
        let start = at(200.0, 300.0, 1_000);
        assert_eq!(start.swiped_right(at(290.0, 320.0, 1_200)), Some(true));
        assert_eq!(start.swiped_right(at(110.0, 300.0, 1_500)), Some(false));
        for other in [at(250.0, 300.0, 1_100), at(290.0, 380.0, 1_200), at(290.0, 300.0, 1_501), start] {
            assert_eq!(start.swiped_right(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_finger_that_trembles_rests() {
        let start = at(200.0, 300.0, 1_000);
        assert!(start.rests(at(205.0, 292.0, 5_000)));
        assert!(!start.rests(at(200.0, 311.0, 1_010)));
    }
}
