//! Calendar dates and times of day in the reader's time zone.

use std::sync::Arc;

use parlor::{TimeZone, UnixMillis, time_zone::UTC};

const DAY_MS: i64 = 86_400_000;

/// A UTC offset, and the instant from which it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct OffsetChange {
    /// The first instant with this offset, in milliseconds since the Unix epoch.
    pub from: UnixMillis,
    /// Minutes by which local time is ahead of UTC; negative if it is behind.
    pub minutes: i32,
}

/// A reader's time zone.
#[derive(Clone, Debug)]
pub enum Zone {
    /// The UTC offsets in the initial state, in order of time. The first one also applies to everything before it.
    /// Without any offset the reader's time zone is not known, and times are in UTC.
    FromServer(Arc<[OffsetChange]>),
    /// The time zone of the browser.
    Platform(PlatformZone),
}

/// The time zone of the browser. It may change while the page is open, as when the reader travels: nothing of it is
/// cached.
#[derive(Clone, Copy, Debug)]
pub struct PlatformZone {
    /// Returns the IANA name, if the browser knows it.
    pub name: fn() -> Option<String>,
    /// Returns the minutes by which local time is ahead of UTC at an instant, given in milliseconds since the Unix
    /// epoch.
    pub offset_minutes: fn(i64) -> i32,
}

impl TimeZone for Zone {
    fn offset_minutes(&self, at: i64) -> i32 {
        match self {
            Self::Platform(zone) => (zone.offset_minutes)(at),
            Self::FromServer(changes) => {
                let later = changes.partition_point(|change| i64::try_from(change.from).is_ok_and(|from| from <= at));
                changes.get(later.saturating_sub(1)).map_or(0, |change| change.minutes)
            }
        }
    }
}

impl Zone {
    /// A time zone with one UTC offset, in minutes.
    pub fn fixed(minutes: i32) -> Self {
        Self::FromServer([OffsetChange { from: 0, minutes }].into())
    }

    /// Whether the reader's time zone is not known, so that times are in UTC.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::FromServer(changes) if changes.is_empty())
    }

    /// The IANA name, if it is known.
    pub fn name(&self) -> Option<String> {
        if let Self::Platform(zone) = self { (zone.name)() } else { None }
    }

    /// The number of the local day, counted from 1970-01-01.
    pub fn day_of(&self, at: UnixMillis) -> i64 {
        self.day(signed(at))
    }

    /// The first instant of the next local day.
    pub fn next_midnight(&self, at: UnixMillis) -> UnixMillis {
        self.day_start(self.day_of(at) + 1).max(0) as UnixMillis
    }

    /// The local time of day: hour and minute.
    pub fn clock(&self, at: UnixMillis) -> (i64, i64) {
        let minutes = self.local_ms(signed(at)).rem_euclid(DAY_MS) / 60_000;
        (minutes / 60, minutes % 60)
    }

    /// The local date: year, month, day.
    pub fn date(&self, at: UnixMillis) -> (i64, usize, i64) {
        civil(self.day_of(at))
    }
}

fn signed(at: UnixMillis) -> i64 {
    // Half of the largest value: sums of two such times do not overflow.
    i64::try_from(at).unwrap_or(i64::MAX / 2)
}

/// Formats an instant in UTC for HTML's `datetime` attribute, such as `2026-11-24T13:45:55Z`.
pub fn utc(at: UnixMillis) -> String {
    let (year, month, day) = civil(UTC.day(signed(at)));
    let seconds = at / 1_000 % 86_400;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

// The Gregorian date of a day counted from 1970-01-01. It counts in 400-year eras whose years start in March, so that
// the leap day is the last day of a year.
fn civil(day: i64) -> (i64, usize, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let day_of_era = day.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as usize, day_of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // 2026-11-24T13:45:55Z
    const NOON: UnixMillis = 1_795_527_955_000;

    #[test]
    fn an_instant_has_a_date_and_a_time_in_each_time_zone() {
        assert_eq!(utc(NOON), "2026-11-24T13:45:55Z");
        assert_eq!(Zone::fixed(0).clock(NOON), (13, 45));
        assert_eq!(Zone::fixed(-14 * 60).clock(NOON), (23, 45));
        assert_eq!(Zone::fixed(-14 * 60).day_of(NOON), Zone::fixed(0).day_of(NOON) - 1);
        assert_eq!(utc(951_782_400_000), "2000-02-29T00:00:00Z");
    }

    #[test]
    fn each_instant_has_the_offset_of_its_time() {
        let changes = [(NOON, 60), (NOON + 1_000, 120), (NOON + 2_000, -30)];
        let zone = Zone::FromServer(changes.map(|(from, minutes)| OffsetChange { from, minutes }).into());
        for (at, clock) in [(0, (14, 45)), (999, (14, 45)), (1_000, (15, 45)), (1_999, (15, 45)), (2_000, (13, 15))] {
            assert_eq!(zone.clock(NOON + at), clock, "{at}");
        }
        assert_eq!(zone.clock(NOON - 86_400_000), (14, 45));
        assert!(!zone.is_unknown() && Zone::FromServer([].into()).is_unknown());
    }

    proptest! {
        #[test]
        fn consecutive_days_have_consecutive_dates(day in 0i64..200_000) {
            let (year, month, date) = civil(day);
            let next = civil(day + 1);
            prop_assert!((1..=12).contains(&month) && (1..=31).contains(&date));
            prop_assert!(next == (year, month, date + 1) || next == (year, month + 1, 1) || next == (year + 1, 1, 1));
        }
    }
}
