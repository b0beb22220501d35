//! Absolute request targets, whose host overrides the `Host` header (RFC 9112 §3.2.2).

use super::case::{Case, Expected, run, status};
use crate::support::Server;

fn request(target: &str, host: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in ["/", "/healthz", "/rooms", "/r/kitchen"] {
        let ours = request(&format!("http://localhost{path}"), "evil.example");
        let case = Case::new(format!("our target {path} with a foreign Host"), ours, status(200));
        cases.push(case.without_text("evil.example"));
        let foreign = request(&format!("http://evil.example{path}"), "localhost");
        let expected = if path == "/healthz" { 200 } else { 421 };
        cases.push(Case::new(format!("a foreign target {path} with our Host"), foreign, status(expected)));
        let port = request(&format!("http://LOCALHOST:3000{path}"), "localhost");
        cases.push(Case::new(format!("our target {path} with a port"), port, status(200)));
        let hostless = format!("GET http://localhost{path} HTTP/1.1\r\n\r\n");
        cases.push(Case::new(format!("our target {path} with no Host"), hostless, status(400)));
        let doubled = format!("GET http://localhost{path} HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n");
        cases.push(Case::new(format!("our target {path} with two Hosts"), doubled, status(400)));
    }
    let missing = request("http://localhost/nothing/here", "localhost");
    cases.push(Case::new("our target of an unknown path", missing, status(404)));
    for target in [
        "http://",
        "http:///",
        "http://:80/",
        "http://[::1/",
        "http://user@localhost/",
        "http://localhost:99999/",
        "http://localhost:abc/",
        "http://a..b/",
        "localhost/",
        "localhost:80",
        "evil",
        "\\evil",
        "",
    ] {
        let name = format!("the target {target:?}");
        cases.push(Case::new(name, request(target, "localhost"), Expected::Rejected));
    }
    cases
}

#[tokio::test]
async fn the_host_of_an_absolute_target_overrides_the_host_header() {
    let server = Server::start().await;
    run(&server, "targets", cases()).await;
}
