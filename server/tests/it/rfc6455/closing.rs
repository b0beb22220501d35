//! The closing handshake and its codes (RFC 6455 §5.5.1, §7).

use super::case::{Case, End, case};
use super::frame::{CLOSE, FIN, Input, close, first, frame, ping, pong, text};

/// Codes that may not be in a frame, or that nobody has defined (RFC 6455 §7.4).
const INVALID_CODES: [u16; 20] = [
    0, 1, 100, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1050, 1100, 1999, 2000, 2500, 2999, 5000, 9999, 32_768, 65_535,
];

/// Codes of RFC 6455, of its IANA registry, of libraries and of applications.
const VALID_CODES: [u16; 19] =
    [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000, 4001, 4500, 4999];

pub(crate) fn cases() -> Vec<Case> {
    [codes(), payloads(), reasons(), after_close(), messages_before_close(), disconnects()].concat()
}

fn codes() -> Vec<Case> {
    let valid = VALID_CODES.map(|code| case(format!("close with {code}"), [close(code, "")]).closes(code));
    let invalid = INVALID_CODES.map(|code| case(format!("close with {code}"), [close(code, "")]).closes(1002));
    let mut cases = [&valid[..], &invalid[..]].concat();
    cases.extend([
        case("close with an invalid code and a reason", [close(1005, "reason")]).closes(1002),
        case("close with 3000 and a reason", [close(3000, "reason")]).closes(3000),
        case("close before joining", [close(1000, "")]).not_joined().closes(1000),
        case("close with an invalid code before joining", [close(1006, "")]).not_joined().closes(1002),
    ]);
    cases
}

fn payloads() -> Vec<Case> {
    vec![
        case("close without payload", [frame(FIN | CLOSE, "")]).ends(End::ClosedWithoutCode),
        case("close without payload before joining", [frame(FIN | CLOSE, "")])
            .not_joined()
            .ends(End::ClosedWithoutCode),
        case("close with one byte", [frame(FIN | CLOSE, [0x03])]).closes(1002),
        case("close with one zero byte", [frame(FIN | CLOSE, [0])]).closes(1002),
        case("close masked by zeros", [close(1000, "").masked_by(Some([0; 4]))]).closes(1000),
    ]
}

fn reasons() -> Vec<Case> {
    let valid = [
        ("of one byte", b"x".to_vec()),
        ("of 122 bytes", vec![b'x'; 122]),
        ("of 123 bytes", vec![b'x'; 123]),
        ("of 123 bytes in Chinese", "再".repeat(41).into_bytes()),
        ("of emoji", "👋👩\u{200d}💻".into()),
        ("with a NUL", b"a\0b".to_vec()),
    ];
    let invalid = [
        ("a lone byte FF", vec![0xFF]),
        ("a lone continuation", vec![0x80]),
        ("a broken character", vec![b'x', 0xC3, 0x28]),
        ("a truncated character", vec![b'x', 0xE2, 0x82]),
        ("a surrogate", vec![0xED, 0xA0, 0x80]),
        ("an overlong slash", vec![0xC0, 0xAF]),
        ("a character above U+10FFFF", vec![0xF4, 0x90, 0x80, 0x80]),
        ("123 bytes that end inside a character", [&[b'x'; 122][..], &[0xC3]].concat()),
    ];
    let accepted =
        valid.map(|(name, reason)| case(format!("close with a reason {name}"), [close(1000, reason)]).closes(1000));
    let refused = invalid
        .map(|(name, reason)| case(format!("close with a reason that is {name}"), [close(1000, reason)]).closes(1007));
    let mut cases = [&accepted[..], &refused[..]].concat();
    cases.push(case("close with a reason of 124 bytes", [close(1000, [b'x'; 124])]).closes(1002));
    cases
}

fn after_close() -> Vec<Case> {
    let after = |name: &str, input: Input| {
        case(format!("{name} after a close frame is ignored"), [close(1000, "").into(), input]).closes(1000)
    };
    vec![
        after("text", text("late").into()),
        after("ping", ping("late").into()),
        after("pong", pong("late").into()),
        after("another close", close(1001, "").into()),
        after("an invalid close", close(1005, "").into()),
        after("an unmasked frame", text("late").masked_by(None).into()),
        after("a reserved opcode", frame(FIN | 0xB, "").into()),
        after("a fragment", first("late").into()),
        after("the beginning of a frame", Input::Raw(vec![0x81])),
        after("a stream of zeros", Input::Raw(vec![0; 5000])),
        after("an HTTP request", Input::Raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec())),
        case("text after a refused frame is ignored", [text("one").with_bits(0x40), text("late")]).closes(1002),
        case("close after a refused frame is ignored", [text("one").with_bits(0x40), close(3000, "")]).closes(1002),
        case("ping after a refused frame is ignored", [frame(FIN | 0x3, ""), ping("late")]).closes(1002),
    ]
}

fn messages_before_close() -> Vec<Case> {
    vec![
        case("text before a close", [text("one"), close(1000, "")]).delivers(["one"]).closes(1000),
        case("three texts before a close", [text("1"), text("2"), text("3"), close(4999, "")])
            .delivers(["1", "2", "3"])
            .closes(4999),
        case("ping before a close", [ping("p"), close(1000, "")]).pongs(["p"]).closes(1000),
        case("close inside a message", [first("one"), close(1001, "")]).closes(1001),
        case("close without payload inside a message", [first("one"), frame(FIN | CLOSE, "")])
            .ends(End::ClosedWithoutCode),
        case("text before a close without payload", [text("one"), frame(FIN | CLOSE, "")])
            .delivers(["one"])
            .ends(End::ClosedWithoutCode),
        case("text before an invalid close", [text("one"), close(1005, "")]).delivers(["one"]).closes(1002),
    ]
}

/// Clients that end the TCP connection without a close frame.
fn disconnects() -> Vec<Case> {
    let raw = |bytes: &[u8]| Input::Raw(bytes.to_vec());
    vec![
        case("end of stream", [raw(b"")]).ends(End::Disconnect),
        case("end of stream before joining", [raw(b"")]).not_joined().ends(End::Disconnect),
        case("end of stream after one byte of a header", [raw(&[0x81])]).ends(End::Disconnect),
        case("end of stream inside a masking key", [raw(&[0x81, 0x85, 1, 2])]).ends(End::Disconnect),
        case("end of stream inside a payload", [raw(&[0x81, 0x85, 1, 2, 3, 4, 5])]).ends(End::Disconnect),
        case("end of stream inside a message", [first("one")]).ends(End::Disconnect),
        case("end of stream inside a close frame", [raw(&[0x88, 0x82, 0, 0, 0, 0, 0x03])]).ends(End::Disconnect),
        case("end of stream after a text", [text("one")]).delivers(["one"]).ends(End::Disconnect),
        case("reset", [raw(b"")]).ends(End::Reset),
        case("reset before joining", [raw(b"")]).not_joined().ends(End::Reset),
        case("reset inside a payload", [raw(&[0x81, 0x85, 1, 2, 3, 4, 5])]).ends(End::Reset),
        case("reset inside a message", [first("one")]).ends(End::Reset),
    ]
}
