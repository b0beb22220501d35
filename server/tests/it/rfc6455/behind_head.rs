//! Messages and the end of the connection in the same segment as the request head. No message may be lost.

use super::case::{Case, End, case};
use super::frame::{CLOSE, FIN, TEXT, close, first, frame, last, ping, text};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("behind the head: text", [text("one")]).delivers(["one"]),
        case("behind the head: text and ping", [text("one"), ping("p")]).delivers(["one"]).pongs(["p"]),
        case("behind the head: fragments around a ping", [first("one "), ping("p"), last("two")])
            .delivers(["one two"])
            .pongs(["p"]),
        case("behind the head: text of 16000 bytes", [text("x".repeat(16_000))]).delivers(["x".repeat(16_000)]),
        case("behind the head: text, then close", [text("one"), close(1000, "")]).delivers(["one"]).closes(1000),
        case("behind the head: text, then close without payload", [text("one"), frame(FIN | CLOSE, "")])
            .delivers(["one"])
            .ends(End::ClosedWithoutCode),
        case("behind the head: text, then a violation", [text("one"), frame(FIN | 0x3, "")])
            .delivers(["one"])
            .closes(1002),
        case("behind the head: text, then invalid UTF-8", [text("one"), frame(FIN | TEXT, [0xFF])])
            .delivers(["one"])
            .closes(1007),
        case("behind the head: text, then the end of the stream", [text("one")])
            .delivers(["one"])
            .ends(End::Disconnect),
    ]
}
