//! A simulated browser: what outlives a reload of the page, such as its storage and its cookie, and the reader's clock.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parlor::RoomName;
use parlor_app::state::Moment;
use parlor_app::unsent_store::MemoryItems;
use tokio::time::Instant;

use crate::counters::Counters;
use crate::page_load::{PageLoad, load_page};
use crate::rng::Rng;

/// The most that a reader's clock deviates from the true time in either direction, in milliseconds.
const MAX_CLOCK_ERROR_MS: f64 = 300_000.0;

/// The browser of one rich client.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) proxy: SocketAddr,
    /// The start of the run.
    pub(crate) start: Instant,
    pub(crate) counters: Arc<Counters>,
    /// The name that the user wants to have.
    pub(crate) wanted_name: String,
    pub(crate) rng: RefCell<Rng>,
    clock_error_ms: i64,
    /// The session's secret, from its cookie.
    pub(crate) secret: Option<String>,
    /// The name that the page has stored.
    pub(crate) stored_name: RefCell<Option<String>>,
    /// Unsent messages.
    pub(crate) items: MemoryItems,
}

impl Browser {
    pub(crate) fn new(
        proxy: SocketAddr,
        start: Instant,
        counters: Arc<Counters>,
        wanted_name: String,
        mut rng: Rng,
    ) -> Self {
        let clock_error_ms = rng.between(-MAX_CLOCK_ERROR_MS, MAX_CLOCK_ERROR_MS) as i64;
        Self {
            proxy,
            start,
            counters,
            wanted_name,
            rng: RefCell::new(rng),
            clock_error_ms,
            secret: None,
            stored_name: RefCell::default(),
            items: MemoryItems::default(),
        }
    }

    /// The current times of the monotonic clock and of the reader's clock, and a random number.
    pub(crate) fn moment(&self) -> Moment {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        let wall = (wall + self.clock_error_ms).max(0) as u64;
        Moment { tick: self.start.elapsed().as_millis() as u64, wall, random: self.rng.borrow_mut().fraction() }
    }

    /// Loads the page of a room, and tries again until that succeeds.
    pub(crate) async fn load(&mut self, room: &RoomName) -> PageLoad {
        loop {
            if let Some(mut page) = load_page(self.proxy, room.as_str(), self.secret.as_deref()).await {
                self.secret = page.secret.take().or(self.secret.take());
                return page;
            }
            tokio::time::sleep(self.rng.get_mut().seconds(0.2, 1.0)).await;
        }
    }
}
