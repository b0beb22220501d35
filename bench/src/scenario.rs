//! What is measured.

use std::{io, time::Duration};

use crate::{
    crowd::{Crowd, Load, Outcome, People},
    dialect::Dialect,
    peer::{Peer, Places, Server},
};

/// Bytes of a message where nothing else is said.
const SMALL: usize = 64;

/// A situation in which servers are compared.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// What happens in it.
    pub about: &'static str,
    people: People,
    load: Load,
    size: usize,
    slow_peers: bool,
}

const ROOM: People = People { dialect: Dialect::Plain, rooms: 1, members: 1_000, senders: 10, stalled: 0 };
const ROOMS: People = People { rooms: 1_000, members: 10, senders: 1, ..ROOM };
const OPEN: Scenario =
    Scenario { name: "", about: "", people: ROOM, load: Load::Open(50.0), size: SMALL, slow_peers: false };

/// All of them.
pub const ALL: [Scenario; 12] = [
    Scenario {
        name: "room-10",
        about: "one room of 1,000, 10 messages a second",
        load: Load::Open(10.0),
        slow_peers: true,
        ..OPEN
    },
    Scenario { name: "room-50", about: "one room of 1,000, 50 messages a second", ..OPEN },
    Scenario { name: "room-100", about: "one room of 1,000, 100 messages a second", load: Load::Open(100.0), ..OPEN },
    Scenario { name: "room-400", about: "one room of 1,000, 400 messages a second", load: Load::Open(400.0), ..OPEN },
    Scenario {
        name: "room-full",
        about: "one room of 1,000, 256 messages on their way at any time",
        load: Load::Closed(256),
        ..OPEN
    },
    Scenario { name: "size-1k", about: "one room of 1,000, 50 messages of 1 KiB a second", size: 1 << 10, ..OPEN },
    Scenario { name: "size-16k", about: "one room of 1,000, 50 messages of 15 KiB a second", size: 15 << 10, ..OPEN },
    Scenario {
        name: "stalled",
        about: "the same, and 10 of the 1,000 read nothing",
        people: People { stalled: 10, ..ROOM },
        size: 15 << 10,
        ..OPEN
    },
    Scenario {
        name: "rooms-1000",
        about: "1,000 rooms of 10, 5,000 messages a second",
        people: ROOMS,
        load: Load::Open(5_000.0),
        ..OPEN
    },
    Scenario { name: "idle", about: "10,000 connections that do nothing", people: ROOMS, load: Load::Idle, ..OPEN },
    Scenario {
        name: "rich-100",
        about: "one room of 1,000 rich clients, 100 messages a second",
        people: People { dialect: Dialect::Rich, ..ROOM },
        load: Load::Open(100.0),
        ..OPEN
    },
    Scenario {
        name: "rich-idle",
        about: "10,000 rich connections that do nothing",
        people: People { dialect: Dialect::Rich, ..ROOMS },
        load: Load::Idle,
        ..OPEN
    },
];

/// What one run has shown.
#[derive(Clone, Debug)]
pub struct Run {
    /// What came of the load.
    pub outcome: Outcome,
    /// Connections that there were.
    pub connections: usize,
    /// Bytes that the server's memory grew by for each of them, after the first ones.
    pub resident: f64,
    /// Connections made in a second, one after the other, each with its name.
    pub connects: f64,
}

impl Run {
    /// The server's microseconds on a core for each delivery; none without any.
    pub fn cpu(&self) -> Option<f64> {
        let outcome = &self.outcome;
        (outcome.deliveries > 0).then(|| outcome.server.as_secs_f64() * 1e6 / outcome.deliveries as f64)
    }

    /// The server's microseconds on a core for each second and connection.
    pub fn idle_cpu(&self) -> f64 {
        self.outcome.server.as_secs_f64() * 1e6 / self.outcome.window.as_secs_f64() / self.connections as f64
    }

    /// Deliveries a second.
    pub fn rate(&self) -> f64 {
        self.outcome.deliveries as f64 / self.outcome.window.as_secs_f64()
    }

    /// Why it does not count, if it does not.
    pub fn fault(&self) -> Option<String> {
        let outcome = &self.outcome;
        if outcome.faults > 0 {
            Some(format!("{} messages missing, doubled or out of order", outcome.faults))
        } else if outcome.busy > 0.85 {
            Some(format!("the clients took {:.0} % of their core", outcome.busy * 100.0))
        } else {
            None
        }
    }
}

impl Scenario {
    /// Who is measured in it, of those that were asked for.
    pub fn peers(&self, wanted: &[Peer]) -> Vec<Peer> {
        let fits = |peer: &Peer| match peer {
            Peer::Parlor => true,
            _ if self.people.dialect == Dialect::Rich => false,
            Peer::Fastapi | Peer::Broadcast => self.slow_peers,
            _ => self.people.rooms == 1 || peer.has_rooms(),
        };
        wanted.iter().copied().filter(fits).collect()
    }

    /// Whether it is about what connections cost that do nothing.
    pub fn is_idle(&self) -> bool {
        matches!(self.load, Load::Idle)
    }

    /// Runs it once.
    ///
    /// # Errors
    /// When the server can't be started, refuses a client or breaks a connection.
    pub fn run(&self, peer: Peer, places: &Places, window: Duration) -> io::Result<Run> {
        let server = Server::start(peer, places)?;
        // What is set up once belongs to nobody.
        drop(Crowd::gather(server.address, People { rooms: 1, members: 50, senders: 1, ..self.people })?);
        let before = server.process().resident()?;
        let start = std::time::Instant::now();
        let mut crowd = Crowd::gather(server.address, self.people)?;
        let joining = start.elapsed();
        let connections = self.people.rooms * self.people.members;
        let resident = server.process().resident()?.saturating_sub(before) as f64 / connections as f64;
        let warm = window / 5;
        let outcome = crowd.work(server.process(), self.load, self.size, warm, window)?;
        Ok(Run { outcome, connections, resident, connects: connections as f64 / joining.as_secs_f64() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_messages_have_place_for_their_mark() {
        for (index, scenario) in ALL.iter().enumerate() {
            assert!(ALL[..index].iter().all(|other| other.name != scenario.name));
            assert!(scenario.size >= crate::mark::LENGTH && scenario.people.senders <= scenario.people.members);
        }
    }
}
