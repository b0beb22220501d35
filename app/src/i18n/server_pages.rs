//! The texts of the pages that only the server renders: error pages, settings, the list of rooms and device links. They need
//! no script.

use super::texts::define_texts;

define_texts! {
    /// The texts of the server's own pages in one language. Those that the page has too are in [`Texts`](super::Texts).
    pub struct PageTexts of PageTextFields {
        /// The tag of the language (BCP 47).
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
        device_link_expired,
        device_link_expired_why,
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
        cross_site_form,
        cross_site_form_why,
        name_required,
        name_required_why,
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
