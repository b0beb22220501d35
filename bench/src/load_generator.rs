//! Generates a workload with all clients of a run on one thread, and measures the deliveries.

use std::{
    io,
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use crate::{
    client_pool::ClientPool,
    dialect::Dialect,
    joining::Joining,
    message_tag::MessageTag,
    transcript::{ReadPosition, Transcript},
    usage::{self, Process},
};

/// Shortest interval between reads. Real clients are on different machines: they do not share a core, and a server's
/// write does not wake an idle core of its own machine.
const READ_INTERVAL: Duration = Duration::from_micros(500);
/// After this long without received data, everything caused by earlier messages has arrived.
const QUIET_PERIOD: Duration = Duration::from_millis(400);
/// Timeout for messages in flight at the end of the workload, and for announcements after connecting.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum number of clients that wait for their names, if there are several servers: each name is a transaction of a
/// database, and more at once would wait too long.
const MAX_JOINING: usize = 64;
/// Largest recorded latency, in microseconds.
const MAX_LATENCY_US: u64 = 120_000_000;

/// The clients and rooms of a scenario.
#[derive(Clone, Copy, Debug)]
pub struct Topology {
    /// The dialect of all clients.
    pub dialect: Dialect,
    /// Number of rooms.
    pub rooms: usize,
    /// Number of members of each room.
    pub members: usize,
    /// Number of members of each room that send messages.
    pub senders: usize,
    /// Number of members of the first room that stop reading after they have joined.
    pub stalled: usize,
}

/// How clients send messages.
#[derive(Clone, Copy, Debug)]
pub enum Workload {
    /// Clients send nothing.
    Idle,
    /// Open loop: clients send this many messages per second in total, whatever the server does. Latency is measured
    /// from the due time, which avoids coordinated omission.
    OpenLoop(f64),
    /// Closed loop: this many messages are in flight at any time.
    ClosedLoop(usize),
}

/// The measured values of one run.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// Number of deliveries within the measurement window.
    pub deliveries: u64,
    /// Length of the measurement window.
    pub window: Duration,
    /// CPU time of each measured process within the window.
    pub server_cpu: Vec<Duration>,
    /// CPU usage of the clients within the window, as a fraction of one core, from 0 to 1.
    pub client_cpu: f64,
    /// CPU usage of the whole machine within the window, other processes included, from 0 to 1.
    pub machine_cpu: f64,
    /// Latency from due time to reception by clients of the sender's server, in microseconds.
    pub latency: Histogram<u64>,
    /// The same for clients of other servers; empty if there is one server.
    pub latency_at_others: Histogram<u64>,
    /// Number of missing, duplicated and reordered messages, over all receivers.
    pub delivery_errors: u64,
    /// Close codes of the connections that the server closed.
    pub close_codes: Vec<u16>,
}

impl Measurement {
    /// Why the result is invalid, if it is.
    pub fn invalid_reason(&self) -> Option<String> {
        if self.delivery_errors > 0 {
            Some(format!("{} messages missing, duplicated or out of order", self.delivery_errors))
        } else if self.client_cpu > 0.85 {
            Some(format!("the clients used {:.0} % of their core", self.client_cpu * 100.0))
        } else {
            None
        }
    }
}

/// The connected clients of a run, with the state of the workload.
pub struct LoadGenerator {
    topology: Topology,
    servers: usize,
    clients: ClientPool,
    positions: Vec<ReadPosition>,
    transcripts: Vec<Transcript>,
    sent: Vec<Vec<u32>>,
    started: Instant,
    next_sender: usize,
    in_flight: usize,
    deliveries: u64,
    latency: Histogram<u64>,
    latency_at_others: Histogram<u64>,
}

