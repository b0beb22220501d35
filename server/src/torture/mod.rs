//! `parlor torture`: the promise, tried on the machine at hand. It starts this very program as a server, lets people at
//! pages and plain programs talk through a network that breaks on schedule, kills the server now and then, and in the
//! end compares what everyone wrote and saw with the log.
//!
//! To understand what happens when, read [`schedule`]; what breaks and how, [`proxy`] and [`program`]; who talks,
//! [`rich`] and [`plain`] ([`page`] drives the page's own state, over a [`socket`]); what counts as right, [`verdict`].

mod browser;
mod counts;
mod ledger;
mod page;
mod plain;
mod program;
mod proxy;
mod rich;
mod schedule;
mod socket;
mod stage;
mod verdict;
mod visit;
mod witness;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{fs, io};

use parlor::RoomName;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use self::browser::Browser;
use self::counts::Counts;
use self::ledger::{PlainLedger, RichLedger};
use self::plain::Plain;
use self::program::{Program, ProgramError};
use self::proxy::Proxy;
use self::rich::Rich;
use self::schedule::{Dice, Scale};
use self::stage::{Rest, Stage};
use self::verdict::{Evidence, Verdict, judge};
use self::witness::{NoAnswer, Witness};
use crate::config::Torture;

/// One client in so many is a plain one.
const PLAIN: usize = 4;
/// How often it is told how it goes.
const TELL: Duration = Duration::from_secs(5);
/// How long everyone has to come to rest when nothing breaks any more.
const REST: Duration = Duration::from_secs(180);
/// Clients that arrive in one second, at the start.
const ARRIVALS: usize = 200;

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum TortureError {
    /// The server under test can't be had.
    #[error("{0}")]
    Program(String),
    /// Nobody can tell what is in the logs.
    #[error("{0}")]
    Witness(String),
    /// The machine refuses a file or a socket.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl From<ProgramError> for TortureError {
    fn from(error: ProgramError) -> Self {
        Self::Program(error.to_string())
    }
}

impl From<NoAnswer> for TortureError {
    fn from(error: NoAnswer) -> Self {
        Self::Witness(error.to_string())
    }
}

