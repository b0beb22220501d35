//! The browser's clocks, time zone and random numbers.

use js_sys::{Array, Date, Intl::DateTimeFormat, Math, Object, Reflect};
use leptos::prelude::window;
use parlor_app::state::{Moment, calendar::PlatformZone};
use wasm_bindgen::JsValue;

use crate::storage;

/// The current time, with a random number.
pub fn now() -> Moment {
    let tick = window().performance().map_or_else(Date::now, |performance| performance.now());
    Moment { tick: tick as u64, wall: Date::now() as u64, random: Math::random() }
}

/// The time zone of the browser.
pub const ZONE: PlatformZone = PlatformZone { name: zone_name, offset_minutes };

// `Date` and `Intl` know the same rules. A `Date` takes a tenth of a microsecond, a format takes several.
fn offset_minutes(at: i64) -> i32 {
    -Date::new(&(at as f64).into()).get_timezone_offset() as i32
}

fn zone_name() -> Option<String> {
    format_option(&Object::new(), "timeZone")?.as_string()
}

// A resolved option of a date format (ECMA-402 §11.3.7).
fn format_option(options: &Object, name: &str) -> Option<JsValue> {
    Reflect::get(&DateTimeFormat::new(&Array::new(), options).resolved_options(), &name.into()).ok()
}

/// Whether the browser's locale uses the 12-hour clock.
pub fn hour12() -> bool {
    let hour = Object::new();
    let _ = Reflect::set(&hour, &"hour".into(), &"numeric".into());
    format_option(&hour, "hour12").is_some_and(|hour12| hour12.is_truthy())
}

/// Tells the server the reader's time zone and clock by cookies, for the next page that it renders.
pub fn tell_server() {
    // If cookies are denied, times are corrected after hydration, as on the first visit.
    storage::set_cookie("parlor_time_zone", &zone_name().unwrap_or_default());
    storage::set_cookie("parlor_utc_offset", &offset_minutes(Date::now() as i64).to_string());
    storage::set_cookie("parlor_half_days", if hour12() { "true" } else { "false" });
}

/// 128 bits that no other client id has. They are no secret, so `Math.random` is enough.
pub fn random_bits() -> u128 {
    let word = || u128::from((Math::random() * f64::from(u32::MAX)) as u32);
    (u128::from(Date::now() as u64) << 80) ^ (word() << 64) ^ (word() << 32) ^ word()
}
