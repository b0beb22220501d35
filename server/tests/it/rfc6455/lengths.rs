//! Payload lengths and the limit of messages (RFC 6455 §5.2, §7.4.1, §10.4).

use parlor::limits;

use super::case::{Case, case};
use super::frame::{BINARY, CONTINUATION, FIN, Input, TEXT, first, frame, header, last, middle, text};

/// The longest message.
const LIMIT: usize = limits::FRAME_BYTES;
/// The longest text of a chat message.
const BODY: usize = limits::BODY_BYTES;

pub(crate) fn cases() -> Vec<Case> {
    // The long messages come last, because rich clients that join later receive them.
    [refused_by_header(), refused_by_sum(), top_bit(), accepted()].concat()
}

/// `length` bytes that are valid UTF-8, and a chat message in neither dialect if they are more than [`BODY`].
fn filler(length: usize) -> Vec<u8> {
    vec![b'x'; length]
}

fn accepted() -> Vec<Case> {
    let delivered = [125, 126, 127, 128, 1000, 4096, BODY - 1, BODY];
    let mut cases = delivered
        .map(|length| case(format!("message of {length} bytes"), [text(filler(length))]).delivers(["x".repeat(length)]))
        .to_vec();
    // Longer than a chat message may be: the frame is accepted, its text is refused.
    for length in [BODY + 1, 32_768, LIMIT - 2, LIMIT - 1, LIMIT] {
        cases.push(case(format!("frame of {length} bytes"), [frame(FIN | TEXT, filler(length))]).refusals(1));
    }
    let half = LIMIT / 2;
    cases.extend([
        case(
            "two fragments that are exactly at the limit",
            [frame(TEXT, filler(half)), frame(FIN | CONTINUATION, filler(half))],
        )
        .refusals(1),
        case(
            "an empty fragment after the limit is reached",
            [frame(TEXT, filler(LIMIT)), frame(FIN | CONTINUATION, "")],
        )
        .refusals(1),
        case("fragments of a message with the longest text", [first(filler(BODY - 1)), last("x")])
            .delivers(["x".repeat(BODY)]),
        case(
            "the limit applies to each message",
            [
                frame(FIN | TEXT, filler(LIMIT)),
                frame(TEXT, filler(half)),
                frame(FIN | CONTINUATION, filler(half)),
                frame(FIN | TEXT, filler(LIMIT)),
            ],
        )
        .refusals(3),
    ]);
    cases
}

fn refused_by_header() -> Vec<Case> {
    let lengths = [LIMIT as u64 + 1, LIMIT as u64 * 2, 1 << 24, 1 << 31, 1 << 32, 1 << 40, 1 << 62, i64::MAX as u64];
    let mut cases = Vec::new();
    for length in lengths {
        cases.extend([
            case(format!("header of a text of {length} bytes"), [header(FIN | TEXT, length)]).closes(1009),
            case(format!("header of a first fragment of {length} bytes"), [header(TEXT, length)]).closes(1009),
        ]);
    }
    cases.extend([
        case("text of 65537 bytes with its payload", [frame(FIN | TEXT, filler(LIMIT + 1))]).closes(1009),
        case("text of 200000 bytes with its payload", [frame(FIN | TEXT, filler(200_000))]).closes(1009),
        case(
            "header of a text of 65537 bytes after a text",
            [text("one").into(), header(FIN | TEXT, LIMIT as u64 + 1)],
        )
        .delivers(["one"])
        .closes(1009),
        case("header of a binary of 65537 bytes", [header(FIN | BINARY, LIMIT as u64 + 1)])
            .closes_with_any_of([1003, 1009]),
        case("header of a continuation of nothing of 65537 bytes", [header(FIN, LIMIT as u64 + 1)])
            .closes_with_any_of([1002, 1009]),
    ]);
    cases
}

fn refused_by_sum() -> Vec<Case> {
    let over = LIMIT as u64 + 1;
    let fragments = |count: usize, size: usize| {
        let rest = (1..count).map(move |_| middle(filler(size)));
        std::iter::once(frame(TEXT, filler(size))).chain(rest)
    };
    vec![
        case("last fragment exceeds the limit by one", [frame(TEXT, filler(LIMIT)), frame(FIN, "x")]).closes(1009),
        case("middle fragment exceeds the limit by one", [frame(TEXT, filler(LIMIT)), middle("x")]).closes(1009),
        case(
            "header of a last fragment that exceeds the limit",
            [frame(TEXT, "x").into(), header(FIN | CONTINUATION, LIMIT as u64)],
        )
        .closes(1009),
        case(
            "header of a middle fragment that exceeds the limit",
            [frame(TEXT, filler(LIMIT / 2)).into(), header(CONTINUATION, LIMIT as u64 / 2 + 1)],
        )
        .closes(1009),
        case("header of a continuation longer than the limit", [frame(TEXT, "").into(), header(FIN, over)])
            .closes(1009),
        case("header of a continuation of 2^63-1 bytes", [frame(TEXT, "x").into(), header(FIN, i64::MAX as u64)])
            .closes(1009),
        case("65 fragments of 1024 bytes", fragments(65, 1024)).closes(1009),
        case("5 fragments of 16384 bytes", fragments(5, 16_384)).closes(1009),
        case("fragments without end", fragments(1000, 100)).closes(1009),
    ]
}

/// Lengths of 64 bits whose most significant bit is set, which RFC 6455 §5.2 forbids.
fn top_bit() -> Vec<Case> {
    let lengths: [(u64, &str); 4] =
        [(1 << 63, "2^63"), ((1 << 63) | 1, "2^63+1"), ((1 << 63) | 5, "2^63+5"), (u64::MAX, "2^64-1")];
    let mut cases = Vec::new();
    for (length, name) in lengths {
        let refused = |what: &str, inputs: Vec<Input>| {
            case(format!("{what} of {name} bytes"), inputs).closes_with_any_of([1002, 1009])
        };
        cases.extend([
            refused("text", vec![header(FIN | TEXT, length)]),
            refused("first fragment", vec![header(TEXT, length)]),
            refused("continuation", vec![frame(TEXT, "x").into(), header(FIN, length)]),
        ]);
    }
    cases
}
