//! Background work: delivers events and signals of the engine to the rooms, and sweeps timeouts once a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parlor::CloseCode;

use super::super::Room;
use super::ConnectionManager;
use crate::engine::{BusMessage, Deliveries, Delivery};

/// How long connections stay open while nothing can be read or written.
const KEPT_WITHOUT_STORAGE: Duration = Duration::from_secs(60);

/// The time after that within which all of them are closed.
const CLOSED_WITHIN: Duration = Duration::from_secs(30);

impl ConnectionManager {
    /// Delivers events and signals from the engine to the rooms, until the engine is closed.
    pub async fn deliver(self: &Arc<Self>, mut deliveries: Deliveries) {
        let mut received = Vec::new();
        while deliveries.recv_many(&mut received, 256).await > 0 {
            for delivery in received.drain(..) {
                match delivery {
                    Delivery::Committed { room, event, is_own } => {
                        let shown = self.rooms.lock().deliver(&room, event);
                        if let Some((room, event)) = shown {
                            if event.seq == 1 && is_own {
                                self.set_creator(&room, &event);
                            } else if event.seq == 1 {
                                self.follow_later(BusMessage::RoomChanged(room.name.clone()));
                            }
                            if !is_own {
                                self.announce_author(&room, &event);
                            }
                            if !room.add_event(event) {
                                tracing::warn!(room = %room.name, "a room in memory is not that of its log");
                                self.close_outdated_room(&room);
                            }
                        }
                    }
                    Delivery::Signal { room, signal } => {
                        if let Some(room) = self.loaded_room(&room) {
                            room.signal(signal);
                        }
                    }
                    Delivery::Bus(event) => self.follow_bus(event),
                    Delivery::Fence(passed) => drop(passed),
                }
            }
        }
    }

    /// Checks everything that depends on time: heartbeats, timeouts, ended rights, held names and presence changes. Called once a
    /// second.
    pub async fn sweep(&self, now: Instant) {
        for connection in self.connections.all() {
            connection.check_timeouts(now, &self.config.timeouts);
        }
        self.close_without_storage(now);
        let expired = self.accounts.lock().expire(now, self.config.grace);
        if !expired.is_empty() {
            self.record_released_names(expired).await;
        }
        self.expire_remote_people(now);
        let rooms: Vec<_> = self.rooms.lock().loaded().cloned().collect();
        for room in rooms {
            room.expire(now, self.config.grace);
            self.broadcast_presence(&room, now).await;
        }
    }

    /// Closes connections while nothing can be read or written for long, so that clients look for another node. Each call
    /// closes a part of them, so that they do not all connect elsewhere at once.
    fn close_without_storage(&self, now: Instant) {
        let Some(since) = self.log.unavailable_since() else { return };
        let over = now.saturating_duration_since(since).saturating_sub(KEPT_WITHOUT_STORAGE);
        if over.is_zero() {
            return;
        }
        let remaining = CLOSED_WITHIN.saturating_sub(over).as_secs() + 1;
        let connections = self.connections.all();
        let count = connections.len().div_ceil(usize::try_from(remaining).unwrap_or(1));
        for connection in connections.iter().take(count) {
            connection.close(CloseCode::SHUTTING_DOWN, "unavailable");
        }
    }

    /// Whether everything can be read and written.
    pub fn is_available(&self) -> bool {
        self.log.unavailable_since().is_none()
    }

    /// Sends presence changes to the rich members of a room. If some were sent a moment ago, the next sweep sends them.
    pub(super) async fn broadcast_presence(&self, room: &Room, now: Instant) {
        self.publish_presence(room);
        if let Some(presence) = room.take_presence_change(now) {
            self.log.signal(room.name.clone(), presence).await;
        }
    }

    /// Closes every connection with the same code and reason.
    pub fn close_all(&self, code: CloseCode, reason: &str) {
        self.connections.close_all(code, reason);
    }

    /// Number of open connections.
    pub fn open_connections(&self) -> usize {
        self.connections.len()
    }
}
