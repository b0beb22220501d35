//! Calendar dates such as `2026-01-31`, in the proleptic Gregorian calendar.

/// Milliseconds in a day of 24 hours.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Parses `YYYY-MM-DD` into the number of days since 1970-01-01. Returns `None` for any other form and for dates that
/// do not exist.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let well_formed = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !well_formed || text.len() != 10 {
        return None;
    }
    let field = |from: usize, to: usize| text[from..to].parse::<i64>().ok();
    let (year, month, day) = (field(0, 4)?, field(5, 7)?, field(8, 10)?);
    if !(1..=days_in_month(year, month)).contains(&day) {
        return None;
    }
    // Count years from March, so that a leap day is the last day of its year. There are 719,468 days from 0000-03-01 to
    // 1970-01-01.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// The number of days in a month; 0 for a month outside 1–12.
fn days_in_month(year: i64, month: i64) -> i64 {
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
    fn consecutive_days_of_four_hundred_years_have_consecutive_numbers() {
        let mut next = parse("1800-01-01");
        for (year, month) in (1800..=2200).flat_map(|year| (1..=12).map(move |month| (year, month))) {
            for day in 1..=days_in_month(year, month) {
                assert_eq!(parse(&format!("{year}-{month:02}-{day:02}")), next);
                next = next.map(|day| day + 1);
            }
        }
    }

    #[test]
    fn days_are_counted_from_1970_including_leap_days() {
        for (text, day) in [("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-01-31", 20_484)] {
            assert_eq!(parse(text), Some(day), "{text}");
        }
    }

    #[test]
    fn malformed_and_nonexistent_dates_are_rejected() {
        for text in ["", "today", "1900-02-29", "2026-13-01", "2026-00-01", "2026-1-1", "2026-01-32", "２０26-01"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
