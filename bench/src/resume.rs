//! Benchmark of a mass reconnect: after the server was killed, 10,000 rich clients in 1,000 rooms resume, each with 100
//! missed events.

use std::{
    io,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

use crate::{
    client_pool::ClientPool,
    dialect::{Dialect, hello},
    report::Figure,
    target::{Environment, Server, Target},
};

const ROOMS: usize = 1_000;
const CLIENTS: usize = 10_000;
const MISSED_EVENTS: u64 = 100;
/// Messages of one sender in flight at any time.
const IN_FLIGHT: u32 = 8;
const TIMEOUT: Duration = Duration::from_secs(120);

#[derive(Clone, Default)]
struct ClientState {
    token: String,
    cursor: Option<Cursor>,
    // The last seq received since the cursor, and the number of events whose seq did not follow the one before.
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
enum ServerFrame {
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

/// Runs the benchmark once.
///
/// # Errors
/// If the server fails, or a client does not receive every missed event once and in order.
pub fn run(environment: &Environment) -> io::Result<Vec<Figure>> {
    let mut server = Server::start(Target::Parlor, environment)?;
    let mut states = vec![ClientState::default(); CLIENTS];
    let mut clients = ClientPool::new()?;
    for index in 0..CLIENTS {
        let room = room(index);
        let initial_texts = Dialect::Rich.registration(&room, &format!("p{index:05}"));
        clients
            .connect(server.address, Dialect::Rich, &room, &initial_texts, |index, text| states[index].handle(text))?;
    }
    wait(&mut clients, &mut states, |state| state.cursor.is_some() && !state.token.is_empty())?;
    drop(clients);

    post_missed_events(&server)?;

    let start = Instant::now();
    server.restart(environment)?;
    let listening = start.elapsed();
    let mut clients = ClientPool::new()?;
    for index in 0..CLIENTS {
        let cursor = states[index].cursor.as_ref().map(serde_json::to_string).transpose()?;
        let initial_texts = [with_token(&hello(&room(index), cursor.as_deref()), &states[index].token)];
        let on_text = |index: usize, text: &[u8]| states[index].handle(text);
        clients.connect(server.address, Dialect::Rich, &room(index), &initial_texts, on_text)?;
    }
    let connected = start.elapsed();
    wait(&mut clients, &mut states, |state| {
        state.cursor.as_ref().is_some_and(|from| state.last >= from.seq + MISSED_EVENTS)
    })?;
    let all = start.elapsed();
    let gaps: u64 = states.iter().map(|state| state.gaps).sum();
    if gaps > 0 {
        return Err(io::Error::other(format!("{gaps} events were missing, duplicated or out of order")));
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

impl ClientState {
    fn handle(&mut self, text: &[u8]) {
        match serde_json::from_slice(text) {
            Ok(ServerFrame::Welcome { token }) if !token.is_empty() => self.token = token,
            Ok(ServerFrame::Snapshot { as_of }) => {
                self.last = as_of.seq;
                self.cursor = Some(as_of);
            }
            Ok(ServerFrame::Missed { events }) => {
                for event in events {
                    self.gaps += u64::from(event.seq != self.last + 1);
                    self.last = event.seq;
                }
            }
            _ => {}
        }
    }
}

fn wait(clients: &mut ClientPool, states: &mut [ClientState], done: impl Fn(&ClientState) -> bool) -> io::Result<()> {
    let (start, mut next) = (Instant::now(), 0);
    loop {
        // Continues from the last client that was not done: checking all clients each time would cost more than
        // reading.
        next += states[next..].iter().take_while(|state| done(state)).count();
        if next == states.len() {
            return Ok(());
        }
        if start.elapsed() > TIMEOUT {
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("client {next} has not received everything")));
        }
        clients.poll(Duration::from_millis(50), |index, text| states[index].handle(text))?;
    }
}

// One sender in each room posts the messages that all clients then miss.
fn post_missed_events(server: &Server) -> io::Result<()> {
    let mut clients = ClientPool::new()?;
    for index in 0..ROOMS {
        let room = room(index);
        clients.connect(server.address, Dialect::Plain, &room, &[format!("s{index:05}")], |_, _| {})?;
    }
    clients.wait_until_quiet(Duration::from_millis(400), TIMEOUT)?;
    let (mut sent, mut received) = (vec![0; ROOMS], vec![0; ROOMS]);
    while received.iter().any(|count| u64::from(*count) < MISSED_EVENTS) {
        for index in 0..ROOMS {
            while u64::from(sent[index]) < MISSED_EVENTS && sent[index] < received[index] + IN_FLIGHT {
                clients.send(index, &format!("message {} that every client will have missed", sent[index]))?;
                sent[index] += 1;
            }
        }
        clients.poll(Duration::from_millis(100), |index, _| received[index] += 1)?;
    }
    Ok(())
}

fn room(index: usize) -> String {
    format!("r{}", index % ROOMS)
}

fn with_token(hello: &str, token: &str) -> String {
    hello.replacen('{', &format!(r#"{{"token":"{token}","#), 1)
}
