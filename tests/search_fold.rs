//! Folding on the host. `frontend/tests/search.rs` tests the same table in a browser.

use parlor::search::{fold, is_mark};

mod folded;

#[test]
fn texts_are_folded_as_in_the_table() {
    for (text, wanted) in folded::FOLDED {
        assert_eq!(fold(text), wanted, "{text}");
        assert_eq!(fold(wanted), wanted, "{text}");
    }
}

#[test]
fn marks_are_those_of_the_table() {
    for (c, wanted) in folded::MARKS {
        assert_eq!(is_mark(c), wanted, "{c:?}");
    }
}
