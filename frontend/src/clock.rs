//! The browser's clocks, its time zone and its dice.

use js_sys::{Array, Date, Intl::DateTimeFormat, Math, Object, Reflect};
use leptos::prelude::window;
use parlor_app::state::{Moment, calendar::Zone};

use crate::storage;

/// Now.
pub fn moment() -> Moment {
    let tick = window().performance().map_or_else(Date::now, |performance| performance.now());
    Moment { tick: tick as u64, wall: Date::now() as u64, random: Math::random() }
}

/// Where the reader is, by the present distance from UTC.
pub fn zone() -> Zone {
    Zone(-Date::new_0().get_timezone_offset() as i32)
}

/// Whether the reader's clock begins again at noon, as their browser writes times.
pub fn half_days() -> bool {
    let hour = Object::new();
    let _ = Reflect::set(&hour, &"hour".into(), &"numeric".into());
    let options = DateTimeFormat::new(&Array::new(), &hour).resolved_options();
    Reflect::get(&options, &"hour12".into()).is_ok_and(|half_days| half_days.is_truthy())
}

/// Lets the server draw the reader's own times at the next visit.
pub fn tell_server(zone: Zone) {
    // Cookies may be denied: then times are corrected a moment after the first drawing, as they are now.
    storage::set_cookie("parlor_utc_offset", &zone.0.to_string());
    storage::set_cookie("parlor_half_days", if half_days() { "true" } else { "false" });
}

/// 128 bits that no other message has: not a secret, so the plain dice will do.
pub fn random_bits() -> u128 {
    let word = || u128::from((Math::random() * f64::from(u32::MAX)) as u32);
    (u128::from(Date::now() as u64) << 80) ^ (word() << 64) ^ (word() << 32) ^ word()
}
