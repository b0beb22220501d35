//! Avatars: initials in a circle.

use leptos::prelude::*;
use parlor::Author;

use super::element::{element, text};
use crate::graphemes::first_graphemes;

/// Renders an avatar. `colour` is the index of the author's colour; `size` is empty, or `s` for a small one.
pub fn avatar(author: &Author, colour: u8, size: &'static str) -> AnyView {
    let class = format!("av {size} u{colour}");
    element("span", [("class", class.into()), ("aria-hidden", "true".into())], text(initials(author.name.as_str())))
}

// The first graphemes of two words, or two graphemes of a single word. The style sheet makes them capitals: doing it
// here would add Unicode's tables to the WASM, which the browser has already.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    match (words.next(), words.next()) {
        (Some(first), Some(second)) => first_graphemes(first, 1) + &first_graphemes(second, 1),
        _ => first_graphemes(name, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_whole_graphemes() {
        assert_eq!(initials("Ana"), "An");
        assert_eq!(initials("Ana Luísa Pereira"), "AL");
        assert_eq!(initials("e\u{301}va"), "e\u{301}v");
        assert_eq!(initials("👩‍💻"), "👩‍💻");
    }
}
