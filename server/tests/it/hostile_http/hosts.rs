//! The `Host` header: missing, repeated, invalid, foreign, and all valid spellings (RFC 9112 §3.2).

use super::case::{Case, run, status};
use super::routes::{FORMS, ROUTES};
use crate::support::Server;
use crate::support::http_response::HttpResponse;

/// Values that are not a host with an optional port.
const INVALID: [&[u8]; 34] = [
    b"",
    b".",
    b":80",
    b"a b",
    b"a\tb",
    b"a/b",
    b"a\\b",
    b"a?b",
    b"a#b",
    b"a..b",
    b"..evil",
    b"\"quoted\"",
    b"user@host",
    b"user:secret@host",
    b"localhost:80@evil.example",
    b"localhost:80:80",
    b"localhost:99999",
    b"localhost:65536",
    b"localhost:abc",
    b"localhost:-1",
    b"localhost:+80",
    b"localhost:80/",
    b"localhost, evil.example",
    b"http://localhost",
    b"[::1",
    b"::1",
    b"[]",
    b"[::1]evil",
    b"[::1]:abc",
    b"[evil.example]",
    b"<script>alert(1)</script>",
    b"evil\x01.example",
    b"evil\x7f.example",
    b"evil\xff.example",
];

/// Hosts that a server on a loopback address accepts.
const ACCEPTED: [&str; 23] = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost:3000",
    "localhost.:3000",
    "localhost:65535",
    "chat.localhost",
    "a.b.LocalHost",
    "talk",
    "TALK:8080",
    "printer.local",
    "Printer.Local.",
    "chat.internal",
    "nas.lan",
    "nas.lan:80",
    "chat.home.arpa",
    "127.0.0.1",
    "127.0.0.1:3000",
    "192.168.1.7",
    "8.8.8.8:80",
    "[::1]",
    "[::1]:3000",
    "[fe80::1]",
];

/// Domain names that anyone could register and point to this machine (DNS rebinding).
const FOREIGN: [&str; 15] = [
    "evil.example",
    "EVIL.EXAMPLE",
    "evil.example.",
    "evil.example:3000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example.localhost.example",
    "mylocalhost.example",
    "local.example",
    "internal.example",
    "lan.example",
    "home.arpa.example",
    "evil.arpa",
    "xn--lcalhost-n4a.example",
    "192.168.1.7.example",
];

fn request(method: &str, path: &str, hosts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("{method} {path} HTTP/1.1\r\n").into_bytes();
    for host in hosts {
        bytes.extend_from_slice(&[b"Host: ", *host, b"\r\n"].concat());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// Whether `connect-src` lists WebSockets of this host and of no other.
fn connects_only_to(response: &HttpResponse, host: &str) -> bool {
    let policy = response.header("content-security-policy").unwrap_or_default();
    let Some(sources) = policy.split("connect-src").nth(1).and_then(|rest| rest.split(';').next()) else {
        return false;
    };
    // The default port is omitted.
    let normalised = |host: &str| {
        let host = host.to_lowercase().replace(".:", ":");
        host.strip_suffix(":80").unwrap_or(&host).trim_end_matches('.').to_owned()
    };
    sources.split_whitespace().all(|source| {
        let socket = source.strip_prefix("ws://").or_else(|| source.strip_prefix("wss://"));
        socket.map_or(source == "'self'", |socket| normalised(socket) == normalised(host))
    })
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, _) in ROUTES {
        let doubled: [(&str, &[&[u8]]); 5] = [
            ("no Host", &[]),
            ("the same Host twice", &[b"localhost", b"localhost"]),
            ("a foreign Host after ours", &[b"localhost", b"evil.example"]),
            ("a foreign Host before ours", &[b"evil.example", b"localhost"]),
            ("an empty Host", &[b""]),
        ];
        for (what, hosts) in doubled {
            cases.push(Case::new(format!("GET {path} with {what}"), request("GET", path, hosts), status(400)));
        }
        let foreign = if path == "/healthz" { status(200) } else { status(421) };
        let case = Case::new(format!("GET {path} of evil.example"), request("GET", path, &[b"evil.example"]), foreign);
        cases.push(if path == "/healthz" { case } else { case.with_text("--public-url") });
    }
    for path in FORMS {
        cases.push(Case::new(format!("POST {path} with no Host"), request("POST", path, &[]), status(400)));
        let foreign = request("POST", path, &[b"evil.example"]);
        cases.push(Case::new(format!("POST {path} of evil.example"), foreign, status(421)));
    }
    for path in ["/", "/healthz", "/rooms", "/nothing/here"] {
        for host in INVALID.iter().filter(|host| !host.is_empty()) {
            let shown = String::from_utf8_lossy(host).into_owned();
            let name = format!("GET {path} with the invalid Host {shown:?}");
            let case = Case::new(name, request("GET", path, &[host]), status(400));
            // The other values are parts of words that any page may contain.
            let is_distinctive = ["evil", "script", "secret", "quoted"].iter().any(|word| shown.contains(word));
            cases.push(if is_distinctive { case.without_text(shown) } else { case });
        }
    }
    for host in ACCEPTED {
        let case = Case::new(format!("GET / of {host}"), request("GET", "/", &[host.as_bytes()]), status(200));
        cases.push(
            case.with("must let the page connect to its own host alone", move |response| {
                connects_only_to(response, host)
            }),
        );
    }
    for host in FOREIGN {
        let ask = |path| request("GET", path, &[host.as_bytes()]);
        cases.push(Case::new(format!("GET / of {host:?}"), ask("/"), status(421)).with_text("--public-url"));
        cases.push(Case::new(format!("GET /healthz of {host:?}"), ask("/healthz"), status(200)).with_text("ok"));
    }
    for path in ["/", "/healthz"] {
        let old = format!("GET {path} HTTP/1.0\r\n\r\n");
        let case = Case::new(format!("GET {path} of HTTP/1.0 with no Host"), old, status(200));
        cases.push(case.without_text("ws://"));
    }
    cases
}

#[tokio::test]
async fn only_valid_hosts_of_this_server_are_accepted() {
    let server = Server::start().await;
    run(&server, "hosts", cases()).await;
}
