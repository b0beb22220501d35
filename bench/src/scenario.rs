//! Scenarios in which servers are compared.

use std::{io, time::Duration};

use crate::{
    dialect::Dialect,
    load_generator::{LoadGenerator, Measurement, Topology, Workload},
    target::{Environment, Server, Target},
};

/// Default size of a message in bytes.
const SMALL: usize = 64;

/// A scenario: clients, rooms and workload.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Name on the command line.
    pub name: &'static str,
    /// One-line description for the report.
    pub description: &'static str,
    topology: Topology,
    workload: Workload,
    size: usize,
    include_slow_targets: bool,
}

const ONE_ROOM: Topology = Topology { dialect: Dialect::Plain, rooms: 1, members: 1_000, senders: 10, stalled: 0 };
const MANY_ROOMS: Topology = Topology { rooms: 1_000, members: 10, senders: 1, ..ONE_ROOM };
const DEFAULT: Scenario = Scenario {
    name: "",
    description: "",
    topology: ONE_ROOM,
    workload: Workload::OpenLoop(50.0),
    size: SMALL,
    include_slow_targets: false,
};

/// All scenarios.
pub const ALL: [Scenario; 12] = [
    Scenario {
        name: "room-10",
        description: "one room of 1,000, 10 messages a second",
        workload: Workload::OpenLoop(10.0),
        include_slow_targets: true,
        ..DEFAULT
    },
    Scenario { name: "room-50", description: "one room of 1,000, 50 messages a second", ..DEFAULT },
    Scenario {
        name: "room-100",
        description: "one room of 1,000, 100 messages a second",
        workload: Workload::OpenLoop(100.0),
        ..DEFAULT
    },
    Scenario {
        name: "room-400",
        description: "one room of 1,000, 400 messages a second",
        workload: Workload::OpenLoop(400.0),
        ..DEFAULT
    },
    Scenario {
        name: "room-full",
        description: "one room of 1,000, 256 messages on their way at any time",
        workload: Workload::ClosedLoop(256),
        ..DEFAULT
    },
    Scenario {
        name: "size-1k",
        description: "one room of 1,000, 50 messages of 1 KiB a second",
        size: 1 << 10,
        ..DEFAULT
    },
    Scenario {
        name: "size-16k",
        description: "one room of 1,000, 50 messages of 15 KiB a second",
        size: 15 << 10,
        ..DEFAULT
    },
    Scenario {
        name: "stalled",
        description: "the same, and 10 of the 1,000 read nothing",
        topology: Topology { stalled: 10, ..ONE_ROOM },
        size: 15 << 10,
        ..DEFAULT
    },
    Scenario {
        name: "rooms-1000",
        description: "1,000 rooms of 10, 5,000 messages a second",
        topology: MANY_ROOMS,
        workload: Workload::OpenLoop(5_000.0),
        ..DEFAULT
    },
    Scenario {
        name: "idle",
        description: "10,000 connections that do nothing",
        topology: MANY_ROOMS,
        workload: Workload::Idle,
        ..DEFAULT
    },
    Scenario {
        name: "rich-100",
        description: "one room of 1,000 rich clients, 100 messages a second",
        topology: Topology { dialect: Dialect::Rich, ..ONE_ROOM },
        workload: Workload::OpenLoop(100.0),
        ..DEFAULT
    },
    Scenario {
        name: "rich-idle",
        description: "10,000 rich connections that do nothing",
        topology: Topology { dialect: Dialect::Rich, ..MANY_ROOMS },
        workload: Workload::Idle,
        ..DEFAULT
    },
];

/// The result of one run of a scenario.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// What the load generator measured.
    pub measurement: Measurement,
    /// Number of connections.
    pub connections: usize,
    /// Growth of the server's resident memory per connection in bytes, without the first connections.
    pub memory_per_connection: f64,
    /// New connections per second, each including the registration of a name.
    pub connections_per_second: f64,
}

impl RunResult {
    /// Server CPU time per delivery in microseconds; `None` without deliveries.
    pub fn cpu_per_delivery(&self) -> Option<f64> {
        let measurement = &self.measurement;
        (measurement.deliveries > 0).then(|| self.server_cpu() * 1e6 / measurement.deliveries as f64)
    }

    /// Server CPU time per second and connection, in microseconds.
    pub fn cpu_per_connection_second(&self) -> f64 {
        self.server_cpu() * 1e6 / self.measurement.window.as_secs_f64() / self.connections as f64
    }

    // In seconds.
    fn server_cpu(&self) -> f64 {
        self.measurement.server_cpu.iter().map(Duration::as_secs_f64).sum()
    }

    /// Deliveries per second.
    pub fn deliveries_per_second(&self) -> f64 {
        self.measurement.deliveries as f64 / self.measurement.window.as_secs_f64()
    }

    /// See [`Measurement::invalid_reason`].
    pub fn invalid_reason(&self) -> Option<String> {
        self.measurement.invalid_reason()
    }
}

impl Scenario {
    /// Those of the wanted targets that this scenario supports.
    pub fn targets(&self, wanted: &[Target]) -> Vec<Target> {
        let fits = |target: &Target| match target {
            Target::Parlor => true,
            _ if self.topology.dialect == Dialect::Rich => false,
            Target::Fastapi | Target::Broadcast => self.include_slow_targets,
            _ => self.topology.rooms == 1 || target.has_rooms(),
        };
        wanted.iter().copied().filter(fits).collect()
    }

    /// Whether the scenario measures the cost of idle connections.
    pub fn is_idle(&self) -> bool {
        matches!(self.workload, Workload::Idle)
    }

    /// Runs the scenario once.
    ///
    /// # Errors
    /// If the server cannot be started, refuses a client or breaks a connection.
    pub fn run(&self, target: Target, environment: &Environment, window: Duration) -> io::Result<RunResult> {
        let server = Server::start(target, environment)?;
        // The first connections cause one-time allocations, which are not counted as memory per connection.
        let first = Topology { rooms: 1, members: 50, senders: 1, ..self.topology };
        drop(LoadGenerator::connect(&[server.address], first)?);
        let before = server.process().resident()?;
        let start = std::time::Instant::now();
        let mut generator = LoadGenerator::connect(&[server.address], self.topology)?;
        let joining = start.elapsed();
        let connections = self.topology.rooms * self.topology.members;
        let memory_per_connection = server.process().resident()?.saturating_sub(before) as f64 / connections as f64;
        let warm_up = window / 5;
        let measurement = generator.run(&[server.process()], self.workload, self.size, warm_up, window)?;
        Ok(RunResult {
            measurement,
            connections,
            memory_per_connection,
            connections_per_second: connections as f64 / joining.as_secs_f64(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_messages_have_room_for_their_tag() {
        for (index, scenario) in ALL.iter().enumerate() {
            assert!(ALL[..index].iter().all(|other| other.name != scenario.name));
            assert!(
                scenario.size >= crate::message_tag::LENGTH && scenario.topology.senders <= scenario.topology.members
            );
        }
    }
}
