//! One test run: starts the clients, lets faults occur, waits until all messages are delivered, and compares.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parlor::RoomName;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::auditor::{Auditor, NoReply};
use crate::browser::Browser;
use crate::cluster::Cluster;
use crate::counters::Counters;
use crate::editor::Editor;
use crate::editor_history::EditorHistory;
use crate::editor_rooms::EditorRooms;
use crate::error::TortureError;
use crate::fault_context::FaultContext;
use crate::fault_plan::{self, RunSize};
use crate::flags::Flags;
use crate::history::{PlainHistory, RichHistory};
use crate::judge::{Evidence, judge};
use crate::message_text::last_message;
use crate::phase::{Phase, SettleGuard, SettleWaiter};
use crate::plain_client::PlainClient;
use crate::proxy::Proxy;
use crate::rich_client::RichClient;
use crate::rivals::Rivals;
use crate::rng::Rng;
use crate::server_comparison;
use crate::verdict::Verdict;

/// One client in this number is a plain one.
const CLIENTS_PER_PLAIN_CLIENT: usize = 4;
/// Interval at which progress is printed.
const STATUS_INTERVAL: Duration = Duration::from_secs(5);
/// How long all clients may take to settle after all faults.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(180);
/// Clients that are started per second.
const CLIENTS_PER_SECOND: usize = 200;

/// A running test: the tasks of all clients, and the channels that control them.
pub(crate) struct TestRun {
    start: Instant,
    pub(crate) counters: Arc<Counters>,
    rooms: Vec<RoomName>,
    editor_rooms: EditorRooms,
    /// Part of all names and rooms, to distinguish them from those of other runs on the same data directory.
    tag: String,
    /// Cancelled by a signal: the phase with faults ends early.
    stop: CancellationToken,
    phase: watch::Sender<Phase>,
    guard: SettleGuard,
    waiter: SettleWaiter,
    rich: JoinSet<RichHistory>,
    plain: JoinSet<PlainHistory>,
    editors: JoinSet<EditorHistory>,
    /// Only with several servers.
    rivals: Option<Rivals>,
}

impl TestRun {
    /// Starts all clients, spread over some seconds.
    pub(crate) async fn start(
        flags: &Flags,
        seed: u64,
        cluster: &Cluster,
        stop: CancellationToken,
    ) -> Result<Self, TortureError> {
        let unix_time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let tag = format!("{unix_time:x}");
        let rooms = (1..=flags.rooms).filter_map(|number| RoomName::parse(&format!("torture-{tag}-{number}")).ok());
        let (guard, waiter) = SettleGuard::new();
        let mut run = Self {
            start: Instant::now(),
            counters: Arc::default(),
            rooms: rooms.collect(),
            editor_rooms: EditorRooms::new(&tag),
            tag,
            stop,
            phase: watch::Sender::new(Phase::Faults),
            guard,
            waiter,
            rich: JoinSet::new(),
            plain: JoinSet::new(),
            editors: JoinSet::new(),
            rivals: None,
        };
        let servers = cluster.server_list();
        if cluster.has_database() {
            run.rivals = Some(Rivals::start(&run.tag, seed, &servers, &run.phase).await?);
        }
        let editors = run.editor_rooms.editors(&run.tag, seed, flags.seconds, run.start);
        for (number, (label, requests)) in editors.into_iter().enumerate() {
            let proxy = Proxy::start(servers.starting_at(number)).await?;
            let rng = Rng::for_actor(seed, &label);
            let editor = Editor::new(requests, proxy, rng, run.counters.clone());
            run.editors.spawn(editor.run(run.phase.subscribe(), run.guard.clone()));
        }
        for number in 0..flags.clients {
            run.start_client(flags, seed, number, Proxy::start(servers.starting_at(number)).await?);
            if number % CLIENTS_PER_SECOND == CLIENTS_PER_SECOND - 1 {
                sleep(Duration::from_secs(1)).await;
            }
        }
        Ok(run)
    }

