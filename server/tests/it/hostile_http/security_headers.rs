//! Every response has the security headers, whatever its status.

use super::case::{Case, Expected, run, status};
use super::routes::{FORMS, OUR_ORIGIN, ROUTES, get, post, request, session};
use crate::support::Server;
use crate::support::http_response::HttpResponse;

/// The headers and their values; `None` allows any value.
const HEADERS: [(&str, Option<&str>); 6] = [
    ("x-content-type-options", Some("nosniff")),
    ("x-frame-options", Some("DENY")),
    ("referrer-policy", None),
    ("permissions-policy", None),
    ("cross-origin-opener-policy", Some("same-origin")),
    ("cross-origin-resource-policy", Some("same-origin")),
];

/// Whether the response has this header exactly once, with this value if one is given.
fn has_header_once(response: &HttpResponse, name: &str, value: Option<&str>) -> bool {
    let mut values = response.headers(name);
    let first = values.next().filter(|first| !first.is_empty());
    first.is_some_and(|first| value.is_none_or(|value| first == value)) && values.next().is_none()
}

/// Adds the condition that the response has all security headers.
fn with_security_headers(mut case: Case) -> Case {
    for (name, value) in HEADERS {
        let what = format!("must have the header {name} once: {}", value.unwrap_or("any value"));
        case = case.with(what, move |response| has_header_once(response, name, value));
    }
    case
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, honest) in ROUTES {
        let honest = Expected::Status(honest.to_vec());
        cases.push(Case::new(format!("the headers of GET {path}"), get(path, ""), honest.clone()));
        cases.push(Case::new(format!("the headers of HEAD {path}"), request("HEAD", path, "", None), honest));
        let delete = request("DELETE", path, "", None);
        cases.push(Case::new(format!("the headers of DELETE {path}"), delete, Expected::Status(vec![404, 405])));
        let options = request("OPTIONS", path, "", None);
        cases.push(Case::new(format!("the headers of OPTIONS {path}"), options, Expected::Status(vec![404, 405])));
        let hostless = format!("GET {path} HTTP/1.1\r\n\r\n");
        cases.push(Case::new(format!("the headers of GET {path} with no Host"), hostless, status(400)));
        let large = get(path, "Content-Length: 65537\r\n");
        cases.push(Case::new(format!("the headers of GET {path} with too large a body"), large, status(413)));
        if path != "/healthz" {
            let foreign = format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            cases.push(Case::new(format!("the headers of GET {path} of evil.example"), foreign, status(421)));
        }
    }
    for path in FORMS {
        let foreign = post(path, "Origin: http://evil.example\r\n", "name=Mallory");
        cases.push(Case::new(format!("the headers of a foreign POST {path}"), foreign, status(403)));
        // The status depends on the form: a page, a redirect or an error.
        let ours = post(path, format!("{OUR_ORIGIN}{}", session(1)), "name=Ana");
        cases.push(Case::new(format!("the headers of our POST {path}"), ours, Expected::NoServerError));
    }
    for path in ["/r/%ff", "/r/No%20Room", "/?before=abc", "/rooms?open=%21", "/r/lobby/-1", "/ws/chat?room=a&room=b"] {
        cases.push(Case::new(format!("the headers of GET {path}"), get(path, ""), Expected::ClientError));
    }
    let empty = post("/", format!("{OUR_ORIGIN}{}", session(2)), "");
    cases.push(Case::new("the headers of an empty form", empty, status(422)));
    let other = request("POST", "/", format!("{OUR_ORIGIN}{}", session(3)), None);
    cases.push(Case::new("the headers of a form of no type", other, status(415)));
    cases.into_iter().map(with_security_headers).collect()
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    run(&server, "security headers", cases()).await;
}
