//! The cookies of the page: the session's secret, the reader's time zone and clock, and what they have set.

use axum::http::{HeaderMap, HeaderValue, header};
use parlor::Token;
use parlor_app::settings::{self, Settings};

use super::time_zone::ReaderZone;

const SESSION: &str = "parlor_session";
const TIME_ZONE: &str = "parlor_time_zone";
const UTC_OFFSET: &str = "parlor_utc_offset";
const HALF_DAYS: &str = "parlor_half_days";

/// How long a browser keeps them, in seconds: a year, the most that browsers keep about anything.
const KEPT_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The session's secret, if the request carries one.
pub(crate) fn session(headers: &HeaderMap) -> Option<Token> {
    values(headers, SESSION).find_map(|token| Token::parse(token).ok())
}

/// The reader's time zone, if the page has told.
pub(crate) fn time_zone(headers: &HeaderMap) -> Option<ReaderZone> {
    let named = values(headers, TIME_ZONE).find_map(ReaderZone::named);
    named.or_else(|| values(headers, UTC_OFFSET).find_map(|minutes| ReaderZone::fixed(minutes.parse().ok()?)))
}

/// Whether the reader's clock begins again at noon, if the page has told.
pub(crate) fn half_days(headers: &HeaderMap) -> bool {
    values(headers, HALF_DAYS).next() == Some("true")
}

/// What the reader has set.
pub(crate) fn settings(headers: &HeaderMap) -> Settings {
    values(headers, settings::COOKIE).next().map(Settings::parse).unwrap_or_default()
}

/// The header that keeps what the reader has set. The page's script keeps it likewise.
pub(crate) fn keep_settings(settings: Settings) -> String {
    format!("{}={}; Path=/; Max-Age={KEPT_SECONDS}; SameSite=Lax", settings::COOKIE, settings.to_text())
}

/// The header that gives a browser its session. No script can read it, and no other site's form sends it.
pub(crate) fn set_session(token: &Token, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let token = token.reveal();
    let cookie = format!("{SESSION}={token}; Path=/; Max-Age={KEPT_SECONDS}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).ok()
}

/// The header that takes a browser's session away.
pub(crate) fn end_session(secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{SESSION}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}")
}

/// All values of this name, in the order in which they came. Cookies of other programs on the same host come with ours,
/// in any bytes: each pair is read by itself.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let (key, value) = std::str::from_utf8(pair).ok()?.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use parlor::TimeZone as _;

    use super::*;

    #[test]
    fn what_was_set_is_read_back() {
        let token = Token::parse("abcdefghijklmnopqrstuv").unwrap();
        let set = set_session(&token, true).unwrap();
        let set = set.to_str().unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Secure"));
        let mut headers = HeaderMap::new();
        let cookie = format!("other=1; {}; parlor_time_zone=Asia/Kolkata", set.split(';').next().unwrap());
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        assert_eq!(session(&headers), Some(token));
        assert_eq!(time_zone(&headers).unwrap().offset_minutes(0), 330);
    }

    #[test]
    fn cookies_of_others_do_not_matter_and_the_valid_one_of_ours_wins() {
        let token = "abcdefghijklmnopqrstuv";
        for line in [
            format!("city=K\u{f8}ln; parlor_session={token}"),
            format!(";; =; a; parlor_session={token} ;b=\u{ff}"),
            format!("parlor_session=short; parlor_session={token}"),
            format!("parlor_session={token}; parlor_session="),
            format!("xparlor_session=zzzzzzzzzzzzzzzzzzzzzz; parlor_session={token}"),
        ] {
            // One byte a character: what other programs set is in any encoding.
            let bytes: Vec<u8> = line.chars().map(|c| c as u8).collect();
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_bytes(&bytes).unwrap())]);
            assert_eq!(session(&headers), Token::parse(token).ok(), "{line}");
        }
    }

    #[test]
    fn a_zone_that_is_not_known_has_the_offset_that_was_told() {
        for (zone, offset, minutes) in [
            ("Europe/Berlin", "-90", Some(60)),
            ("Mars/Olympus_Mons", "-90", Some(-90)),
            ("", "345", Some(345)),
            ("../../etc/passwd", "100000", None),
            ("+05:30", "now", None),
        ] {
            let cookies = format!("parlor_time_zone={zone}; parlor_utc_offset={offset}");
            let headers = HeaderMap::from_iter([(header::COOKIE, cookies.parse().unwrap())]);
            assert_eq!(time_zone(&headers).map(|zone| zone.offset_minutes(0)), minutes, "{cookies}");
        }
    }

    #[test]
    fn nonsense_is_no_cookie() {
        let headers = HeaderMap::from_iter([(header::COOKIE, "parlor_session=short".parse().unwrap())]);
        assert_eq!(session(&headers), None);
    }
}
