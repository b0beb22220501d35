//! The browser's clocks, its time zone and its dice.

use js_sys::{Date, Math};
use leptos::prelude::{document, window};
use parlor_app::state::{Moment, calendar::Zone};
use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

/// How long the server is told the time zone again without a visit, in seconds: a year.
const ZONE_KEPT_S: u32 = 365 * 24 * 60 * 60;

/// Now.
pub fn moment() -> Moment {
    let tick = window().performance().map_or_else(Date::now, |performance| performance.now());
    Moment { tick: tick as u64, wall: Date::now() as u64, random: Math::random() }
}

/// Where the reader is, by the present distance from UTC.
pub fn zone() -> Zone {
    Zone(-Date::new_0().get_timezone_offset() as i32)
}

/// Lets the server draw the reader's own times at the next visit.
pub fn tell_server(zone: Zone) {
    if let Some(document) = document().dyn_ref::<HtmlDocument>() {
        let cookie = format!("parlor_utc_offset={}; path=/; max-age={ZONE_KEPT_S}; SameSite=Lax", zone.0);
        // Cookies may be denied: then times are corrected a moment after the first drawing, as they are now.
        let _ = document.set_cookie(&cookie);
    }
}

/// 128 bits that no other message has: not a secret, so the plain dice will do.
pub fn random_bits() -> u128 {
    let word = || u128::from((Math::random() * f64::from(u32::MAX)) as u32);
    (u128::from(Date::now() as u64) << 80) ^ (word() << 64) ^ (word() << 32) ^ word()
}
