//! Cookies: the session token, the client's time zone and hour format, and settings.
//!
//! Not `axum_extra::extract::CookieJar`: it drops a whole `Cookie` header that has a byte outside of visible ASCII, and
//! keeps only the last of several cookies of one name. Other programs on the same host may set both.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::AppendHeaders;
use parlor::Token;
use parlor_app::settings::{self, Settings};

use super::time_zone::ClientTimeZone;

const SESSION: &str = "parlor_session";
/// The name of the session cookie over TLS. Browsers accept it only from this host itself, and send it only over TLS
/// (RFC 6265bis §4.1.3.2).
const SECURE_SESSION: &str = "__Host-parlor_session";
const TIME_ZONE: &str = "parlor_time_zone";
const UTC_OFFSET: &str = "parlor_utc_offset";
const HOUR12: &str = "parlor_half_days";

/// `Max-Age` of our cookies in seconds: a year, which is near the maximum that browsers allow.
const MAX_AGE_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The session token that a request presents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PresentedToken {
    pub(crate) token: Token,
    /// The cookie has the name for plain HTTP although the request came over TLS: it is set again under the other name.
    pub(crate) insecure_name: bool,
}

/// The first valid session token among the cookies of a request. Over TLS the cookie with the secure name comes first.
/// The other one counts too, so that nobody loses their session when a host begins to use TLS.
pub(crate) fn session(headers: &HeaderMap, https: bool) -> Option<PresentedToken> {
    let find = |name| cookie_values(headers, name).find_map(|token| Token::parse(token).ok());
    let secure = https.then(|| find(SECURE_SESSION)).flatten();
    match secure {
        Some(token) => Some(PresentedToken { token, insecure_name: false }),
        None => find(SESSION).map(|token| PresentedToken { token, insecure_name: https }),
    }
}

/// The client's time zone: the zone by its IANA name, otherwise by its UTC offset in minutes. The page's script sets
/// both.
pub(crate) fn time_zone(headers: &HeaderMap) -> Option<ClientTimeZone> {
    let named = cookie_values(headers, TIME_ZONE).find_map(ClientTimeZone::named);
    named
        .or_else(|| cookie_values(headers, UTC_OFFSET).find_map(|minutes| ClientTimeZone::fixed(minutes.parse().ok()?)))
}

/// Whether the client uses the 12-hour clock; false where the page's script has set no cookie.
pub(crate) fn hour12(headers: &HeaderMap) -> bool {
    cookie_values(headers, HOUR12).next() == Some("true")
}

/// The client's settings, with defaults for what is missing.
pub(crate) fn settings(headers: &HeaderMap) -> Settings {
    cookie_values(headers, settings::COOKIE).next().map(Settings::parse).unwrap_or_default()
}

/// `Set-Cookie` for the client's settings. The page's script writes the same cookie.
pub(crate) fn settings_cookie(settings: Settings) -> String {
    format!("{}={}; Path=/; Max-Age={MAX_AGE_SECONDS}; SameSite=Lax", settings::COOKIE, settings.to_text())
}

/// Sets cookies in a response, beside those that it has.
pub(crate) fn set_cookies(
    cookies: Vec<HeaderValue>,
) -> AppendHeaders<impl IntoIterator<Item = (HeaderName, HeaderValue)>> {
    AppendHeaders(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)))
}

/// The `Set-Cookie` headers for a session. Scripts can't read the cookie (`HttpOnly`), and forms of other sites don't
/// send it (`SameSite`). Over TLS a cookie with the other name is removed.
pub(crate) fn set_session(token: &Token, https: bool) -> Vec<HeaderValue> {
    let token = token.reveal();
    let mut cookies = vec![session_cookie(https, &format!("{token}; Max-Age={MAX_AGE_SECONDS}"))];
    if https {
        cookies.push(expired(SESSION, true));
    }
    cookies.into_iter().filter_map(|cookie| HeaderValue::from_str(&cookie).ok()).collect()
}

