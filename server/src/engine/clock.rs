//! The server's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use parlor::UnixMillis;

/// The current time by the machine's clock. It may go back, so nothing is ordered by it.
pub(crate) fn now() -> UnixMillis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}
