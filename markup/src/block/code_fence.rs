//! Fenced code blocks (CommonMark §4.5), with fences of backticks only.
//!
//! A closing fence is alone on its line and at least as long as the opening fence. Unlike in CommonMark, a fence that
//! is never closed is text.

use super::{Line, Node, slice, strip_indent};
use crate::{highlight::highlight, language::Language};

/// Shortest fence, in backticks.
const SHORTEST_FENCE: usize = 3;

/// Longest fence, in backticks. The parser may search for the closing fence of each length once without success, so the
/// number of lengths is limited.
const LONGEST_FENCE: usize = 16;

/// Longest name of a language, in bytes; `objective-c++` has 13 bytes.
const MAX_LANGUAGE_BYTES: usize = 24;

/// Finds fenced code blocks in a sequence of lines.
pub(super) struct FenceScanner {
    /// Fences of this length or longer have no closing fence in the remaining lines, so it is not searched for again.
    unclosed_length: usize,
}

impl Default for FenceScanner {
    fn default() -> Self {
        Self { unclosed_length: LONGEST_FENCE + 1 }
    }
}

/// A fenced code block.
pub(super) struct FencedCode {
    language: Option<String>,
    code: String,
    /// The number of lines, including both fences.
    pub(super) line_count: usize,
}

impl FenceScanner {
    /// The fenced code block that starts at the first line, if any.
    pub(super) fn scan(&mut self, lines: &[Line<'_>]) -> Option<FencedCode> {
        let (first, rest) = lines.split_first()?;
        let (length, info) = opening_fence(first.text)?;
        if length >= self.unclosed_length {
            return None;
        }
        let Some(last) = rest.iter().position(|line| is_closing_fence(line.text, length)) else {
            self.unclosed_length = length;
            return None;
        };
        // An info string that is not the name of a language becomes the first line of code, so that no text is lost.
        let language = is_language_name(info).then(|| info.to_owned());
        let mut code: Vec<_> = if language.is_some() || info.is_empty() { vec![] } else { vec![info] };
        code.extend(rest[..last].iter().map(|line| line.text));
        let code = code.join("\n");
        (!slice::is_blank(&code)).then_some(FencedCode { language, code, line_count: last + 2 })
    }
}

impl FencedCode {
    /// Builds the node, with at most `elements_left` syntax tokens.
    pub(super) fn node(&self, elements_left: &mut usize) -> Node {
        let children = match self.language.as_deref().and_then(Language::by_name) {
            Some(language) => highlight(&self.code, language, elements_left),
            None => vec![Node::Text(self.code.clone())],
        };
        Node::CodeBlock { language: self.language.clone(), children }
    }
}

// The length of an opening fence and its info string, which must not contain backticks (§4.5).
fn opening_fence(line: &str) -> Option<(usize, &str)> {
    let line = strip_indent(line)?;
    let length = slice::run_length(line, 0, b'`');
    let info = slice::from(line, length);
    ((SHORTEST_FENCE..=LONGEST_FENCE).contains(&length) && !info.as_bytes().contains(&b'`'))
        .then_some((length, info.trim()))
}

// Whether a line is a closing fence of at least `length` backticks.
fn is_closing_fence(line: &str, length: usize) -> bool {
    strip_indent(line).is_some_and(|line| {
        let ticks = slice::run_length(line, 0, b'`');
        ticks >= length && slice::is_blank(slice::from(line, ticks))
    })
}

// Whether an info string looks like the name of a language.
fn is_language_name(info: &str) -> bool {
    !info.is_empty()
        && info.len() <= MAX_LANGUAGE_BYTES
        && info.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+#.-_".contains(&byte))
}
