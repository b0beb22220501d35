//! What goes on by itself: bringing rooms what the engine delivers, and what has to be looked at once a second.

use std::time::Instant;

use parlor::CloseCode;

use super::super::Room;
use super::ConnectionManager;
use crate::engine::{Deliveries, Delivery};

impl ConnectionManager {
    /// Brings what the engine delivers to the rooms, until the engine is gone.
    pub async fn deliver(&self, mut deliveries: Deliveries) {
        let mut batch = Vec::new();
        while deliveries.recv_many(&mut batch, 256).await > 0 {
            for delivery in batch.drain(..) {
                match delivery {
                    Delivery::Committed { room, event } => {
                        let shown = self.rooms.lock().deliver(&room, event);
                        if let Some((room, event)) = shown {
                            room.commit(event);
                        }
                    }
                    Delivery::Signal { room, signal } => {
                        if let Some(room) = self.known_room(&room) {
                            room.signal(signal);
                        }
                    }
                }
            }
        }
    }

    /// What has to be looked at once a second: heartbeats, deadlines, leases, and who came and went.
    pub async fn sweep(&self, now: Instant) {
        let connections: Vec<_> = self.connections.lock().values().map(|open| open.connection.clone()).collect();
        for connection in connections {
            connection.check(now, &self.config.patience);
        }
        let late = self.people.lock().expire(now, self.config.grace);
        if !late.is_empty() {
            self.forget_holders(late).await;
        }
        let rooms: Vec<_> = self.rooms.lock().loaded().cloned().collect();
        for room in rooms {
            room.expire(now, self.config.grace);
            self.tell_presence(&room, now).await;
        }
    }

    /// Tells rich clients who came and went, unless they were told a moment ago: the sweep makes up for it then.
    pub(super) async fn tell_presence(&self, room: &Room, now: Instant) {
        if let Some(presence) = room.presence(now) {
            self.engine.signal(room.name.clone(), presence).await;
        }
    }

    /// Ends every connection with this code.
    pub fn close_all(&self, code: CloseCode, reason: &str) {
        for open in self.connections.lock().values() {
            open.connection.close(code, reason);
        }
    }

    /// How many connections are open.
    pub fn open_connections(&self) -> usize {
        self.connections.lock().len()
    }
}
