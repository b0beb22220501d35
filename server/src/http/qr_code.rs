//! QR codes of links (ISO/IEC 18004).

use fast_qr::QRBuilder;
use leptos::prelude::*;

/// Width of the white quiet zone around a QR code, in modules.
const QUIET_ZONE: usize = 4;

/// A link as a QR code; `None` if it is too long for one. It is dark on light in every colour scheme, as scanners
/// require.
pub(super) fn qr_code(link: &str, label: &'static str) -> Option<impl IntoView + use<>> {
    let code = QRBuilder::new(link).build().ok()?;
    let dark = (0..code.size).flat_map(|y| (0..code.size).map(move |x| (x, y))).filter(|&(x, y)| code[y][x].value());
    let path: String = dark.map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET_ZONE, y + QUIET_ZONE)).collect();
    let side = code.size + 2 * QUIET_ZONE;
    Some(view! {
        <svg
            class="device-code"
            role="img"
            aria-label=label
            width="240"
            height="240"
            viewBox=format!("0 0 {side} {side}")
            shape-rendering="crispEdges"
        >
            <rect width=side height=side fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    })
}
