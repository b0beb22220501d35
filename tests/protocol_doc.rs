//! Compares `docs/protocol.md` with the code: its JSON examples parse as frames, and its tables list the constants.

use parlor::{ClientMessage, ErrorCode, ServerMessage, plain::PlainFrame};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

const DOC: &str = include_str!("../docs/protocol.md");

/// The fenced code blocks of the document: info string and content.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let mut sections = DOC.split("```").skip(1);
    let mut blocks = Vec::new();
    while let Some(block) = sections.next() {
        blocks.push(block.split_once('\n').expect("an info string ends with its line"));
        sections.next();
    }
    blocks
}

fn examples(dialect: &str) -> Vec<Value> {
    let info = format!("json {dialect}");
    let parse = |text: &str| serde_json::from_str(text).unwrap_or_else(|e| panic!("{e} in:\n{text}"));
    blocks().into_iter().filter(|(block_info, _)| *block_info == info).map(|(_, text)| parse(text)).collect()
}

/// Parses each example as a `Frame` and serialises it again: the JSON must be equal.
fn round_trip<Frame: DeserializeOwned + Serialize>(dialect: &str) {
    let examples = examples(dialect);
    assert!(!examples.is_empty(), "no example of {dialect}");
    for example in examples {
        let frame: Frame = serde_json::from_value(example.clone()).unwrap_or_else(|e| panic!("{e}: {example}"));
        assert_eq!(serde_json::to_value(&frame).expect("a frame is JSON"), example);
    }
}

/// The wire names of an enum's variants, read from its source so that a new variant cannot be forgotten here.
fn variants(source: &str, name: &str) -> Vec<String> {
    let start = source.find(&format!("pub enum {name} {{")).expect("the enum is there");
    let body = source[start..].lines().skip(1).take_while(|line| *line != "}");
    body.filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(|line| snake_case(line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()))
        .collect()
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// The public constants in a source file, each with its name and the number that `value` parses from its expression.
fn constants(source: &str, value: impl Fn(&str) -> u64) -> Vec<(&str, u64)> {
    let items = source.lines().filter_map(|line| line.trim_start().strip_prefix("pub const "));
    items
        .map(|item| {
            let (name, rest) = item.split_once(':').expect("a constant has a type");
            let (_, number) = rest.split_once(" = ").expect("a constant has a value on its line");
            (name, value(number.trim_end_matches(';')))
        })
        .collect()
}

fn product(expression: &str) -> u64 {
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>();
    expression.split('*').map(|text| number(text).unwrap_or_else(|e| panic!("{e}: {expression}"))).product()
}

#[test]
fn every_example_parses_as_a_frame_and_serializes_back() {
    round_trip::<ClientMessage>("client");
    round_trip::<ServerMessage>("server");
    round_trip::<PlainFrame>("plain");
}

#[test]
fn every_json_block_names_its_sender() {
    for (info, text) in blocks() {
        let known = ["", "python", "json client", "json server", "json plain"];
        assert!(known.contains(&info), "```{info}\n{text}");
    }
}

#[test]
fn every_message_has_an_example() {
    for (source, name, dialect) in [
        (include_str!("../src/message/client.rs"), "ClientMessage", "client"),
        (include_str!("../src/message/server.rs"), "ServerMessage", "server"),
    ] {
        let examples: Vec<Value> = examples(dialect);
        for variant in variants(source, name).iter().filter(|variant| *variant != "unknown") {
            assert!(examples.iter().any(|example| example["type"] == **variant), "{name} {variant} has no example");
        }
    }
}

#[test]
fn every_kind_of_event_has_an_example() {
    let examples = examples("server");
    for kind in variants(include_str!("../src/event.rs"), "EventKind").iter().filter(|kind| *kind != "unknown") {
        assert!(examples.iter().any(|example| example["event"]["kind"] == **kind), "{kind} has no example");
    }
}

#[test]
fn every_error_code_is_listed_with_its_text() {
    let codes = variants(include_str!("../src/error.rs"), "ErrorCode");
    assert!(codes.len() > 10, "{codes:?}");
    for name in codes {
        let code: ErrorCode = serde_json::from_value(Value::String(name.clone())).unwrap();
        let again = if code.is_retryable() { "again " } else { "" };
        let row = format!("| `{name}` | {code} | {again}|");
        assert!(DOC.contains(&row), "missing: {row}");
    }
}

#[test]
fn every_close_code_is_listed_with_its_policy() {
    let codes = constants(include_str!("../src/close.rs"), |value| {
        product(value.trim_start_matches("Self(").trim_end_matches(')'))
    });
    assert!(codes.len() > 5, "{codes:?}");
    for (name, code) in codes {
        let number = u16::try_from(code).unwrap();
        let policy = if parlor::CloseCode(number).should_reconnect() { "| yes |" } else { "| no |" };
        let start = format!("| {code} | ");
        assert!(
            DOC.lines().any(|line| line.starts_with(&start) && line.ends_with(policy)),
            "{name}: {start}… {policy}"
        );
    }
}

#[test]
fn every_limit_is_listed_with_its_value() {
    let limits = constants(include_str!("../src/limits.rs"), product);
    assert!(limits.len() > 5, "{limits:?}");
    for (name, value) in limits {
        let start = format!("| `{name}` | {value} ");
        assert!(DOC.lines().any(|line| line.starts_with(&start)), "missing: {start}…");
    }
}

#[test]
fn the_python_examples_equal_the_tested_programs() {
    let examples: Vec<_> = blocks().into_iter().filter(|(info, _)| *info == "python").collect();
    let programs = [
        include_str!("../server/tests/reference/client.py"),
        include_str!("../server/tests/reference/bot.py"),
        include_str!("../server/tests/reference/rich_bot.py"),
    ];
    assert_eq!(examples, programs.map(|program| ("python", program)));
}
