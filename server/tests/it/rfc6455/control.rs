//! Ping, pong, and the limits of control frames (RFC 6455 §5.5).

use super::case::{Case, case};
use super::frame::{CLOSE, FIN, PING, PONG, first, frame, header, ping, pong, text};

pub(crate) fn cases() -> Vec<Case> {
    [pings(), pongs(), refused()].concat()
}

fn pings() -> Vec<Case> {
    let mut cases = vec![
        case("ping with every byte value", [ping(bytes(0..=124)), ping(bytes(125..=249)), ping(bytes(250..=255))])
            .pongs([bytes(0..=124), bytes(125..=249), bytes(250..=255)]),
        case("ping that is not UTF-8", [ping([0xC3, 0x28, 0xFF])]).pongs([[0xC3, 0x28, 0xFF]]),
        case("ping that looks like a frame", [ping(b"\x88\x82\0\0\0\0\x03\xE8")]).pongs([b"\x88\x82\0\0\0\0\x03\xE8"]),
        case("pings in order", (0..10).map(|number| ping([number]))).pongs((0..10).map(|number| [number])),
        case("the same ping three times", [ping("p"), ping("p"), ping("p")]).pongs(["p", "p", "p"]),
        case("ping before and after a text", [ping("1"), text("text"), ping("2")]).delivers(["text"]).pongs(["1", "2"]),
        case("ping masked by zeros", [ping("p").masked_by(Some([0; 4]))]).pongs(["p"]),
        case("ping from a client that has not joined", [ping("p")]).not_joined().pongs(["p"]),
        case("pings of all lengths", (0..=125).map(|length| ping(vec![b'p'; length])))
            .pongs((0..=125).map(|length| vec![b'p'; length])),
    ];
    for length in [0, 1, 2, 64, 124, 125] {
        let payload = vec![0xAA; length];
        cases.push(case(format!("ping of {length} bytes"), [ping(&payload)]).pongs([payload]));
    }
    cases
}

fn pongs() -> Vec<Case> {
    vec![
        case("unsolicited pong", [pong("p")]),
        case("unsolicited empty pong", [pong("")]),
        case("unsolicited pong of 125 bytes", [pong([1; 125])]),
        case("unsolicited pong that is not UTF-8", [pong([0xFF])]),
        case("ten unsolicited pongs", (0..10).map(|number| pong([number]))),
        case("pong, ping, pong", [pong("1"), ping("2"), pong("3")]).pongs(["2"]),
        case("pong before a text", [pong("p"), text("text")]).delivers(["text"]),
        case("unsolicited pong from a client that has not joined", [pong("p")]).not_joined(),
    ]
}

fn refused() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, opcode) in [("ping", PING), ("pong", PONG), ("close", CLOSE)] {
        let payload = if opcode == CLOSE { vec![0x03, 0xE8] } else { b"payload".to_vec() };
        let long = |length: usize| [&payload[..2], &vec![b'x'; length - 2]].concat();
        cases.extend([
            case(format!("fragmented {name}"), [frame(opcode, &payload)]).closes(1002),
            case(format!("empty fragmented {name}"), [frame(opcode, "")]).closes(1002),
            case(format!("{name} in two fragments"), [frame(opcode, &payload), frame(FIN, "")]).closes(1002),
            case(format!("{name} of 126 bytes"), [frame(FIN | opcode, long(126))]).closes(1002),
            case(format!("{name} of 65535 bytes"), [frame(FIN | opcode, long(65_535))]).closes(1002),
            case(format!("{name} of 65536 bytes"), [frame(FIN | opcode, long(65_536))]).closes(1002),
            case(format!("header of a {name} of 126 bytes"), [header(FIN | opcode, 126)]).closes(1002),
            case(format!("header of a {name} of 2^32 bytes"), [header(FIN | opcode, 1 << 32)]).closes(1002),
            case(format!("long fragmented {name}"), [frame(opcode, long(126))]).closes(1002),
            case(format!("long {name} inside a message"), [first("one"), frame(FIN | opcode, long(126))]).closes(1002),
        ]);
    }
    cases
}

fn bytes(range: std::ops::RangeInclusive<u8>) -> Vec<u8> {
    range.collect()
}
