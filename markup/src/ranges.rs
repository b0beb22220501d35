//! Mentions as they were stored with a message: what is drawn.

use parlor::Mention;

use super::mention::{ResolvedName, Resolver};

/// Mentions by their byte ranges, as they came over the wire. What does not fit the text is ignored.
#[derive(Clone, Copy, Debug)]
pub struct Ranges<'a>(&'a [Mention]);

impl<'a> Ranges<'a> {
    /// A resolver for the message that these mentions belong to.
    pub fn new(mentions: &'a [Mention]) -> Self {
        Self(mentions)
    }
}

impl Resolver for Ranges<'_> {
    fn resolve(&mut self, at: usize, _rest: &str) -> Option<ResolvedName> {
        // A message has few of them, and few places are asked for.
        let mention = self.0.iter().find(|mention| mention.start as usize == at)?;
        let length = (mention.end as usize).checked_sub(at + 1)?;
        Some(ResolvedName { length, author: Some(mention.author.clone()) })
    }
}