impl LoadGenerator {
    /// Connects all clients, and waits until all announcements have arrived. With several servers the members of each
    /// room connect to them in turn.
    ///
    /// # Errors
    /// If a client cannot connect.
    pub fn connect(servers: &[SocketAddr], topology: Topology) -> io::Result<Self> {
        let count = topology.rooms * topology.members;
        let histogram = || Histogram::new_with_bounds(1, MAX_LATENCY_US, 3).map_err(io::Error::other);
        let mut generator = Self {
            topology,
            servers: servers.len(),
            clients: ClientPool::new()?,
            positions: vec![ReadPosition::default(); count],
            transcripts: vec![Transcript::new(topology.senders); topology.rooms],
            sent: vec![vec![0; topology.senders]; topology.rooms],
            started: Instant::now(),
            next_sender: 0,
            in_flight: 0,
            deliveries: 0,
            latency: histogram()?,
            latency_at_others: histogram()?,
        };
        let mut joining = Joining::default();
        for index in 0..count {
            // Joins alternate between the rooms, so that no join waits for the announcements in its room.
            let (room, member) = (index % topology.rooms, index / topology.rooms);
            let server = servers[member % servers.len()];
            // Names include the room size: an earlier, smaller run may still hold its names for the grace period.
            let (room, name) = (room_name(room), format!("p{member:05}-{room}-{}", topology.members));
            let initial_texts = topology.dialect.registration(&room, &name);
            joining.add(name);
            let dialect = topology.dialect;
            generator
                .clients
                .connect(server, dialect, &room, &initial_texts, |index, text| joining.record(index, text))?;
            if servers.len() > 1 {
                joining.wait(&mut generator.clients, MAX_JOINING)?;
            }
        }
        generator.clients.wait_open(|index, text| joining.record(index, text))?;
        if servers.len() > 1 {
            joining.wait(&mut generator.clients, 0)?;
        }
        generator.clients.wait_until_quiet(QUIET_PERIOD, DRAIN_TIMEOUT)?;
        for index in (0..count).filter(|index| generator.is_stalled(*index)).collect::<Vec<_>>() {
            generator.clients.stop_reading(index)?;
        }
        Ok(generator)
    }

    /// Sends one message in each room and waits until it is received. The first message of a room creates its log.
    ///
    /// # Errors
    /// If a connection breaks.
    pub fn create_logs(&mut self, size: usize) -> io::Result<()> {
        self.started = Instant::now();
        (0..self.topology.rooms).try_for_each(|_| self.post(0, size))?;
        self.drain()
    }

    /// Runs a workload: a warm-up period, and then the measurement window, in which the CPU time of `processes` is
    /// measured.
    ///
    /// # Errors
    /// If a connection breaks, or a process has ended.
    pub fn run(
        &mut self,
        processes: &[Process],
        workload: Workload,
        size: usize,
        warm_up: Duration,
        window: Duration,
    ) -> io::Result<Measurement> {
        self.started = Instant::now();
        let mut due = 0u64;
        let (mut counting, mut received) = (None, false);
        loop {
            let now = self.started.elapsed();
            if counting.is_none() && now >= warm_up {
                self.deliveries = 0;
                self.latency.reset();
                self.latency_at_others.reset();
                let cpu = cpu_times(processes)?;
                counting = Some((self.started.elapsed(), cpu, Process::this().cpu()?, usage::machine_ticks()?));
            }
            if now >= warm_up + window {
                break;
            }
            let wait = match workload {
                Workload::Idle => Duration::from_millis(100),
                Workload::OpenLoop(rate) => {
                    let step = 1e6 / rate;
                    while (due as f64 * step) as u64 <= now.as_micros() as u64 {
                        self.post((due as f64 * step) as u64, size)?;
                        due += 1;
                    }
                    Duration::from_micros((due as f64 * step) as u64).saturating_sub(self.started.elapsed())
                }
                Workload::ClosedLoop(limit) => {
                    while self.in_flight < limit {
                        self.post(now.as_micros() as u64, size)?;
                    }
                    Duration::from_millis(100)
                }
            };
            let pause = if received { wait.min(READ_INTERVAL) } else { Duration::ZERO };
            thread::sleep(pause);
            received = self.receive(wait - pause)?;
        }
        let (start, server_before, own_before, machine_before) = counting.unwrap_or_default();
        let window = self.started.elapsed() - start;
        let own_used = Process::this().cpu()? - own_before;
        let server_cpu = cpu_times(processes)?.into_iter().zip(server_before).map(|(after, before)| after - before);
        let server_cpu = server_cpu.collect();
        let machine_cpu = usage::machine_usage(machine_before, usage::machine_ticks()?);
        let (deliveries, latency) = (self.deliveries, self.latency.clone());
        let latency_at_others = self.latency_at_others.clone();
        self.drain()?;
        let delivery_errors = (0..self.positions.len())
            .filter(|index| !self.is_stalled(*index))
            .map(|index| self.delivery_errors(index))
            .sum();
        let client_cpu = own_used.as_secs_f64() / window.as_secs_f64();
        let close_codes = self.clients.close_codes();
        Ok(Measurement {
            deliveries,
            window,
            server_cpu,
            client_cpu,
            machine_cpu,
            latency,
            latency_at_others,
            delivery_errors,
            close_codes,
        })
    }

