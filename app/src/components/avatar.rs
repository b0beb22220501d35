//! Initials in a circle, in the colour of their owner.

use leptos::prelude::*;
use parlor::Author;

use super::element::{element, text};
use crate::letters::first_letters;

/// The circle; `size` is nothing, or `s`.
pub fn avatar(author: &Author, colour: u8, size: &'static str) -> AnyView {
    let class = format!("av {size} u{colour}");
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
