//! Background work: delivers events and signals of the engine to the rooms, and sweeps timeouts once a second.

use std::time::Instant;

use parlor::CloseCode;

use super::super::Room;
use super::ConnectionManager;
use crate::engine::{Deliveries, Delivery};

impl ConnectionManager {
    /// Delivers events and signals from the engine to the rooms, until the engine is closed.
    pub async fn deliver(&self, mut deliveries: Deliveries) {
        let mut received = Vec::new();
        while deliveries.recv_many(&mut received, 256).await > 0 {
            for delivery in received.drain(..) {
                match delivery {
                    Delivery::Committed { room, event, is_own: _ } => {
                        let shown = self.rooms.lock().deliver(&room, event);
                        if let Some((room, event)) = shown {
                            if event.seq == 1 {
                                self.set_creator(&room, &event);
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
        // What can't be read now is read a second later.
        let _ = self.follow_ended_rights().await;
        let expired = self.accounts.lock().expire(now, self.config.grace);
        if !expired.is_empty() {
            self.record_released_names(expired).await;
        }
        let rooms: Vec<_> = self.rooms.lock().loaded().cloned().collect();
        for room in rooms {
            room.expire(now, self.config.grace);
            self.broadcast_presence(&room, now).await;
        }
    }

    /// Sends presence changes to the rich members of a room. If some were sent a moment ago, the next sweep sends them.
    pub(super) async fn broadcast_presence(&self, room: &Room, now: Instant) {
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