    fn is_stalled(&self, index: usize) -> bool {
        // The members after the senders.
        let (room, member) = (index % self.topology.rooms, index / self.topology.rooms);
        room == 0 && (self.topology.senders..self.topology.senders + self.topology.stalled).contains(&member)
    }

    fn delivery_errors(&self, index: usize) -> u64 {
        let room = index % self.topology.rooms;
        self.transcripts[room].errors(self.positions[index], &self.sent[room])
    }

    // Sends the next message of the next sender: first the first sender of each room, then the second of each.
    fn post(&mut self, due: u64, size: usize) -> io::Result<()> {
        let index = self.next_sender % (self.topology.rooms * self.topology.senders);
        self.next_sender += 1;
        self.in_flight += 1;
        let (room, sender) = (index % self.topology.rooms, index / self.topology.rooms);
        let number = &mut self.sent[room][sender];
        let tag = MessageTag { sender, number: *number, due };
        let text = self.topology.dialect.post(&room_name(room), *number, tag.message(size));
        *number += 1;
        self.clients.send(index, &text)
    }

    // Polls once for at most `wait`, and records the received messages. Returns whether any client received data.
    fn receive(&mut self, wait: Duration) -> io::Result<bool> {
        let Self {
            clients, positions, transcripts, started, deliveries, in_flight, latency, latency_at_others, ..
        } = self;
        let (rooms, servers) = (self.topology.rooms, self.servers);
        // The clock is read once per client and poll, because reading it takes time.
        let (mut reader, mut now) = (usize::MAX, 0);
        clients.poll(wait, |index, text| {
            let Some(entry) = transcripts[index % rooms].record(&mut positions[index], text) else { return };
            if reader != index {
                (reader, now) = (index, started.elapsed().as_micros() as u64);
            }
            *deliveries += 1;
            let member = index / rooms;
            let latency =
                if entry.sender % servers == member % servers { &mut *latency } else { &mut *latency_at_others };
            latency.saturating_record(now.saturating_sub(entry.due).max(1));
            *in_flight = in_flight.saturating_sub(usize::from(entry.sender == member));
        })
    }

    fn drain(&mut self) -> io::Result<()> {
        let start = Instant::now();
        let complete = |generator: &Self| {
            (0..generator.positions.len()).all(|index| {
                let room = index % generator.topology.rooms;
                generator.is_stalled(index)
                    || generator.transcripts[room].is_complete(generator.positions[index], &generator.sent[room])
            })
        };
        while !complete(self) && start.elapsed() < DRAIN_TIMEOUT {
            self.receive(Duration::from_millis(50))?;
        }
        Ok(())
    }
}

fn cpu_times(processes: &[Process]) -> io::Result<Vec<Duration>> {
    processes.iter().map(|process| process.cpu()).collect()
}

fn room_name(room: usize) -> String {
    format!("r{room}")
}
