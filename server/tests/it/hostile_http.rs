//! Malformed and malicious raw requests to every route. The server has to respond to each as the HTTP RFCs require, or
//! to close its connection, and has to keep serving other clients.
//!
//! A case is a name, the bytes to send, and the allowed responses. Each runs on a connection of its own. A section runs
//! all of its cases, lists every one that fails, and then loads two pages.

mod bodies;
mod case;
mod cookies;
mod encodings;
mod foreign_forms;
mod forwarding;
mod hosts;
mod lengths;
mod methods;
mod own_forms;
mod paths;
mod pipelining;
mod queries;
mod reflection;
mod routes;
mod security_headers;
mod syntax;
mod targets;

use std::collections::HashSet;

#[test]
fn there_are_at_least_600_cases_with_unique_names() {
    let cases: Vec<_> = [
        bodies::cases(),
        cookies::cases(),
        encodings::cases(),
        foreign_forms::cases("code"),
        forwarding::cases(),
        hosts::cases(),
        lengths::cases(),
        methods::cases(),
        own_forms::cases(),
        paths::cases(),
        queries::cases(),
        reflection::cases(),
        security_headers::cases(),
        syntax::cases(),
        targets::cases(),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(cases.len() >= 600, "only {} cases", cases.len());
    let names: HashSet<_> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have the same name");
}
