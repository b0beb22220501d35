//! Queries that are invalid, repeated, or could redirect to another site.

use super::case::{Case, Expected, run};
use super::routes::get;
use crate::support::Server;
use crate::support::http_response::HttpResponse;

/// Invalid queries of a page of the history.
const INVALID: [&str; 14] = [
    "before=",
    "before=abc",
    "before=-1",
    "before=1.5",
    "before=0x1",
    "before=%ff",
    "before=18446744073709551616",
    "before=1&before=2",
    "before=1&before=1",
    "after=",
    "after=abc",
    "after=1&after=2",
    "after=99999999999999999999999999",
    "before=1%00",
];

/// Valid queries, and queries that the server ignores.
const ODD: [&str; 13] = [
    "",
    "&&&",
    "=",
    "a",
    "a=1&a=2",
    "before=0",
    "after=0",
    "before=1&after=2",
    "before=9223372036854775808",
    "before=18446744073709551615",
    "after=9223372036854775807",
    "after=18446744073709551615",
    "%ff=%ff",
];

/// Percent-encoded values of `?open=`, a typed room name.
const OPENED: [&str; 22] = [
    "",
    "%00",
    "%ff",
    "lobby",
    "kitchen",
    "%23kitchen",
    "The+Kitchen",
    "//evil.example",
    "/evil.example",
    "\\evil.example",
    "%5c%5cevil.example",
    "http://evil.example/",
    "http:evil",
    "javascript:alert(1)",
    "..%2f..%2fhealthz",
    "a%0d%0aX-Odd:+1",
    "a%0aX-Odd:+1",
    "a%E5%98%8D%E5%98%8AX-Odd:+1",
    "%E5%98%8D%E5%98%8Ax-odd",
    "%E2%80%AEnehctik",
    "%D0%BA%D0%BD%D0%B8%D0%B3%D0%B8",
    "kitchen&open=hall",
];

/// Whether the response redirects to a room of this server, or not at all.
fn stays_here(response: &HttpResponse) -> bool {
    let ours = |location: &str| location == "/" || location.starts_with("/r/");
    response.headers("location").all(|location| ours(location) && location.is_ascii())
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in ["/", "/r/kitchen"] {
        for query in INVALID {
            let target = format!("{path}?{query}");
            cases.push(Case::new(format!("GET {target}"), get(&target, ""), Expected::ClientError));
        }
        for query in ODD {
            let target = format!("{path}?{query}");
            cases.push(Case::new(format!("GET {target}"), get(&target, ""), Expected::NoServerError));
        }
    }
    let long = "a".repeat(8_192);
    for typed in OPENED.into_iter().chain([long.as_str()]) {
        let target = format!("/rooms?open={typed}");
        let name = format!("GET {}", &target[..target.len().min(80)]);
        let expected = if typed.contains("&open=") {
            Expected::ClientError
        } else {
            // A redirect to the room, or the page with the rejected name.
            Expected::Status(vec![303, 422])
        };
        let case = Case::new(name, get(&target, ""), expected).without_header("x-odd");
        cases.push(case.with("must stay on this site", stays_here));
    }
    for query in ["room=..", "room=%00", "room=a&room=b", "room=%3Cscript%3E", "room="] {
        let target = format!("/ws/chat?{query}");
        cases.push(Case::new(format!("GET {target}"), get(&target, ""), Expected::ClientError));
        let handshake = "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
        let name = format!("a WebSocket at {target}");
        cases.push(Case::new(name, get(&target, handshake), Expected::ClientError));
    }
    cases
}

#[tokio::test]
async fn queries_are_checked_and_redirect_to_no_other_site() {
    let server = Server::start().await;
    run(&server, "queries", cases()).await;
}
