//! The rate limits of one connection, as token buckets.

use std::time::Instant;

use parlor::limits;

use crate::chat::TokenBucket;

/// Texts of any kind that a connection may send at once before its reading is throttled. Posts have a lower limit of
/// their own.
const TEXT_BURST: u32 = 4 * limits::POST_BURST;

/// Texts of any kind that a connection may send per second.
const TEXTS_PER_SECOND: u32 = 10 * limits::POSTS_PER_SECOND;

/// Limits how fast texts of a connection are handled. Unlimited if limits are off.
pub(super) fn read_bucket(limits_on: bool) -> TokenBucket {
    TokenBucket::new(TEXT_BURST, TEXTS_PER_SECOND, Instant::now()).if_limited(limits_on)
}

/// Limits how fast a connection may search. Unlimited if limits are off.
pub(super) fn search_bucket(limits_on: bool) -> TokenBucket {
    TokenBucket::new(limits::SEARCH_BURST, limits::SEARCHES_PER_SECOND, Instant::now()).if_limited(limits_on)
}

/// Limits how fast a connection may post, and an address may send forms. Unlimited if limits are off.
pub(crate) fn post_bucket(limits_on: bool) -> TokenBucket {
    TokenBucket::new(limits::POST_BURST, limits::POSTS_PER_SECOND, Instant::now()).if_limited(limits_on)
}

/// Limits how fast a connection may send control frames and fragments, even if limits are off: they cost the server
/// work and no client needs many.
pub(super) fn control_bucket() -> TokenBucket {
    TokenBucket::new(limits::CONTROL_FRAME_BURST, limits::CONTROL_FRAMES_PER_SECOND, Instant::now())
}
