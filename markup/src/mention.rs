//! Mentions: a name behind `@`.
//!
//! The parser knows where a mention may begin; a [`Resolver`] knows which text there is a name:
//!
//! - [`Candidates`](crate::Candidates) and then [`Names`](crate::Names), when a message is accepted, compare with the
//!   names of people;
//! - [`Ranges`](crate::Ranges), when it is drawn, has what was stored then;
//! - [`Guess`], for messages from before mentions were stored, knows nobody.

use parlor::{AuthorId, limits::MENTIONS_PER_MESSAGE};

use super::part;

/// A blank within a name: U+00A0.
pub const NO_BREAK: char = '\u{a0}';

/// A name found behind an `@`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedName {
    /// Its length in bytes, without the `@`; never 0.
    pub length: usize,
    /// Who bears it, where that is known.
    pub author: Option<AuthorId>,
}

/// Tells which text behind an `@` is a name.
pub trait Resolver {
    /// The name that `rest` begins with. `rest` is the text between the `@` and the end of its line; `at` is the byte
    /// offset of the `@` in the message. Whatever is answered becomes a [`Node::Mention`](crate::Node::Mention), unless it
    /// is no part of `rest`.
    fn resolve(&mut self, at: usize, rest: &str) -> Option<ResolvedName>;
}

/// Takes for a name what looks like one, without knowing people.
///
/// It ends with the first blank that may break a line: a completion writes the others, which hold a name together on the
/// screen, too.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guess;

impl Resolver for Guess {
    fn resolve(&mut self, _at: usize, rest: &str) -> Option<ResolvedName> {
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let length = part::end_without(part::between(rest, 0, end), ".-_\u{a0}");
        (length > 0).then_some(ResolvedName { length, author: None })
    }
}

/// Asks another resolver [`MENTIONS_PER_MESSAGE`] times at most: an answer takes a look at each beginning of the
/// rest of the line.
pub(super) struct Limited<'a> {
    left: usize,
    resolver: &'a mut dyn Resolver,
}

impl<'a> Limited<'a> {
    pub(super) fn new(resolver: &'a mut dyn Resolver) -> Self {
        Self { left: MENTIONS_PER_MESSAGE, resolver }
    }
}

impl Resolver for Limited<'_> {
    fn resolve(&mut self, at: usize, rest: &str) -> Option<ResolvedName> {
        self.left = self.left.checked_sub(1)?;
        self.resolver.resolve(at, rest)
    }
}

/// Mentions nobody.
pub(super) struct Nobody;

impl Resolver for Nobody {
    fn resolve(&mut self, _at: usize, _rest: &str) -> Option<ResolvedName> {
        None
    }
}

// Whatever is neither a blank nor punctuation: a combining mark or a joined emoji is part of a name, too.
fn is_part(c: char) -> bool {
    match c {
        '_' | '-' | '.' | NO_BREAK => true,
        '\u{200e}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => false,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => false,
        _ => !c.is_ascii_punctuation() && !c.is_whitespace() && !c.is_control(),
    }
}
