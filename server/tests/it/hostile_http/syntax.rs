//! Bytes that are not an HTTP/1.1 request, and request heads that are too large.

use super::case::{Case, Expected, run};
use crate::support::Server;

/// Complete request heads that an HTTP/1.1 server has to reject.
const MALFORMED: [(&str, &[u8]); 46] = [
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("a TLS handshake", b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03\r\n\r\n"),
    ("the banner of SSH", b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    ("zeros", b"\0\0\0\0\0\0\0\0\r\n\r\n"),
    ("raw bytes", b"\xff\xfe\xfd\xfc\r\n\r\n"),
    ("only a word", b"hello\r\n\r\n"),
    ("no method", b"/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("no target", b"GET HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("no version", b"GET /healthz\r\nHost: localhost\r\n\r\n"),
    ("an empty version", b"GET /healthz \r\nHost: localhost\r\n\r\n"),
    ("HTTP/0.9", b"GET /healthz HTTP/0.9\r\nHost: localhost\r\n\r\n"),
    ("HTTP/1.2", b"GET /healthz HTTP/1.2\r\nHost: localhost\r\n\r\n"),
    ("HTTP/1", b"GET /healthz HTTP/1\r\nHost: localhost\r\n\r\n"),
    ("HTTP/2.0", b"GET /healthz HTTP/2.0\r\nHost: localhost\r\n\r\n"),
    ("HTTP/3.0", b"GET /healthz HTTP/3.0\r\nHost: localhost\r\n\r\n"),
    ("HTTP/11.1", b"GET /healthz HTTP/11.1\r\nHost: localhost\r\n\r\n"),
    ("HTTP/1.1 and more", b"GET /healthz HTTP/1.1x\r\nHost: localhost\r\n\r\n"),
    ("a fourth word", b"GET /healthz HTTP/1.1 more\r\nHost: localhost\r\n\r\n"),
    ("a version in lower case", b"GET /healthz http/1.1\r\nHost: localhost\r\n\r\n"),
    ("another protocol", b"GET /healthz FTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("a method in lower case", b"get /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("a method with a zero", b"GE\0T /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("a method with a bracket", b"GE(T /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("a space before the method", b" GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("two spaces before the target", b"GET  /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("two spaces after the target", b"GET /healthz  HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("tabs in the first line", b"GET\t/healthz\tHTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("a space in the target", b"GET /heal thz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("a zero in the target", b"GET /healthz\0 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("a CR in the target", b"GET /heal\rthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("raw bytes in the target", b"GET /healthz\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ("a space before the first header", b"GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n"),
    ("a header without a colon", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Odd\r\n\r\n"),
    ("a header without a name", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n: odd\r\n\r\n"),
    ("a space in a header name", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX Odd: 1\r\n\r\n"),
    ("a space after a header name", b"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n"),
    ("a zero in a header name", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX\0Odd: 1\r\n\r\n"),
    ("a raw byte in a header name", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX\xffOdd: 1\r\n\r\n"),
    ("a bracket in a header name", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX(Odd): 1\r\n\r\n"),
    ("a folded header", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Odd: 1\r\n 2\r\n\r\n"),
    ("a folded host", b"GET /healthz HTTP/1.1\r\nHost:\r\n localhost\r\n\r\n"),
    ("a header folded by a tab", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Odd: 1\r\n\t2\r\n\r\n"),
    ("a zero in a header value", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Odd: a\0b\r\n\r\n"),
    ("a CR in a header value", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Odd: a\rb\r\n\r\n"),
    ("lines that end in CR", b"GET /healthz HTTP/1.1\rHost: localhost\r\r\r\n\r\n"),
    ("an LF in a header value", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Odd: a\nb\r\n\r\n"),
];

/// Request heads that are too large.
fn oversized_heads(path: &str) -> Vec<(&'static str, String)> {
    let head = |lines: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n");
    let long = |bytes: usize| "x".repeat(bytes);
    vec![
        ("a header of 100 KB", head(&format!("X-Long: {}\r\n", long(100_000)))),
        ("a header of 1 MB", head(&format!("X-Long: {}\r\n", long(1_000_000)))),
        ("a header name of 100 KB", head(&format!("{}: 1\r\n", long(100_000)))),
        ("cookies of 100 KB", head(&format!("Cookie: {}\r\n", "a=b; ".repeat(20_000)))),
        ("200 headers", head(&(0..200).map(|i| format!("X-Many-{i}: {i}\r\n")).collect::<String>())),
        ("200 headers of one name", head(&"X-Many: 1\r\n".repeat(200))),
        ("1 MB in 50 headers", head(&format!("X-Long: {}\r\n", long(20_000)).repeat(50))),
        ("1 MB in 50,000 headers", head(&"X-Many: 1234567890\r\n".repeat(50_000))),
        ("a target of 70 KB", format!("GET {path}?{} HTTP/1.1\r\nHost: localhost\r\n\r\n", long(70_000))),
        ("a target of 1 MB", format!("GET {path}?{} HTTP/1.1\r\nHost: localhost\r\n\r\n", long(1_000_000))),
        ("a method of 1 MB", format!("{} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n", long(1_000_000))),
        ("a version of 1 MB", format!("GET {path} HTTP/1.1{}\r\nHost: localhost\r\n\r\n", long(1_000_000))),
    ]
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (what, bytes) in MALFORMED {
        cases.push(Case::new(format!("a request with {what}"), bytes, Expected::Rejected).without_text("Odd"));
    }
    for path in ["/", "/healthz", "/ws/chat", "/nothing"] {
        for (what, bytes) in oversized_heads(path) {
            cases.push(Case::new(format!("GET {path} with {what}"), bytes, Expected::Rejected));
        }
    }
    cases
}

#[tokio::test]
async fn malformed_and_oversized_heads_are_rejected() {
    let server = Server::start().await;
    run(&server, "syntax", cases()).await;
}
