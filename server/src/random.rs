//! Cryptographically secure random values from the operating system.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `N` random bytes.
///
/// # Panics
/// If the operating system provides no randomness: the server could then create no safe tokens.
#[expect(clippy::expect_used, reason = "without randomness the server can't create safe tokens")]
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system provides random bytes");
    bytes
}

/// `N` random bytes as URL-safe base64 without padding.
pub(crate) fn text<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<N>())
}
