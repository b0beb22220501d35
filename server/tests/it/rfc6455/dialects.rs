//! Correct frames whose texts the dialect does not allow.

use super::case::{Case, case};
use super::dialect::Dialect;
use super::frame::{FIN, Input, TEXT, frame, ping, text};

const HELLO: &str = r#"{"type":"hello","rooms":[{"room":"lobby"}]}"#;

/// Texts that are not the `hello` that must be the first message of a rich client.
const NO_HELLO: &[(&str, &str)] = &[
    ("empty", ""),
    ("a name", "ana"),
    ("no JSON", "{"),
    ("null", "null"),
    ("a number", "1"),
    ("a string", r#""hello""#),
    ("an array", "[]"),
    ("an empty object", "{}"),
    ("an unknown type", r#"{"type":"nonsense"}"#),
    ("a type that is a number", r#"{"type":1}"#),
    ("a hello with a room that no room can have", r#"{"type":"hello","rooms":[{"room":"No Room"}]}"#),
    ("a hello with a cut end", r#"{"type":"hello""#),
    ("two objects", r#"{"type":"hello"}{"type":"hello"}"#),
    ("a claim", r#"{"type":"claim","name":"ana"}"#),
    ("a post", r#"{"type":"post","room":"lobby","client_id":"1","body":"text"}"#),
    ("a ping of the dialect", r#"{"type":"ping"}"#),
];

/// Names that are refused for a plain client.
const NO_NAME: &[(&str, &str)] = &[
    ("empty", ""),
    ("a space", " "),
    ("taken", "observer"),
    ("taken, with another capital letter", "Observer"),
    ("a control character", "a\u{7}b"),
    ("two lines", "a\nb"),
    ("invisible", "\u{200B}"),
    ("JSON with a line break", "{\n}"),
    ("of 33 characters", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
];

pub(crate) fn cases() -> Vec<Case> {
    [before_hello(), after_hello(), plain_names(), plain_messages()].concat()
}

fn before_hello() -> Vec<Case> {
    let one = |(name, message): &(&str, &str)| {
        case(format!("first rich text is {name}"), [frame(FIN | TEXT, message)])
            .only(Dialect::Rich)
            .not_joined()
            .refusals(1)
            .closes(1008)
    };
    NO_HELLO.iter().map(one).collect()
}

fn after_hello() -> Vec<Case> {
    let rich = |name: &str, message: &str| case(name, [frame(FIN | TEXT, message)]).only(Dialect::Rich).refusals(1);
    vec![
        rich("no JSON after hello", "nonsense"),
        rich("empty text after hello", ""),
        rich("unknown type after hello", r#"{"type":"nonsense"}"#),
        rich("second hello", HELLO),
        rich("post without a body", r#"{"type":"post","room":"lobby","client_id":"1"}"#),
        rich("post to a room not joined", r#"{"type":"post","room":"kitchen","client_id":"1","body":"text"}"#),
        case("nonsense between messages", [text("one"), frame(FIN | TEXT, "{"), text("two")])
            .only(Dialect::Rich)
            .delivers(["one", "two"])
            .refusals(1),
        case("deeply nested JSON", [frame(FIN | TEXT, "[".repeat(60_000))]).only(Dialect::Rich).refusals(1),
        case("ten times nonsense", (0..10).map(|_| frame(FIN | TEXT, "nonsense"))).only(Dialect::Rich).refusals(10),
        case("ping before hello", [ping("p").into(), Input::Join]).only(Dialect::Rich).not_joined().pongs(["p"]),
    ]
}

fn plain_names() -> Vec<Case> {
    let one = |(name, message): &(&str, &str)| {
        case(format!("plain name that is {name}"), [text(message)])
            .only(Dialect::Plain)
            .not_joined()
            .refusals(1)
            .closes(1000)
    };
    NO_NAME.iter().map(one).collect()
}

fn plain_messages() -> Vec<Case> {
    let plain = |name: &str, message: &str| case(name, [text(message)]).only(Dialect::Plain);
    vec![
        plain("plain message of spaces", "  ").refusals(1),
        plain("plain message with a control character", "a\u{1}b").refusals(1),
        plain("plain message with a NUL", "a\0b").refusals(1),
        plain("plain message with a line break and a tab", "a\n\tb").delivers(["a\n\tb"]),
        plain("plain message that is a hello", HELLO).delivers([HELLO]),
        plain("plain message with quotes", r#""\"#).delivers([r#""\"#]),
    ]
}
