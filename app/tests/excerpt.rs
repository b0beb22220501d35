//! Excerpts on the host. `frontend/tests/search.rs` tests the same table in a browser.

mod excerpts;

use excerpts::{EXCERPTS, LETTERS, cut, marked};

#[test]
fn matches_are_marked_in_whole_graphemes() {
    for (text, typed, excerpt) in EXCERPTS {
        assert_eq!(marked(text, typed), excerpt, "{typed}");
    }
}

#[test]
fn a_long_text_without_blanks_is_cut_between_letters() {
    for letter in LETTERS {
        let excerpt = cut(letter);
        assert!(excerpt.contains(&format!("{letter} [needle] {letter}")), "{excerpt}");
        assert_eq!(excerpt.replace(letter, ""), "… [needle] …");
    }
}
