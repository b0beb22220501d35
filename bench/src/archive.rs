//! A room with a million messages: reading anywhere in it, searching it, and starting on it after the server was killed.

use std::{
    fs, io, thread,
    time::{Duration, Instant},
};

use crate::{
    dialect::{Dialect, hello},
    peer::{Peer, Places, Server},
    prose::Prose,
    report::Figure,
    sockets::Sockets,
};

const ROOM: &str = "archive";
const SENDERS: usize = 16;
/// Messages of one sender that are on their way at any time.
const IN_FLIGHT: usize = 32;
/// How large the room is when it is looked at.
const SIZES: [usize; 2] = [100_000, 1_000_000];
const PAGES: usize = 500;
/// How often each search is made.
const TIMES: usize = 20;
const PATIENCE: Duration = Duration::from_secs(60);
/// A server that has used less than this of a core, for as long as this, is done with what it had to do.
const IDLE: (f64, Duration) = (0.03, Duration::from_secs(3));

/// What is searched for: of each length, in several scripts, with much, little and nothing to find.
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

/// Runs it once.
///
/// # Errors
/// When the server fails.
pub fn run(places: &Places) -> io::Result<Vec<Figure>> {
    let mut server = Server::start(Peer::Parlor, places)?;
    let (mut figures, mut said) = (Vec::new(), 0);
    for size in SIZES {
        let start = Instant::now();
        fill(&server, said..size)?;
        let rate = (size - said) as f64 / start.elapsed().as_secs_f64();
        said = size;
        let log = fs::metadata(server.data().join("parlor.db-wal")).map_or(0, |file| file.len());
        let start = Instant::now();
        server.restart(places)?;
        let mut reader = Reader::enter(&server)?;
        let started = start.elapsed();
        let of = |what: &str| format!("{what}, {size} messages");
        figures.extend([
            Figure::new(of("messages accepted a second"), "", rate),
            Figure::new(of("write-ahead log when the server was killed"), "MiB", log as f64 / f64::from(1 << 20)),
            Figure::new(of("from the start of the process to the first snapshot"), "ms", millis(started)),
        ]);
        await_idle(&server)?;
        let pages = reader.pages(size)?;
        figures.push(Figure::new(of("a page of 50, anywhere: p50"), "ms", quantile(&pages, 0.5)));
        figures.push(Figure::new(of("a page of 50, anywhere: p99"), "ms", quantile(&pages, 0.99)));
        let mut all = Vec::new();
        for words in SEARCHES {
            let times = reader.search(words)?;
            figures.push(Figure::new(of(&format!("search for `{words}`: p50")), "ms", quantile(&times, 0.5)));
            all.extend(times);
        }
        figures.push(Figure::new(of("all searches: p99"), "ms", quantile(&all, 0.99)));
    }
    Ok(figures)
}

// Says the messages of these numbers, as fast as they are accepted.
fn fill(server: &Server, numbers: std::ops::Range<usize>) -> io::Result<()> {
    let mut sockets = Sockets::new()?;
    for index in 0..SENDERS {
        sockets.connect(server.address, Dialect::Plain, ROOM, &[format!("p{index:03}")], |_, _| {})?;
    }
    sockets.settle(Duration::from_millis(400), PATIENCE)?;
    let (mut next, mut heard) = (numbers.start, 0);
    let mut prose = Prose::new(numbers.start as u64);
    while heard < numbers.len() {
        while next < numbers.end && next - numbers.start < heard + SENDERS * IN_FLIGHT {
            sockets.send(next % SENDERS, &prose.message(next))?;
            next += 1;
        }
        // Everyone hears everything; one of them is enough to know.
        sockets.hear(Duration::from_millis(100), |index, _| heard += usize::from(index == 0))?;
    }
    Ok(())
}

fn await_idle(server: &Server) -> io::Result<()> {
    let (most, over) = IDLE;
    loop {
        let before = server.process().cpu()?;
        thread::sleep(over);
        if (server.process().cpu()? - before).as_secs_f64() < most * over.as_secs_f64() {
            return Ok(());
        }
    }
}

struct Reader {
    sockets: Sockets,
    requests: usize,
}

impl Reader {
    // Returns when the snapshot is there.
    fn enter(server: &Server) -> io::Result<Self> {
        let mut reader = Self { sockets: Sockets::new()?, requests: 0 };
        reader.sockets.connect(server.address, Dialect::Rich, ROOM, &[hello(ROOM, None)], |_, _| {})?;
        // A name would be heard of. Nobody else is here, so that the first answer to something else comes after it.
        reader.ask("page", r#""before":2"#)?;
        Ok(reader)
    }

    fn pages(&mut self, size: usize) -> io::Result<Vec<f64>> {
        let mut chance = fastrand::Rng::with_seed(7);
        (0..PAGES).map(|_| self.ask("page", &format!(r#""before":{}"#, chance.usize(51..size)))).collect()
    }

    fn search(&mut self, words: &str) -> io::Result<Vec<f64>> {
        let words = serde_json::to_string(words)?;
        (0..TIMES).map(|_| self.ask("search", &format!(r#""words":{words},"utc_offset_minutes":0"#))).collect()
    }

    // The milliseconds until the answer is there.
    fn ask(&mut self, kind: &str, what: &str) -> io::Result<f64> {
        self.requests += 1;
        let request = format!(r#"{{"type":"{kind}","room":"{ROOM}","request":{},{what}}}"#, self.requests);
        let answer = format!(r#""request":{},"#, self.requests);
        let (start, mut answered) = (Instant::now(), false);
        self.sockets.send(0, &request)?;
        while !answered {
            if start.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, format!("no answer to {request}")));
            }
            self.sockets.hear(Duration::from_millis(100), |_, text| {
                let head = &text[..text.len().min(200)];
                answered |= head.windows(answer.len()).any(|part| part == answer.as_bytes());
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
    fn quantiles_are_of_what_was_measured() {
        let times: Vec<f64> = (1..=101).rev().map(f64::from).collect();
        assert_eq!((quantile(&times, 0.0), quantile(&times, 0.5), quantile(&times, 0.99)), (1.0, 51.0, 100.0));
    }
}
