//! Benchmark of a room with a million messages: pages at random positions, searches, and the start after a kill.

use std::{
    fs, io, thread,
    time::{Duration, Instant},
};

use crate::{
    client_pool::ClientPool,
    dialect::{Dialect, hello},
    message_generator::MessageGenerator,
    report::Figure,
    target::{Environment, Server, Target},
};

const ROOM: &str = "archive";
const SENDERS: usize = 16;
/// Messages of one sender in flight at any time.
const IN_FLIGHT: usize = 32;
/// Numbers of messages at which the room is measured.
const SIZES: [usize; 2] = [100_000, 1_000_000];
const PAGES: usize = 500;
/// Number of repetitions of each search.
const REPETITIONS: usize = 20;
const TIMEOUT: Duration = Duration::from_secs(60);
/// The server counts as idle when it has used less than this fraction of a core for this long.
const IDLE: (f64, Duration) = (0.03, Duration::from_secs(3));

/// Search queries of different lengths, in several scripts, with many, few and no matches.
const SEARCHES: [&str; 15] = [
    "e",
    "qu",
    "ch",
    "tha",
    "the",
    "lantern",
    "zebrafinch",
    "xylophonist",
    "茶",
    "お茶",
    "緑のお茶",
    "\"the lan\"",
    "from:p003 the",
    "zebrafinch from:p003",
    "the before:2020-01-01",
];

/// Runs the benchmark once.
///
/// # Errors
/// If the server fails.
pub fn run(environment: &Environment) -> io::Result<Vec<Figure>> {
    let mut server = Server::start(Target::Parlor, environment)?;
    let (mut figures, mut posted) = (Vec::new(), 0);
    for size in SIZES {
        let start = Instant::now();
        post_messages(&server, posted..size)?;
        let rate = (size - posted) as f64 / start.elapsed().as_secs_f64();
        posted = size;
        let log = fs::metadata(server.data().join("parlor.db-wal")).map_or(0, |file| file.len());
        let start = Instant::now();
        server.restart(environment)?;
        let mut client = HistoryClient::join(&server)?;
        let started = start.elapsed();
        let of = |label: &str| format!("{label}, {size} messages");
        figures.extend([
            Figure::new(of("messages accepted per second"), "", rate),
            Figure::new(of("write-ahead log when the server was killed"), "MiB", log as f64 / f64::from(1 << 20)),
            Figure::new(of("from the start of the process to the first snapshot"), "ms", millis(started)),
        ]);
        wait_until_idle(&server)?;
        let pages = client.pages(size)?;
        figures.push(Figure::new(of("a page of 50, anywhere: p50"), "ms", quantile(&pages, 0.5)));
        figures.push(Figure::new(of("a page of 50, anywhere: p99"), "ms", quantile(&pages, 0.99)));
        let mut all = Vec::new();
        for words in SEARCHES {
            let times = client.search(words)?;
            figures.push(Figure::new(of(&format!("search for `{words}`: p50")), "ms", quantile(&times, 0.5)));
            all.extend(times);
        }
        figures.push(Figure::new(of("all searches: p99"), "ms", quantile(&all, 0.99)));
    }
    Ok(figures)
}

// Posts the messages with these numbers, as fast as the server accepts them.
fn post_messages(server: &Server, numbers: std::ops::Range<usize>) -> io::Result<()> {
    let mut clients = ClientPool::new()?;
    for index in 0..SENDERS {
        clients.connect(server.address, Dialect::Plain, ROOM, &[format!("p{index:03}")], |_, _| {})?;
    }
    clients.wait_until_quiet(Duration::from_millis(400), TIMEOUT)?;
    let (mut next, mut received) = (numbers.start, 0);
    let mut generator = MessageGenerator::new(numbers.start as u64);
    while received < numbers.len() {
        while next < numbers.end && next - numbers.start < received + SENDERS * IN_FLIGHT {
            clients.send(next % SENDERS, &generator.message(next))?;
            next += 1;
        }
        // Every client receives every message, so it is enough to count those of one client.
        clients.poll(Duration::from_millis(100), |index, _| received += usize::from(index == 0))?;
    }
    Ok(())
}

fn wait_until_idle(server: &Server) -> io::Result<()> {
    let (max_cpu, interval) = IDLE;
    loop {
        let before = server.process().cpu()?;
        thread::sleep(interval);
        if (server.process().cpu()? - before).as_secs_f64() < max_cpu * interval.as_secs_f64() {
            return Ok(());
        }
    }
}

struct HistoryClient {
    clients: ClientPool,
    requests: usize,
}

impl HistoryClient {
    // Returns when the snapshot has arrived.
    fn join(server: &Server) -> io::Result<Self> {
        let mut client = Self { clients: ClientPool::new()?, requests: 0 };
        client.clients.connect(server.address, Dialect::Rich, ROOM, &[hello(ROOM, None)], |_, _| {})?;
        // The client claims no name, which would be announced. Since nobody else is in the room, the answer to this
        // request follows the snapshot.
        client.request("page", r#""before":2"#)?;
        Ok(client)
    }

    fn pages(&mut self, size: usize) -> io::Result<Vec<f64>> {
        let mut rng = fastrand::Rng::with_seed(7);
        (0..PAGES).map(|_| self.request("page", &format!(r#""before":{}"#, rng.usize(51..size)))).collect()
    }

    fn search(&mut self, words: &str) -> io::Result<Vec<f64>> {
        let words = serde_json::to_string(words)?;
        (0..REPETITIONS)
            .map(|_| self.request("search", &format!(r#""words":{words},"utc_offset_minutes":0"#)))
            .collect()
    }

    // Sends a request. Returns the milliseconds until the answer.
    fn request(&mut self, kind: &str, what: &str) -> io::Result<f64> {
        self.requests += 1;
        let request = format!(r#"{{"type":"{kind}","room":"{ROOM}","request":{},{what}}}"#, self.requests);
        let answer = format!(r#""request":{},"#, self.requests);
        let (start, mut answered) = (Instant::now(), false);
        self.clients.send(0, &request)?;
        while !answered {
            if start.elapsed() > TIMEOUT {
                return Err(io::Error::new(io::ErrorKind::TimedOut, format!("no answer to {request}")));
            }
            self.clients.poll(Duration::from_millis(100), |_, text| {
                let head = &text[..text.len().min(200)];
                answered |= head.windows(answer.len()).any(|window| window == answer.as_bytes());
            })?;
        }
        Ok(millis(start.elapsed()))
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn quantile(times: &[f64], at: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times.get(((times.len() - 1) as f64 * at).round() as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_measured_values() {
        let times: Vec<f64> = (1..=101).rev().map(f64::from).collect();
        assert_eq!((quantile(&times, 0.0), quantile(&times, 0.5), quantile(&times, 0.99)), (1.0, 51.0, 100.0));
    }
}
