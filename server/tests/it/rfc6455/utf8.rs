//! Text messages must be UTF-8 (RFC 6455 §5.6, §8.1).

use super::case::{Case, case};
use super::frame::{first, last, middle, ping, text};

/// Byte sequences that are not UTF-8, by the rule that they break.
const INVALID: &[(&str, &[u8])] = &[
    ("a lone continuation 80", &[0x80]),
    ("a lone continuation BF", &[0xBF]),
    ("two lone continuations", &[0x80, 0xBF]),
    ("all 64 continuations", &ALL_CONTINUATIONS),
    ("a lead byte of two without continuation", &[0xC3]),
    ("a lead byte of two before a letter", &[0xC3, 0x28]),
    ("a lead byte of three without continuation", &[0xE2]),
    ("three bytes without the last", &[0xE2, 0x82]),
    ("three bytes with a letter in the middle", &[0xE2, 0x28, 0xA1]),
    ("three bytes with a letter at the end", &[0xE2, 0x82, 0x28]),
    ("a lead byte of four without continuation", &[0xF0]),
    ("four bytes without the last two", &[0xF0, 0x9F]),
    ("four bytes without the last", &[0xF0, 0x9F, 0x98]),
    ("four bytes with a letter in second place", &[0xF0, 0x28, 0x8C, 0xBC]),
    ("four bytes with a letter in third place", &[0xF0, 0x90, 0x28, 0xBC]),
    ("four bytes with a letter at the end", &[0xF0, 0x90, 0x8C, 0x28]),
    ("two lead bytes", &[0xC3, 0xC3]),
    ("one continuation too many", &[0xC3, 0xA4, 0xA4]),
    ("overlong NUL in two bytes", &[0xC0, 0x80]),
    ("overlong slash in two bytes", &[0xC0, 0xAF]),
    ("overlong slash in three bytes", &[0xE0, 0x80, 0xAF]),
    ("overlong slash in four bytes", &[0xF0, 0x80, 0x80, 0xAF]),
    ("overlong slash in five bytes", &[0xF8, 0x80, 0x80, 0x80, 0xAF]),
    ("overlong slash in six bytes", &[0xFC, 0x80, 0x80, 0x80, 0x80, 0xAF]),
    ("the highest overlong in two bytes", &[0xC1, 0xBF]),
    ("the highest overlong in three bytes", &[0xE0, 0x9F, 0xBF]),
    ("the highest overlong in four bytes", &[0xF0, 0x8F, 0xBF, 0xBF]),
    ("the lowest surrogate", &[0xED, 0xA0, 0x80]),
    ("the highest high surrogate", &[0xED, 0xAF, 0xBF]),
    ("the lowest low surrogate", &[0xED, 0xB0, 0x80]),
    ("the highest surrogate", &[0xED, 0xBF, 0xBF]),
    ("a pair of surrogates (CESU-8)", &[0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
    ("U+110000", &[0xF4, 0x90, 0x80, 0x80]),
    ("U+13FFFF", &[0xF4, 0xBF, 0xBF, 0xBF]),
    ("lead byte F5", &[0xF5, 0x80, 0x80, 0x80]),
    ("lead byte F7", &[0xF7, 0xBF, 0xBF, 0xBF]),
    ("five bytes", &[0xF8, 0x88, 0x80, 0x80, 0x80]),
    ("six bytes", &[0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]),
    ("byte FE", &[0xFE]),
    ("byte FF", &[0xFF]),
    ("a UTF-16 byte order mark", &[0xFF, 0xFE]),
    ("Latin-1", b"na\xEFve"),
];

/// Every continuation byte.
const ALL_CONTINUATIONS: [u8; 64] = {
    let mut bytes = [0; 64];
    let mut index = 0;
    while index < 64 {
        bytes[index] = 0x80 + index as u8;
        index += 1;
    }
    bytes
};

/// Characters at the ends of the UTF-8 length ranges, and some common ones.
const VALID: &[(&str, &str)] = &[
    ("the highest of one byte that is printed", "~"),
    ("the lowest of two bytes that is printed", "\u{A1}"),
    ("the highest of two bytes", "\u{7FF}"),
    ("the lowest of three bytes", "\u{800}"),
    ("the last before the surrogates", "\u{D7FF}"),
    ("the first after the surrogates", "\u{E000}"),
    ("the replacement character", "\u{FFFD}"),
    ("noncharacter U+FDD0", "\u{FDD0}"),
    ("noncharacter U+FFFE", "\u{FFFE}"),
    ("noncharacter U+FFFF", "\u{FFFF}"),
    ("the lowest of four bytes", "\u{10000}"),
    ("noncharacter U+1FFFE", "\u{1FFFE}"),
    ("the last of the plane before the highest", "\u{FFFFF}"),
    ("the highest", "\u{10FFFF}"),
    ("Greek", "κόσμε"),
    ("Chinese", "你好"),
    ("Arabic", "مرحبا"),
    ("emoji with joiners", "👩\u{200D}👩\u{200D}👧"),
    ("a byte order mark inside", "a\u{FEFF}b"),
    ("combining marks", "e\u{301}\u{323}"),
];

pub(crate) fn cases() -> Vec<Case> {
    [valid(), split(), invalid(), invalid_in_fragments()].concat()
}

fn valid() -> Vec<Case> {
    let one = |(name, characters): &(&str, &str)| {
        let body = format!("<{characters}>");
        case(format!("text with {name}"), [text(&body)]).delivers([body])
    };
    let mut cases: Vec<_> = VALID.iter().map(one).collect();
    cases.push(case("text with the lowest of two bytes, a control character", [text("\u{80}")]).refusals(1));
    cases
}

/// Characters whose bytes are in several fragments.
fn split() -> Vec<Case> {
    let mut cases = Vec::new();
    for character in ["ä", "€", "😀", "\u{10FFFF}"] {
        let bytes = character.as_bytes();
        for at in 1..bytes.len() {
            let (head, tail) = bytes.split_at(at);
            let name =
                format!("U+{:04X} in fragments of {} and {} bytes", u32::from(first_char(character)), at, tail.len());
            cases.push(
                case(name, [first([b"<", head].concat()), last([tail, b">"].concat())])
                    .delivers([format!("<{character}>")]),
            );
        }
    }
    let word = "κόσμε 😀";
    let singles = word.bytes().map(|byte| middle([byte]));
    cases.extend([
        case("each byte of a text in a fragment", [first("")].into_iter().chain(singles).chain([last("")]))
            .delivers([word]),
        case("an empty fragment inside a character", [first([0xE2, 0x82]), middle(""), last([0xAC])]).delivers(["€"]),
        case("a ping inside a character", [first([0xE2, 0x82]), ping([0xAC]), last([0xAC])])
            .delivers(["€"])
            .pongs([[0xAC]]),
        case("characters across all three fragments", [first([0xF0]), middle([0x9F, 0x98]), last([0x80, 0xC3, 0xA4])])
            .delivers(["😀ä"]),
    ]);
    cases
}

fn invalid() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, bytes) in INVALID {
        cases.push(case(format!("text that is {name}"), [text(bytes)]).closes(1007));
    }
    cases.extend([
        case("invalid UTF-8 after valid text", [text(["κόσμε".as_bytes(), &[0xED, 0xA0, 0x80]].concat())]).closes(1007),
        case("invalid UTF-8 before valid text", [text(b"\xFFtext")]).closes(1007),
        case("one invalid byte after 16000 valid ones", [text([&[b'x'; 16_000][..], &[0xFF]].concat())]).closes(1007),
        case("invalid UTF-8 before joining", [text([0xC3, 0x28])]).not_joined().closes(1007),
        case("invalid UTF-8 after a message", [text("one"), text([0xC3, 0x28])]).delivers(["one"]).closes(1007),
        case("invalid UTF-8 after a ping", [ping([0xFF]), text([0xFF])]).pongs([[0xFF]]).closes(1007),
    ]);
    cases
}