/// The `Set-Cookie` headers that remove the session from a browser.
pub(crate) fn remove_session(https: bool) -> Vec<HeaderValue> {
    let mut cookies = vec![expired(SESSION, https)];
    if https {
        cookies.push(expired(SECURE_SESSION, true));
    }
    cookies.into_iter().filter_map(|cookie| HeaderValue::from_str(&cookie).ok()).collect()
}

fn session_cookie(https: bool, value: &str) -> String {
    let (name, secure) = if https { (SECURE_SESSION, "; Secure") } else { (SESSION, "") };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

fn expired(name: &str, https: bool) -> String {
    format!("{name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax{}", if https { "; Secure" } else { "" })
}

/// All values of the cookies with this name, in the order of the header. Each pair is decoded by itself, since cookies
/// of other programs on the same host may contain any bytes.
fn cookie_values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
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
    fn a_session_cookie_is_read_back() {
        let token = Token::parse("abcdefghijklmnopqrstuv").unwrap();
        for (https, name) in [(false, SESSION), (true, SECURE_SESSION)] {
            let set = set_session(&token, https);
            let set = set.first().unwrap().to_str().unwrap();
            assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"));
            assert_eq!(set.contains("Secure"), https);
            assert!(set.starts_with(&format!("{name}=")) && !set.contains("Domain"));
            let mut headers = HeaderMap::new();
            let cookie = format!("other=1; {}; parlor_time_zone=Asia/Kolkata", set.split(';').next().unwrap());
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            assert_eq!(session(&headers, https), Some(PresentedToken { token: token.clone(), insecure_name: false }));
            assert_eq!(time_zone(&headers).unwrap().offset_minutes(0), 330);
        }
    }

    #[test]
    fn over_tls_the_secure_name_comes_first_and_the_other_one_is_replaced() {
        let (secure, other) = ("ssssssssssssssssssssss", "oooooooooooooooooooooo");
        let headers = |cookies: String| HeaderMap::from_iter([(header::COOKIE, cookies.parse().unwrap())]);
        let both = headers(format!("{SESSION}={other}; {SECURE_SESSION}={secure}"));
        assert_eq!(session(&both, true).unwrap().token.reveal(), secure);
        assert_eq!(session(&both, false).unwrap().token.reveal(), other);
        let insecure = session(&headers(format!("{SESSION}={other}")), true).unwrap();
        assert!(insecure.insecure_name && insecure.token.reveal() == other);
        let set = set_session(&insecure.token, true);
        assert!(set.iter().any(|cookie| cookie.to_str().unwrap().starts_with("parlor_session=; Max-Age=0")));
        assert_eq!(remove_session(true).len(), 2);
    }

    #[test]
    fn foreign_and_invalid_cookies_do_not_hide_a_valid_session() {
        let token = "abcdefghijklmnopqrstuv";
        for cookies in [
            format!("city=K\u{f8}ln; parlor_session={token}"),
            format!(";; =; a; parlor_session={token} ;b=\u{ff}"),
            format!("parlor_session=short; parlor_session={token}"),
            format!("parlor_session={token}; parlor_session="),
            format!("xparlor_session=zzzzzzzzzzzzzzzzzzzzzz; parlor_session={token}"),
        ] {
            // One byte per character: other programs use any encoding.
            let bytes: Vec<u8> = cookies.chars().map(|c| c as u8).collect();
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_bytes(&bytes).unwrap())]);
            assert_eq!(session(&headers, false).map(|found| found.token), Token::parse(token).ok(), "{cookies}");
        }
    }

    #[test]
    fn an_unknown_zone_falls_back_to_the_utc_offset() {
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
    fn a_malformed_token_is_no_session() {
        let headers = HeaderMap::from_iter([(header::COOKIE, "parlor_session=short".parse().unwrap())]);
        assert_eq!(session(&headers, false), None);
    }
}
