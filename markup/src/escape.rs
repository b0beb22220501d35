//! Backslash escapes (CommonMark §2.4).
//!
//! A backslash escapes markup characters only: `C:\temp`, `\\server` and `\d+` stay as typed.

use super::slice;

/// The effect of a run of backslashes.
pub(super) struct Escape {
    /// The number of backslashes that are not displayed.
    pub(super) hidden_backslashes: usize,
    /// The byte offset at which parsing continues.
    pub(super) end: usize,
}

/// Parses the run of backslashes at a byte offset. Each pair before a markup character is one backslash; an odd
/// backslash escapes the character.
pub(super) fn parse(text: &str, at: usize) -> Escape {
    let count = slice::run_length(text, at, b'\\');
    let end = at + count;
    let Some(escaped) =
        slice::next_char(text, end).filter(|escaped| is_escapable(*escaped, slice::between(text, 0, at)))
    else {
        return Escape { hidden_backslashes: 0, end };
    };
    let escapes = count % 2 == 1;
    // In ¯\_(ツ)_/¯ the backslash is displayed.
    let is_shrug = slice::char_before(text, at) == Some('¯');
    Escape {
        hidden_backslashes: if is_shrug { 0 } else { count - count / 2 },
        end: if escapes { end + escaped.len_utf8() } else { end },
    }
}

fn is_escapable(escaped: char, before: &str) -> bool {
    match escaped {
        '*' | '_' | '~' | '`' | '[' | ']' | '@' => true,
        // These are markup at the start of a line only, the full stop only after a number there.
        '>' | '-' => line_prefix(before, 3).is_empty(),
        '.' => {
            let start = line_prefix(before, 6);
            !start.is_empty() && start.len() <= 3 && start.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

// The line before the escape, without its indentation. Returns `x` if it is longer than `max_bytes`: then the escape is
// not at the start of the line, and reading more would not be bounded.
fn line_prefix(before: &str, max_bytes: usize) -> &str {
    let start = before.bytes().rev().take(max_bytes + 1).take_while(|byte| *byte != b'\n').count();
    let line = before.get(before.len() - start..).unwrap_or("x");
    if start > max_bytes { "x" } else { slice::from(line, slice::run_length(line, 0, b' ')) }
}
