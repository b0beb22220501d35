//! Times and dates as a reader writes them: language, time zone, 12-hour or 24-hour clock.

use parlor::UnixMillis;

use crate::{
    i18n::{Texts, fill},
    state::calendar::Zone,
};

/// A reader's language, time zone and clock.
#[derive(Clone, Debug)]
pub struct Locale {
    /// The texts of the page in the reader's language.
    pub texts: &'static Texts,
    /// The reader's time zone.
    pub zone: Zone,
    /// Whether to use the 12-hour clock.
    pub hour12: bool,
}

impl Locale {
    /// The local time of day: "09:05", or "9:05 AM".
    pub fn clock(&self, at: UnixMillis) -> String {
        let (hour, minute) = self.zone.clock(at);
        if !self.hour12 {
            return self.texts.language().localize_digits(format!("{hour:02}:{minute:02}"));
        }
        let half = self.texts.hour12_formats().split('|').nth(usize::from(hour >= 12)).unwrap_or("{0}");
        let time = format!("{}:{minute:02}", (hour + 11) % 12 + 1);
        fill(half, &[&self.texts.language().localize_digits(time)])
    }

    /// The name of the local day: "Today", "Yesterday", "24 November 2026".
    pub fn day(&self, at: UnixMillis, now: UnixMillis) -> String {
        match self.zone.day_of(now) - self.zone.day_of(at) {
            0 => self.texts.today().to_owned(),
            1 => self.texts.yesterday().to_owned(),
            _ => {
                let (year, month, day) = self.zone.date(at);
                let month = self.texts.months().split('|').nth(month - 1).unwrap_or_default();
                let number = |number: i64| self.texts.language().localize_digits(number.to_string());
                fill(self.texts.date(), &[&number(day), month, &number(year)])
            }
        }
    }

    /// The local day and time of day: "Today 09:05".
    pub fn moment(&self, at: UnixMillis, now: UnixMillis) -> String {
        fill(self.texts.moment(), &[&self.day(at, now), &self.clock(at)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{i18n::Language, view::fixtures::english_utc};

    // 2026-11-24T13:45:55Z
    const NOON: UnixMillis = 1_795_527_955_000;

    #[test]
    fn recent_days_have_names() {
        let here = Locale { zone: Zone::fixed(60), ..english_utc() };
        assert_eq!(here.day(NOON, NOON), "Today");
        assert_eq!(here.day(NOON, NOON + 86_400_000), "Yesterday");
        assert_eq!(here.day(NOON, NOON + 2 * 86_400_000), "24 November 2026");
        assert_eq!(here.day(NOON, here.zone.next_midnight(NOON)), "Yesterday");
    }

    #[test]
    fn dates_and_clocks_follow_the_language() {
        let formatted = |hour12| {
            Language::ALL.map(|language| {
                Locale { texts: Texts::of(language), hour12, ..english_utc() }.moment(NOON, NOON + 9 * 86_400_000)
            })
        };
        assert_eq!(
            formatted(false),
            [
                "24 November 2026 13:45",
                "24. November 2026, 13:45",
                "24 de noviembre de 2026, 13:45",
                "2026年11月24日 13:45",
                "٢٤ نوفمبر ٢٠٢٦ ١٣:٤٥"
            ]
        );
        assert_eq!(formatted(true)[0], "24 November 2026 1:45 PM");
        assert_eq!(formatted(true)[3], "2026年11月24日 午後1:45");
        let midnight = NOON - NOON % 86_400_000;
        let clock = |at| Locale { hour12: true, ..english_utc() }.clock(at);
        assert_eq!((clock(midnight), clock(midnight + 43_200_000)), ("12:00 AM".to_owned(), "12:00 PM".to_owned()));
    }
}
