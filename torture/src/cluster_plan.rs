//! The plan of faults of the servers and of their database.
//!
//! Like the plans of the clients it is drawn from the seed before anything starts. Each server and the database has its
//! own list, and at most one fault at a time.

use std::time::Duration;

use crate::rng::Rng;

/// The lease of a node without renewal, in seconds. Some pauses are shorter and some longer.
const LEASE: f64 = 12.0;

/// Time for a database to start or to recover, in seconds: until then no other fault of it is planned.
const RECOVERY: Duration = Duration::from_secs(2);

/// A fault of one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeFault {
    /// It is killed with SIGKILL, and started again after this time.
    Kill { downtime: Duration },
    /// It is stopped with SIGTERM, and started again after this time.
    Stop { downtime: Duration },
    /// All its threads stop for this time, as in a virtual machine that is moved.
    Pause(Duration),
}

/// A fault of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseFault {
    /// It is stopped in an orderly way and started again.
    Restart,
    /// It is stopped without a checkpoint, and started again after this time.
    Kill { downtime: Duration },
    /// All its processes stop for this time. Its connections stay open.
    Pause(Duration),
    /// Other clients use all connections for this time, and those of the servers are closed.
    FillConnections(Duration),
    /// Its disk is full for this time.
    FillDisk(Duration),
    /// The connections that receive notifications are closed.
    CloseListeners,
    /// All connections of the servers are closed. The outcome of a commit in progress is unknown to them.
    CloseConnections,
    /// The primary is killed and its standby takes its place. At most once per run.
    Failover,
}

/// The kinds of [`DatabaseFault`] apart from the failover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DatabaseFaultKind {
    Restart,
    Kill,
    Pause,
    FillConnections,
    FillDisk,
    CloseListeners,
    CloseConnections,
}

/// What can be done to the database of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct DatabaseFaults {
    pub(crate) kinds: Vec<DatabaseFaultKind>,
    /// Whether it has a standby.
    pub(crate) failover: bool,
}

/// Faults with their due times, from the start of the run, in order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClusterPlan {
    /// One list per server.
    pub(crate) nodes: Vec<Vec<(Duration, NodeFault)>>,
    pub(crate) database: Vec<(Duration, DatabaseFault)>,
}

/// A fault that is not planned yet: of a server, or of the database.
#[derive(Clone, Copy, Debug)]
enum Card {
    KillNode,
    StopNode,
    PauseNode { beyond_lease: bool },
    Database(DatabaseFaultKind),
}

impl ClusterPlan {
    /// The plan for several servers with one database, with a fault about every `interval` seconds; 0 gives no faults.
    /// Kinds come up in a random order, and none a second time before each has come up.
    pub(crate) fn new(seed: u64, seconds: u64, interval: u64, nodes: usize, database: &DatabaseFaults) -> Self {
        let mut plan = Self { nodes: vec![Vec::new(); nodes], database: Vec::new() };
        if interval == 0 {
            return plan;
        }
        let mut rng = Rng::for_actor(seed, "the cluster");
        let end = Duration::from_secs(seconds);
        let failover = database.failover.then(|| rng.seconds(0.4 * seconds as f64, 0.6 * seconds as f64));
        let (mut node_free_at, mut database_free_at) = (vec![Duration::ZERO; nodes], Duration::ZERO);
        let (mut deck, mut at) = (Vec::new(), Duration::ZERO);
        loop {
            at += rng.seconds(0.7 * interval as f64, 1.3 * interval as f64);
            if at >= end {
                break;
            }
            if deck.is_empty() {
                deck = shuffled_deck(&mut rng, &database.kinds);
            }
            let node = rng.choose((0..nodes).filter(|node| node_free_at[*node] <= at));
            // The first card whose target has no other fault at this time.
            let position = deck.iter().rposition(|card| match card {
                Card::Database(_) => database_free_at <= at,
                _ => node.is_some(),
            });
            let Some(card) = position.map(|position| deck.remove(position)) else { continue };
            match (card, node) {
                (Card::Database(kind), _) => {
                    let (fault, duration) = database_fault(&mut rng, kind);
                    let free_at = at + duration + RECOVERY;
                    if failover.is_none_or(|failover| free_at < failover || at > failover + 4 * RECOVERY) {
                        plan.database.push((at, fault));
                        database_free_at = free_at;
                    }
                }
                (card, Some(node)) => {
                    let (fault, duration) = node_fault(&mut rng, card);
                    plan.nodes[node].push((at, fault));
                    node_free_at[node] = at + duration;
                }
                (_, None) => {}
            }
        }
        plan.database.extend(failover.map(|at| (at, DatabaseFault::Failover)));
        plan.database.sort_by_key(|(at, _)| *at);
        plan
    }

    /// The plan for one server without a database of its own: it is killed, and started again.
    pub(crate) fn for_single_server(kills: Vec<(Duration, Duration)>) -> Self {
        let kills = kills.into_iter().map(|(at, downtime)| (at, NodeFault::Kill { downtime }));
        Self { nodes: vec![kills.collect()], database: Vec::new() }
    }
}

/// One card per kind of fault, in a random order.
fn shuffled_deck(rng: &mut Rng, kinds: &[DatabaseFaultKind]) -> Vec<Card> {
    let of_nodes = [
        Card::KillNode,
        Card::StopNode,
        Card::PauseNode { beyond_lease: false },
        Card::PauseNode { beyond_lease: true },
    ];
    let mut cards: Vec<_> = of_nodes.into_iter().chain(kinds.iter().copied().map(Card::Database)).collect();
    (0..cards.len()).rev().for_each(|last| cards.swap(last, rng.index(last + 1)));
    cards
}

/// A fault of a server, and how long it lasts.
fn node_fault(rng: &mut Rng, card: Card) -> (NodeFault, Duration) {
    match card {
        Card::PauseNode { beyond_lease } => {
            let duration = if beyond_lease { rng.seconds(LEASE, 20.0) } else { rng.seconds(3.0, LEASE) };
            (NodeFault::Pause(duration), duration)
        }
        Card::StopNode => {
            let downtime = rng.seconds(0.0, 1.5);
            (NodeFault::Stop { downtime }, downtime)
        }
        Card::KillNode | Card::Database(_) => {
            let downtime = rng.seconds(0.0, 1.5);
            (NodeFault::Kill { downtime }, downtime)
        }
    }
}

/// A fault of the database, and how long it lasts.
fn database_fault(rng: &mut Rng, kind: DatabaseFaultKind) -> (DatabaseFault, Duration) {
    let duration = match kind {
        DatabaseFaultKind::Kill => rng.seconds(0.0, 3.0),
        DatabaseFaultKind::Pause => rng.seconds(2.0, 15.0),
        DatabaseFaultKind::FillConnections | DatabaseFaultKind::FillDisk => rng.seconds(2.0, 8.0),
        _ => Duration::ZERO,
    };
    let fault = match kind {
        DatabaseFaultKind::Restart => DatabaseFault::Restart,
        DatabaseFaultKind::Kill => DatabaseFault::Kill { downtime: duration },
        DatabaseFaultKind::Pause => DatabaseFault::Pause(duration),
        DatabaseFaultKind::FillConnections => DatabaseFault::FillConnections(duration),
        DatabaseFaultKind::FillDisk => DatabaseFault::FillDisk(duration),
        DatabaseFaultKind::CloseListeners => DatabaseFault::CloseListeners,
        DatabaseFaultKind::CloseConnections => DatabaseFault::CloseConnections,
    };
    (fault, duration)
}

#[cfg(test)]
mod tests;
