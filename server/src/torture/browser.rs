//! A browser without a window: who opens pages, with which clock, and what is kept from one page to the next.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use parlor::{ClientId, RoomName};
use parlor_app::state::Moment;

use super::counts::Counts;
use super::schedule::Dice;
use super::visit::{Visit, visit};

/// The longest that a reader's clock is wrong, in milliseconds, in either direction.
const WRONG_CLOCK_MS: f64 = 300_000.0;

/// Who opens pages, and what is kept.
#[derive(Debug)]
pub(super) struct Browser {
    pub(super) proxy: SocketAddr,
    /// When the run began.
    pub(super) begin: Instant,
    pub(super) counts: Arc<Counts>,
    /// The name that its person wants to have.
    pub(super) name: String,
    pub(super) dice: Dice,
    clock_error: i64,
    /// The session's secret, as a cookie.
    pub(super) secret: Option<String>,
    /// The name to come back with.
    pub(super) remembered: Option<String>,
    /// Unsent messages. A browser lists them by their keys, not by when they came.
    pub(super) kept: BTreeMap<ClientId, String>,
}

impl Browser {
    pub(super) fn new(proxy: SocketAddr, begin: Instant, counts: Arc<Counts>, name: String, mut dice: Dice) -> Self {
        let clock_error = dice.between(-WRONG_CLOCK_MS, WRONG_CLOCK_MS) as i64;
        Self { proxy, begin, counts, name, dice, clock_error, secret: None, remembered: None, kept: BTreeMap::new() }
    }

    /// The clocks and the dice.
    pub(super) fn moment(&mut self) -> Moment {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        let wall = (wall + self.clock_error).max(0) as u64;
        Moment { tick: self.begin.elapsed().as_millis() as u64, wall, random: self.dice.fraction() }
    }

    /// Loads the page of a room, as often as it takes.
    pub(super) async fn load(&mut self, room: &RoomName) -> Visit {
        loop {
            if let Some(mut visit) = visit(self.proxy, room.as_str(), self.secret.as_deref()).await {
                self.secret = visit.secret.take().or(self.secret.take());
                return visit;
            }
            tokio::time::sleep(self.dice.seconds(0.2, 1.0)).await;
        }
    }
}
