//! Limits the rate at which rooms are created: per session, and per client address.

use std::time::Instant;

use parlor::{AuthorId, ErrorCode, limits};

use super::{ClientAddress, RateLimiter, TokenBucket};

/// Rate limits for new rooms. A room is created with its first event.
#[derive(Debug)]
pub(super) struct RoomCreationLimiter {
    sessions: RateLimiter<AuthorId>,
    addresses: RateLimiter<ClientAddress>,
}

impl RoomCreationLimiter {
    pub(super) fn new(limits_on: bool) -> Self {
        let now = Instant::now();
        let bucket = |burst, per_hour| TokenBucket::per_hour(burst, per_hour, now).if_limited(limits_on);
        Self {
            sessions: RateLimiter::new(bucket(limits::ROOM_BURST, limits::ROOMS_PER_HOUR)),
            addresses: RateLimiter::new(bucket(limits::ROOM_BURST_PER_ADDRESS, limits::ROOMS_PER_HOUR_AND_ADDRESS)),
        }
    }

    /// Takes a token for one new room.
    ///
    /// # Errors
    /// [`ErrorCode::TooFast`] and the name of the limit that is reached.
    pub(super) fn take(
        &self,
        author: &AuthorId,
        address: ClientAddress,
        now: Instant,
    ) -> Result<(), (ErrorCode, &'static str)> {
        self.sessions.take(author, now).map_err(|_| (ErrorCode::TooFast, "ROOMS_PER_HOUR"))?;
        self.addresses.take(&address, now).map_err(|_| (ErrorCode::TooFast, "ROOMS_PER_HOUR_AND_ADDRESS"))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn sessions_and_addresses_have_separate_limits() {
        let (creation, now) = (RoomCreationLimiter::new(true), Instant::now());
        let address = |i: u32| ClientAddress::from(IpAddr::from(i.to_be_bytes()));
        let author = |i: u32| AuthorId(i.to_string().into());
        let created = |author: &AuthorId, from| (0..1_000).filter(|_| creation.take(author, from, now).is_ok()).count();
        assert_eq!(created(&author(0), address(1)), limits::ROOM_BURST as usize);
        let others: usize = (1..100).map(|i| created(&author(i), address(1))).sum();
        assert_eq!(others, (limits::ROOM_BURST_PER_ADDRESS - limits::ROOM_BURST) as usize);
        assert_eq!(created(&author(200), address(2)), limits::ROOM_BURST as usize, "another address has its own limit");
    }
}