    fn start_client(&mut self, flags: &Flags, seed: u64, number: usize, proxy: Proxy) {
        let group = number / CLIENTS_PER_PLAIN_CLIENT;
        let room = self.rooms[group % self.rooms.len()].clone();
        let (phase, guard) = (self.phase.subscribe(), self.guard.clone());
        let is_plain = number.is_multiple_of(CLIENTS_PER_PLAIN_CLIENT);
        let label = if is_plain { format!("p{number:04}") } else { format!("r{number:04}") };
        let size = RunSize { seconds: flags.seconds, clients: flags.clients, rooms: flags.rooms };
        // One rich client per room.
        let is_bulk_poster = number % CLIENTS_PER_PLAIN_CLIENT == 1 && group < flags.rooms;
        let plan = fault_plan::action_plan(seed, &label, size, is_bulk_poster);
        let (rng, counters) = (Rng::for_actor(seed, &label), self.counters.clone());
        if is_plain {
            let history = PlainHistory { label, room, connections: vec![], problems: vec![] };
            let client = PlainClient::new(history, proxy, rng, self.start, counters, self.tag.clone());
            self.plain.spawn(client.run(plan, phase, guard));
        } else {
            let name = format!("{label}-{}", self.tag);
            let browser = Browser::new(proxy.address, self.start, counters, name, rng);
            self.rich.spawn(RichClient::run((browser, label, room), proxy, plan, phase, guard));
        }
    }

    /// Runs all phases to their end and compares the histories with the logs.
    pub(crate) async fn finish(self, cluster: &mut Cluster, flags: &Flags, seed: u64) -> Result<Verdict, TortureError> {
        self.inject_faults(cluster, flags, seed).await?;
        println!("{:>4} s: no more faults; waiting until all messages are delivered", self.start.elapsed().as_secs());
        drop(self.guard);
        self.phase.send_replace(Phase::Settle);
        // Cancel safe: when one branch completes the wait is over.
        tokio::select! {
            () = self.waiter.wait(SETTLE_TIMEOUT) => {}
            error = cluster.unexpected_exit() => return Err(error.into()),
        }
        let addresses = cluster.addresses();
        let address = *addresses.first().ok_or(NoReply("connection"))?;
        let rivals_room = self.rivals.iter().map(|rivals| &rivals.room);
        let rooms: Vec<_> = self.rooms.iter().chain(self.editor_rooms.iter()).chain(rivals_room).cloned().collect();
        let mut auditor = Auditor::connect(address, rooms.clone(), format!("w-{}", self.tag)).await?;
        let last_seqs = auditor.post_last_messages().await?;
        self.phase.send_replace(Phase::Finish(Arc::new(last_seqs.clone())));
        let mut evidence = Evidence { last_seqs, rich: self.rich.join_all().await, ..Evidence::default() };
        evidence.plain = self.plain.join_all().await;
        for room in &self.rooms {
            evidence.logs.insert(room.clone(), auditor.messages(room).await?);
            evidence.auditor_messages.push((auditor.name.clone(), last_message(room)));
        }
        let mut verdict = judge(&evidence);
        let editors = self.editors.join_all().await;
        verdict.problems.extend(self.editor_rooms.check(&mut auditor, &editors, &self.counters).await?);
        if let Some(rivals) = self.rivals {
            verdict.problems.extend(rivals.check(&mut auditor).await?);
            verdict.problems.extend(server_comparison::compare(&addresses, &rooms).await?);
        }
        verdict.problems.extend(cluster.panics()?);
        Ok(verdict)
    }

    /// Injects the planned faults, and prints progress, until the planned time is over or a signal stops the run.
    async fn inject_faults(&self, cluster: &mut Cluster, flags: &Flags, seed: u64) -> Result<(), TortureError> {
        let context = FaultContext { start: self.start, stop: self.stop.clone(), counters: self.counters.clone() };
        let faults = async {
            cluster.inject_faults(flags, seed, &context).await?;
            // Cancel safe: no branch loses anything.
            tokio::select! {
                _ = context.wait_until(Duration::from_secs(flags.seconds)) => Ok(()),
                error = cluster.unexpected_exit() => Err(error.into()),
            }
        };
        let progress = async {
            let mut status = interval(STATUS_INTERVAL);
            status.tick().await;
            loop {
                status.tick().await;
                println!("{:>4} s: {}", self.start.elapsed().as_secs(), self.counters.status());
            }
        };
        // Cancel safe: the other branch never completes.
        tokio::select! {
            result = faults => result,
            () = progress => Ok(()),
        }
    }
}
