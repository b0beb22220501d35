//! Syntax highlighting of fenced code: strings, comments, numbers and keywords, which nearly all languages have.
//!
//! This is a simple scanner and not a parser for any language. Where it is wrong, only the colours are wrong: the code
//! is always shown as typed.

use super::{Node, language::Language, slice};

/// The kind of a highlighted token of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxToken {
    /// A string literal.
    String,
    /// A comment.
    Comment,
    /// A number literal.
    Number,
    /// A keyword of any commonly used language.
    Keyword,
}

impl SyntaxToken {
    /// The CSS class of the token.
    pub fn class(self) -> &'static str {
        match self {
            Self::String => "tok-str",
            Self::Comment => "tok-com",
            Self::Number => "tok-num",
            Self::Keyword => "tok-key",
        }
    }
}

/// Splits code into `Text` nodes and at most `elements_left` `SyntaxToken` nodes, and subtracts their number from it.
///
/// A text that was searched for a closing quote without success is not searched again for the same quote, so the time
/// is linear.
pub(super) fn highlight(code: &str, language: Language, elements_left: &mut usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let (mut text_start, mut at) = (0, 0);
    let mut unclosed_until = [0; 3];
    while let Some(c) = slice::next_char(code, at).filter(|_| *elements_left > 0) {
        let rest = slice::from(code, at);
        let token = if let Some(length) = comment_length(rest, slice::char_before(code, at), language) {
            Some((SyntaxToken::Comment, length))
        } else if let Some(quote) = language.quotes.find(c) {
            if at < unclosed_until[quote] {
                None
            } else {
                match string_length(rest, c) {
                    Ok(length) => Some((SyntaxToken::String, length)),
                    Err(searched) => {
                        unclosed_until[quote] = at + searched;
                        None
                    }
                }
            }
        } else if c.is_ascii_digit() {
            Some((SyntaxToken::Number, number_length(rest)))
        } else if is_word(c) {
            let word = slice::between(rest, 0, rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
            // In `row.type` it is the name of a field.
            if slice::char_before(code, at) == Some('.') || !language.is_keyword(word) {
                at += word.len();
                continue;
            }
            Some((SyntaxToken::Keyword, word.len()))
        } else {
            None
        };
        let Some((token, length)) = token else {
            at += c.len_utf8();
            continue;
        };
        if text_start < at {
            nodes.push(Node::Text(slice::copy(code, text_start, at)));
        }
        nodes.push(Node::SyntaxToken(token, slice::copy(rest, 0, length)));
        *elements_left -= 1;
        at += length;
        text_start = at;
    }
    if text_start < code.len() {
        nodes.push(Node::Text(slice::copy(code, text_start, code.len())));
    }
    nodes
}

// The length of the comment that `rest` starts with, if any. `before` is the character before it.
fn comment_length(rest: &str, before: Option<char>, language: Language) -> Option<usize> {
    if language.block_comments && rest.starts_with("/*") {
        return Some(slice::from(rest, 2).find("*/").map_or(rest.len(), |end| end + 4));
    }
    // In languages in which `#` starts a comment, `$#` and `a#b` contain none.
    let starts = !language.comment.is_empty()
        && rest.starts_with(language.comment)
        && (language.comment != "#" || before.is_none_or(char::is_whitespace));
    starts.then(|| rest.find('\n').unwrap_or(rest.len()))
}

// The length of the string literal that `rest` starts with. If it is not closed, the error is the length of the text
// that was searched: up to the end of the line, or for `` ` `` up to the end of the code.
fn string_length(rest: &str, quote: char) -> Result<usize, usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == quote {
            return Ok(at + 1);
        } else if c == '\\' {
            escaped = true;
        } else if c == '\n' && quote != '`' {
            return Err(at);
        }
    }
    Err(rest.len())
}

// The length of the number literal that `rest` starts with.
fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_part = |at: usize| match bytes.get(at) {
        Some(b'.') => bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
        Some(byte) => byte.is_ascii_alphanumeric() || *byte == b'_',
        None => false,
    };
    (0..).take_while(|at| is_part(*at)).count()
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
