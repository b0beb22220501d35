//! Mentions by name: what is resolved when a message or an edit is accepted.

use parlor::{AuthorId, search::fold_char};

use super::{
    character::{extends, is_unspaced},
    mention::{Mention, NO_BREAK, ResolvedName, Resolver},
    parse, part,
};

/// The names that may be mentioned, each with the person it means.
#[derive(Clone, Debug, Default)]
pub struct Names {
    // Folded names with their authors, in the order of the bytes.
    sorted: Vec<(String, AuthorId)>,
    // Bytes of the longest folded name.
    longest: usize,
}

impl Names {
    /// An index of names. Of equal names the first one counts: present people come before former ones.
    pub fn new<N: AsRef<str>>(candidates: impl IntoIterator<Item = (N, AuthorId)>) -> Self {
        let folded = |(name, author): (N, AuthorId)| {
            let mut folded = String::new();
            name.as_ref().chars().for_each(|c| fold(c, &mut folded));
            (folded, author)
        };
        let mut sorted: Vec<_> = candidates.into_iter().map(folded).filter(|(name, _)| !name.is_empty()).collect();
        // Stable, so that the first of equal names stays the first.
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        sorted.dedup_by(|later, first| later.0 == first.0);
        let longest = sorted.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        Self { sorted, longest }
    }

    /// The mentions in a message, in the order of the text.
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let mut resolver = NamesResolver::new(self);
        parse(text, &mut resolver);
        resolver.into_mentions()
    }

    // The longest name that a text begins with: its length in the text, and whose it is.
    fn longest_in(&self, rest: &str) -> Option<ResolvedName> {
        let mut folded = String::new();
        // Where a name may end: in the folded text, and in the text itself.
        let mut ends = Vec::new();
        let mut before: Option<char> = None;
        for (at, c) in rest.char_indices() {
            if before.is_some_and(|before| !continues(before, c, part::from(rest, at))) {
                ends.push((folded.len(), at));
            }
            if folded.len() >= self.longest {
                before = None;
                break;
            }
            fold(c, &mut folded);
            before = Some(c);
        }
        if before.is_some() {
            ends.push((folded.len(), rest.len()));
        }
        ends.into_iter().rev().find_map(|(end, length)| {
            let name = part::between(&folded, 0, end);
            let found = self.sorted.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
            Some(ResolvedName { length, author: Some(self.sorted[found].1.clone()) })
        })
    }
}

/// Resolves the mentions of one message by name, and collects them.
#[derive(Debug)]
pub struct NamesResolver<'a> {
    names: &'a Names,
    found: Vec<Mention>,
}

impl<'a> NamesResolver<'a> {
    /// A resolver for one message.
    pub fn new(names: &'a Names) -> Self {
        Self { names, found: Vec::new() }
    }

    /// What was found, in the order of the text.
    pub fn into_mentions(self) -> Vec<Mention> {
        let mut found = self.found;
        // A list is parsed before the paragraph above it.
        found.sort_unstable_by_key(|mention| mention.range.start);
        found
    }
}

impl Resolver for NamesResolver<'_> {
    fn resolve(&mut self, at: usize, rest: &str) -> Option<ResolvedName> {
        let name = self.names.longest_in(rest)?;
        if let Some(author) = &name.author {
            self.found.push(Mention { range: at..at + 1 + name.length, author: author.clone() });
        }
        Some(name)
    }
}

// Appends a character without its case; the blank that holds a name together is a blank.
fn fold(c: char, folded: &mut String) {
    folded.extend(fold_char(if c == NO_BREAK { ' ' } else { c }));
}

// Whether a word goes on from one character to the next. In scripts without blanks, what follows a name may be the next
// word, and is taken for one. `rest` begins with the next character.
fn continues(before: char, next: char, rest: &str) -> bool {
    extends(next)
        || before == '\u{200d}'
        || (before.is_alphanumeric() || extends(before))
            && match next {
                '_' => part::next_char(rest, part::run(rest, 0, b'_')).is_some_and(char::is_alphanumeric),
                _ => next.is_alphanumeric() && !is_unspaced(next),
            }
}
