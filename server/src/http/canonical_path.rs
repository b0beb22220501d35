//! Canonical paths of pages. Requests for another spelling of a path are redirected to the canonical one.
//!
//! Other spellings have empty segments, capitals, leading zeros or needless percent escapes.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use parlor::RoomName;
use percent_encoding::{CONTROLS, percent_decode_str, utf8_percent_encode};

/// The path of the offline document, without its slash.
const OFFLINE_PAGE: &str = "offline";

/// Pages whose path is a single fixed segment.
const SINGLE_SEGMENT_PAGES: [&str; 4] = ["rooms", "settings", "sessions", OFFLINE_PAGE];

/// The last segment of the path of a room's settings.
const SETTINGS: &str = "settings";

/// Middleware that redirects to the canonical path of a page with status 308. That status keeps the method, so that a
/// submitted form arrives unchanged.
pub(super) async fn redirect_to_canonical_path(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let location = redirect_target(uri.path()).map(|path| match uri.query() {
        Some(query) => format!("{path}?{}", percent_encode(query)),
        None => path,
    });
    match location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        Some(location) => {
            // Browsers may otherwise cache a permanent redirect for ever.
            let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::PERMANENT_REDIRECT, headers).into_response()
        }
        None => next.run(request).await,
    }
}

/// Parses the seq of a message in a path: ASCII digits only.
pub(super) fn parse_seq(text: &str) -> Option<u64> {
    // `parse` alone would accept `+1`.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Escapes control characters and characters outside of ASCII, so that a path or query may be sent in a header.
pub(super) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, CONTROLS).to_string()
}

/// A room's path as a `Location` header.
pub(super) fn room_location(room: &RoomName) -> String {
    percent_encode(&room.path())
}

/// The canonical path of a page, if `path` is another spelling of it.
fn redirect_target(path: &str) -> Option<String> {
    let canonical = canonical(path)?;
    (canonical != with_upper_case_escapes(&percent_encode(path))).then_some(canonical)
}

/// The canonical path of a page, whatever spelling of it `path` is; `None` if no page has such a path.
///
/// The result begins with a single slash and a segment of our own, so browsers can't take it for another host.
fn canonical(path: &str) -> Option<String> {
    // A request target may also be an authority or `*` (RFC 9112 §3.2).
    let path = path.strip_prefix('/')?;
    let decode = |segment| percent_decode_str(segment).decode_utf8().ok();
    let segments: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect::<Option<_>>()?;
    let segments: Vec<_> = segments.iter().map(|segment| &**segment).collect();
    let is = |segment: &str, name: &str| segment.eq_ignore_ascii_case(name);
    match segments[..] {
        [] => Some("/".to_owned()),
        [segment] => SINGLE_SEGMENT_PAGES.into_iter().find(|page| is(segment, page)).map(|page| format!("/{page}")),
        [r, name] if is(r, "r") => Some(percent_encode(&parse_room(name)?.path())),
        [p, id] if is(p, "p") => Some(parse_private(id)?.path()),
        [rooms, new] if is(rooms, "rooms") && is(new, "new") => Some("/rooms/new".to_owned()),
        [r, name, settings] if is(r, "r") && is(settings, SETTINGS) => {
            Some(percent_encode(&format!("/r/{}/{SETTINGS}", parse_room(name)?)))
        }
        [p, id, settings] if is(p, "p") && is(settings, SETTINGS) => {
            Some(format!("{}/{SETTINGS}", parse_private(id)?.path()))
        }
        [p, id, seq] if is(p, "p") => Some(format!("{}/{}", parse_private(id)?.path(), parse_seq(seq)?)),
        [r, name, seq] if is(r, "r") => Some(percent_encode(&format!("/r/{}/{}", parse_room(name)?, parse_seq(seq)?))),
        [page, code] if is(page, "device") || is(page, "invite") => {
            let is_code = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            is_code.then(|| format!("/{}/{code}", page.to_ascii_lowercase()))
        }
        _ => None,
    }
}

/// Parses a room name, in lower case if it is invalid as given.
fn parse_room(name: &str) -> Option<RoomName> {
    let room = RoomName::parse(name).or_else(|_| RoomName::parse(&name.to_lowercase())).ok();
    room.filter(|room| !room.is_private())
}

/// Parses the id of a private room, in lower case.
fn parse_private(id: &str) -> Option<RoomName> {
    RoomName::parse(&format!("~{}", id.to_ascii_lowercase())).ok()
}

/// The path with upper-case hex digits in its percent escapes, the normal form of RFC 3986 §6.2.2.1.
fn with_upper_case_escapes(path: &str) -> String {
    let mut pieces = path.split('%');
    let mut upper = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
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
    fn other_spellings_redirect_to_the_canonical_path() {
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
            ("/Invite/aB-_9/", "/invite/aB-_9"),
            ("/Sessions/", "/sessions"),
            ("/rooms/New/", "/rooms/new"),
            ("/r/Kitchen/Settings", "/r/kitchen/settings"),
            ("/r/Lobby/settings/", "/r/lobby/settings"),
            ("/P/00C0FFEE00c0ffee00c0ffee00c0ffee", "/p/00c0ffee00c0ffee00c0ffee00c0ffee"),
            ("/p/00c0ffee00c0ffee00c0ffee00c0ffee/07", "/p/00c0ffee00c0ffee00c0ffee00c0ffee/7"),
            ("/p/00c0ffee00c0ffee00c0ffee00c0ffee/settings/", "/p/00c0ffee00c0ffee00c0ffee00c0ffee/settings"),
        ] {
            assert_eq!(redirect_target(path).as_deref(), Some(expected), "{path}");
        }
    }

    #[test]
    fn canonical_paths_and_paths_of_no_page_are_not_redirected() {
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
            "/p/nonsense/",
            "/r/~00c0ffee00c0ffee00c0ffee00c0ffee/",
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
            assert_eq!(redirect_target(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_redirect_stays_on_this_server_and_is_never_followed_by_another(
            path in "(/|//|/r/|/R/|/rooms|/device/|%2[fF]|%[0-9a-fA-F]{2}|[A-Za-z0-9_.-]|[\\\\ǅßİüÉΣ字]){0,9}"
        ) {
            if let Some(to) = redirect_target(&path) {
                prop_assert!(to.is_ascii() && to.starts_with('/') && !to.starts_with("//"), "{}", to);
                prop_assert!(!to.contains('\\'), "{}", to);
                prop_assert_eq!(redirect_target(&to), None);
            }
        }
    }
}
