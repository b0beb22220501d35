//! Fenced code (CommonMark §4.5), with fences of backticks only.
//!
//! A closing fence stands alone on its line and is at least as long as the opening one. Other than there, a fence that is
//! never closed is text.

use super::{Node, block::unindented, highlight::highlight, language::Language, line::Line, part};

/// Shortest fence, in backticks.
const SHORTEST: usize = 3;

/// Longest fence, in backticks. Each length may have to be looked for in vain once, so there are only so many.
const LONGEST: usize = 16;

/// Longest name of a language, in bytes; `objective-c++` has 13.
const LANGUAGE_BYTES: usize = 24;

/// The search for fences in a sequence of lines.
pub(super) struct Search {
    /// Fences of this length or longer have no end in what is still to come: it is not looked for twice.
    endless: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self { endless: LONGEST + 1 }
    }
}

/// Code between fences.
pub(super) struct Found {
    language: Option<String>,
    code: String,
    /// How many lines it has with its fences.
    pub(super) used: usize,
}

impl Search {
    /// The fenced code that begins at the first of the lines, if any does.
    pub(super) fn find(&mut self, lines: &[Line<'_>]) -> Option<Found> {
        let (first, rest) = lines.split_first()?;
        let (length, info) = opening(first.text)?;
        if length >= self.endless {
            return None;
        }
        let Some(last) = rest.iter().position(|line| closes(line.text, length)) else {
            self.endless = length;
            return None;
        };
        // What is no name of a language is the first line of code: nothing that was typed gets lost.
        let language = is_language(info).then(|| info.to_owned());
        let mut code: Vec<_> = if language.is_some() || info.is_empty() { vec![] } else { vec![info] };
        code.extend(rest[..last].iter().map(|line| line.text));
        let code = code.join("\n");
        (!part::is_blank(&code)).then_some(Found { language, code, used: last + 2 })
    }
}

impl Found {
    /// The node, with at most `left` tokens.
    pub(super) fn node(&self, left: &mut usize) -> Node {
        let inside = match self.language.as_deref().and_then(Language::of) {
            Some(language) => highlight(&self.code, language, left),
            None => vec![Node::Text(self.code.clone())],
        };
        Node::Fence { language: self.language.clone(), inside }
    }
}

// The length of an opening fence, and what stands behind it. Behind backticks no backtick may follow (§4.5).
fn opening(line: &str) -> Option<(usize, &str)> {
    let line = unindented(line)?;
    let length = part::run(line, 0, b'`');
    let info = part::from(line, length);
    ((SHORTEST..=LONGEST).contains(&length) && !info.as_bytes().contains(&b'`')).then_some((length, info.trim()))
}

// Whether a line is a closing fence of at least so many backticks.
fn closes(line: &str, length: usize) -> bool {
    unindented(line).is_some_and(|line| {
        let ticks = part::run(line, 0, b'`');
        ticks >= length && part::is_blank(part::from(line, ticks))
    })
}

fn is_language(info: &str) -> bool {
    !info.is_empty()
        && info.len() <= LANGUAGE_BYTES
        && info.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+#.-_".contains(&byte))
}
