//! RFC 6455 over raw TCP: the server's answers to correct and incorrect bytes, and that no client affects another.
//!
//! Each section is a table of cases. A case runs in both dialects and in several ways in which its bytes can arrive.
//! After each case an observer, a correct client in the same room, sends a message and receives it.

mod behind_head;
mod case;
mod closing;
mod connection;
mod control;
mod dialect;
mod dialects;
mod fragmentation;
mod frame;
mod framing;
mod handshake;
mod lengths;
mod mixtures;
mod observer;
mod request;
mod section;
mod server_frames;
mod utf8;
mod websocket_headers;

use std::collections::HashSet;

#[tokio::test]
async fn handshakes_are_validated_by_request_line_and_general_headers() {
    request::run("handshake", &handshake::cases()).await;
}

#[tokio::test]
async fn handshakes_are_validated_by_websocket_headers() {
    request::run("WebSocket headers", &websocket_headers::cases()).await;
}

#[tokio::test]
async fn frames_in_the_segment_of_the_request_head_are_processed() {
    section::run_behind_head("behind the head", &behind_head::cases()).await;
}

#[tokio::test]
async fn masking_reserved_bits_and_opcodes_are_validated() {
    section::run("framing", &framing::cases()).await;
}

#[tokio::test]
async fn fragments_are_joined_in_order() {
    section::run("fragmentation", &fragmentation::cases()).await;
}

#[tokio::test]
async fn text_must_be_utf8() {
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
async fn payload_lengths_are_limited() {
    section::run("lengths", &lengths::cases()).await;
}

#[tokio::test]
async fn server_frames_use_the_shortest_length_encoding() {
    server_frames::use_the_shortest_length().await;
}

#[tokio::test]
async fn texts_that_the_dialect_does_not_allow_are_refused() {
    section::run("dialects", &dialects::cases()).await;
}

#[tokio::test]
async fn hostile_mixtures_do_not_affect_other_clients() {
    section::run("hostile mixtures", &mixtures::cases()).await;
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
        mixtures::cases(),
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
