//! Addresses that become links: `http`, `https` and `mailto`, nothing else.
//!
//! Where an address in a sentence ends is a guess at what its reader sees. White space, quotes and all punctuation that is
//! not ASCII end it, since a browser escapes those in what it copies; ASCII punctuation only ends it where nothing else
//! follows. Parentheses are a part of it in pairs.

use super::{
    character::{is_invisible, is_unspaced, side, turns_direction},
    part,
};

/// What an address may begin with. Telephones write the first letter of a sentence as a capital.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// ASCII punctuation that is no part of an address at its end, dashes, and brackets that enclose nothing.
const TRAILING: &str = ".,;:!?'([{\u{2012}\u{2013}·";

/// Parentheses without a partner: an address ends at them.
#[derive(Default)]
pub(super) struct Unpaired {
    /// Their offsets in the text, ascending.
    open: Vec<usize>,
    /// Up to here they are known.
    end: usize,
}

impl Unpaired {
    // Reads on, unless an address before this one already did: many addresses in one word share one reading.
    fn read(&mut self, text: &str, from: usize) {
        if from < self.end {
            return;
        }
        self.open.clear();
        self.end = text.len();
        for (at, c) in part::from(text, from).char_indices() {
            match c {
                '(' => self.open.push(from + at),
                ')' => drop(self.open.pop()),
                _ if ends_address(c, true) => {
                    self.end = from + at;
                    break;
                }
                _ => {}
            }
        }
    }
}

/// The offset behind the address that begins at an offset of a text, if one does. `closes` tells how many characters of
/// a run of `*`, `_` or `~` would close an open mark: those are no part of the address.
pub(super) fn bare(
    text: &str,
    at: usize,
    unpaired: &mut Unpaired,
    closes: &dyn Fn(u8, usize) -> usize,
) -> Option<usize> {
    let from = at + scheme(part::from(text, at))?;
    unpaired.read(text, from);
    let mut end = end(text, from, |at, c| match c {
        '(' => unpaired.open.binary_search(&at).is_ok(),
        '*' | '_' | '~' => {
            // A mark that is open closes within a sentence without blanks, too.
            // Only the first of a run is looked at, so that no run is read again and again.
            part::char_before(text, at) != Some(c) && {
                let run = part::run(text, at, c as u8);
                part::next_char(text, at + run).is_some_and(is_unspaced) && closes(c as u8, run) == run
            }
        }
        _ => ends_address(c, true),
    });
    loop {
        let address = part::between(text, from, end);
        let length = part::end_without(address, TRAILING);
        end = from + length;
        let byte = *address.as_bytes().get(length.checked_sub(1)?)?;
        let run =
            length - part::end_without(part::between(address, 0, length), char::from(byte).encode_utf8(&mut [0; 4]));
        let closed = if matches!(byte, b'*' | b'_' | b'~') { closes(byte, run) } else { 0 };
        end -= closed;
        if closed == 0 || closed < run {
            break;
        }
    }
    part::between(text, from, end).contains(char::is_alphanumeric).then_some(end)
}

/// The length of the address that a text begins with, if a closing parenthesis follows it.
pub(super) fn destination(text: &str) -> Option<usize> {
    let scheme = scheme(text)?;
    // Square brackets would let the same text be read once for each of many brackets.
    let end = end(text, scheme, |_, c| matches!(c, '[' | ']') || ends_address(c, false));
    (end > scheme && part::next_char(text, end) == Some(')')).then_some(end)
}

// The length of the scheme.
fn scheme(text: &str) -> Option<usize> {
    let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    SCHEMES.into_iter().find(|scheme| begins(scheme)).map(str::len)
}

// Whether a character is never a part of an address; one in parentheses behind `[text]` may have more.
fn ends_address(c: char, is_bare: bool) -> bool {
    matches!(c, '<' | '>' | '"' | '`' | '\\')
        || c.is_whitespace()
        || c.is_control()
        || turns_direction(c)
        || (is_bare && (is_invisible(c) || is_foreign_punctuation(c)))
}

// Punctuation outside of ASCII, but for what is common within words and titles: the shorter dashes and the middle dot.
fn is_foreign_punctuation(c: char) -> bool {
    !c.is_ascii() && !matches!(c, '\u{2012}' | '\u{2013}' | '·') && side(c).is_some()
}

// Where what can be in an address ends, reading on from `from`: at a closing bracket that was not opened, or where the
// caller says so.
fn end(text: &str, from: usize, ends: impl Fn(usize, char) -> bool) -> usize {
    // Parentheses, square brackets and braces that are open.
    let mut open = [0_usize; 3];
    for (at, c) in part::from(text, from).char_indices() {
        if ends(from + at, c) {
            return from + at;
        }
        let bracket = match c {
            '(' | ')' => 0,
            '[' | ']' => 1,
            '{' | '}' => 2,
            _ => continue,
        };
        if matches!(c, '(' | '[' | '{') {
            open[bracket] += 1;
        } else if open[bracket] == 0 {
            return from + at;
        } else {
            open[bracket] -= 1;
        }
    }
    text.len()
}
