//! The colours of names and avatars.

use parlor::AuthorId;

/// The number of colours: `u0`…`u7` in `tokens.css`.
pub const COLOURS: u8 = 8;

/// The index of an author's colour, below [`COLOURS`]. It depends on the id only.
pub fn colour_of(id: &AuthorId) -> u8 {
    // FNV-1a: short code, and even enough a distribution for eight colours.
    let hash =
        id.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    ((hash >> 8) % u32::from(COLOURS)) as u8
}
