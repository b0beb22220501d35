//! How a reader wants to be told things: in which language, in which time zone, by which clock.

use parlor::UnixMillis;

use super::calendar::Zone;
use crate::words::{Words, fill};

/// Everything that is drawn needs it.
#[derive(Clone, Debug)]
pub struct Locale {
    /// In whose words.
    pub words: &'static Words,
    /// Where the reader is.
    pub zone: Zone,
    /// Whether their clock begins again at noon.
    pub half_days: bool,
}

impl Locale {
    /// The local time of day: "09:05", or "9:05 AM".
    pub fn clock(&self, at: UnixMillis) -> String {
        let (hour, minute) = self.zone.clock(at);
        if !self.half_days {
            return self.words.language().digits(format!("{hour:02}:{minute:02}"));
        }
        let half = self.words.half_days().split('|').nth(usize::from(hour >= 12)).unwrap_or("{0}");
        let time = format!("{}:{minute:02}", (hour + 11) % 12 + 1);
        fill(half, &[&self.words.language().digits(time)])
    }

    /// What the local day is called: "Today", "Yesterday", "24 November 2026".
    pub fn day(&self, at: UnixMillis, now: UnixMillis) -> String {
        match self.zone.day_of(now) - self.zone.day_of(at) {
            0 => self.words.today().to_owned(),
            1 => self.words.yesterday().to_owned(),
            _ => {
                let (year, month, day) = self.zone.date(at);
                let month = self.words.months().split('|').nth(month - 1).unwrap_or_default();
                let number = |number: i64| self.words.language().digits(number.to_string());
                fill(self.words.date(), &[&number(day), month, &number(year)])
            }
        }
    }

    /// A moment: "Today 09:05".
    pub fn moment(&self, at: UnixMillis, now: UnixMillis) -> String {
        fill(self.words.moment(), &[&self.day(at, now), &self.clock(at)])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::words::{ENGLISH, Language};

    /// English, in UTC.
    pub(in crate::state) fn utc() -> Locale {
        Locale { words: ENGLISH, zone: Zone::fixed(0), half_days: false }
    }

    // 2026-11-24T13:45:55Z
    const NOON: UnixMillis = 1_795_527_955_000;

    #[test]
    fn days_are_called_as_people_call_them() {
        let here = Locale { zone: Zone::fixed(60), ..utc() };
        assert_eq!(here.day(NOON, NOON), "Today");
        assert_eq!(here.day(NOON, NOON + 86_400_000), "Yesterday");
        assert_eq!(here.day(NOON, NOON + 2 * 86_400_000), "24 November 2026");
        assert_eq!(here.day(NOON, here.zone.next_midnight(NOON)), "Yesterday");
    }

    #[test]
    fn each_language_has_its_dates_and_clocks() {
        let told = |half_days| {
            Language::ALL.map(|language| {
                Locale { words: Words::of(language), half_days, ..utc() }.moment(NOON, NOON + 9 * 86_400_000)
            })
        };
        assert_eq!(
            told(false),
            [
                "24 November 2026 13:45",
                "24. November 2026, 13:45",
                "24 de noviembre de 2026, 13:45",
                "2026年11月24日 13:45",
                "٢٤ نوفمبر ٢٠٢٦ ١٣:٤٥"
            ]
        );
        assert_eq!(told(true)[0], "24 November 2026 1:45 PM");
        assert_eq!(told(true)[3], "2026年11月24日 午後1:45");
        let midnight = NOON - NOON % 86_400_000;
        let clock = |at| Locale { half_days: true, ..utc() }.clock(at);
        assert_eq!((clock(midnight), clock(midnight + 43_200_000)), ("12:00 AM".to_owned(), "12:00 PM".to_owned()));
    }
}
