use proptest::{collection::vec, prelude::*};
use serde_json::Value;

use super::strategies::text;
use crate::wire::json::Json;

/// JSON of any shape.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((text(), inner), 0..4).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Replaces everything that the parser accepts as a number by `0`. The parser also accepts malformed numbers, such as
/// `1e` or
/// `--`, and reads them as `null`.
fn with_valid_numbers(text: &str) -> String {
    let (mut rest, mut out) = (text, String::new());
    while let Some(first) = rest.chars().next() {
        let words = ["true", "false", "null"];
        let number = rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(rest.len());
        let length = match words.iter().find(|word| rest.starts_with(**word)) {
            Some(word) => word.len(),
            None if first == '"' => string_length(rest),
            None if number > 0 => number,
            None => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        out.push_str(if length == number { "0" } else { token });
        rest = after;
    }
    out
}

/// The bytes of the string at the beginning of a text, with its quotes, or of the whole text if the string has no end.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let is_end = |(at, c): &(usize, char)| {
        let ends = *at > 0 && *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    };
    text.char_indices().find(is_end).map_or(text.len(), |(at, _)| at + 1)
}

proptest! {
    #[test]
    fn any_json_is_read_and_written_unchanged(value in values(), spaced in any::<bool>()) {
        let text = if spaced { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let back = Json::parse(&text).unwrap().to_text();
        prop_assert_eq!(serde_json::from_str::<Value>(&back).unwrap(), value);
    }

    #[test]
    fn malformed_json_is_rejected_without_a_panic(text in "[\\[\\]{}\",:\\\\u0-9a-fnrtsl\u{301}é -]{0,24}") {
        let is_read = Json::parse(&text).is_some();
        prop_assert_eq!(is_read, serde_json::from_str::<Value>(&with_valid_numbers(&text)).is_ok());
        prop_assert!(is_read || serde_json::from_str::<Value>(&text).is_err());
    }
}

#[test]
fn escapes_are_read_and_malformed_ones_rejected() {
    let parsed = Json::parse(r#" [ "\ud83d\ude00\u00e9\/\b\f\r" , 1.5, -2e3 ] "#);
    let expected = Json::List(vec![Json::Text("😀é/\u{8}\u{c}\r".to_owned()), Json::Null, Json::Null]);
    assert_eq!(parsed, Some(expected));
    for broken in
        [r#""\ud83d""#, r#""\ude00""#, r#""\ud83dx""#, r#""\x""#, r#""\u12""#, "\"a", "[1,]", "{\"a\"}", "1 2", ""]
    {
        assert_eq!(Json::parse(broken), None, "{broken}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(Json::parse(&deep), None, "the stack is not the limit");
}
