//! Search in a browser: folding and excerpts equal those of the server, by the same tables.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use parlor::{Search, time_zone::UTC};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[path = "../../app/tests/excerpts/mod.rs"]
mod excerpts;
#[path = "../../tests/folded/mod.rs"]
mod folded;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn texts_are_folded_as_on_the_server() {
    folded::texts_are_folded_as_in_the_table();
}

#[wasm_bindgen_test]
fn marks_are_those_of_the_server() {
    folded::marks_are_those_of_the_table();
}

#[wasm_bindgen_test]
fn every_text_of_the_table_is_found_by_its_folded_form() {
    for (text, wanted) in folded::FOLDED {
        // A quote would end the phrase.
        if !wanted.contains(['"', '«', '»']) {
            let search = Search::parse(&format!("“{wanted}” from:„{wanted}“"), &UTC).unwrap();
            assert!(search.matches(text, text, 0), "{text}");
        }
    }
}

#[wasm_bindgen_test]
fn excerpts_are_marked_and_cut_as_on_the_server() {
    for (text, typed, excerpt) in excerpts::EXCERPTS {
        assert_eq!(excerpts::marked(text, typed), excerpt, "{typed}");
    }
    for letter in excerpts::LETTERS {
        let excerpt = excerpts::cut(letter);
        assert!(excerpt.contains(&format!("{letter} [needle] {letter}")), "{excerpt}");
        assert_eq!(excerpt.replace(letter, ""), "… [needle] …");
    }
}
