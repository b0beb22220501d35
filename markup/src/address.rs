//! Addresses that become links: `http`, `https` and `mailto`, nothing else.

use super::part;

/// What an address may begin with. Telephones write the first letter of a sentence as a capital.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// The length of the address that a text begins with, if it does. Its end is found as a reader would: a sentence's
/// punctuation and the brackets around it are not part of it.
pub(super) fn bare(text: &str) -> Option<usize> {
    let scheme = scheme(text)?;
    let end = end(text, scheme, true);
    let end = part::end_without(part::between(text, 0, end), ".,;:!?'*_~([{。、，！？");
    (end > scheme).then_some(end)
}

/// The length of the address that a text begins with, if a closing parenthesis follows it.
pub(super) fn destination(text: &str) -> Option<usize> {
    let scheme = scheme(text)?;
    let end = end(text, scheme, false);
    (end > scheme && part::next_char(text, end) == Some(')')).then_some(end)
}

// The length of the scheme.
fn scheme(text: &str) -> Option<usize> {
    let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    SCHEMES.into_iter().find(|scheme| begins(scheme)).map(str::len)
}

// Where what can be in an address ends, reading on from `from`. Square brackets, as in `http://[::1]/`, only where the
// caller allows them: behind `](` they would let the same text be read once for each of many brackets.
fn end(text: &str, from: usize, square: bool) -> usize {
    // Parentheses, square brackets and braces that are open.
    let mut open = [0_usize; 3];
    for (at, c) in part::from(text, from).char_indices() {
        let bracket = match c {
            '(' | ')' => 0,
            '[' | ']' => 1,
            '{' | '}' => 2,
            '<' | '>' | '"' | '`' | '\\' => return from + at,
            _ if c.is_whitespace() || c.is_control() || turns_direction(c) => return from + at,
            _ => continue,
        };
        let opens = matches!(c, '(' | '[' | '{');
        if (bracket == 1 && !square) || (!opens && open[bracket] == 0) {
            return from + at;
        }
        if opens {
            open[bracket] += 1;
        } else {
            open[bracket] -= 1;
        }
    }
    text.len()
}

// Characters that turn the direction of text (UAX #9 §2): with them an address could look like another one.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
