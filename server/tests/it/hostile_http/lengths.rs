//! `Content-Length` that is too large, invalid or contradictory. Most cases send no body, so the server can check only
//! the header.

use parlor::limits::HTTP_BODY_BYTES;

use super::case::{Case, Expected, run, status};
use super::routes::{FORMS, OUR_ORIGIN, ROUTES, post, request, session};
use crate::support::Server;

/// Valid lengths above the limit.
const TOO_LARGE: [u64; 4] = [HTTP_BODY_BYTES as u64 + 1, 1_000_000_000_000_000, i64::MAX as u64, 1 << 63];

/// Headers with an invalid length or two different ones.
const INVALID: [&[u8]; 14] = [
    b"Content-Length: 18446744073709551614\r\n",
    b"Content-Length: 18446744073709551616\r\n",
    b"Content-Length: 99999999999999999999999999\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: +5\r\n",
    b"Content-Length: 5,5\r\n",
    b"Content-Length: 5, 6\r\n",
    b"Content-Length: 5 5\r\n",
    b"Content-Length: 0x10\r\n",
    b"Content-Length: 1e1\r\n",
    b"Content-Length: 5.0\r\n",
    b"Content-Length:\r\n",
    b"Content-Length: \xef\xbc\x95\r\n",
    b"Content-Length: 5\r\nContent-Length: 6\r\n",
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let form = |length: u64| {
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        format!("{OUR_ORIGIN}{}{kind}Content-Length: {length}\r\n", session(1))
    };
    for length in TOO_LARGE {
        for path in FORMS {
            let sent = request("POST", path, form(length), None);
            cases.push(Case::new(format!("POST {path} with a Content-Length of {length}"), sent, status(413)));
        }
        for (path, _) in ROUTES {
            let sent = request("GET", path, format!("Content-Length: {length}\r\n"), None);
            cases.push(Case::new(format!("GET {path} with a Content-Length of {length}"), sent, status(413)));
        }
    }
    for path in FORMS {
        let headers = format!("{}Expect: 100-continue\r\n", form(TOO_LARGE[0]));
        let case = Case::new(
            format!("POST {path} with Expect: 100-continue and a Content-Length that is too large"),
            request("POST", path, headers, None),
            status(413),
        );
        cases.push(case.with("must not ask for the body", |response| response.interim.is_empty()));
    }
    for lines in INVALID {
        let shown = String::from_utf8_lossy(lines).trim_end().replace("\r\n", " and ");
        for (method, path) in FORMS.map(|path| ("POST", path)).into_iter().chain([("GET", "/"), ("GET", "/healthz")]) {
            // A parser that reads only the first digits, or one of two values, would find a body and a second request.
            let mut sent = request(method, path, [session(2).as_bytes(), lines].concat(), None);
            sent.extend_from_slice(b"aaaaaGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
            cases.push(Case::new(format!("{method} {path} with {shown}"), sent, Expected::Rejected));
        }
    }
    let largest = "x".repeat(HTTP_BODY_BYTES);
    let settings = post("/settings", OUR_ORIGIN, &largest);
    cases.push(Case::new("the largest form of the settings", settings, status(303)));
    let message = format!("{OUR_ORIGIN}{}", session(3));
    let message = post("/", message, &format!("text={}", &largest[5..]));
    cases.push(Case::new("the largest form of a message", message, status(422)));
    cases
}

#[tokio::test]
async fn lengths_are_checked_before_a_body_is_read() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    run(&server, "lengths", cases()).await;
}
