//! Values that the tests of this crate share.

use super::locale::Locale;
use crate::{i18n::ENGLISH, state::calendar::Zone};

/// English, in UTC, with the 24-hour clock.
pub(crate) fn english_utc() -> Locale {
    Locale { texts: ENGLISH, zone: Zone::fixed(0), hour12: false }
}
