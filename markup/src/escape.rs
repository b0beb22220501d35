//! Backslashes (CommonMark §2.4), which make text of the mark behind them.
//!
//! Only before a mark: `C:\temp`, `\\server` and `\d+` stay as typed.

use super::part;

/// What backslashes at a place do.
pub(super) struct Escape {
    /// How many of them are not shown.
    pub(super) hidden: usize,
    /// Where to read on.
    pub(super) end: usize,
}

/// Reads the backslashes at a place. Two of them before a mark are one, and the mark stays a mark.
pub(super) fn read(text: &str, at: usize) -> Escape {
    let count = part::run(text, at, b'\\');
    let end = at + count;
    let Some(mark) = part::next_char(text, end).filter(|mark| is_mark(*mark, part::between(text, 0, at))) else {
        return Escape { hidden: 0, end };
    };
    let escapes = count % 2 == 1;
    // The arm of ¯\_(ツ)_/¯ is not lost.
    let arm = part::char_before(text, at) == Some('¯');
    Escape { hidden: if arm { 0 } else { count - count / 2 }, end: if escapes { end + mark.len_utf8() } else { end } }
}

fn is_mark(mark: char, before: &str) -> bool {
    match mark {
        '*' | '_' | '~' | '`' | '[' | ']' | '@' => true,
        // These are marks at the beginning of a line only, a dot there behind a number.
        '>' | '-' => line_start(before, 3).is_empty(),
        '.' => {
            let start = line_start(before, 6);
            !start.is_empty() && start.len() <= 3 && start.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

// The line so far without its indent; of a line that is longer than `most` its end, which then is no beginning either.
fn line_start(before: &str, most: usize) -> &str {
    let start = before.bytes().rev().take(most + 1).take_while(|byte| *byte != b'\n').count();
    let line = before.get(before.len() - start..).unwrap_or("x");
    if start > most { "x" } else { part::from(line, part::run(line, 0, b' ')) }
}
