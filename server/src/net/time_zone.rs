//! Readers' time zones, by the IANA time zone database that is part of the binary: a host needs no other file for it.

use jiff::{Timestamp, tz};
use parlor::time_zone::FixedOffset;
use parlor::{TimeZone, UnixMillis};
use parlor_app::state::calendar::OffsetChange;

/// The distances from UTC that occur: from Baker Island to the Line Islands, in minutes.
const OFFSETS: std::ops::RangeInclusive<i32> = -12 * 60..=14 * 60;

/// A time zone that a client named.
#[derive(Clone, Debug)]
pub(crate) enum ReaderZone {
    /// One of the database.
    Named(tz::TimeZone),
    /// A distance from UTC, from a client that names no zone, or one that the database does not have.
    Fixed(FixedOffset),
}

impl ReaderZone {
    /// The zone with this IANA name, whatever its capitals; none if there is none.
    pub(crate) fn named(name: &str) -> Option<Self> {
        tz::TimeZone::get(name).ok().map(Self::Named)
    }

    /// A zone so many minutes ahead of UTC; none if no place is.
    pub(crate) fn fixed(minutes: i32) -> Option<Self> {
        OFFSETS.contains(&minutes).then_some(Self::Fixed(FixedOffset(minutes)))
    }

    /// Its offsets from an instant to another one, oldest first: never empty.
    pub(crate) fn offsets(&self, from: UnixMillis, to: UnixMillis) -> Vec<OffsetChange> {
        let change = |from: UnixMillis| OffsetChange { from, minutes: self.offset_minutes(from.cast_signed()) };
        let mut offsets = vec![change(from)];
        if let Self::Named(zone) = self {
            let later = zone.following(timestamp(from.cast_signed()));
            let later = later.map(|transition| transition.timestamp().as_millisecond().cast_unsigned());
            offsets.extend(later.take_while(|at| *at <= to).map(change));
        }
        offsets
    }
}

impl TimeZone for ReaderZone {
    fn offset_minutes(&self, at: i64) -> i32 {
        match self {
            Self::Named(zone) => zone.to_offset(timestamp(at)).seconds() / 60,
            Self::Fixed(zone) => zone.offset_minutes(at),
        }
    }
}

/// The instant, or the end of the calendar that it lies beyond.
fn timestamp(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;

    const DAY_MS: u64 = 86_400_000;
    // 2026-07-10T00:00:00Z and 2026-12-10T00:00:00Z
    const JULY: u64 = 1_783_641_600_000;
    const DECEMBER: u64 = 1_796_860_800_000;

    #[test]
    fn offsets_are_those_of_the_time() {
        let berlin = ReaderZone::named("europe/berlin").unwrap();
        let change = |from, minutes| OffsetChange { from, minutes };
        let winter = 1_792_890_000_000; // 2026-10-25T01:00:00Z
        assert_eq!(berlin.offsets(JULY, DECEMBER), [change(JULY, 120), change(winter, 60)]);
        assert_eq!(berlin.offsets(DECEMBER, JULY), [change(DECEMBER, 60)]);
        let fixed = ReaderZone::fixed(-90).unwrap();
        assert_eq!(fixed.offsets(JULY, DECEMBER), [change(JULY, -90)]);
    }

    #[test]
    fn a_zone_is_known_by_all_of_its_names_and_no_other() {
        for name in ["Asia/Kolkata", "Asia/Calcutta", "UTC", "Etc/GMT+5", "America/Argentina/ComodRivadavia"] {
            assert!(ReaderZone::named(name).is_some(), "{name}");
        }
        for name in ["", "Europe", "Europe/Berlin ", "+01:00", "/etc/localtime", "Europe/Ber\u{0}lin"] {
            assert!(ReaderZone::named(name).is_none(), "{name}");
        }
        assert!(ReaderZone::fixed(15 * 60).is_none() && ReaderZone::fixed(i32::MIN).is_none());
    }

    #[test]
    fn days_start_where_the_library_says_so() {
        for name in tz::db().available() {
            let zone = tz::TimeZone::get(name.as_str()).unwrap();
            let ours = ReaderZone::Named(zone.clone());
            // Around each change, and some others. Seconds went out of the offsets in 1972.
            let changes = zone.following(Timestamp::from_second(1_000 * 86_400).unwrap());
            let changes = changes.take_while(|change| change.timestamp().as_second() < 22_000 * 86_400);
            let near =
                changes.flat_map(|change| (-2..=2).map(move |near| change.timestamp().as_second() / 86_400 + near));
            for day in near.chain((1_000..22_000).step_by(97)) {
                let date = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
                let start = date.to_zoned_datetime(zone.clone()).unwrap().start_of_day().unwrap();
                assert_eq!(ours.day_start(day), start.timestamp().as_millisecond(), "{name}, day {day}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_instant_makes_it_panic(at: i64, from: u64, to: u64) {
            for name in ["Africa/Casablanca", "Pacific/Apia"] {
                let zone = ReaderZone::named(name).unwrap();
                zone.offset_minutes(at);
                zone.day_start(at);
                prop_assert!(!zone.offsets(from, to.min(from.saturating_add(1_000 * DAY_MS))).is_empty());
            }
        }
    }
}
