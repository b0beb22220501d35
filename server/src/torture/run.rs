//! One run, from the first arrival to the verdict.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parlor::RoomName;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::TortureError;
use super::browser::Browser;
use super::changer::Changer;
use super::changer_rooms::ChangerRooms;
use super::changes::ChangerLedger;
use super::counts::Counts;
use super::ledger::{PlainLedger, RichLedger};
use super::plain::Plain;
use super::program::Program;
use super::proxy::Proxy;
use super::rich::Rich;
use super::schedule::{self, Dice, Scale};
use super::stage::{AllAtRest, Rest, Stage};
use super::verdict::{Evidence, Verdict, judge};
use super::witness::{NoAnswer, Witness};
use crate::config::Torture;

/// One client in so many is a plain one.
const PLAIN: usize = 4;
/// How often it is told how it goes.
const TELL: Duration = Duration::from_secs(5);
/// How long everyone has to come to rest when nothing breaks any more.
const REST: Duration = Duration::from_secs(180);
/// Clients that arrive in one second, at the start.
const ARRIVALS: usize = 200;

/// Everyone at work.
pub(super) struct Run {
    begin: Instant,
    pub(super) counts: Arc<Counts>,
    rooms: Vec<RoomName>,
    changer_rooms: ChangerRooms,
    /// Makes names and rooms different from those of other runs on the same data.
    tag: String,
    /// Somebody at the terminal has seen enough.
    enough: CancellationToken,
    stage: watch::Sender<Stage>,
    rest: (Rest, AllAtRest),
    rich: JoinSet<RichLedger>,
    plain: JoinSet<PlainLedger>,
    changers: JoinSet<ChangerLedger>,
}

impl Run {
    /// Lets everyone in, spread over some seconds.
    pub(super) async fn begin(
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
            changer_rooms: ChangerRooms::new(&tag),
            tag,
            enough,
            stage: watch::Sender::new(Stage::Torture),
            rest: Rest::new(),
            rich: JoinSet::new(),
            plain: JoinSet::new(),
            changers: JoinSet::new(),
        };
        for (who, requests) in run.changer_rooms.changers(&run.tag, seed, flags.seconds, run.begin) {
            let (proxy, dice) = (Proxy::start(program.address()).await?, Dice::of(seed, &who));
            let changer = Changer::new(requests, proxy, dice, run.counts.clone());
            run.changers.spawn(changer.live(run.stage.subscribe(), run.rest.0.clone()));
        }
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

    /// Goes on until everything has arrived, and judges.
    pub(super) async fn finish(
        self,
        program: &mut Program,
        flags: &Torture,
        seed: u64,
    ) -> Result<Verdict, TortureError> {
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
        let rooms = self.rooms.iter().chain(self.changer_rooms.iter()).cloned().collect();
        let mut witness = Witness::come(address, rooms, format!("w-{}", self.tag)).await?;
        let ends = witness.end().await?;
        self.stage.send_replace(Stage::Finish(Arc::new(ends.clone())));
        let mut evidence = Evidence { ends, rich: self.rich.join_all().await, ..Evidence::default() };
        evidence.plain = self.plain.join_all().await;
        for room in &self.rooms {
            evidence.logs.insert(room.clone(), witness.log(room).await?);
            evidence.others.push((witness.name.clone(), Witness::last(room)));
        }
        let mut verdict = judge(&evidence);
        let changers = self.changers.join_all().await;
        verdict.trouble.extend(self.changer_rooms.check(&mut witness, changers, &self.counts).await?);
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
