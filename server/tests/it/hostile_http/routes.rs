//! The server's routes, and builders of requests.

use crate::support::secrets::session_token;

/// The `Host` of requests that do not test hosts.
pub(crate) const HOST: &str = "localhost";

/// The `Origin` header of our own pages under [`HOST`].
pub(crate) const OUR_ORIGIN: &str = "Origin: http://localhost\r\n";

/// A path of every route, and the allowed statuses of a valid GET.
pub(crate) const ROUTES: [(&str, &[u16]); 17] = [
    ("/", &[200]),
    ("/r/kitchen", &[200]),
    ("/r/lobby/1", &[200]),
    ("/offline", &[200]),
    ("/rooms", &[200]),
    ("/settings", &[200]),
    ("/sign-out", &[405]),
    ("/device", &[405]),
    ("/device/none", &[410]),
    ("/pkg/none.js", &[404]),
    // It exists only in builds with embedded assets.
    ("/service-worker.js", &[200, 404]),
    ("/app.webmanifest", &[200]),
    ("/app/icon.svg", &[200]),
    ("/healthz", &[200]),
    ("/robots.txt", &[200]),
    ("/ws/chat", &[426]),
    ("/nothing/here", &[404]),
];

/// Paths that accept a form by POST.
pub(crate) const FORMS: [&str; 6] = ["/", "/r/kitchen", "/settings", "/sign-out", "/device", "/device/none"];

/// A `Cookie` header with a valid session token, different for each number.
pub(crate) fn session(number: usize) -> String {
    format!("Cookie: parlor_session={}\r\n", session_token(number))
}

/// A request with a valid `Host`, these headers and, if there is a body, the headers of a form.
pub(crate) fn request(method: &str, target: &str, headers: impl AsRef<[u8]>, body: Option<&str>) -> Vec<u8> {
    let mut bytes = format!("{method} {target} HTTP/1.1\r\nHost: {HOST}\r\n").into_bytes();
    bytes.extend_from_slice(headers.as_ref());
    if let Some(body) = body {
        let (kind, length) = ("application/x-www-form-urlencoded", body.len());
        bytes.extend_from_slice(format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.unwrap_or_default().as_bytes());
    bytes
}

pub(crate) fn get(target: &str, headers: impl AsRef<[u8]>) -> Vec<u8> {
    request("GET", target, headers, None)
}

pub(crate) fn post(target: &str, headers: impl AsRef<[u8]>, form: &str) -> Vec<u8> {
    request("POST", target, headers, Some(form))
}
