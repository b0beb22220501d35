//! Security headers of every response, and the content security policies of pages.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// Middleware that adds the headers which restrict what browsers do with a response.
pub(super) async fn add_security_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `Cache-Control` of every page.
///
/// A page shows the visitor's name and current messages, so it must not be stored. Intermediaries must not transform it
/// (RFC 9111 §5.2.2.6), since hydration needs exactly the HTML that the server rendered. Compression by the server
/// itself is not affected.
pub(super) const NO_STORE: &str = "no-store, no-transform";

/// `Permissions-Policy`: browser features that no page may use, so that an injected script can't use them either.
///
/// Copying, sharing and sound stay allowed. It lists only features that Chromium supports, since Chromium logs an error
/// for each other one, such as `bluetooth`.
const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     hid=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), \
     xr-spatial-tracking=()";

/// `Content-Security-Policy` of pages without scripts.
pub(super) const SCRIPTLESS_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// `Content-Security-Policy` of the pages with one of the [`scripts`](super::scripts).
pub(super) const SCRIPT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// `Content-Security-Policy` of pages with scripts: scripts by nonce, styles by nonce or from this server, and nothing
/// from other origins.
///
/// `connect_sources` is appended to `connect-src`; it starts with a space unless it is empty.
pub(super) fn content_security_policy(nonce: &str, connect_sources: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'{connect_sources}; \
         manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}
