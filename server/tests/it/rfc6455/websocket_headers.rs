//! The headers `Sec-WebSocket-Version`, `-Key`, `-Protocol` and `-Extensions` (RFC 6455 §4.2.1, §9.1, §11.3).

use super::request::{Request, request};

const VERSION: &str = "Sec-WebSocket-Version";
const KEY: &str = "Sec-WebSocket-Key";
const PROTOCOL: &str = "Sec-WebSocket-Protocol";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

/// Base64 of 16 bytes.
const KEYS: &[&str] = &[
    "AAAAAAAAAAAAAAAAAAAAAA==",
    "/////////////////////w==",
    "dGhlIHNhbXBsZSBub25jZQ==",
    "x3JJHMbDL1EzLkh9GBhXDw==",
    "++++++++++++++++++++++==",
];

/// Keys that are not base64 of exactly 16 bytes.
const BAD_KEYS: &[(&str, &str)] = &[
    ("empty", ""),
    ("of 24 characters outside the alphabet", "!!!!!!!!!!!!!!!!!!!!!!=="),
    ("with one character outside the alphabet", "dGhlIHNhbXBsZSBub25j*Q=="),
    ("in the alphabet for addresses", "____________________-w=="),
    ("of 15 bytes", "AAAAAAAAAAAAAAAAAAAA"),
    ("of 17 bytes", "AAAAAAAAAAAAAAAAAAAAAAA="),
    ("of 18 bytes", "AAAAAAAAAAAAAAAAAAAAAAAA"),
    ("of 32 bytes", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ("of one byte", "AA=="),
    ("without padding", "AAAAAAAAAAAAAAAAAAAAAA"),
    ("with half the padding", "AAAAAAAAAAAAAAAAAAAAAA="),
    ("with too much padding", "AAAAAAAAAAAAAAAAAAAAAA==="),
    ("with only padding", "========================"),
    ("with padding in front", "==AAAAAAAAAAAAAAAAAAAAAA"),
    ("with padding inside", "AAAAAAAAAA==AAAAAAAAAAAA"),
    ("with a space inside", "AAAAAAAAAAA AAAAAAAAAA=="),
    ("with a tab inside", "AAAAAAAAAAA\tAAAAAAAAAA=="),
    ("with a space before the padding", "AAAAAAAAAAAAAAAAAAAAA =="),
    ("in quotes", "\"AAAAAAAAAAAAAAAAAAAAAA==\""),
    ("twice in one header", "AAAAAAAAAAAAAAAAAAAAAA==, AAAAAAAAAAAAAAAAAAAAAA=="),
    ("text", "the sample nonce of 1.3!"),
];

/// Correct offers of extensions, which the server ignores.
const OFFERS: &[&str] = &[
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; client_max_window_bits=15",
    "permessage-deflate; client_max_window_bits=\"15\"",
    "permessage-deflate;server_no_context_takeover;client_max_window_bits=10",
    "permessage-deflate; client_max_window_bits, permessage-deflate",
    "permessage-deflate; server_max_window_bits=8, x-webkit-deflate-frame",
    "foo, bar; baz=2",
    "foo; a; b=1; c=\"two\", bar; d",
    "foo;bar,baz",
    "x!#$%&'*+-.^_`|~0",
];

/// Malformed lists of offers.
const BAD_OFFERS: &[&str] = &[
    "",
    ",",
    ";",
    ";foo",
    "foo;",
    "foo; ;bar",
    "foo; =1",
    "foo; bar=",
    "foo; bar==1",
    "foo; bar=1=2",
    "foo; bar=1 2",
    "foo; bar baz",
    "foo bar",
    "foo; bar=\"",
    "foo; bar=\"baz",
    "foo; bar=baz\"",
    "foo; bar=\"\"",
    "foo; bar=\"with space\"",
    "foo; bar=\"a,b\"",
    "foo; bar=\"a\"b",
    "foo; bar='a;b'@",
    "\"foo\"",
    "foo=1",
    "foo@bar",
    "foo/1",
    "foo; b@r",
    "foo; bar=b@z",
    "foo; bar=(baz)",
    "foo; bar={baz}",
    "foo, bar;",
    "permessage-deflate; client_max_window_bits, ;",
];

pub(crate) fn cases() -> Vec<Request> {
    [versions(), keys(), protocols(), extensions()].concat()
}

fn versions() -> Vec<Request> {
    let refused =
        ["", "0", "7", "8", "12", "14", "25", "255", "256", "013", "+13", "13.0", "0xd", "13, 8", "8, 13", "a"];
    let mut cases: Vec<_> = refused
        .iter()
        .map(|version| request(format!("version {version:?}")).set(VERSION, version).answers([426]))
        .collect();
    let repeated = |first: &str, second: &str| {
        request(format!("versions {first} and {second}")).set(VERSION, first).with(VERSION, second).answers([400])
    };
    cases.extend([
        request("no version").without(VERSION).answers([426]),
        repeated("13", "13"),
        repeated("13", "8"),
        repeated("8", "13").answers([400, 426]),
    ]);
    cases
}

fn keys() -> Vec<Request> {
    let accepted = KEYS.iter().map(|key| request(format!("key {key}")).set(KEY, key));
    let refused = BAD_KEYS.iter().map(|(name, key)| request(format!("key {name}")).set(KEY, key).answers([400]));
    let others = [
        request("no key").without(KEY).answers([400]),
        request("key in spaces").set(KEY, "  dGhlIHNhbXBsZSBub25jZQ==\t "),
        request("key that is not ASCII").set(KEY, b"\xFFGhlIHNhbXBsZSBub25jZQ==").answers([400]),
        request("the same key twice").with(KEY, KEYS[2]).answers([400]),
        request("two keys").with(KEY, KEYS[0]).answers([400]),
        request("a correct and an empty key").with(KEY, "").answers([400]),
    ];
    accepted.chain(refused).chain(others).collect()
}

fn protocols() -> Vec<Request> {
    let chosen =
        |offer: &str, subprotocol| request(format!("subprotocols {offer}")).with(PROTOCOL, offer).chooses(subprotocol);
    let refused = |offer: &str| request(format!("subprotocols {offer}")).with(PROTOCOL, offer).answers([400]);
    let rich = Some("parlor.v1");
    vec![
        chosen("parlor.v1", rich),
        chosen("parlor.v9, parlor.v1", rich),
        chosen("parlor.v1, parlor.v9", rich),
        chosen("chat, parlor.v1, superchat", rich),
        chosen("chat,parlor.v1", rich),
        chosen("chat", None),
        chosen("chat, superchat", None),
        chosen("parlorv1", None),
        request("parlor.v1 in a second header").with(PROTOCOL, "chat").with(PROTOCOL, "parlor.v1").chooses(rich),
        request("parlor.v1 in a third header")
            .with(PROTOCOL, "chat")
            .with(PROTOCOL, "parlor.v9")
            .with(PROTOCOL, "parlor.v1")
            .chooses(rich),
        refused("parlor.v9"),
        refused("parlor.v10"),
        refused("parlor."),
        refused("parlor.v1x"),
        refused("parlor.v1.1"),
        refused("chat, parlor.v2"),
        refused("parlor.v2, parlor.v3"),
    ]
}

fn extensions() -> Vec<Request> {
    let accepted = OFFERS.iter().map(|offer| request(format!("extensions {offer}")).with(EXTENSIONS, offer));
    let refused =
        BAD_OFFERS.iter().map(|offer| request(format!("extensions {offer:?}")).with(EXTENSIONS, offer).answers([400]));
    let others = [
        request("extensions that are not ASCII").with(EXTENSIONS, b"foo; bar=\xE4").answers([400]),
        request("malformed extensions in a second header")
            .with(EXTENSIONS, "permessage-deflate")
            .with(EXTENSIONS, "foo;")
            .answers([400]),
        request("malformed extensions in the first of two headers")
            .with(EXTENSIONS, "foo bar")
            .with(EXTENSIONS, "permessage-deflate")
            .answers([400]),
    ];
    accepted.chain(refused).chain(others).collect()
}
