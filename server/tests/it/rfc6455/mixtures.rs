//! Mixtures of correct and incorrect bytes, as a hostile or broken client might send them.

use super::case::{Case, End, case};
use super::frame::{FIN, Input, TEXT, close, first, frame, header, last, middle, ping, pong, text};

pub(crate) fn cases() -> Vec<Case> {
    [floods(), other_protocols(), unfinished(), violations_in_company()].concat()
}

fn raw(bytes: impl AsRef<[u8]>) -> Input {
    Input::Raw(bytes.as_ref().to_vec())
}

fn floods() -> Vec<Case> {
    let pings = |count: u8| (0..count).map(|number| ping([number]));
    let payloads = |count: u8| (0..count).map(|number| [number]);
    vec![
        case("50 pings, then text", pings(50).chain([text("text")])).delivers(["text"]).pongs(payloads(50)),
        case("200 pings of 125 bytes", (0..200).map(|number| ping([number; 125])))
            .pongs((0..200).map(|number| [number; 125])),
        case("200 pongs, then text", (0..200).map(|number| pong([number])).chain([text("text")])).delivers(["text"]),
        case("pings and texts in turn", (0..20).flat_map(|number| [ping([number]), text(number.to_string())]))
            .delivers((0..20).map(|number| number.to_string()))
            .pongs(payloads(20)),
        case("100 empty texts", (0..100).map(|_| frame(FIN | TEXT, ""))).refusals(100),
        case("1000 empty fragments", {
            [first("te")].into_iter().chain((0..1000).map(|_| middle(""))).chain([last("xt")])
        })
        .delivers(["text"]),
        case("a ping between each of 100 fragments", {
            let between = (0..100).flat_map(|number| [ping([number]), middle("x")]);
            [first("<")].into_iter().chain(between).chain([last(">")])
        })
        .delivers([format!("<{}>", "x".repeat(100))])
        .pongs(payloads(100)),
        case("20 pings, then a violation", pings(20).chain([frame(FIN | 0x3, "")])).pongs(payloads(20)).closes(1002),
        case("20 pings, then a close", pings(20).chain([close(4321, "")])).pongs(payloads(20)).closes(4321),
        case("50 texts, then a violation", {
            (0..50).map(|number| text(number.to_string())).chain([text("late").masked_by(None)])
        })
        .delivers((0..50).map(|number| number.to_string()))
        .closes(1002),
    ]
}

/// Other protocols on an open WebSocket.
fn other_protocols() -> Vec<Case> {
    let violation = |name: &str, bytes: &[u8]| case(format!("{name} as frames"), [raw(bytes)]).closes(1002);
    vec![
        violation("an HTTP request", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        violation("an HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        violation("a TLS ClientHello", &[0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]),
        violation("bare text", b"hello, is anybody there?\n"),
        violation("an SSH banner", b"SSH-2.0-OpenSSH_9.6\r\n"),
        violation("zeros", &[0; 64]),
        violation("ones", &[0xFF; 64]),
        violation("a frame of the Hixie-76 draft", b"\0hello\xFF"),
        violation("a server's text frame", b"\x81\x05hello"),
        violation("a server's close frame", b"\x88\x02\x03\xE8"),
        violation("JSON", br#"{"type":"hello"}"#),
    ]
}

/// Frames and messages that are never completed.
fn unfinished() -> Vec<Case> {
    vec![
        case("half a text, then a reset", [raw([0x81, 0xFE, 0x40, 0x00, 1, 2, 3, 4, 5])]).ends(End::Reset),
        case("a header of 64 KiB without payload, then a reset", [header(FIN | TEXT, 65_536)]).ends(End::Reset),
        case("a header of 64 KiB without payload, then the end", [header(FIN | TEXT, 65_536)]).ends(End::Disconnect),
        case("a fragmented message of 60000 bytes, then a reset", [frame(TEXT, vec![b'x'; 60_000])]).ends(End::Reset),
        case("100 first fragments", (0..100).map(|_| first("x"))).closes(1002),
        case("a ping whose payload is cut off by the end", [raw([0x89, 0x84, 0, 0, 0, 0, b'p'])]).ends(End::Disconnect),
        case("frames inside the payload of a text", [text("\u{89}\u{80}\u{88}<").into(), raw([])]).refusals(1),
    ]
}

/// Violations together with correct frames.
fn violations_in_company() -> Vec<Case> {
    vec![
        case("text, ping, fragment, violation", [text("one"), ping("p"), first("two"), text("three")])
            .delivers(["one"])
            .pongs(["p"])
            .closes(1002),
        case("the first of two violations counts", [frame(FIN | 0x2, "binary"), text([0xFF])]).closes(1003),
        case("invalid UTF-8, then a reserved opcode", [text([0xFF]), frame(FIN | 0x3, "")]).closes(1007),
        case("a reserved opcode, then invalid UTF-8", [frame(FIN | 0x3, ""), text([0xFF])]).closes(1002),
        case("a message that is too long, then a close", [header(FIN | TEXT, 1 << 20), close(1000, "").into()])
            .closes(1009),
        case("an unmasked binary with reserved bits", [frame(FIN | 0x2, "x").with_bits(0x70).masked_by(None)])
            .closes(1002),
        case("an unmasked text that is too long", [raw([0x81, 0x7F, 0, 0, 0, 0, 1, 0, 0, 0])]).closes(1002),
        case("a fragmented reserved opcode that is too long", [header(0x5, 1 << 20)]).closes(1002),
        case("text, close, text, close", [text("1"), close(1000, ""), text("2"), close(1001, "")])
            .delivers(["1"])
            .closes(1000),
    ]
}
