//! The texts of the page in each of its languages, and their formatting.
//!
//! - [`Texts`] has the texts of the page, [`ServerPageTexts`] those of the pages that only the server renders;
//! - [`fill`] and the methods of [`Texts`] put names, numbers and plural forms into them;
//! - [`isolate`] keeps a name from changing the direction of the sentence around it.
//!
//! The server has all languages. The browser has English for its tests only: it gets the texts of the page with the
//! initial page, as a list.
//!
//! In a text, `{0}` and `{1}` are placeholders, and `|` separates plural forms, in the order of
//! [`Language::plural_form`].

mod bidi;
mod error_texts;
mod format;
#[cfg(feature = "ssr")]
mod server_pages;
mod texts;

pub use bidi::isolate;
pub use format::fill;
#[cfg(feature = "ssr")]
pub use server_pages::ServerPageTexts;
pub use texts::Texts;

pub use crate::language::Language;

// The texts of a language, which `build.rs` has made constants of `locales/LANGUAGE.json`.
macro_rules! language {
    ($language:ident) => {
        mod $language {
            #[cfg(feature = "ssr")]
            use super::server_pages::{ServerPageTextFields, ServerPageTexts};
            use super::texts::{TextFields, Texts};

            include!(concat!(env!("OUT_DIR"), "/", stringify!($language), ".rs"));
        }
    };
}

language!(en);
#[cfg(not(target_arch = "wasm32"))]
language!(ar);
#[cfg(not(target_arch = "wasm32"))]
language!(de);
#[cfg(not(target_arch = "wasm32"))]
language!(es);
#[cfg(not(target_arch = "wasm32"))]
language!(ja);

/// The English texts, for tests.
pub static ENGLISH: &Texts = &en::TEXTS;

impl Texts {
    /// The texts of a language.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::TEXTS,
            Language::German => &de::TEXTS,
            Language::Spanish => &es::TEXTS,
            Language::Japanese => &ja::TEXTS,
            Language::Arabic => &ar::TEXTS,
        }
    }
}

#[cfg(feature = "ssr")]
impl ServerPageTexts {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::PAGES,
            Language::German => &de::PAGES,
            Language::Spanish => &es::PAGES,
            Language::Japanese => &ja::PAGES,
            Language::Arabic => &ar::PAGES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(text: &str) -> Vec<&str> {
        let mut placeholders: Vec<_> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        placeholders.sort_unstable();
        placeholders.dedup();
        placeholders
    }

    #[test]
    fn every_language_has_the_placeholders_and_forms_of_english() {
        let english = en::TEXTS.list();
        for language in Language::ALL {
            let texts = Texts::of(language);
            assert_eq!(texts.language(), language);
            for (text, english) in texts.list().iter().zip(english) {
                assert!(!text.is_empty() && text.trim() == *text || *text == texts.comma(), "{text:?}");
                let found = text.split('|').map(placeholders).max_by_key(Vec::len).unwrap();
                assert_eq!(found, placeholders(english.split('|').next_back().unwrap()), "{text}");
                let counted =
                    english.contains('|') && *english != en::TEXTS.months() && *english != en::TEXTS.hour12_formats();
                let forms = if counted { (0..200).map(|n| language.plural_form(n)).max().unwrap() + 1 } else { 0 };
                assert!(!counted || text.split('|').count() == forms, "{language:?}: {text}");
            }
            assert_eq!(texts.months().split('|').count(), 12);
            assert_eq!(texts.hour12_formats().split('|').count(), 2);
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn every_language_has_the_placeholders_and_forms_of_english_on_server_pages() {
        let english = ServerPageTexts::of(Language::English).list();
        for language in Language::ALL {
            for (text, english) in ServerPageTexts::of(language).list().iter().zip(english) {
                assert!(!text.is_empty() && text.trim() == *text, "{text:?}");
                assert_eq!(placeholders(text), placeholders(english), "{text}");
            }
        }
    }

    #[test]
    fn texts_are_restored_from_their_list() {
        assert_eq!(Texts::from_list(de::TEXTS.list().to_vec()).as_ref(), Some(&de::TEXTS));
        assert_eq!(Texts::from_list(vec!["x"]), None);
    }
}
