//! Which of the page's colours somebody has.

use parlor::AuthorId;

/// How many there are: `u0`…`u7` in `tokens.css`.
pub const COLOURS: u8 = 8;

/// Someone's colour: always the same for the same id.
pub fn colour_of(id: &AuthorId) -> u8 {
    // FNV-1a: short, and even enough for eight colours.
    let hash =
        id.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    ((hash >> 8) % u32::from(COLOURS)) as u8
}
