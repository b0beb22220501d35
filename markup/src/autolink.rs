//! Bare URLs that become links (autolinks): `http`, `https` and `mailto` only.
//!
//! The end of a URL in a sentence is a guess at what a reader would take for its end. White space, quotes and non-ASCII
//! punctuation end it, because a browser escapes those in a copied URL. ASCII punctuation ends it only if nothing else
//! of the URL follows. Paired parentheses belong to the URL.

use super::{
    character::{is_bidi_control, is_invisible, is_unspaced, side},
    slice,
};

/// The start of a URL. It is case-insensitive, because phones capitalise the first letter of a sentence.
const SCHEMES: [&str; 3] = ["https://", "http://", "mailto:"];

/// Characters that do not belong to a URL at its end: ASCII punctuation, dashes, and opening brackets.
const TRAILING_PUNCTUATION: &str = ".,;:!?'([{\u{2012}\u{2013}·";

/// Opening parentheses without a closing one: a URL ends before them.
#[derive(Default)]
pub(super) struct UnpairedParentheses {
    /// Their offsets in the text, ascending.
    open: Vec<usize>,
    /// The offset up to which the text has been scanned.
    end: usize,
}

impl UnpairedParentheses {
    // Scans the text from an offset, unless it was already scanned for an earlier URL: many URLs in one word share one
    // scan.
    fn scan(&mut self, text: &str, from: usize) {
        if from < self.end {
            return;
        }
        self.open.clear();
        self.end = text.len();
        for (at, c) in slice::from(text, from).char_indices() {
            match c {
                '(' => self.open.push(from + at),
                ')' => drop(self.open.pop()),
                _ if ends_url(c, true) => {
                    self.end = from + at;
                    break;
                }
                _ => {}
            }
        }
    }
}

/// The end offset of the bare URL that starts at an offset of a text, if any. `closing_length` returns how many
/// characters of a run of `*`, `_` or `~` would close open emphasis: those do not belong to the URL.
pub(super) fn bare_url_end(
    text: &str,
    at: usize,
    unpaired: &mut UnpairedParentheses,
    closing_length: &dyn Fn(u8, usize) -> usize,
) -> Option<usize> {
    let from = at + scheme_length(slice::from(text, at))?;
    unpaired.scan(text, from);
    let mut end = scan_url(text, from, |at, c| match c {
        '(' => unpaired.open.binary_search(&at).is_ok(),
        '*' | '_' | '~' => {
            // Open emphasis also closes within a sentence without spaces.
            // Only the first character of a run is examined, so that no run is scanned repeatedly.
            slice::char_before(text, at) != Some(c) && {
                let run = slice::run_length(text, at, c as u8);
                slice::next_char(text, at + run).is_some_and(is_unspaced) && closing_length(c as u8, run) == run
            }
        }
        _ => ends_url(c, true),
    });
    loop {
        let url = slice::between(text, from, end);
        let length = slice::trimmed_length(url, TRAILING_PUNCTUATION);
        end = from + length;
        let byte = *url.as_bytes().get(length.checked_sub(1)?)?;
        let run =
            length - slice::trimmed_length(slice::between(url, 0, length), char::from(byte).encode_utf8(&mut [0; 4]));
        let closed = if matches!(byte, b'*' | b'_' | b'~') { closing_length(byte, run) } else { 0 };
        end -= closed;
        if closed == 0 || closed < run {
            break;
        }
    }
    slice::between(text, from, end).contains(char::is_alphanumeric).then_some(end)
}

/// The length of the URL at the start of a text, if a closing parenthesis follows it.
pub(super) fn destination_length(text: &str) -> Option<usize> {
    let scheme = scheme_length(text)?;
    // Square brackets are excluded: with them, the same text could be scanned once for each of many brackets.
    let end = scan_url(text, scheme, |_, c| matches!(c, '[' | ']') || ends_url(c, false));
    (end > scheme && slice::next_char(text, end) == Some(')')).then_some(end)
}

// The length of the scheme at the start of a text, with its `:` or `://`.
fn scheme_length(text: &str) -> Option<usize> {
    let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    SCHEMES.into_iter().find(|scheme| begins(scheme)).map(str::len)
}

// Whether a character cannot be in a URL. A URL in parentheses after `[text]` may have more characters than a bare one.
fn ends_url(c: char, is_bare: bool) -> bool {
    matches!(c, '<' | '>' | '"' | '`' | '\\')
        || c.is_whitespace()
        || c.is_control()
        || is_bidi_control(c)
        || (is_bare && (is_invisible(c) || is_non_ascii_punctuation(c)))
}

// Non-ASCII punctuation, except the shorter dashes and the middle dot, which are common within words and titles.
fn is_non_ascii_punctuation(c: char) -> bool {
    !c.is_ascii() && !matches!(c, '\u{2012}' | '\u{2013}' | '·') && side(c).is_some()
}

// The end of the URL whose characters are scanned from `from`: at a closing bracket that was not opened, or at a
// character for which `ends` returns true.
fn scan_url(text: &str, from: usize, ends: impl Fn(usize, char) -> bool) -> usize {
    // Parentheses, square brackets and braces that are open.
    let mut open = [0_usize; 3];
    for (at, c) in slice::from(text, from).char_indices() {
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
