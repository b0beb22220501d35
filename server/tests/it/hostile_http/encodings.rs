//! `Accept-Encoding`: a coding with weight 0 is not used, in every valid spelling (RFC 9110 §12.4.2, §12.5.3).

use super::case::{Case, Expected, run};
use super::routes::get;
use crate::support::Server;
use crate::support::http_response::HttpResponse;

/// Paths whose responses may be compressed.
const PATHS: [&str; 7] =
    ["/", "/r/kitchen", "/rooms", "/settings", "/offline", "/pkg/parlor.css", "/service-worker.js"];

/// Values that do not accept Brotli.
const WITHOUT_BROTLI: [&str; 20] = [
    "br;q=0",
    "br;Q=0",
    "BR;Q=0",
    "Br;q=0.",
    "br;q=0.0",
    "br;q=0.000",
    "br;Q=0.000",
    "br; q=0",
    "br;\tq=0",
    "br ;q=0",
    "br ; Q=0",
    "br;q=0 ",
    "br;q=0 , identity",
    "br;q=0, *",
    "*, br;Q=0",
    "gzip, br;Q=0, deflate",
    "br;Q=0, gzip;Q=0",
    "*;q=0",
    "*;Q=0, identity;q=1",
    "identity",
];

/// Values that are malformed or contain no known coding.
const ODD: [&str; 10] = ["", ",", ",,;;,=", ";q=1", "br;", "br;q=", "br;q=abc", "br;q=2", "\u{fffd}", "*;q=0.000001"];

fn is_encoded_with(response: &HttpResponse, coding: &str) -> bool {
    response.headers("content-encoding").any(|value| value.eq_ignore_ascii_case(coding))
}

/// Whether a response without `Content-Encoding` is valid UTF-8.
fn is_text(response: &HttpResponse) -> bool {
    response.has_header("content-encoding") || String::from_utf8(response.body.clone()).is_ok()
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in PATHS {
        for accepted in WITHOUT_BROTLI {
            let sent = get(path, format!("Accept-Encoding: {accepted}\r\n"));
            let case = Case::new(format!("GET {path} accepting {accepted:?}"), sent, Expected::NoServerError)
                .with("must not use Brotli", |response| !is_encoded_with(response, "br"))
                .with("must be text", is_text);
            let without_gzip = ["*;q=0", "*;Q=0, identity;q=1", "br;Q=0, gzip;Q=0", "identity"].contains(&accepted);
            cases.push(if without_gzip { case.without_header("content-encoding") } else { case });
        }
        for accepted in ODD {
            let sent = get(path, format!("Accept-Encoding: {accepted}\r\n"));
            let name = format!("GET {path} accepting {accepted:?}");
            cases.push(Case::new(name, sent, Expected::NoServerError).with("must be text", is_text));
        }
        let lines = "Accept-Encoding: gzip\r\nAccept-Encoding: br;Q=0\r\n";
        let name = format!("GET {path} refusing Brotli in a second header");
        let case = Case::new(name, get(path, lines), Expected::NoServerError);
        cases.push(case.with("must not use Brotli", |response| !is_encoded_with(response, "br")));
    }
    for (accepted, coding) in [("br", "br"), ("br;q=0.001", "br"), ("gzip", "gzip"), ("gzip, br;q=0", "gzip")] {
        let sent = get("/rooms", format!("Accept-Encoding: {accepted}\r\n"));
        let case = Case::new(format!("GET /rooms accepting {accepted}"), sent, Expected::Status(vec![200]));
        cases.push(case.with(format!("must use {coding}"), move |response| is_encoded_with(response, coding)));
    }
    cases
}

#[tokio::test]
async fn codings_that_the_client_does_not_accept_are_not_used() {
    let server = Server::start().await;
    run(&server, "encodings", cases()).await;
}
