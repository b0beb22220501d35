//! Mentions as they were stored with a message: what is drawn.

use super::mention::{Mention, ResolvedName, Resolver};

/// Mentions by their byte ranges, as they came over the wire. What does not fit the text is ignored.
#[derive(Clone, Debug)]
pub struct Ranges<'a> {
    sorted: Vec<&'a Mention>,
}

impl<'a> Ranges<'a> {
    /// A resolver for the message that these mentions belong to.
    pub fn new(mentions: &'a [Mention]) -> Self {
        let mut sorted: Vec<_> = mentions.iter().collect();
        sorted.sort_by_key(|mention| mention.range.start);
        Self { sorted }
    }
}

impl Resolver for Ranges<'_> {
    fn resolve(&mut self, at: usize, _rest: &str) -> Option<ResolvedName> {
        let first = self.sorted.partition_point(|mention| mention.range.start < at);
        let mention = self.sorted.get(first).filter(|mention| mention.range.start == at)?;
        let length = mention.range.end.checked_sub(at + 1)?;
        Some(ResolvedName { length, author: Some(mention.author.clone()) })
    }
}
