//! Resolves mentions by the byte ranges that are stored with a message, for rendering it.

use parlor::Mention;

use super::mention::{ResolvedName, Resolver};

/// Resolves mentions by their stored byte ranges. Ranges that do not fit the text are ignored.
#[derive(Clone, Copy, Debug)]
pub struct RangeResolver<'a>(&'a [Mention]);

impl<'a> RangeResolver<'a> {
    /// Creates a resolver for the message that these mentions are stored with.
    pub fn new(mentions: &'a [Mention]) -> Self {
        Self(mentions)
    }
}

impl Resolver for RangeResolver<'_> {
    fn resolve(&mut self, at: usize, _rest: &str) -> Option<ResolvedName> {
        // A linear search: a message has few mentions, and few offsets are looked up.
        let mention = self.0.iter().find(|mention| mention.start as usize == at)?;
        let length = (mention.end as usize).checked_sub(at + 1)?;
        Some(ResolvedName { length, author: Some(mention.author.clone()) })
    }
}
