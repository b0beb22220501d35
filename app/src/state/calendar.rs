//! Days and times of day, in a given distance from UTC: the page's whole knowledge of calendars.

use parlor::UnixMillis;

const DAY_MS: i64 = 86_400_000;
/// A reader's time zone, as minutes east of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Zone(pub i32);

impl Zone {
    /// The number of the local day since 1970.
    pub fn day(self, at: UnixMillis) -> i64 {
        self.local(at).div_euclid(DAY_MS)
    }

    /// When the local day after this moment starts.
    pub fn next_midnight(self, at: UnixMillis) -> UnixMillis {
        ((self.day(at) + 1) * DAY_MS - i64::from(self.0) * 60_000).max(0) as UnixMillis
    }

    /// The local time of day: hour and minute.
    pub fn clock(self, at: UnixMillis) -> (i64, i64) {
        let minutes = self.local(at).rem_euclid(DAY_MS) / 60_000;
        (minutes / 60, minutes % 60)
    }

    /// The local date: year, month, day.
    pub fn date(self, at: UnixMillis) -> (i64, usize, i64) {
        civil(self.day(at))
    }

    fn local(self, at: UnixMillis) -> i64 {
        i64::try_from(at).unwrap_or(i64::MAX / 2) + i64::from(self.0) * 60_000
    }
}

/// The moment in UTC as HTML's `datetime` wants it.
pub fn utc(at: UnixMillis) -> String {
    let (year, month, day) = civil(Zone(0).day(at));
    let seconds = at / 1_000 % 86_400;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

// The Gregorian date of a day since 1970, by counting in 400-year eras that start in March.
fn civil(day: i64) -> (i64, usize, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as usize, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // 2026-11-24T13:45:55Z
    const NOON: UnixMillis = 1_795_527_955_000;

    #[test]
    fn a_moment_has_a_day_and_a_time_in_each_zone() {
        assert_eq!(utc(NOON), "2026-11-24T13:45:55Z");
        assert_eq!(Zone(0).clock(NOON), (13, 45));
        assert_eq!(Zone(-14 * 60).clock(NOON), (23, 45));
        assert_eq!(Zone(-14 * 60).day(NOON), Zone(0).day(NOON) - 1);
        assert_eq!(utc(951_782_400_000), "2000-02-29T00:00:00Z");
    }

    proptest! {
        #[test]
        fn the_next_day_is_one_later(day in 0i64..200_000) {
            let (year, month, date) = civil(day);
            let next = civil(day + 1);
            prop_assert!((1..=12).contains(&month) && (1..=31).contains(&date));
            prop_assert!(next == (year, month, date + 1) || next == (year, month + 1, 1) || next == (year + 1, 1, 1));
        }
    }
}
