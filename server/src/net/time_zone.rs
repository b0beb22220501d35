//! Clients' time zones. The IANA time zone database is compiled into the binary, so that no file has to be installed.

use jiff::{Timestamp, tz};
use parlor::time_zone::FixedOffset;
use parlor::{TimeZone, UnixMillis};
use parlor_app::state::calendar::OffsetChange;

/// UTC offsets that exist, in minutes: from Baker Island to the Line Islands.
const OFFSET_MINUTES: std::ops::RangeInclusive<i32> = -12 * 60..=14 * 60;

/// The time zone of a client, as its cookies or its search request specify it.
#[derive(Clone, Debug)]
pub(crate) enum ClientTimeZone {
    /// A zone of the IANA database.
    Named(tz::TimeZone),
    /// A fixed UTC offset, for clients that send no zone name or one that is not in the database.
    Fixed(FixedOffset),
}

impl ClientTimeZone {
    /// The zone with this IANA name, compared without case; `None` if the database has no such zone.
    pub(crate) fn named(name: &str) -> Option<Self> {
        tz::TimeZone::get(name).ok().map(Self::Named)
    }

    /// The zone with this UTC offset in minutes; `None` outside of -720 to 840, the offsets that exist.
    pub(crate) fn fixed(minutes: i32) -> Option<Self> {
        OFFSET_MINUTES.contains(&minutes).then_some(Self::Fixed(FixedOffset(minutes)))
    }

    /// The UTC offsets between two instants, oldest first. The first one is that at `from`, so the list is never empty.
    pub(crate) fn offsets(&self, from: UnixMillis, to: UnixMillis) -> Vec<OffsetChange> {
        let change = |from: UnixMillis| OffsetChange { from, minutes: self.offset_minutes(from.cast_signed()) };
        let mut offsets = vec![change(from)];
        if let Self::Named(zone) = self {
            let changes = zone.following(timestamp(from.cast_signed()));
            let changes = changes.map(|transition| transition.timestamp().as_millisecond().cast_unsigned());
            offsets.extend(changes.take_while(|at| *at <= to).map(change));
        }
        offsets
    }
}

impl TimeZone for ClientTimeZone {
    fn offset_minutes(&self, at: i64) -> i32 {
        match self {
            Self::Named(zone) => zone.to_offset(timestamp(at)).seconds() / 60,
            Self::Fixed(zone) => zone.offset_minutes(at),
        }
    }
}

/// The instant in Unix milliseconds, clamped to the range of [`Timestamp`].
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
    fn offsets_follow_daylight_saving_time() {
        let berlin = ClientTimeZone::named("europe/berlin").unwrap();
        let change = |from, minutes| OffsetChange { from, minutes };
        let winter = 1_792_890_000_000; // 2026-10-25T01:00:00Z
        assert_eq!(berlin.offsets(JULY, DECEMBER), [change(JULY, 120), change(winter, 60)]);
        assert_eq!(berlin.offsets(DECEMBER, JULY), [change(DECEMBER, 60)]);
        let fixed = ClientTimeZone::fixed(-90).unwrap();
        assert_eq!(fixed.offsets(JULY, DECEMBER), [change(JULY, -90)]);
    }

    #[test]
    fn zones_are_found_by_every_iana_name_and_by_nothing_else() {
        for name in ["Asia/Kolkata", "Asia/Calcutta", "UTC", "Etc/GMT+5", "America/Argentina/ComodRivadavia"] {
            assert!(ClientTimeZone::named(name).is_some(), "{name}");
        }
        for name in ["", "Europe", "Europe/Berlin ", "+01:00", "/etc/localtime", "Europe/Ber\u{0}lin"] {
            assert!(ClientTimeZone::named(name).is_none(), "{name}");
        }
        assert!(ClientTimeZone::fixed(15 * 60).is_none() && ClientTimeZone::fixed(i32::MIN).is_none());
    }

    #[test]
    fn day_starts_equal_those_of_jiff() {
        for name in tz::db().available() {
            let zone = tz::TimeZone::get(name.as_str()).unwrap();
            let ours = ClientTimeZone::Named(zone.clone());
            // Days around each change, and some others. Offsets have no seconds since 1972.
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
        fn no_instant_causes_a_panic(at: i64, from: u64, to: u64) {
            for name in ["Africa/Casablanca", "Pacific/Apia"] {
                let zone = ClientTimeZone::named(name).unwrap();
                zone.offset_minutes(at);
                zone.day_start(at);
                prop_assert!(!zone.offsets(from, to.min(from.saturating_add(1_000 * DAY_MS))).is_empty());
            }
        }
    }
}
