//! Colours in fenced code, from four things that nearly all languages have: strings, comments, numbers, and words that
//! mean something. It is a help for the eye and no parser; what it gets wrong is still the code as typed.

use super::{Node, language::Language, part};

/// What a coloured part of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Quoted text.
    String,
    /// A comment.
    Comment,
    /// A number.
    Number,
    /// A word that means something.
    Keyword,
}

impl Token {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::String => "tok-str",
            Self::Comment => "tok-com",
            Self::Number => "tok-num",
            Self::Keyword => "tok-key",
        }
    }
}

/// The code as `Text` and at most `left` `Token` nodes. What a quote without an end was looked for in is not looked
/// through again for the same quote.
pub(super) fn highlight(code: &str, language: Language, left: &mut usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let (mut kept, mut at) = (0, 0);
    let mut no_end_before = [0; 3];
    while let Some(c) = part::next_char(code, at).filter(|_| *left > 0) {
        let rest = part::from(code, at);
        let token = if let Some(length) = comment(rest, part::char_before(code, at), language) {
            Some((Token::Comment, length))
        } else if let Some(quote) = language.quotes.find(c) {
            if at < no_end_before[quote] {
                None
            } else {
                match quoted(rest, c) {
                    Ok(length) => Some((Token::String, length)),
                    Err(searched) => {
                        no_end_before[quote] = at + searched;
                        None
                    }
                }
            }
        } else if c.is_ascii_digit() {
            Some((Token::Number, number(rest)))
        } else if is_word(c) {
            let word = part::between(rest, 0, rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
            // In `row.type` it is somebody's own word.
            if part::char_before(code, at) == Some('.') || !language.is_keyword(word) {
                at += word.len();
                continue;
            }
            Some((Token::Keyword, word.len()))
        } else {
            None
        };
        let Some((token, length)) = token else {
            at += c.len_utf8();
            continue;
        };
        if kept < at {
            nodes.push(Node::Text(part::copy(code, kept, at)));
        }
        nodes.push(Node::Token(token, part::copy(rest, 0, length)));
        *left -= 1;
        at += length;
        kept = at;
    }
    if kept < code.len() {
        nodes.push(Node::Text(part::copy(code, kept, code.len())));
    }
    nodes
}

fn comment(rest: &str, before: Option<char>, language: Language) -> Option<usize> {
    if language.block_comments && rest.starts_with("/*") {
        return Some(part::from(rest, 2).find("*/").map_or(rest.len(), |end| end + 4));
    }
    // `$#` and `a#b` are no comments where `#` begins one.
    let begins = !language.comment.is_empty()
        && rest.starts_with(language.comment)
        && (language.comment != "#" || before.is_none_or(char::is_whitespace));
    begins.then(|| rest.find('\n').unwrap_or(rest.len()))
}

// The length of quoted text, or how far its end was looked for in vain: to the end of the line, for `` ` `` to the end.
fn quoted(rest: &str, quote: char) -> Result<usize, usize> {
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

fn number(rest: &str) -> usize {
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
