//! What the pages say that need no script: the server's alone.

use super::{Language, ar, de, en, es, ja, words};

words! {
    /// What they say, besides what the page says too.
    pub struct PageWords of PageTexts {
        /// The language's tag.
        tag,
        pages,
        older,
        newer,
        newest,
        see_new,
        all_rooms,
        open,
        to_lobby,
        you_are,
        save,
        device_offer,
        device_offer_how,
        device_code,
        device_ask,
        device_ask_what,
        device_yes,
        device_no,
        device_over,
        device_over_why,
        to_room,
        back,
    }
}

impl PageWords {
    /// Those of a language.
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
