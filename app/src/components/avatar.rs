//! Initials in a circle, in the colour of their owner.

use leptos::prelude::*;
use parlor::Author;

use super::element::{element, text};
use crate::letters::first_letters;

/// How many colours there are: `u0`…`u7` in `tokens.css`.
const COLOURS: u32 = 8;

/// The class of someone's colour: always the same for the same id.
pub(super) fn colour(author: &Author) -> String {
    // FNV-1a: short, and even enough for eight colours.
    let hash = author
        .id
        .as_str()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("u{}", (hash >> 8) % COLOURS)
}

/// The circle; `size` is nothing, or `s`.
pub fn avatar(author: &Author, size: &'static str) -> AnyView {
    let class = format!("av {size} {}", colour(author));
    element("span", [("class", class.into()), ("aria-hidden", "true".into())], text(initials(author.name.as_str())))
}

// The first letters of two words, or two letters of the only one, as a reader counts letters. The style sheet makes them
// capitals: Unicode's tables for that would be in the page a second time.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    match (words.next(), words.next()) {
        (Some(first), Some(second)) => first_letters(first, 1) + &first_letters(second, 1),
        _ => first_letters(name, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_letters_as_a_reader_counts_them() {
        assert_eq!(initials("Ana"), "An");
        assert_eq!(initials("Ana Luísa Pereira"), "AL");
        assert_eq!(initials("e\u{301}va"), "e\u{301}v");
        assert_eq!(initials("👩‍💻"), "👩‍💻");
    }
}
