//! Headers that every answer carries, and the pages' content security policies.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// Adds what tells a browser to trust an answer with no more than it needs.
pub(super) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `Cache-Control` of every page. A page shows who its reader is and what was said: it is nobody else's, and old as soon
/// as it is drawn. Nothing on the way may change it (RFC 9111 §5.2.2.6), since what it is made of is what its script goes
/// on from; the server's own compression is not on the way.
pub(super) const UNCACHED: &str = "no-store, no-transform";

/// What no page may use, so that a script that should not run can't either. Copying, sharing and sound stay allowed.
/// Only features that Chromium knows: it logs each other one as an error (`bluetooth`, for one).
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     hid=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), \
     xr-spatial-tracking=()";

/// The policy of pages without a script.
pub(super) const WITHOUT_SCRIPT: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The page's policy: scripts by nonce alone, styles by nonce or from here, nothing from elsewhere. `sockets` are
/// origins besides our own that the page may connect to.
pub(super) fn content_security_policy(nonce: &str, sockets: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'{sockets}; \
         manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}
