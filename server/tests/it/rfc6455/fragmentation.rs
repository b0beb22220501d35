//! Messages in fragments (RFC 6455 §5.4).

use super::case::{Case, case};
use super::frame::{CONTINUATION, FIN, Input, PING, TEXT, first, frame, last, middle, ping, pong, text};

pub(crate) fn cases() -> Vec<Case> {
    [accepted(), with_control_frames(), refused()].concat()
}

/// A message of `count` fragments with one byte each.
fn single_bytes(count: usize) -> Vec<Input> {
    let middles = (2..count).map(|_| middle("x").into());
    std::iter::once(first("x").into()).chain(middles).chain([last("x").into()]).collect()
}

fn accepted() -> Vec<Case> {
    let mut cases = vec![
        case("two fragments", [first("one "), last("two")]).delivers(["one two"]),
        case("three fragments", [first("one "), middle("two "), last("three")]).delivers(["one two three"]),
        case("empty first fragment", [first(""), last("text")]).delivers(["text"]),
        case("empty last fragment", [first("text"), last("")]).delivers(["text"]),
        case("empty middle fragments", [first("te"), middle(""), middle(""), last("xt")]).delivers(["text"]),
        case("only the last fragment has a payload", [first(""), middle(""), last("text")]).delivers(["text"]),
        case("fragments of nothing", [frame(TEXT, ""), frame(FIN | CONTINUATION, "")]).refusals(1),
        case("two fragmented messages", [first("a"), last("b"), first("c"), last("d")]).delivers(["ab", "cd"]),
        case("whole, fragmented, whole", [text("a"), first("b"), last("c"), text("d")]).delivers(["a", "bc", "d"]),
        case("first fragment with a 16-bit length", [first("x".repeat(200)), last("y")])
            .delivers([format!("{}y", "x".repeat(200))]),
        case("last fragment with a 16-bit length", [first("x"), last("y".repeat(200))])
            .delivers([format!("x{}", "y".repeat(200))]),
        case("eight fragments of 2000 bytes", {
            let middles = (0..6).map(|_| middle("x".repeat(2000)));
            [first("x".repeat(2000))].into_iter().chain(middles).chain([last("x".repeat(2000))])
        })
        .delivers(["x".repeat(16_000)]),
    ];
    for count in [2, 10, 100, 1000] {
        cases.push(case(format!("{count} fragments of one byte"), single_bytes(count)).delivers(["x".repeat(count)]));
    }
    cases
}

fn with_control_frames() -> Vec<Case> {
    vec![
        case("ping between fragments", [first("one "), ping("p"), last("two")]).delivers(["one two"]).pongs(["p"]),
        case("empty ping between fragments", [first("one "), ping(""), last("two")]).delivers(["one two"]).pongs([""]),
        case("pong between fragments", [first("one "), pong("p"), last("two")]).delivers(["one two"]),
        case("pings around all fragments", [ping("1"), first("a"), ping("2"), middle("b"), ping("3"), last("c")])
            .delivers(["abc"])
            .pongs(["1", "2", "3"]),
        case("ping of 125 bytes between fragments", [first("one "), ping([7; 125]), last("two")])
            .delivers(["one two"])
            .pongs([[7; 125]]),
        case("100 pings between two fragments", {
            let pings = (0..100).map(|number| ping(format!("ping {number}")));
            [first("one ")].into_iter().chain(pings).chain([last("two")])
        })
        .delivers(["one two"])
        .pongs((0..100).map(|number| format!("ping {number}"))),
        case("ping after an unfinished message", [first("one"), ping("p"), last("")]).delivers(["one"]).pongs(["p"]),
    ]
}

fn refused() -> Vec<Case> {
    vec![
        case("continuation of nothing", [frame(CONTINUATION, "text")]).closes(1002),
        case("empty continuation of nothing", [frame(CONTINUATION, "")]).closes(1002),
        case("last fragment of nothing", [frame(FIN | CONTINUATION, "text")]).closes(1002),
        case("empty last fragment of nothing", [frame(FIN | CONTINUATION, "")]).closes(1002),
        case("continuation after a whole message", [text("one"), middle("two")]).delivers(["one"]).closes(1002),
        case("last fragment twice", [first("one"), last("two"), frame(FIN | CONTINUATION, "three")])
            .delivers(["onetwo"])
            .closes(1002),
        case("continuation after a ping", [ping("p"), frame(FIN | CONTINUATION, "")]).pongs(["p"]).closes(1002),
        case("whole text inside a message", [first("one"), text("two")]).closes(1002),
        case("empty text inside a message", [first("one"), frame(FIN | TEXT, "")]).closes(1002),
        case("first fragment inside a message", [first("one"), first("two")]).closes(1002),
        case("text after an empty first fragment", [first(""), text("two")]).closes(1002),
        case("text after several fragments", [first("a"), middle("b"), middle("c"), text("d")]).closes(1002),
        case("text after fragments and pings", [first("a"), ping("1"), middle("b"), ping("2"), text("c")])
            .pongs(["1", "2"])
            .closes(1002),
        case("fragmented ping inside a message", [first("one"), frame(PING, "p")]).closes(1002),
    ]
}
