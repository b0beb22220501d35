//! The texts of the pages that only the server renders: error pages, settings, the list of rooms and device links. They
//! need no script.

use super::texts::define_texts;

include!(concat!(env!("OUT_DIR"), "/server_pages.rs"));
