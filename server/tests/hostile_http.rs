//! Raw requests that no honest client sends, to every route: the server answers each as the HTTP rules say, or closes its
//! connection, and goes on answering other clients.
//!
//! Cases are data: a name, the bytes that are sent, and the answers that are allowed. Each runs on a connection of its
//! own. A section runs all of its cases, lists every one that fails, and then asks for two pages as a browser does.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

mod hostile_http {
    pub(crate) mod answer;
    pub(crate) mod bodies;
    pub(crate) mod case;
    pub(crate) mod cookies;
    pub(crate) mod encodings;
    pub(crate) mod foreign_forms;
    pub(crate) mod forwarding;
    pub(crate) mod hosts;
    pub(crate) mod lengths;
    pub(crate) mod methods;
    pub(crate) mod own_forms;
    pub(crate) mod paths;
    pub(crate) mod pipelining;
    pub(crate) mod queries;
    pub(crate) mod reflection;
    pub(crate) mod routes;
    pub(crate) mod security_headers;
    pub(crate) mod syntax;
    pub(crate) mod targets;
}

use std::collections::HashSet;

use hostile_http::*;

#[test]
fn there_are_many_cases_and_each_has_a_name_of_its_own() {
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
