//! The cookies of the page: the session's secret, the reader's time zone and clock, and what they have set.

use axum::http::{HeaderMap, HeaderValue, header};
use parlor::Token;
use parlor_app::settings::{self, Settings};

const SESSION: &str = "parlor_session";
const UTC_OFFSET: &str = "parlor_utc_offset";
const HALF_DAYS: &str = "parlor_half_days";

/// How long a browser keeps them, in seconds: a year, the most that browsers keep about anything.
const KEPT_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The session's secret, if the request carries one.
pub(crate) fn session(headers: &HeaderMap) -> Option<Token> {
    value(headers, SESSION).and_then(|token| Token::parse(token).ok())
}

/// Minutes that the reader's clock is east of UTC, if the page has told.
pub(super) fn utc_offset_minutes(headers: &HeaderMap) -> Option<i32> {
    let minutes = value(headers, UTC_OFFSET)?.parse().ok()?;
    // From Baker Island to the Line Islands.
    (-12 * 60..=14 * 60).contains(&minutes).then_some(minutes)
}

/// Whether the reader's clock begins again at noon, if the page has told.
pub(super) fn half_days(headers: &HeaderMap) -> bool {
    value(headers, HALF_DAYS) == Some("true")
}

/// What the reader has set.
pub(super) fn settings(headers: &HeaderMap) -> Settings {
    value(headers, settings::COOKIE).map(Settings::parse).unwrap_or_default()
}

/// The header that keeps what the reader has set. The page's script keeps it likewise.
pub(super) fn keep_settings(settings: Settings) -> String {
    format!("{}={}; Path=/; Max-Age={KEPT_SECONDS}; SameSite=Lax", settings::COOKIE, settings.to_text())
}

/// The header that gives a browser its session. No script can read it, and no other site's form sends it.
pub(super) fn set_session(token: &Token, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let token = token.reveal();
    let cookie = format!("{SESSION}={token}; Path=/; Max-Age={KEPT_SECONDS}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).ok()
}

/// The header that takes a browser's session away.
pub(super) fn end_session(secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{SESSION}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}")
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_is_read_back() {
        let token = Token::parse("abcdefghijklmnopqrstuv").unwrap();
        let set = set_session(&token, true).unwrap();
        let set = set.to_str().unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Secure"));
        let mut headers = HeaderMap::new();
        let cookie = format!("other=1; {}; parlor_utc_offset=-90", set.split(';').next().unwrap());
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        assert_eq!(session(&headers), Some(token));
        assert_eq!(utc_offset_minutes(&headers), Some(-90));
    }

    #[test]
    fn nonsense_is_no_cookie() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "parlor_session=short; parlor_utc_offset=100000".parse().unwrap());
        assert_eq!(session(&headers), None);
        assert_eq!(utc_offset_minutes(&headers), None);
    }
}
