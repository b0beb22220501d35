//! How many files this process may open, on which the server's bounds on connections depend.

use std::sync::Once;

use parlor::limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// File handles that a test may need: both ends of all connections of an address, and some more.
const OPEN_FILES: u64 = 16_384;

/// Raises the limit of open files as far as needed and allowed, once.
pub(crate) fn raise_limit() {
    static RAISED: Once = Once::new();
    RAISED.call_once(|| {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = maximum.unwrap_or(u64::MAX).min(OPEN_FILES);
        if current.is_some_and(|current| current < wanted) {
            setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).unwrap();
        }
    });
}

/// Connections that one address may have in this process.
pub(crate) fn connections_per_address() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX).saturating_sub(128);
    limits::CONNECTIONS_PER_ADDRESS.min(usize::try_from(files / 2).unwrap_or(usize::MAX))
}
