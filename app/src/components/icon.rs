//! Drawings. All are decoration: what they mean is said beside them or by the control that bears them.

use leptos::prelude::*;

/// A drawing of one line.
#[component]
pub(super) fn Icon(
    /// The line, in a square of 20.
    path: &'static str,
) -> impl IntoView {
    view! {
        <svg class="drawing" viewBox="0 0 20 20" width="20" height="20" fill="none" aria-hidden="true">
            <path d=path stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"></path>
        </svg>
    }
}

/// The speech bubble of the brand.
pub(super) const BRAND: &str = "M2.5 16.5V8a5 5 0 0 1 5-5h5a5 5 0 0 1 5 5v.6a5 5 0 0 1-5 5H6.4l-3.9 2.9Z";
/// Up, for sending.
pub(super) const SEND: &str = "M10 16.2V4m0 0L4.8 9.2M10 4l5.2 5.2";
/// Three lines.
pub(super) const ROOMS: &str = "M3.5 5.5h13M3.5 10h13M3.5 14.5h13";
/// Two heads.
pub(super) const PEOPLE: &str = "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.2 7c.3-3 2.3-4.7 5.2-4.7s4.9 1.7 5.2 4.7M13.2 4a2.8 2.8 0 0 1 0 5.3m1.3 3c1.9.5 3 2 3.2 4.2";
/// Down, for the end.
pub(super) const DOWN: &str = "M10 4v12m0 0-4.5-4.5M10 16l4.5-4.5";
/// A lens.
pub(super) const SEARCH: &str = "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12Zm4.4-1.6L17 17";