/// Runs, and tells on standard output how it went. True if the promise held.
///
/// # Errors
/// [`TortureError`] when there is no verdict.
pub async fn torture(flags: &Torture) -> Result<bool, TortureError> {
    let enough = on_signal()?;
    let seed = flags.seed.unwrap_or_else(|| u64::from(u32::from_be_bytes(crate::random::bytes())));
    let scratch = std::env::temp_dir().join(format!("parlor-torture-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let data = flags.data.clone().unwrap_or_else(|| scratch.join("data"));
    println!(
        "{} clients in {} rooms for {} s, the server is killed {}; seed {seed}",
        flags.clients,
        flags.rooms,
        flags.seconds,
        if flags.kill_every == 0 { "never".to_owned() } else { format!("about every {} s", flags.kill_every) },
    );
    let mut program = Program::new(data, scratch.join("server.log"));
    let outcome = attempt(flags, seed, &mut program, enough).await;
    if let Ok(false) = outcome {
        println!("the server's log        {}", program.log().display());
    } else {
        // An error has the end of the log with it.
        drop(program);
        fs::remove_dir_all(&scratch)?;
    }
    outcome
}

async fn attempt(
    flags: &Torture,
    seed: u64,
    program: &mut Program,
    enough: CancellationToken,
) -> Result<bool, TortureError> {
    program.start().await?;
    let run = Run::begin(flags, seed, program, enough).await?;
    let counts = run.counts.clone();
    let verdict = run.finish(program, flags, seed).await?;
    println!("\n{:<24}{}\n{counts}{verdict}", "clients", flags.clients);
    println!("seed                    {seed}");
    Ok(verdict.holds())
}

/// Cancelled by Ctrl-C or SIGTERM: the run ends early then, with a verdict, and takes its server with it.
fn on_signal() -> io::Result<CancellationToken> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let enough = CancellationToken::new();
    let telling = enough.clone();
    tokio::spawn(async move {
        // Cancel safe: whichever signal comes first is enough.
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        telling.cancel();
    });
    Ok(enough)
}

/// Everyone at work.
struct Run {
    begin: Instant,
    counts: Arc<Counts>,
    rooms: Vec<RoomName>,
    /// Makes names and rooms different from those of other runs on the same data.
    tag: String,
    /// Somebody at the terminal has seen enough.
    enough: CancellationToken,
    stage: watch::Sender<Stage>,
    rest: (Rest, stage::AllAtRest),
    rich: JoinSet<RichLedger>,
    plain: JoinSet<PlainLedger>,
}

impl Run {
    async fn begin(
        flags: &Torture,
        seed: u64,
        program: &Program,
        enough: CancellationToken,
    ) -> Result<Self, TortureError> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let tag = format!("{since:x}");
        let rooms = (1..=flags.rooms).filter_map(|number| RoomName::parse(&format!("torture-{tag}-{number}")).ok());
        let mut run = Self {
            begin: Instant::now(),
            counts: Arc::default(),
            rooms: rooms.collect(),
            tag,
            enough,
            stage: watch::Sender::new(Stage::Torture),
            rest: Rest::new(),
            rich: JoinSet::new(),
            plain: JoinSet::new(),
        };
        for number in 0..flags.clients {
            run.add(flags, seed, number, Proxy::start(program.address()).await?);
            if number % ARRIVALS == ARRIVALS - 1 {
                sleep(Duration::from_secs(1)).await;
            }
        }
        Ok(run)
    }

    fn add(&mut self, flags: &Torture, seed: u64, number: usize, proxy: Proxy) {
        let room = self.rooms[number / PLAIN % self.rooms.len()].clone();
        let (stage, rest) = (self.stage.subscribe(), self.rest.0.clone());
        let plain = number.is_multiple_of(PLAIN);
        let who = if plain { format!("p{number:04}") } else { format!("r{number:04}") };
        let scale = Scale { seconds: flags.seconds, clients: flags.clients, rooms: flags.rooms };
        // One at a page in each room.
        let loud = number % PLAIN == 1 && number / PLAIN < flags.rooms;
        let plan = schedule::plan(seed, &who, scale, loud);
        let (dice, counts) = (Dice::of(seed, &who), self.counts.clone());
        if plain {
            let ledger = PlainLedger { who, room, stays: vec![], trouble: vec![] };
            let plain = Plain::new(ledger, proxy, dice, self.begin.into(), counts, self.tag.clone());
            self.plain.spawn(plain.live(plan, stage, rest));
        } else {
            let name = format!("{who}-{}", self.tag);
            let browser = Browser::new(proxy.address, self.begin, counts, name, dice);
            self.rich.spawn(Rich::live((browser, who, room), proxy, plan, stage, rest));
        }
    }

    async fn finish(self, program: &mut Program, flags: &Torture, seed: u64) -> Result<Verdict, TortureError> {
        self.torture(program, flags, seed).await?;
        println!(
            "{:>4} s: nothing breaks any more; waiting until everything has arrived",
            self.begin.elapsed().as_secs()
        );
        let (rest, all) = self.rest;
        drop(rest);
        self.stage.send_replace(Stage::Settle);
        // Cancel safe: either is the end of waiting.
        tokio::select! {
            () = all.within(REST) => {}
            ended = program.ended() => return Err(ended.into()),
        }
        let address = program.address().borrow().ok_or(NoAnswer("anything"))?;
        let mut witness = Witness::come(address, self.rooms.clone(), format!("w-{}", self.tag)).await?;
        let ends = witness.end().await?;
        self.stage.send_replace(Stage::Finish(Arc::new(ends.clone())));
        let mut evidence = Evidence { ends, rich: self.rich.join_all().await, ..Evidence::default() };
        evidence.plain = self.plain.join_all().await;
        for room in &self.rooms {
            evidence.logs.insert(room.clone(), witness.log(room).await?);
            evidence.others.push((witness.name.clone(), Witness::last(room)));
        }
        let mut verdict = judge(&evidence);
        verdict.trouble.extend(program.panics());
        Ok(verdict)
    }

    /// Lets everything happen as planned, until the time is over or somebody at the terminal has seen enough.
    async fn torture(&self, program: &mut Program, flags: &Torture, seed: u64) -> Result<(), TortureError> {
        let end = self.begin + Duration::from_secs(flags.seconds);
        let mut tell = interval(TELL);
        tell.tick().await;
        for (at, away) in schedule::kills(seed, flags.seconds, flags.kill_every) {
            if !self.wait(self.begin + at, &mut tell, program).await? {
                return Ok(());
            }
            program.kill()?;
            self.counts.kills.one();
            sleep(away).await;
            program.start().await?;
        }
        self.wait(end, &mut tell, program).await.map(|_| ())
    }

    /// Waits, and tells how it goes. False if it was told to end.
    async fn wait(
        &self,
        until: Instant,
        tell: &mut tokio::time::Interval,
        program: &mut Program,
    ) -> Result<bool, TortureError> {
        loop {
            tokio::select! {
                () = sleep_until(until.into()) => return Ok(true),
                () = self.enough.cancelled() => return Ok(false),
                ended = program.ended() => return Err(ended.into()),
                _ = tell.tick() => println!("{:>4} s: {}", self.begin.elapsed().as_secs(), self.counts.status()),
            }
        }
    }
}
