//! Everyone comes back at once: 10,000 rich clients in 1,000 rooms, each 100 events behind, after the server was killed.

use std::{
    io,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::{
    dialect::{Dialect, hello},
    peer::{Peer, Places, Server},
    report::Figure,
    sockets::Sockets,
};

const ROOMS: usize = 1_000;
const CLIENTS: usize = 10_000;
const BEHIND: u64 = 100;
/// Messages of one sender that are on their way at any time.
const IN_FLIGHT: u32 = 8;
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone, Default)]
struct Known {
    token: String,
    cursor: Option<Cursor>,
    // What has come since the cursor was taken: the last place, and how many did not follow on the one before.
    last: u64,
    gaps: u64,
}

#[derive(Clone, Deserialize, Serialize)]
struct Cursor {
    epoch: String,
    seq: u64,
    hash: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Heard {
    Welcome {
        #[serde(default)]
        token: String,
    },
    Snapshot {
        as_of: Cursor,
    },
    Missed {
        events: Vec<Event>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Event {
    seq: u64,
}

/// Runs it once.
///
/// # Errors
/// When the server fails, or a client does not get what it missed, each event once and in order.
pub fn run(places: &Places) -> io::Result<Vec<Figure>> {
    let mut server = Server::start(Peer::Parlor, places)?;
    let mut known = vec![Known::default(); CLIENTS];
    let mut sockets = Sockets::new()?;
    for index in 0..CLIENTS {
        let room = room(index);
        let first = Dialect::Rich.introduction(&room, &format!("p{index:05}"));
        sockets.connect(server.address, Dialect::Rich, &room, &first, |index, text| known[index].hear(text))?;
    }
    wait(&mut sockets, &mut known, |one| one.cursor.is_some() && !one.token.is_empty())?;
    drop(sockets);

    talk(&server)?;

    let start = Instant::now();
    server.restart(places)?;
    let listening = start.elapsed();
    let mut sockets = Sockets::new()?;
    for index in 0..CLIENTS {
        let cursor = known[index].cursor.as_ref().map(serde_json::to_string).transpose()?;
        let first = [with_token(&hello(&room(index), cursor.as_deref()), &known[index].token)];
        let heard = |index: usize, text: &[u8]| known[index].hear(text);
        sockets.connect(server.address, Dialect::Rich, &room(index), &first, heard)?;
    }
    let connected = start.elapsed();
    wait(&mut sockets, &mut known, |one| one.cursor.as_ref().is_some_and(|from| one.last >= from.seq + BEHIND))?;
    let all = start.elapsed();
    let gaps: u64 = known.iter().map(|one| one.gaps).sum();
    if gaps > 0 {
        return Err(io::Error::other(format!("{gaps} events were missing, doubled or out of order")));
    }
    Ok(vec![
        Figure::new("from the start of the process until it listens", "ms", listening.as_secs_f64() * 1e3),
        Figure::new("until the last of 10,000 is connected", "s", connected.as_secs_f64()),
        Figure::new("until all have the 100 events that they missed", "s", all.as_secs_f64()),
        Figure::new(
            "the server's CPU for each of them",
            "µs",
            server.process().cpu()?.as_secs_f64() * 1e6 / CLIENTS as f64,
        ),
    ])
}

impl Known {
    fn hear(&mut self, text: &[u8]) {
        match serde_json::from_slice(text) {
            Ok(Heard::Welcome { token }) if !token.is_empty() => self.token = token,
            Ok(Heard::Snapshot { as_of }) => {
                self.last = as_of.seq;
                self.cursor = Some(as_of);
            }
            Ok(Heard::Missed { events }) => {
                for event in events {
                    self.gaps += u64::from(event.seq != self.last + 1);
                    self.last = event.seq;
                }
            }
            _ => {}
        }
    }
}

fn wait(sockets: &mut Sockets, known: &mut [Known], done: impl Fn(&Known) -> bool) -> io::Result<()> {
    let (start, mut late) = (Instant::now(), 0);
    loop {
        // On from the last one who was late: to look at everyone each time would cost more than to listen.
        late += known[late..].iter().take_while(|one| done(one)).count();
        if late == known.len() {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("client {late} is still behind")));
        }
        sockets.hear(Duration::from_millis(50), |index, text| known[index].hear(text))?;
    }
}

// One sender in each room says as much as everyone will have missed.
fn talk(server: &Server) -> io::Result<()> {
    let mut sockets = Sockets::new()?;
    for index in 0..ROOMS {
        let room = room(index);
        sockets.connect(server.address, Dialect::Plain, &room, &[format!("s{index:05}")], |_, _| {})?;
    }
    sockets.settle(Duration::from_millis(400), PATIENCE)?;
    let (mut sent, mut heard) = (vec![0; ROOMS], vec![0; ROOMS]);
    while heard.iter().any(|heard| u64::from(*heard) < BEHIND) {
        for index in 0..ROOMS {
            while u64::from(sent[index]) < BEHIND && sent[index] < heard[index] + IN_FLIGHT {
                sockets.send(index, &format!("message {} of those that everyone will have missed", sent[index]))?;
                sent[index] += 1;
            }
        }
        sockets.hear(Duration::from_millis(100), |index, _| heard[index] += 1)?;
    }
    Ok(())
}

fn room(index: usize) -> String {
    format!("r{}", index % ROOMS)
}

fn with_token(hello: &str, token: &str) -> String {
    hello.replacen('{', &format!(r#"{{"token":"{token}","#), 1)
}
