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
        no_page,
        no_page_why,
        no_room,
        no_message,
        no_message_why,
        malformed,
        malformed_why,
        no_method,
        no_method_why,
        too_large,
        too_large_why,
        no_cookie,
        no_cookie_why,
        foreign_form,
        foreign_form_why,
        nameless,
        nameless_why,
        too_many,
        too_many_why,
        unavailable,
        unavailable_why,
        failed,
        failed_why,
        misdirected,
        misdirected_why,
        misdirected_host,
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
