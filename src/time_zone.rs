//! Time zones: how far local clocks are from UTC at an instant, and when a local day starts.
//!
//! The offsets themselves come from elsewhere: on the server from a library with its own copy of the IANA time zone
//! database, in the page from the browser. The rules on top of them are here, once, so that both sides agree.

use crate::day::DAY_MS;

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;

/// A time zone.
///
/// Instants are milliseconds since the Unix epoch, days are counted from 1970-01-01.
pub trait TimeZone {
    /// How many minutes local clocks are ahead of UTC at this instant.
    fn offset_minutes(&self, at: i64) -> i32;

    /// The local date and time at this instant, as milliseconds since the start of 1970-01-01 on local clocks.
    fn local_ms(&self, at: i64) -> i64 {
        at.saturating_add(i64::from(self.offset_minutes(at)) * MINUTE_MS)
    }

    /// The local day of this instant.
    fn day(&self, at: i64) -> i64 {
        self.local_ms(at).div_euclid(DAY_MS)
    }

    /// The first instant of a local day.
    ///
    /// Where clocks are put forward at midnight, the day starts later than 00:00; a day that they skip as a whole starts
    /// where the next one does.
    fn day_start(&self, day: i64) -> i64 {
        let midnight = day.saturating_mul(DAY_MS);
        let utc = |offset: i32| midnight.saturating_sub(i64::from(offset) * MINUTE_MS);
        // No zone is a day away from UTC, and none changes its offset twice within two days.
        let before = self.offset_minutes(midnight.saturating_sub(DAY_MS));
        let after = self.offset_minutes(midnight.saturating_add(DAY_MS));
        if self.offset_minutes(utc(before)) == before {
            return utc(before);
        }
        if self.offset_minutes(utc(after)) == after {
            return utc(after);
        }
        // Local clocks never show this midnight: the day starts with the change of the offset.
        let (mut earlier, mut later) = (utc(after), utc(before));
        while later - earlier > 1 {
            let middle = earlier + (later - earlier) / 2;
            if self.offset_minutes(middle) == before {
                earlier = middle;
            } else {
                later = middle;
            }
        }
        later
    }
}

/// A zone whose clocks never change: so many minutes ahead of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FixedOffset(pub i32);

/// Coordinated Universal Time.
pub const UTC: FixedOffset = FixedOffset(0);

impl TimeZone for FixedOffset {
    fn offset_minutes(&self, _at: i64) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A zone whose offset changes once.
    #[derive(Debug)]
    struct Changing {
        at: i64,
        before: i32,
        after: i32,
    }

    impl TimeZone for Changing {
        fn offset_minutes(&self, at: i64) -> i32 {
            if at < self.at { self.before } else { self.after }
        }
    }

    const HOUR_MS: i64 = 60 * MINUTE_MS;

    #[test]
    fn clocks_that_skip_midnight_start_the_day_late() {
        // From 00:00 to 01:00 of day 10.
        let zone = Changing { at: 10 * DAY_MS + 3 * HOUR_MS, before: -180, after: -120 };
        assert_eq!(zone.day_start(10), 10 * DAY_MS + 3 * HOUR_MS);
        assert_eq!(zone.local_ms(zone.day_start(10)), 10 * DAY_MS + HOUR_MS);
    }

    #[test]
    fn of_two_midnights_the_first_starts_the_day() {
        // From 01:00 back to 00:00 of day 10.
        let zone = Changing { at: 10 * DAY_MS + 5 * HOUR_MS, before: -240, after: -300 };
        assert_eq!(zone.day_start(10), 10 * DAY_MS + 4 * HOUR_MS);
    }

    #[test]
    fn clocks_put_back_at_midnight_start_the_day_when_it_comes_for_good() {
        // From 24:00 of day 9 back to its 23:00.
        let zone = Changing { at: 10 * DAY_MS + 2 * HOUR_MS, before: -120, after: -180 };
        assert_eq!(zone.day_start(10), 10 * DAY_MS + 3 * HOUR_MS);
        assert_eq!(zone.day(zone.day_start(10) - 1), 9);
    }

    #[test]
    fn a_day_that_is_skipped_has_no_instants() {
        // Across the date line at the end of day 9: day 10 does not exist.
        let zone = Changing { at: 10 * DAY_MS + 10 * HOUR_MS, before: -600, after: 840 };
        assert_eq!(zone.day_start(10), zone.at);
        assert_eq!(zone.day_start(11), zone.at);
        assert_eq!(zone.day(zone.at - 1), 9);
        assert_eq!(zone.day(zone.at), 11);
    }

    proptest! {
        #[test]
        fn a_day_starts_at_its_first_instant(
            (at, before, after, day) in (-5 * DAY_MS..5 * DAY_MS, -720..=840i32, -720..=840i32, -5i64..=5)
        ) {
            let zone = Changing { at, before, after };
            let start = zone.day_start(day);
            prop_assert!(zone.day(start) >= day);
            // A minute and ten days before it: no instant has this day already.
            for earlier in (1..=14_400).map(|minutes| start - minutes * MINUTE_MS).chain([start - 1]) {
                prop_assert!(zone.day(earlier) < day, "{earlier}");
            }
        }

        #[test]
        fn no_instant_and_no_day_makes_it_panic(at: i64, day: i64, offset: i32) {
            let zone = FixedOffset(offset);
            zone.day(at);
            zone.day_start(day);
        }
    }
}
