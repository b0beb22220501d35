//! What the page's languages do with numbers, beside what the browser's own tables say.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use js_sys::eval;
use parlor_app::i18n::Language;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn told(script: &str) -> String {
    eval(script).unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
fn counts_have_the_form_that_the_browser_gives_them() {
    for language in Language::ALL {
        let tag = language.tag();
        let categories = told(&format!(
            "['zero', 'one', 'two', 'few', 'many', 'other'].filter(form => \
             Array.from({{ length: 1000 }}, (_, n) => new Intl.PluralRules('{tag}').select(n)).includes(form)).join()"
        ));
        let categories: Vec<_> = categories.split(',').collect();
        let selected = told(&format!(
            "{{ const rules = new Intl.PluralRules('{tag}'); \
             Array.from({{ length: 1000 }}, (_, n) => rules.select(n)).join() }}"
        ));
        for (count, selected) in (0..).zip(selected.split(',')) {
            assert_eq!(categories[language.plural_form(count)], selected, "{tag} {count}");
        }
    }
}

#[wasm_bindgen_test]
fn numbers_are_written_as_the_browser_writes_them() {
    for language in Language::ALL {
        // Arabic has two sets of digits, by region; Egypt has the one of the language itself.
        let tag = if language == Language::Arabic { "ar-EG" } else { language.tag() };
        for number in [0, 7, 42, 999, 1_000, 9_999, 10_000, 123_456, 1_234_567] {
            let written = told(&format!("new Intl.NumberFormat('{tag}').format({number})"));
            assert_eq!(language.format_number(number), written, "{tag}");
        }
    }
}
