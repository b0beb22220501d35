//! Chunked bodies that are too large, malformed, or followed by a smuggled request (RFC 9112 §7.1, §11.2).

use parlor::limits::HTTP_BODY_BYTES;

use super::case::{Case, Expected, run};
use super::routes::{OUR_ORIGIN, request, session};
use crate::support::Server;

/// Paths whose form body is read.
const FORM_PATHS: [&str; 3] = ["/", "/r/kitchen", "/settings"];

/// A request within a body (request smuggling). If the server responds to it, it has ended the body too early.
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Chunked bodies with invalid framing.
const MALFORMED: [&str; 13] = [
    "xyz\r\nname=\r\n0\r\n\r\n",
    "-5\r\nname=\r\n0\r\n\r\n",
    "+5\r\nname=\r\n0\r\n\r\n",
    "0x5\r\nname=\r\n0\r\n\r\n",
    "\r\nname=\r\n0\r\n\r\n",
    "5,5\r\nname=\r\n0\r\n\r\n",
    "5 5\r\nname=\r\n0\r\n\r\n",
    "5\rname=\r\n0\r\n\r\n",
    "5\r\nname=0\r\n\r\n",
    "5\r\nname=more than five\r\n0\r\n\r\n",
    "10000000000000000\r\nname=\r\n0\r\n\r\n",
    "fffffffffffffffff\r\nname=\r\n0\r\n\r\n",
    "\u{ff15}\r\nname=\r\n0\r\n\r\n",
];

fn chunked(path: &str, lines: &str, body: &str) -> Vec<u8> {
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let mut bytes = request("POST", path, format!("{OUR_ORIGIN}{}{kind}{lines}", session(1)), None);
    bytes.extend_from_slice(body.as_bytes());
    bytes
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let coding = "Transfer-Encoding: chunked\r\n";
    let large = "x".repeat(HTTP_BODY_BYTES + 1);
    let small: String = (0..=HTTP_BODY_BYTES / 64).map(|_| format!("40\r\n{}\r\n", "x".repeat(64))).collect();
    let extended = format!("1;{}\r\nx\r\n0\r\n\r\n", "x".repeat(100_000));
    let trailer = format!("1\r\nx\r\n0\r\nX-Trailer: {}\r\n\r\n", "x".repeat(100_000));
    for path in FORM_PATHS {
        let bodies = [
            ("one chunk that is too large", format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len())),
            ("one chunk that is too large and does not end", format!("{:x}\r\n{large}", large.len() + 1_000)),
            ("small chunks that are too many", format!("{small}0\r\n\r\n")),
            ("small chunks that are too many and do not end", small.clone()),
            ("a chunk extension of 100 KB", extended.clone()),
            ("a trailer of 100 KB", trailer.clone()),
        ];
        for (what, body) in bodies {
            let sent = chunked(path, coding, &body);
            cases.push(Case::new(format!("POST {path} with {what}"), sent, Expected::Rejected));
        }
        for body in MALFORMED {
            let name = format!("POST {path} with the chunked body {body:?}");
            let sent = chunked(path, coding, &format!("{body}{SMUGGLED}"));
            cases.push(Case::new(name, sent, Expected::Rejected));
        }
        for lines in [
            "Transfer-Encoding: gzip\r\n",
            "Transfer-Encoding: identity\r\n",
            "Transfer-Encoding: chunked, gzip\r\n",
            "Transfer-Encoding: xchunked\r\n",
            "Transfer-Encoding: \"chunked\"\r\n",
            "Transfer-Encoding: chunked;q=1\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            "Transfer-Encoding : chunked\r\n",
            "Transfer-Encoding: \u{b}chunked\r\n",
            "Transfer-Encoding:\r\n chunked\r\n",
            "Content-Length: 5\r\nTransfer-Encoding: gzip\r\n",
            "Content-Length: 5\r\nTransfer-Encoding\u{0}: chunked\r\n",
        ] {
            let name = format!("POST {path} with {lines:?}");
            let sent = chunked(path, lines, &format!("0\r\n\r\n{SMUGGLED}"));
            cases.push(Case::new(name, sent, Expected::Rejected));
        }
        let old = String::from_utf8(chunked(path, coding, "0\r\n\r\n")).unwrap().replacen("HTTP/1.1", "HTTP/1.0", 1);
        cases.push(Case::new(format!("POST {path} with chunks in HTTP/1.0"), old, Expected::Rejected));
        // The transfer coding overrides the length, and the server closes the connection afterwards (§6.3).
        let (end, all) = (format!("0\r\n\r\n{SMUGGLED}"), SMUGGLED.len() + 5);
        for (what, lines) in [
            ("a Content-Length before its coding", format!("Content-Length: {all}\r\n{coding}")),
            ("a Content-Length after its coding", format!("{coding}Content-Length: {all}\r\n")),
            ("a Content-Length of nothing and a coding", format!("Content-Length: 0\r\n{coding}")),
            ("two Content-Lengths and a coding", format!("Content-Length: 5\r\n{coding}Content-Length: 6\r\n")),
        ] {
            let case =
                Case::new(format!("POST {path} with {what}"), chunked(path, &lines, &end), Expected::NoServerError);
            cases.push(case.with("must close the connection", |response| response.closes()));
        }
    }
    for (method, path) in [("GET", "/"), ("GET", "/healthz"), ("GET", "/nothing"), ("POST", "/"), ("POST", "/device")] {
        let name = format!("{method} {path} with a request as its body");
        let sent = request(method, path, OUR_ORIGIN, Some(SMUGGLED));
        cases.push(Case::new(name, sent, Expected::NoServerError));
    }
    cases
}

#[tokio::test]
async fn bodies_are_bounded_and_smuggle_no_request() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    run(&server, "bodies", cases()).await;
}
