//! Masking, reserved bits and opcodes (RFC 6455 §5.1, §5.2, §5.3).

use super::case::{Case, case};
use super::frame::{BINARY, CLOSE, CONTINUATION, FIN, Input, PING, PONG, TEXT, first, frame, last, ping, text};

const RESERVED_BITS: [(u8, &str); 7] = [
    (0x40, "RSV1"),
    (0x20, "RSV2"),
    (0x10, "RSV3"),
    (0x60, "RSV1 and RSV2"),
    (0x50, "RSV1 and RSV3"),
    (0x30, "RSV2 and RSV3"),
    (0x70, "RSV1, RSV2 and RSV3"),
];

const RESERVED_OPCODES: [u8; 10] = [0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF];

pub(crate) fn cases() -> Vec<Case> {
    [accepted(), unmasked(), reserved_bits(), reserved_opcodes(), binary()].concat()
}

fn accepted() -> Vec<Case> {
    let masked = |name: &str, mask: [u8; 4]| {
        case(format!("text masked by {name}"), [text("masked").masked_by(Some(mask))]).delivers(["masked"])
    };
    let lengths = [1, 2, 3, 4, 5, 7, 8, 9, 124, 125, 126, 127, 255, 256];
    let mut cases = vec![
        masked("zeros", [0; 4]),
        masked("ones", [0xFF; 4]),
        masked("its own first bytes", *b"mask"),
        masked("high bits", [0x80, 0, 0x80, 0]),
        masked("a key that looks like a close frame", [0x88, 0x80, 0x88, 0x80]),
        case(
            "each frame has its own masking key",
            [text("one").masked_by(Some([1, 2, 3, 4])), text("two").masked_by(Some([9, 8, 7, 6]))],
        )
        .delivers(["one", "two"]),
        case(
            "each fragment has its own masking key",
            [first("one").masked_by(Some([1, 2, 3, 4])), last("two").masked_by(Some([9, 8, 7, 6]))],
        )
        .delivers(["onetwo"]),
        case("ten texts in order", (0..10).map(|number| text(format!("text {number}"))))
            .delivers((0..10).map(|number| format!("text {number}"))),
        case("nothing at all", [Input::Raw(Vec::new())]),
        case("an empty text", [frame(FIN | TEXT, "")]).refusals(1),
    ];
    cases.extend(lengths.map(|length| {
        let body = "x".repeat(length);
        case(format!("text of {length} bytes"), [text(&body)]).delivers([body])
    }));
    cases
}

fn unmasked() -> Vec<Case> {
    let one = |name: &str, first: u8, payload: &[u8]| {
        case(format!("unmasked {name}"), [frame(first, payload).masked_by(None)]).closes(1002)
    };
    vec![
        one("text", FIN | TEXT, b"text"),
        one("empty text", FIN | TEXT, b""),
        one("text with a 16-bit length", FIN | TEXT, &[b'x'; 126]),
        one("text with a 64-bit length", FIN | TEXT, &[b'x'; 65_536]),
        one("text above the limit", FIN | TEXT, &[b'x'; 65_537]),
        one("first fragment", TEXT, b"text"),
        one("binary", FIN | BINARY, b"binary"),
        one("ping", FIN | PING, b"ping"),
        one("empty ping", FIN | PING, b""),
        one("pong", FIN | PONG, b"pong"),
        one("close", FIN | CLOSE, &1000u16.to_be_bytes()),
        one("empty close", FIN | CLOSE, b""),
        case("unmasked last fragment", [first("one"), last("two").masked_by(None)]).closes(1002),
        case("unmasked ping between fragments", [first("one"), ping("").masked_by(None)]).closes(1002),
        case("unmasked text after a masked one", [text("one"), text("two").masked_by(None)])
            .delivers(["one"])
            .closes(1002),
    ]
}

fn reserved_bits() -> Vec<Case> {
    let frames = [
        ("text", FIN | TEXT, &b"text"[..]),
        ("first fragment", TEXT, b"text"),
        ("ping", FIN | PING, b"ping"),
        ("pong", FIN | PONG, b""),
        ("close", FIN | CLOSE, &[0x03, 0xE8]),
        ("binary", FIN | BINARY, b"binary"),
    ];
    let mut cases = Vec::new();
    for (bits, bits_name) in RESERVED_BITS {
        for (name, first, payload) in frames {
            cases.push(case(format!("{bits_name} in a {name}"), [frame(first, payload).with_bits(bits)]).closes(1002));
        }
        cases.push(
            case(format!("{bits_name} in the last fragment"), [first("one"), last("two").with_bits(bits)]).closes(1002),
        );
    }
    cases.push(
        case("reserved bits after a correct text", [text("one"), text("two").with_bits(0x40)])
            .delivers(["one"])
            .closes(1002),
    );
    cases
}

fn reserved_opcodes() -> Vec<Case> {
    let mut cases = Vec::new();
    for opcode in RESERVED_OPCODES {
        let name = format!("reserved opcode {opcode:#x}");
        cases.push(case(&*name, [frame(FIN | opcode, "payload")]).closes(1002));
        cases.push(case(format!("{name} without payload"), [frame(FIN | opcode, "")]).closes(1002));
        cases.push(case(format!("{name} without FIN"), [frame(opcode, "payload")]).closes(1002));
        cases.push(case(format!("{name} between fragments"), [first("one"), frame(FIN | opcode, "")]).closes(1002));
    }
    cases.push(
        case("reserved opcode after a text and a ping", [text("one"), ping("two"), frame(FIN | 0x3, "")])
            .delivers(["one"])
            .pongs(["two"])
            .closes(1002),
    );
    cases
}

fn binary() -> Vec<Case> {
    vec![
        case("binary", [frame(FIN | BINARY, [0, 1, 2])]).closes(1003),
        case("empty binary", [frame(FIN | BINARY, "")]).closes(1003),
        case("binary that is valid text", [frame(FIN | BINARY, "text")]).closes(1003),
        case("first fragment of a binary", [frame(BINARY, "binary")]).closes(1003),
        case("fragmented binary", [frame(BINARY, "one"), frame(FIN | CONTINUATION, "two")]).closes(1003),
        case("binary after a text", [text("one"), frame(FIN | BINARY, "two")]).delivers(["one"]).closes(1003),
        // A new data frame inside a fragmented message is a protocol error, whatever its type.
        case("binary between fragments", [first("one"), frame(FIN | BINARY, "two")]).closes_with_any_of([1002, 1003]),
    ]
}
