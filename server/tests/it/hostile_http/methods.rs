//! Methods that a route does not support.

use super::case::{Case, Expected, run, status};
use super::routes::{FORMS, ROUTES, request};
use crate::support::Server;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, honest) in ROUTES {
        for method in ["TRACE", "OPTIONS", "PUT", "DELETE", "PATCH", "CONNECT", "BREW", "get", "Post"] {
            let case = Case::new(format!("{method} {path}"), request(method, path, "", None), Expected::ClientError);
            cases.push(case.with("must name the methods of the route (RFC 9110 §15.5.6)", |response| {
                response.status != 405 || response.has_header("allow")
            }));
        }
        let head = Case::new(
            format!("HEAD {path}"),
            request("HEAD", path, "", None),
            // HEAD has the status of GET (RFC 9110 §9.3.2).
            Expected::Status(honest.to_vec()),
        );
        cases.push(head);
    }
    for path in
        ["/rooms", "/offline", "/app.webmanifest", "/app/icon.svg", "/healthz", "/readyz", "/robots.txt", "/r/lobby/1"]
    {
        cases.push(Case::new(format!("POST {path}"), request("POST", path, "", Some("")), status(405)));
    }
    for path in FORMS {
        let body = request("PUT", path, "", Some("name=Mallory&text=put"));
        cases.push(Case::new(format!("PUT {path} with a form"), body, Expected::ClientError));
    }
    for target in ["*", "localhost:80", "localhost", "/"] {
        for method in ["OPTIONS", "CONNECT"] {
            let name = format!("{method} to the target {target}");
            cases.push(Case::new(name, request(method, target, "", None), Expected::Rejected));
        }
    }
    cases
}

#[tokio::test]
async fn unsupported_methods_are_rejected_and_head_has_no_body() {
    let server = Server::start().await;
    run(&server, "methods", cases()).await;
}
