//! Mentions: names after `@`.
//!
//! The parser decides where a mention may start; a [`Resolver`] decides which text there is a name:
//!
//! - [`NameCandidates`](crate::NameCandidates), and then [`NameResolver`](crate::NameResolver) with a
//!   [`NameIndex`](crate::NameIndex), compare with the names of people when a message is accepted;
//! - [`RangeResolver`](crate::RangeResolver) uses the stored byte ranges when a message is rendered;
//! - [`GuessResolver`] accepts anything that looks like a name, in messages that were stored without mentions.

use parlor::{AuthorId, limits::MENTIONS_PER_MESSAGE};

use super::slice;

/// U+00A0 NO-BREAK SPACE, which completion writes for a space within a name.
pub const NO_BREAK_SPACE: char = '\u{a0}';

/// A name found after an `@`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedName {
    /// The length of the name in bytes, without the `@`; never 0.
    pub length: usize,
    /// The person with this name, if known.
    pub author: Option<AuthorId>,
}

/// Decides which text after an `@` is a name.
pub trait Resolver {
    /// Returns the name that `rest` starts with, if any. `rest` is the text between the `@` and the end of its line;
    /// `at` is the byte offset of the `@` in the message. The parser makes a [`Node::Mention`](crate::Node::Mention) of
    /// the result, unless its length does not fit `rest`.
    fn resolve(&mut self, at: usize, rest: &str) -> Option<ResolvedName>;
}

/// Accepts any text that looks like a name, without knowing any people.
///
/// A name ends at the first space that is not a [`NO_BREAK_SPACE`]: completion writes those within a name, which also
/// keep the name on one line on the screen.
#[derive(Clone, Copy, Debug, Default)]
pub struct GuessResolver;

impl Resolver for GuessResolver {
    fn resolve(&mut self, _at: usize, rest: &str) -> Option<ResolvedName> {
        let end = rest.find(|c: char| !is_name_char(c)).unwrap_or(rest.len());
        let length = slice::trimmed_length(slice::between(rest, 0, end), ".-_\u{a0}");
        (length > 0).then_some(ResolvedName { length, author: None })
    }
}

/// Passes at most [`MENTIONS_PER_MESSAGE`] lookups to another resolver, because a lookup may try every prefix of the
/// rest of the line.
pub(super) struct LimitedResolver<'a> {
    lookups_left: usize,
    resolver: &'a mut dyn Resolver,
}

impl<'a> LimitedResolver<'a> {
    pub(super) fn new(resolver: &'a mut dyn Resolver) -> Self {
        Self { lookups_left: MENTIONS_PER_MESSAGE, resolver }
    }
}

impl Resolver for LimitedResolver<'_> {
    fn resolve(&mut self, at: usize, rest: &str) -> Option<ResolvedName> {
        self.lookups_left = self.lookups_left.checked_sub(1)?;
        self.resolver.resolve(at, rest)
    }
}

/// A resolver that finds no names.
pub(super) struct NoMentions;

impl Resolver for NoMentions {
    fn resolve(&mut self, _at: usize, _rest: &str) -> Option<ResolvedName> {
        None
    }
}

// Any character that is neither white space nor punctuation; this includes combining marks and joined emoji.
fn is_name_char(c: char) -> bool {
    match c {
        '_' | '-' | '.' | NO_BREAK_SPACE => true,
        '\u{200e}'..='\u{206f}' | '\u{3000}'..='\u{303f}' => false,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => false,
        _ => !c.is_ascii_punctuation() && !c.is_whitespace() && !c.is_control(),
    }
}