fn invalid_in_fragments() -> Vec<Case> {
    vec![
        case("invalid UTF-8 in the first fragment", [first([0xFF]), last("text")]).closes(1007),
        case("invalid UTF-8 in a middle fragment", [first("te"), middle([0xC0, 0xAF]), last("xt")]).closes(1007),
        case("invalid UTF-8 in the last fragment", [first("text"), last([0xFF])]).closes(1007),
        case("a character that the last fragment does not finish", [first("text"), last([0xE2, 0x82])]).closes(1007),
        case("a character that an empty fragment does not finish", [first([0xE2, 0x82]), last("")]).closes(1007),
        case("a character that another one interrupts", [first([0xE2, 0x82]), last("text")]).closes(1007),
        case("a surrogate in two fragments", [first([0xED]), last([0xA0, 0x80])]).closes(1007),
        case("an overlong slash in two fragments", [first([0xC0]), last([0xAF])]).closes(1007),
        case("U+110000 in two fragments", [first([0xF4]), last([0x90, 0x80, 0x80])]).closes(1007),
        case("the rest of a character in the next message", [text([0xE2, 0x82]), text([0xAC])]).closes(1007),
        case("a character across two fragmented messages", [first("a"), last([0xE2]), first([0x82, 0xAC]), last("b")])
            .closes(1007),
        case("invalid UTF-8 in fragments around a ping", [first([0xE2]), ping("p"), last("text")])
            .pongs(["p"])
            .closes(1007),
    ]
}

fn first_char(text: &str) -> char {
    text.chars().next().unwrap_or_default()
}
