//! The addresses of pages: each has one form, and other forms of it lead there.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use parlor::RoomName;
use percent_encoding::{CONTROLS, percent_decode_str, utf8_percent_encode};

/// Pages that have one word as their address.
const SINGLE: [&str; 3] = ["rooms", "settings", super::offline::SHELL_NAME];

/// Redirects to the canonical address of the page that is asked for in another form. The method stays the same, so that
/// a form arrives as it was sent.
pub(super) async fn redirect(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let location = elsewhere(uri.path()).map(|path| match uri.query() {
        Some(query) => format!("{path}?{}", ascii(query)),
        None => path,
    });
    match location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        Some(location) => {
            // What a browser keeps of a permanent redirect, it keeps for as long as it likes.
            let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::PERMANENT_REDIRECT, headers).into_response()
        }
        None => next.run(request).await,
    }
}

/// The number of a message, as an address has it.
pub(super) fn seq(text: &str) -> Option<u64> {
    // `+1` is a number for `parse`.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// An address as it may stand in a header.
pub(super) fn ascii(address: &str) -> String {
    utf8_percent_encode(address, CONTROLS).to_string()
}

/// The canonical path, if this is another path of a page.
fn elsewhere(path: &str) -> Option<String> {
    let canonical = canonical(path)?;
    (canonical != with_upper_case_escapes(&ascii(path))).then_some(canonical)
}

/// The path that a page has, whatever this one has of empty segments, capitals and needless escapes. It begins with one
/// slash and a word of our own, so no browser takes it for another host's.
fn canonical(path: &str) -> Option<String> {
    // A target may be a host alone, or an asterisk (RFC 9112 §3.2).
    let path = path.strip_prefix('/')?;
    let decode = |segment| percent_decode_str(segment).decode_utf8().ok();
    let segments: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect::<Option<_>>()?;
    let segments: Vec<_> = segments.iter().map(|segment| &**segment).collect();
    let is = |segment: &str, word: &str| segment.eq_ignore_ascii_case(word);
    match segments[..] {
        [] => Some("/".to_owned()),
        [word] => SINGLE.into_iter().find(|single| is(word, single)).map(|single| format!("/{single}")),
        [r, name] if is(r, "r") => Some(ascii(&room(name)?.path())),
        [r, name, number] if is(r, "r") => Some(ascii(&format!("/r/{}/{}", room(name)?, seq(number)?))),
        [device, code] if is(device, "device") => {
            let is_code = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            is_code.then(|| format!("/device/{code}"))
        }
        _ => None,
    }
}

/// The room of this name, or of this name in small letters.
fn room(name: &str) -> Option<RoomName> {
    RoomName::parse(name).or_else(|_| RoomName::parse(&name.to_lowercase())).ok()
}

/// A path with the digits of its escapes as RFC 3986 §6.2.2.1 wants them: `%c3` and `%C3` are the same.
fn with_upper_case_escapes(path: &str) -> String {
    let mut parts = path.split('%');
    let mut upper = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        upper.push('%');
        upper.push_str(&digits.to_ascii_uppercase());
        upper.push_str(rest);
    }
    upper
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn other_forms_of_an_address_lead_to_the_canonical_one() {
        for (path, expected) in [
            ("//", "/"),
            ("/r/lobby", "/"),
            ("/R/LOBBY/", "/"),
            ("/r/kitchen/", "/r/kitchen"),
            ("/r/Kitchen", "/r/kitchen"),
            ("/R/kitchen", "/r/kitchen"),
            ("//r///kitchen//", "/r/kitchen"),
            ("/r/%6Bitchen", "/r/kitchen"),
            ("/%72/kitchen", "/r/kitchen"),
            ("/r/B%C3%9CRO", "/r/b%C3%BCro"),
            ("/r/BÜRO", "/r/b%C3%BCro"),
            ("/r//kitchen//42", "/r/kitchen/42"),
            ("/r/kitchen/42/", "/r/kitchen/42"),
            ("/r/kitchen/042", "/r/kitchen/42"),
            ("/r/Lobby/42", "/r/lobby/42"),
            ("/rooms/", "/rooms"),
            ("/Rooms", "/rooms"),
            ("//settings", "/settings"),
            ("/offline/", "/offline"),
            ("/Device/aB-_9/", "/device/aB-_9"),
        ] {
            assert_eq!(elsewhere(path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn a_canonical_address_and_what_is_no_address_of_a_page_stay() {
        for path in [
            "/",
            "/r/kitchen",
            "/r/b%C3%BCro",
            "/r/b%c3%bcro",
            "/r/büro",
            "/r/kitchen/42",
            "/r/lobby/42",
            "/rooms",
            "/device/aB-_9",
            "/device",
            "/device/",
            "/sign-out/",
            "/healthz/",
            "/pkg//parlor.css",
            "/r",
            "/r/",
            "/r/No%20Room",
            "/r/kitchen/+42",
            "/r/kitchen/18446744073709551616",
            "/r/%2Fevil.example",
            "/%2F/evil.example",
            "//evil.example/r/kitchen",
            "/\\evil.example",
            "/device/%2F%2Fevil.example/",
            "/r/%ff/",
            "",
            "*",
        ] {
            assert_eq!(elsewhere(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_redirect_leads_to_a_page_of_this_server_and_from_there_nowhere(
            path in "(/|//|/r/|/R/|/rooms|/device/|%2[fF]|%[0-9a-fA-F]{2}|[A-Za-z0-9_.-]|[\\\\ǅßİüÉΣ字]){0,9}"
        ) {
            if let Some(to) = elsewhere(&path) {
                prop_assert!(to.is_ascii() && to.starts_with('/') && !to.starts_with("//"), "{}", to);
                prop_assert!(!to.contains('\\'), "{}", to);
                prop_assert_eq!(elsewhere(&to), None);
            }
        }
    }
}
