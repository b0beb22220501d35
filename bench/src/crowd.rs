//! All clients of a run, on one thread: they send by the clock or by what comes back, and read all that comes.

use std::{
    io,
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

use crate::{
    dialect::Dialect,
    mark::Mark,
    sockets::Sockets,
    transcript::{Place, Transcript},
    usage::Process,
};

/// Everyone reads at most so often. Real clients are on machines of their own: they don't take turns with each other,
/// and a server that sends to one has no idle core to wake for it.
const NAP: Duration = Duration::from_micros(500);
/// Without anything to read for so long, all has come that belongs to what was done.
const QUIET: Duration = Duration::from_millis(400);
/// For what is still on its way when the load ends, and for who came to be told to all.
const PATIENCE: Duration = Duration::from_secs(60);
/// Latencies are counted up to here, in microseconds.
const SLOWEST: u64 = 120_000_000;

/// Who is there.
#[derive(Clone, Copy, Debug)]
pub struct People {
    /// What they speak.
    pub dialect: Dialect,
    /// Rooms.
    pub rooms: usize,
    /// Members of each.
    pub members: usize,
    /// Of each room's members, how many send.
    pub senders: usize,
    /// Of the first room's members, how many read nothing once they are in.
    pub stalled: usize,
}

/// What they do.
#[derive(Clone, Copy, Debug)]
pub enum Load {
    /// Nothing.
    Idle,
    /// Messages leave by the clock, so many a second in all; a latency counts from when one was due.
    Open(f64),
    /// So many messages are on their way at any time.
    Closed(usize),
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Deliveries within the window.
    pub deliveries: u64,
    /// The window.
    pub window: Duration,
    /// The server's time on a core within it.
    pub server: Duration,
    /// The share of a core that the clients took, from 0 to 1.
    pub busy: f64,
    /// From due to received, in microseconds.
    pub latency: Histogram<u64>,
    /// Messages that were missing, doubled or out of order, over all receivers.
    pub faults: u64,
    /// Connections that the server closed, with their codes.
    pub closed: Vec<u16>,
}

/// The clients.
pub struct Crowd {
    people: People,
    sockets: Sockets,
    places: Vec<Place>,
    transcripts: Vec<Transcript>,
    sent: Vec<Vec<u32>>,
    began: Instant,
    turn: usize,
    in_flight: usize,
    deliveries: u64,
    latency: Histogram<u64>,
}

impl Crowd {
    /// Everyone joins, and has heard of all others.
    ///
    /// # Errors
    /// When somebody can't.
    pub fn gather(server: SocketAddr, people: People) -> io::Result<Self> {
        let count = people.rooms * people.members;
        let mut crowd = Self {
            people,
            sockets: Sockets::new()?,
            places: vec![Place::default(); count],
            transcripts: vec![Transcript::new(people.senders); people.rooms],
            sent: vec![vec![0; people.senders]; people.rooms],
            began: Instant::now(),
            turn: 0,
            in_flight: 0,
            deliveries: 0,
            latency: Histogram::new_with_bounds(1, SLOWEST, 3).map_err(io::Error::other)?,
        };
        for index in 0..count {
            // Members of all rooms one after the other: nobody waits for a whole room to be told.
            let (room, member) = (index % people.rooms, index / people.rooms);
            // A smaller crowd may have been here before, and rich clients keep their names for a while.
            let (room, name) = (room_name(room), format!("p{member:05}-{room}-{}", people.members));
            let first = people.dialect.introduction(&room, &name);
            crowd.sockets.connect(server, people.dialect, &room, &first, |_, _| {})?;
        }
        crowd.sockets.open(|_, _| {})?;
        crowd.sockets.settle(QUIET, PATIENCE)?;
        for index in (0..count).filter(|index| crowd.is_stalled(*index)).collect::<Vec<_>>() {
            crowd.sockets.stall(index)?;
        }
        Ok(crowd)
    }

    /// Puts the load on the server: some time to get going, and then the window that counts.
    ///
    /// # Errors
    /// When a connection breaks that should not, or the server is gone.
    pub fn work(
        &mut self,
        server: Process,
        load: Load,
        size: usize,
        warm: Duration,
        window: Duration,
    ) -> io::Result<Outcome> {
        self.began = Instant::now();
        let mut due = 0u64;
        let (mut counting, mut heard) = (None, false);
        loop {
            let now = self.began.elapsed();
            if counting.is_none() && now >= warm {
                self.deliveries = 0;
                self.latency.reset();
                counting = Some((self.began.elapsed(), server.cpu()?, Process::this().cpu()?));
            }
            if now >= warm + window {
                break;
            }
            let wait = match load {
                Load::Idle => Duration::from_millis(100),
                Load::Open(rate) => {
                    let step = 1e6 / rate;
                    while (due as f64 * step) as u64 <= now.as_micros() as u64 {
                        self.post((due as f64 * step) as u64, size)?;
                        due += 1;
                    }
                    Duration::from_micros((due as f64 * step) as u64).saturating_sub(self.began.elapsed())
                }
                Load::Closed(most) => {
                    while self.in_flight < most {
                        self.post(now.as_micros() as u64, size)?;
                    }
                    Duration::from_millis(100)
                }
            };
            let nap = if heard { wait.min(NAP) } else { Duration::ZERO };
            thread::sleep(nap);
            heard = self.hear(wait - nap)?;
        }
        let (start, server_before, own_before) = counting.unwrap_or_default();
        let window = self.began.elapsed() - start;
        let (server_used, own_used) = (server.cpu()? - server_before, Process::this().cpu()? - own_before);
        let (deliveries, latency) = (self.deliveries, self.latency.clone());
        self.drain()?;
        let faults =
            (0..self.places.len()).filter(|index| !self.is_stalled(*index)).map(|index| self.faults(index)).sum();
        let busy = own_used.as_secs_f64() / window.as_secs_f64();
        let closed = self.sockets.closed();
        Ok(Outcome { deliveries, window, server: server_used, busy, latency, faults, closed })
    }

    fn is_stalled(&self, index: usize) -> bool {
        // Behind the senders.
        let (room, member) = (index % self.people.rooms, index / self.people.rooms);
        room == 0 && (self.people.senders..self.people.senders + self.people.stalled).contains(&member)
    }

    fn faults(&self, index: usize) -> u64 {
        let room = index % self.people.rooms;
        self.transcripts[room].faults(self.places[index], &self.sent[room])
    }

    // The next sender's next message: each room's first, then each room's second.
    fn post(&mut self, due: u64, size: usize) -> io::Result<()> {
        let index = self.turn % (self.people.rooms * self.people.senders);
        self.turn += 1;
        self.in_flight += 1;
        let (room, sender) = (index % self.people.rooms, index / self.people.rooms);
        let number = &mut self.sent[room][sender];
        let mark = Mark { sender, number: *number, due };
        let text = self.people.dialect.post(&room_name(room), *number, mark.message(size));
        *number += 1;
        self.sockets.send(index, &text)
    }

    // Reads what comes within this time, once.
    fn hear(&mut self, wait: Duration) -> io::Result<bool> {
        let Self { people, sockets, places, transcripts, began, deliveries, latency, in_flight, .. } = self;
        let rooms = people.rooms;
        // The clock is read once for each member: it is not free.
        let (mut reader, mut now) = (usize::MAX, 0);
        sockets.hear(wait, |index, text| {
            let Some(said) = transcripts[index % rooms].hear(&mut places[index], text) else { return };
            if reader != index {
                (reader, now) = (index, began.elapsed().as_micros() as u64);
            }
            *deliveries += 1;
            latency.saturating_record(now.saturating_sub(said.due).max(1));
            *in_flight = in_flight.saturating_sub(usize::from(said.sender == index / rooms));
        })
    }

    fn drain(&mut self) -> io::Result<()> {
        let start = Instant::now();
        let complete = |crowd: &Self| {
            (0..crowd.places.len()).all(|index| {
                let room = index % crowd.people.rooms;
                crowd.is_stalled(index) || crowd.transcripts[room].is_complete(crowd.places[index], &crowd.sent[room])
            })
        };
        while !complete(self) && start.elapsed() < PATIENCE {
            self.hear(Duration::from_millis(50))?;
        }
        Ok(())
    }
}

fn room_name(room: usize) -> String {
    format!("r{room}")
}
