//! Days as they are typed, `2026-01-31`, in the calendar that is in use everywhere now, also before it was.

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// The day's number, counted from 1970-01-01; none if there is no such day.
pub(crate) fn number(text: &str) -> Option<i64> {
    let shaped = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !shaped || text.len() != 10 {
        return None;
    }
    let part = |from: usize, to: usize| text[from..to].parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    if !(1..=days(year, month)).contains(&day) {
        return None;
    }
    // Years begin in March, so that the day of a leap year comes last; 719,468 days lie between 0000-03-01 and 1970.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// How many days a month has; a month that is none has none.
fn days(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_hundred_years_follows_the_one_before() {
        let mut next = number("1800-01-01");
        for (year, month) in (1800..=2200).flat_map(|year| (1..=12).map(move |month| (year, month))) {
            for day in 1..=days(year, month) {
                assert_eq!(number(&format!("{year}-{month:02}-{day:02}")), next);
                next = next.map(|day| day + 1);
            }
        }
    }

    #[test]
    fn days_are_counted_from_1970_and_over_leap_years() {
        for (text, day) in [("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-01-31", 20_484)] {
            assert_eq!(number(text), Some(day), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_has_no_number() {
        for text in ["", "today", "1900-02-29", "2026-13-01", "2026-00-01", "2026-1-1", "2026-01-32", "２０26-01"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
