//! Resolves mentions by name, when a message or an edit is accepted.

use std::collections::BTreeSet;

use parlor::{
    AuthorId, Mention,
    limits::{NAME_BYTES, NAME_GRAPHEMES},
    search::fold_char,
};

use super::{
    character::{extends, is_unspaced},
    mention::{NO_BREAK_SPACE, ResolvedName, Resolver},
    parse, slice,
};

/// An index of names that may be mentioned, each with the person who has it.
#[derive(Clone, Debug, Default)]
pub struct NameIndex {
    // Keys with their authors, sorted by bytes.
    sorted: Vec<(String, AuthorId)>,
    // Length of the longest key, in bytes.
    longest_key: usize,
}

impl NameIndex {
    /// Builds an index. Of names with the same key the first is used, so present people should precede former ones.
    pub fn new<N: AsRef<str>>(candidates: impl IntoIterator<Item = (N, AuthorId)>) -> Self {
        // Sorted insertion: there are at most some hundred names, and a sort function would add 3 KiB to the page.
        let mut sorted: Vec<(String, AuthorId)> = Vec::new();
        for (name, author) in candidates {
            let key = name_key(name.as_ref());
            if let Err(index) = sorted.binary_search_by(|(known, _)| known.cmp(&key))
                && !key.is_empty()
            {
                sorted.insert(index, (key, author));
            }
        }
        let longest_key = sorted.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        Self { sorted, longest_key }
    }

    /// Parses a message and returns its mentions, in the order of the text.
    pub fn mentions(&self, text: &str) -> Vec<Mention> {
        let mut resolver = NameResolver::new(self);
        parse(text, &mut resolver);
        resolver.into_mentions()
    }

    // The longest known name that a text starts with.
    fn longest_match(&self, rest: &str) -> Option<ResolvedName> {
        let (folded, ends) = name_prefixes(rest, self.longest_key);
        ends.into_iter().rev().find_map(|(end, length)| {
            let name = slice::between(&folded, 0, end);
            let found = self.sorted.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
            Some(ResolvedName { length, author: Some(self.sorted[found].1.clone()) })
        })
    }
}

// The possible names at the start of a text: the folded text, and for each offset at which a name may end, the offset
// in the folded text and that in the text itself. The folded text is at most one character longer than `max_bytes`.
fn name_prefixes(rest: &str, max_bytes: usize) -> (String, Vec<(usize, usize)>) {
    let (mut folded, mut ends) = (String::new(), Vec::new());
    let mut before: Option<char> = None;
    for (at, c) in rest.char_indices() {
        if before.is_some_and(|before| !continues_word(before, c, slice::from(rest, at))) {
            ends.push((folded.len(), at));
        }
        if folded.len() >= max_bytes {
            before = None;
            break;
        }
        fold_name_char(c, &mut folded);
        before = Some(c);
    }
    if before.is_some() {
        ends.push((folded.len(), rest.len()));
    }
    (folded, ends)
}

/// The key by which a name is looked up: names with the same key are the same name after an `@`.
///
/// ```
/// assert_eq!(parlor_markup::name_key("Mary\u{a0}Ann"), parlor_markup::name_key("mary ann"));
/// ```
pub fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    name.chars().for_each(|c| fold_name_char(c, &mut key));
    key
}

/// A resolver that collects the possible names in a message, to look up who has them.
#[derive(Debug, Default)]
pub struct NameCandidates(BTreeSet<String>);

impl NameCandidates {
    /// The [keys](name_key) of all names that may be mentioned in a message. Their length is limited to that of the
    /// longest name after folding.
    pub fn of(text: &str) -> Vec<String> {
        let mut candidates = Self::default();
        parse(text, &mut candidates);
        candidates.0.into_iter().collect()
    }
}

impl Resolver for NameCandidates {
    fn resolve(&mut self, _at: usize, rest: &str) -> Option<ResolvedName> {
        let (folded, mut ends) = name_prefixes(rest, MAX_KEY_BYTES);
        // Two possible ends are at least one grapheme cluster apart.
        ends.truncate(NAME_GRAPHEMES);
        let keys = ends.into_iter().map(|(end, _)| slice::copy(&folded, 0, end));
        // No name ends with white space.
        let free = MAX_CANDIDATES.saturating_sub(self.0.len());
        self.0.extend(keys.filter(|key| !key.ends_with(char::is_whitespace)).take(free));
        None
    }
}

/// Maximum number of names that are looked up for one message: a message with ten mentions has about a hundred.
const MAX_CANDIDATES: usize = 1_000;

// Lower case takes up to 1.5 times as many bytes.
const MAX_KEY_BYTES: usize = NAME_BYTES / 2 * 3;

/// Resolves the mentions of one message by name, and collects them.
#[derive(Debug)]
pub struct NameResolver<'a> {
    names: &'a NameIndex,
    mentions: Vec<Mention>,
}

impl<'a> NameResolver<'a> {
    /// Creates a resolver for one message.
    pub fn new(names: &'a NameIndex) -> Self {
        Self { names, mentions: Vec::new() }
    }

    /// The mentions that were found, in the order of the text.
    pub fn into_mentions(self) -> Vec<Mention> {
        self.mentions
    }
}

impl Resolver for NameResolver<'_> {
    fn resolve(&mut self, at: usize, rest: &str) -> Option<ResolvedName> {
        let name = self.names.longest_match(rest)?;
        if let Some(author) = &name.author {
            let (start, end) = (at as u32, (at + 1 + name.length) as u32);
            // Mentions are not found in order: a list is parsed before the paragraph above it.
            let index = self.mentions.partition_point(|mention| mention.start < start);
            self.mentions.insert(index, Mention { start, end, author: author.clone() });
        }
        Some(name)
    }
}

// Appends a character in lower case; a no-break space becomes a space.
fn fold_name_char(c: char, folded: &mut String) {
    fold_char(if c == NO_BREAK_SPACE { ' ' } else { c }, folded);
}

// Whether a word continues from one character to the next. In scripts without spaces, the character after a name may
// start the next word, and is assumed to do so. `rest` starts with the next character.
fn continues_word(before: char, next: char, rest: &str) -> bool {
    extends(next)
        || before == '\u{200d}'
        || (before.is_alphanumeric() || extends(before))
            && match next {
                '_' => slice::next_char(rest, slice::run_length(rest, 0, b'_')).is_some_and(char::is_alphanumeric),
                _ => next.is_alphanumeric() && !is_unspaced(next),
            }
}
