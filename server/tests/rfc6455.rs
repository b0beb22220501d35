//! RFC 6455 over raw TCP: what the server answers to correct and to incorrect bytes, and that no client harms another.
//!
//! Each section is a table of cases. A case runs in both dialects, and in several ways in which its bytes can arrive;
//! after each one a correct client in the same room sends a message and receives it.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "rfc6455/behind_head.rs"]
mod behind_head;
#[path = "rfc6455/case.rs"]
mod case;
#[path = "rfc6455/closing.rs"]
mod closing;
#[path = "rfc6455/connection.rs"]
mod connection;
#[path = "rfc6455/control.rs"]
mod control;
#[path = "rfc6455/dialect.rs"]
mod dialect;
#[path = "rfc6455/dialects.rs"]
mod dialects;
#[path = "rfc6455/fragmentation.rs"]
mod fragmentation;
#[path = "rfc6455/frame.rs"]
mod frame;
#[path = "rfc6455/framing.rs"]
mod framing;
#[path = "rfc6455/handshake.rs"]
mod handshake;
#[path = "rfc6455/hostile.rs"]
mod hostile;
#[path = "rfc6455/lengths.rs"]
mod lengths;
#[path = "rfc6455/neighbour.rs"]
mod neighbour;
#[path = "support/raw.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses a part of this")]
mod raw;
#[path = "rfc6455/request.rs"]
mod request;
#[path = "rfc6455/section.rs"]
mod section;
#[path = "rfc6455/server_frames.rs"]
mod server_frames;
mod support;
#[path = "rfc6455/utf8.rs"]
mod utf8;
#[path = "rfc6455/websocket_headers.rs"]
mod websocket_headers;

use std::collections::HashSet;

#[tokio::test]
async fn handshakes_are_accepted_or_refused_by_their_request() {
    request::run("handshake", &handshake::cases()).await;
}

#[tokio::test]
async fn handshakes_are_accepted_or_refused_by_their_websocket_headers() {
    request::run("WebSocket headers", &websocket_headers::cases()).await;
}

#[tokio::test]
async fn frames_behind_the_request_head_are_not_lost() {
    section::run_behind_head("behind the head", &behind_head::cases()).await;
}

#[tokio::test]
async fn masking_reserved_bits_and_opcodes_are_checked() {
    section::run("framing", &framing::cases()).await;
}

#[tokio::test]
async fn fragments_are_joined_in_order() {
    section::run("fragmentation", &fragmentation::cases()).await;
}

#[tokio::test]
async fn text_has_to_be_utf8() {
    section::run("UTF-8", &utf8::cases()).await;
}

#[tokio::test]
async fn control_frames_are_answered_and_limited() {
    section::run("control frames", &control::cases()).await;
}

#[tokio::test]
async fn close_frames_are_echoed_or_refused() {
    section::run("closing", &closing::cases()).await;
}

#[tokio::test]
async fn lengths_are_limited() {
    section::run("lengths", &lengths::cases()).await;
}

#[tokio::test]
async fn frames_of_the_server_have_the_shortest_length() {
    server_frames::use_the_shortest_length().await;
}

#[tokio::test]
async fn texts_that_the_dialect_does_not_allow_are_refused() {
    section::run("dialects", &dialects::cases()).await;
}

#[tokio::test]
async fn hostile_mixtures_harm_nobody_else() {
    section::run("hostile mixtures", &hostile::cases()).await;
}

#[test]
fn the_suite_has_more_than_200_cases_with_unique_names() {
    let sections = [
        behind_head::cases(),
        framing::cases(),
        fragmentation::cases(),
        utf8::cases(),
        control::cases(),
        closing::cases(),
        lengths::cases(),
        dialects::cases(),
        hostile::cases(),
    ];
    let requests = [handshake::cases(), websocket_headers::cases()].concat();
    let names: Vec<_> =
        sections.concat().into_iter().map(|case| case.name).chain(requests.into_iter().map(|case| case.name)).collect();
    println!("RFC 6455: {} cases", names.len());
    assert!(names.len() >= 200, "only {} cases", names.len());
    let mut unique = HashSet::new();
    let repeated: Vec<_> = names.iter().filter(|name| !unique.insert(name.as_str())).collect();
    assert!(repeated.is_empty(), "names given twice: {repeated:?}");
}
