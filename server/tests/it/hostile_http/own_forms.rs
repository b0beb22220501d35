//! Forms of our own pages: an equal `Origin` is accepted in every spelling of origin and host (RFC 6454 §4).

use super::case::{Case, run, status};
use super::routes::{FORMS, OUR_ORIGIN, post, session};
use crate::support::Server;

/// Number of the session that has a name before the cases run.
const NAMED: usize = 1;

/// A host, an origin that equals ours under that host, and further headers.
const OURS: [(&str, &str, &str); 16] = [
    ("localhost", "http://localhost", ""),
    ("localhost:80", "http://localhost", ""),
    ("localhost", "http://localhost:80", ""),
    ("localhost:3000", "http://localhost:3000", ""),
    ("LOCALHOST", "http://localhost", ""),
    ("localhost", "http://LocalHost", ""),
    ("localhost.", "http://localhost.", ""),
    ("localhost.", "http://localhost", ""),
    ("localhost", "http://localhost.", ""),
    ("127.0.0.1:3000", "http://127.0.0.1:3000", ""),
    ("[::1]", "http://[::1]", ""),
    ("[::1]:80", "http://[::1]", ""),
    ("[::1]:3000", "http://[::1]:3000", ""),
    ("localhost", "https://localhost", "X-Forwarded-Proto: https\r\n"),
    ("localhost:443", "https://localhost", "X-Forwarded-Proto: https\r\n"),
    ("localhost", "https://localhost:443", "X-Forwarded-Proto: https\r\n"),
];

/// A host, an origin that differs from ours under that host, and further headers.
const OTHERS: [(&str, &str, &str); 8] = [
    ("localhost:3000", "http://localhost", ""),
    ("localhost", "http://localhost:3000", ""),
    ("localhost:443", "https://localhost", ""),
    ("localhost:80", "https://localhost:80", ""),
    ("[::1]", "http://[::2]", ""),
    ("[::1]:3000", "http://[::1]", ""),
    ("127.0.0.1", "http://localhost", ""),
    ("localhost:80", "https://localhost", "X-Forwarded-Proto: https\r\n"),
];

/// Gives a session a name by the form of the lobby.
pub(crate) async fn join(server: &Server, number: usize, name: &str) {
    let headers = format!("{OUR_ORIGIN}{}Connection: close\r\n", session(number));
    let sent = post("/", headers, &format!("name={name}"));
    assert_eq!(server.raw(&String::from_utf8(sent).unwrap()).await.0, 303, "{name} joins");
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (index, path) in FORMS.into_iter().enumerate() {
        let (session, expected) = match path {
            "/device" => (session(NAMED), 200),
            "/device/none" => (session(NAMED), 410),
            _ => (session(10 + index), 303),
        };
        let form = format!("name=Guest{index}&text=hello");
        for (what, lines) in [
            ("our Origin from anywhere", format!("{OUR_ORIGIN}Sec-Fetch-Site: cross-site\r\n")),
            ("our Origin from our site", format!("{OUR_ORIGIN}Sec-Fetch-Site: same-site\r\n")),
            ("our Origin", format!("{OUR_ORIGIN}Sec-Fetch-Site: same-origin\r\n")),
            ("neither Origin nor Sec-Fetch-Site", String::new()),
            ("no Origin, by the user's own action", "Sec-Fetch-Site: none\r\n".to_owned()),
        ] {
            let sent = post(path, format!("{session}{lines}"), &form);
            cases.push(Case::new(format!("POST {path} with {what}"), sent, status(expected)));
        }
    }
    for (spellings, expected) in [(&OURS[..], 303), (&OTHERS[..], 403)] {
        for (host, origin, lines) in spellings {
            let sent = String::from_utf8(post("/settings", format!("Origin: {origin}\r\n{lines}"), "")).unwrap();
            let sent = sent.replacen("Host: localhost\r\n", &format!("Host: {host}\r\n"), 1);
            let name = format!("a form from {origin} at {host} {lines}").trim_end().to_owned();
            cases.push(Case::new(name, sent, status(expected)));
        }
    }
    cases
}

#[tokio::test]
async fn forms_of_our_own_pages_are_accepted() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    join(&server, NAMED, "Ana").await;
    run(&server, "own forms", cases()).await;
}
