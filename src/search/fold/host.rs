//! Folding on the host, with Unicode tables.

use std::sync::LazyLock;

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

use super::{clean, push};

/// The number of code points in [`SINGLE`]: alphabets and kana, up to the first ideographs.
const ALPHABETS: usize = 0x3400;

/// A cache that makes folding several times faster. For each code point that folds to a single character it has that
/// character, with its canonical combining class in the top byte. For all others it has 0.
static SINGLE: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let single = |c: char| {
        let mut all = Vec::new();
        for_each(c, &|_| None, &mut |class, c| all.push(u32::from(class) << 24 | u32::from(c)));
        if let [one] = all[..] { one } else { 0 }
    };
    ('\0'..).take(ALPHABETS).map(single).collect()
});

/// The single character that a character folds to, with its combining class, if it is cached.
fn single(c: char) -> Option<(u8, char)> {
    match c {
        '\0'..='\x7f' => Some((0, c.to_ascii_lowercase())),
        '一'..='鿿' => Some((0, c)),
        _ => {
            let [class, folded @ ..] = SINGLE.get(c as usize)?.to_be_bytes();
            let [a, b, c] = folded;
            char::from_u32(u32::from_be_bytes([0, a, b, c])).filter(|c| *c != '\0').map(|c| (class, c))
        }
    }
}

/// Appends the lower-case form of a character.
pub(super) fn lower(c: char, lower: &mut String) {
    lower.extend(c.to_lowercase());
}

/// Appends the folded form of a text without CR.
pub(super) fn fold(text: &str, folded: &mut String) {
    // The combining marks since the last letter, with their classes.
    let mut marks = Vec::new();
    let mut put = |class, c| {
        if class != 0 {
            marks.push((class, c));
            return;
        }
        if !marks.is_empty() {
            put_marks(&mut marks, folded);
        }
        folded.push(c);
    };
    for c in text.chars() {
        match single(c) {
            Some((class, c)) => put(class, c),
            None => for_each(c, &single, &mut put),
        }
    }
    put_marks(&mut marks, folded);
}

/// Appends marks in canonical order: sorted by class, in their original order within a class.
fn put_marks(marks: &mut Vec<(u8, char)>, folded: &mut String) {
    marks.sort_by_key(|(class, _)| *class);
    marks.drain(..).for_each(|(_, mark)| push(mark, folded));
}

/// Calls `put` with each character that a character folds to, and its combining class. `cached` is [`single`], except
/// while the cache is being built.
fn for_each(c: char, cached: &dyn Fn(char) -> Option<(u8, char)>, put: &mut dyn FnMut(u8, char)) {
    let mut decompose = |c| {
        decompose_compatible(c, |c| match cached(c) {
            Some((class, c)) => put(class, c),
            None => fold_case(c, &mut |c| {
                if let Some(c) = clean(c) {
                    put(canonical_combining_class(c), c);
                }
            }),
        });
    };
    match c {
        // Hangul syllables have no case.
        '가'..='힣' => decompose(c),
        _ => clean(c).into_iter().for_each(|c| fold_case(c, &mut decompose)),
    }
}

/// Full case folding by lower, upper and lower case: ẞ has only the lower case ß, and ß only the upper case SS.
fn fold_case(c: char, put: &mut dyn FnMut(char)) {
    for lower in c.to_lowercase() {
        for upper in lower.to_uppercase() {
            upper.to_lowercase().for_each(&mut *put);
        }
    }
}

/// Whether the canonical combining class of a character is not 0.
pub(super) fn is_mark(c: char) -> bool {
    single(c).map_or_else(|| canonical_combining_class(c), |(class, _)| class) != 0
}
