//! Forwarding headers of a loopback peer that is not a trusted proxy: only `X-Forwarded-Proto` counts.

use parlor::limits;

use super::case::{Case, Expected, run, status};
use super::own_forms::join;
use super::routes::{OUR_ORIGIN, ROUTES, get, post, session};
use crate::support::Server;

/// Number of the session that has a name before the cases run.
const NAMED: usize = 1;

/// Headers for another host, client or path, which the server ignores.
const IGNORED: [&str; 9] = [
    "X-Forwarded-Host: evil.example\r\n",
    "X-Forwarded-Host: evil.example, localhost\r\n",
    "Forwarded: for=192.0.2.1;host=evil.example;proto=https;by=evil.example\r\n",
    "X-Forwarded-Server: evil.example\r\n",
    "X-Host: evil.example\r\n",
    "X-Original-Host: evil.example\r\n",
    "X-Forwarded-Prefix: /evil.example\r\nX-Original-URL: /evil.example\r\nX-Rewrite-URL: /evil.example\r\n",
    "X-Forwarded-For: evil.example\r\nX-Real-IP: evil.example\r\n",
    "X-HTTP-Method-Override: DELETE\r\nX-Forwarded-Port: 1\r\nVia: 1.1 evil.example\r\n",
];

/// Values of `X-Forwarded-Proto`, and whether they mean TLS.
const SCHEMES: [(&str, bool); 10] = [
    ("https", true),
    ("HTTPS", true),
    ("https, http", true),
    ("https,https", true),
    ("https ,http", true),
    ("http", false),
    ("", false),
    ("xhttps", false),
    ("httpsx", false),
    ("ftp", false),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for lines in IGNORED {
        let shown = lines.trim_end().replace("\r\n", " and ");
        for (path, honest) in ROUTES {
            let honest = Expected::Status(honest.to_vec());
            let case = Case::new(format!("GET {path} with {shown}"), get(path, lines), honest);
            cases.push(case.without_text("evil.example"));
        }
        let headers = format!("{OUR_ORIGIN}{}{lines}", session(NAMED));
        let case = Case::new(format!("a device link with {shown}"), post("/device", headers, ""), status(200));
        cases.push(case.without_text("evil.example").with_text("http://localhost/device/"));
    }
    for (value, secure) in SCHEMES {
        let line = format!("X-Forwarded-Proto: {value}\r\n");
        let is_secure = move |cookie: &str| cookie.split("; ").any(|part| part == "Secure") == secure;
        let what = if secure { "must set a cookie for TLS alone" } else { "must set a cookie for any scheme" };
        let page = Case::new(format!("GET / with X-Forwarded-Proto {value:?}"), get("/", &line), status(200));
        let out = post("/sign-out", &line, "");
        let out = Case::new(format!("POST /sign-out with X-Forwarded-Proto {value:?}"), out, status(303));
        for case in [page, out] {
            cases.push(case.with(what, move |response| response.header("set-cookie").is_some_and(is_secure)));
        }
        let link = post("/device", format!("{}{line}", session(NAMED)), "");
        let scheme = if secure { "https" } else { "http" };
        let link = Case::new(format!("a device link with X-Forwarded-Proto {value:?}"), link, status(200));
        cases.push(link.with_text(format!("\"{scheme}://localhost/device/")));
    }
    cases
}

#[tokio::test]
async fn forwarding_headers_do_not_change_the_host() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    join(&server, NAMED, "Ana").await;
    run(&server, "forwarding", cases()).await;
}

#[tokio::test]
async fn forwarding_headers_do_not_evade_the_rate_limit() {
    let server = Server::start().await;
    join(&server, NAMED, "Ana").await;
    let mut refused = false;
    for i in 0..limits::POST_BURST * 3 {
        let proxied =
            format!("X-Forwarded-For: 192.0.2.{i}\r\nForwarded: for=192.0.2.{i}\r\nX-Real-IP: 192.0.2.{i}\r\n");
        let headers = format!("{OUR_ORIGIN}{}{proxied}Connection: close\r\n", session(NAMED));
        let form = post("/", headers, &format!("id={i}&text=message+{i}"));
        if server.raw(&String::from_utf8(form).unwrap()).await.0 == 429 {
            refused = true;
            break;
        }
    }
    assert!(refused, "forms with different forwarded addresses count for one client");
}
