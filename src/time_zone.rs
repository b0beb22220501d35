//! Time zones: the offset of local time from UTC at an instant, and the start of a local day.
//!
//! An implementation provides the offsets: on the server a library with its own copy of the IANA time zone database, in
//! the page the browser. The rules based on them are shared, so that server and page agree.

use crate::day::DAY_MS;

/// Milliseconds in a minute.
const MINUTE_MS: i64 = 60_000;

/// A time zone.
///
/// Instants are milliseconds since the Unix epoch; days are numbered from 1970-01-01.
pub trait TimeZone {
    /// The offset of local time from UTC at this instant in minutes, positive to the east.
    fn offset_minutes(&self, at: i64) -> i32;

    /// The local date and time at this instant, as milliseconds since 1970-01-01 00:00 local time.
    fn local_ms(&self, at: i64) -> i64 {
        at.saturating_add(i64::from(self.offset_minutes(at)) * MINUTE_MS)
    }

    /// The number of the local day that this instant is in.
    fn day(&self, at: i64) -> i64 {
        self.local_ms(at).div_euclid(DAY_MS)
    }

    /// The first instant of a local day.
    ///
    /// If clocks are put forward at midnight, the day starts later than 00:00. A day that is skipped entirely starts
    /// when the next day starts.
    fn day_start(&self, day: i64) -> i64 {
        let midnight = day.saturating_mul(DAY_MS);
        let utc = |offset: i32| midnight.saturating_sub(i64::from(offset) * MINUTE_MS);
        // No zone has an offset of a day or more, and none changes its offset twice within two days.
        let before = self.offset_minutes(midnight.saturating_sub(DAY_MS));
        let after = self.offset_minutes(midnight.saturating_add(DAY_MS));
        if self.offset_minutes(utc(before)) == before {
            return utc(before);
        }
        if self.offset_minutes(utc(after)) == after {
            return utc(after);
        }
        // This midnight does not exist in local time: the day starts when the offset changes.
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

/// A time zone with a constant offset from UTC in minutes, positive to the east.
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

    /// A time zone whose offset changes once.
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
    fn a_day_whose_midnight_is_skipped_starts_after_the_change() {
        // From 00:00 to 01:00 of day 10.
        let zone = Changing { at: 10 * DAY_MS + 3 * HOUR_MS, before: -180, after: -120 };
        assert_eq!(zone.day_start(10), 10 * DAY_MS + 3 * HOUR_MS);
        assert_eq!(zone.local_ms(zone.day_start(10)), 10 * DAY_MS + HOUR_MS);
    }

    #[test]
    fn a_day_with_two_midnights_starts_at_the_first() {
        // From 01:00 back to 00:00 of day 10.
        let zone = Changing { at: 10 * DAY_MS + 5 * HOUR_MS, before: -240, after: -300 };
        assert_eq!(zone.day_start(10), 10 * DAY_MS + 4 * HOUR_MS);
    }

    #[test]
    fn a_day_starts_at_the_final_midnight_if_clocks_are_put_back_at_midnight() {
        // From 24:00 of day 9 back to its 23:00.
        let zone = Changing { at: 10 * DAY_MS + 2 * HOUR_MS, before: -120, after: -180 };
        assert_eq!(zone.day_start(10), 10 * DAY_MS + 3 * HOUR_MS);
        assert_eq!(zone.day(zone.day_start(10) - 1), 9);
    }

    #[test]
    fn a_skipped_day_starts_with_the_next_day() {
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
            // Every minute of the ten days before it, and the last millisecond: none of them is in this day.
            for earlier in (1..=14_400).map(|minutes| start - minutes * MINUTE_MS).chain([start - 1]) {
                prop_assert!(zone.day(earlier) < day, "{earlier}");
            }
        }

        #[test]
        fn extreme_instants_and_days_do_not_panic(at: i64, day: i64, offset: i32) {
            let zone = FixedOffset(offset);
            zone.day(at);
            zone.day_start(day);
        }
    }
}
