//! Tests folding on the host against the table in `folded`. `frontend/tests/search.rs` does the same in a browser.

mod folded;

#[test]
fn texts_are_folded_as_in_the_table() {
    folded::texts_are_folded_as_in_the_table();
}

#[test]
fn marks_are_those_of_the_table() {
    folded::marks_are_those_of_the_table();
}
