//! Mentions by name: what is resolved when a message or an edit is accepted.

use std::collections::BTreeSet;

use parlor::{
    AuthorId, Mention,
    limits::{NAME_BYTES, NAME_GRAPHEMES},
    search::fold_char,
};

use super::{
    character::{extends, is_unspaced},
    mention::{NO_BREAK, ResolvedName, Resolver},
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
        // Inserted in order: there are a few of them, or some hundred, and sorting is 3 KiB of the page.
        let mut sorted: Vec<(String, AuthorId)> = Vec::new();
        for (name, author) in candidates {
            let key = name_key(name.as_ref());
            if let Err(place) = sorted.binary_search_by(|(known, _)| known.cmp(&key))
                && !key.is_empty()
            {
                sorted.insert(place, (key, author));
            }
        }
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
        let (folded, ends) = beginnings(rest, self.longest);
        ends.into_iter().rev().find_map(|(end, length)| {
            let name = part::between(&folded, 0, end);
            let found = self.sorted.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
            Some(ResolvedName { length, author: Some(self.sorted[found].1.clone()) })
        })
    }
}

// What may be a name at the beginning of a text: the folded text, and where a name may end in it and in the text itself.
// Nothing much longer than `longest` bytes.
fn beginnings(rest: &str, longest: usize) -> (String, Vec<(usize, usize)>) {
    let (mut folded, mut ends) = (String::new(), Vec::new());
    let mut before: Option<char> = None;
    for (at, c) in rest.char_indices() {
        if before.is_some_and(|before| !continues(before, c, part::from(rest, at))) {
            ends.push((folded.len(), at));
        }
        if folded.len() >= longest {
            before = None;
            break;
        }
        fold(c, &mut folded);
        before = Some(c);
    }
    if before.is_some() {
        ends.push((folded.len(), rest.len()));
    }
    (folded, ends)
}

/// What a name is looked up by: names with the same key are the same behind an `@`.
///
/// ```
/// assert_eq!(parlor_markup::name_key("Mary\u{a0}Ann"), parlor_markup::name_key("mary ann"));
/// ```
pub fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    name.chars().for_each(|c| fold(c, &mut key));
    key
}

/// Collects what may be a name in a message, before it is known who bears which.
#[derive(Debug, Default)]
pub struct Candidates(BTreeSet<String>);

impl Candidates {
    /// The [keys](name_key) of all names that may be mentioned in a message. One of them is longer than any name at most
    /// by as much as folding makes a text longer.
    pub fn of(text: &str) -> Vec<String> {
        let mut candidates = Self::default();
        parse(text, &mut candidates);
        candidates.0.into_iter().collect()
    }
}

impl Resolver for Candidates {
    fn resolve(&mut self, _at: usize, rest: &str) -> Option<ResolvedName> {
        let (folded, mut ends) = beginnings(rest, KEY_BYTES);
        // Between two ends there is a grapheme cluster at least.
        ends.truncate(NAME_GRAPHEMES);
        let keys = ends.into_iter().map(|(end, _)| part::copy(&folded, 0, end));
        // No name ends with a blank.
        let free = CANDIDATES.saturating_sub(self.0.len());
        self.0.extend(keys.filter(|key| !key.ends_with(char::is_whitespace)).take(free));
        None
    }
}

/// Names that are looked up for one message at most: a message with ten mentions has about a hundred.
const CANDIDATES: usize = 1_000;

// Lower case takes up to half as many bytes again.
const KEY_BYTES: usize = NAME_BYTES / 2 * 3;

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
        self.found
    }
}

impl Resolver for NamesResolver<'_> {
    fn resolve(&mut self, at: usize, rest: &str) -> Option<ResolvedName> {
        let name = self.names.longest_in(rest)?;
        if let Some(author) = &name.author {
            let (start, end) = (at as u32, (at + 1 + name.length) as u32);
            // A list is parsed before the paragraph above it.
            let place = self.found.partition_point(|mention| mention.start < start);
            self.found.insert(place, Mention { start, end, author: author.clone() });
        }
        Some(name)
    }
}

// Appends a character without its case; the blank that holds a name together is a blank.
fn fold(c: char, folded: &mut String) {
    fold_char(if c == NO_BREAK { ' ' } else { c }, folded);
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
