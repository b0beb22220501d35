//! How fast rooms may be created: by one session, and by all clients of one address.

use std::time::Instant;

use parlor::{AuthorId, ErrorCode, limits};

use super::{ClientAddress, Pace, RateLimiter};

/// The rates at which logs are begun.
#[derive(Debug)]
pub(super) struct RoomCreation {
    sessions: RateLimiter<AuthorId>,
    addresses: RateLimiter<ClientAddress>,
}

impl RoomCreation {
    pub(super) fn new(limits_on: bool) -> Self {
        let now = Instant::now();
        let bucket = |burst, per_hour| Pace::per_hour(burst, per_hour, now).unless_off(limits_on);
        Self {
            sessions: RateLimiter::new(bucket(limits::ROOM_BURST, limits::ROOMS_PER_HOUR)),
            addresses: RateLimiter::new(bucket(limits::ROOM_BURST_PER_ADDRESS, limits::ROOMS_PER_HOUR_AND_ADDRESS)),
        }
    }

    /// Counts the creation of a room.
    ///
    /// # Errors
    /// [`ErrorCode::TooFast`], with the name of the limit.
    pub(super) fn take(
        &self,
        who: &AuthorId,
        address: ClientAddress,
        now: Instant,
    ) -> Result<(), (ErrorCode, &'static str)> {
        self.sessions.take(who, now).map_err(|_| (ErrorCode::TooFast, "ROOMS_PER_HOUR"))?;
        self.addresses.take(&address, now).map_err(|_| (ErrorCode::TooFast, "ROOMS_PER_HOUR_AND_ADDRESS"))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn a_session_and_an_address_have_rates_of_their_own() {
        let (creation, now) = (RoomCreation::new(true), Instant::now());
        let address = |i: u32| ClientAddress::from(IpAddr::from(i.to_be_bytes()));
        let who = |i: u32| AuthorId(i.to_string().into());
        let created = |who: &AuthorId, from| (0..1_000).filter(|_| creation.take(who, from, now).is_ok()).count();
        assert_eq!(created(&who(0), address(1)), limits::ROOM_BURST as usize);
        let others: usize = (1..100).map(|i| created(&who(i), address(1))).sum();
        assert_eq!(others, (limits::ROOM_BURST_PER_ADDRESS - limits::ROOM_BURST) as usize);
        assert_eq!(created(&who(200), address(2)), limits::ROOM_BURST as usize, "others are not concerned");
    }
}
