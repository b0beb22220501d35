//! Renews the lease of this node, and gets a new one when it has ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parlor::AuthorId;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;

use super::super::sql::store::WriteScope;
use super::super::{BusEvent, EngineError, NodeId};
use super::follower::Followed;
use super::lease::Lease;
use super::name_directory::HeldNames;
use super::other_nodes::OtherNodes;
use super::pool::PostgresPool;
use super::publisher::Publisher;
use super::{names, nodes, schema, transactions};

/// The interval at which lost notifications are looked for. Every third time the lease is renewed.
const INTERVAL: Duration = Duration::from_secs(1);

/// Number of intervals after which the lease is renewed.
const RENEWAL_INTERVALS: u32 = 3;

/// The task that renews.
#[derive(Debug)]
pub(super) struct LeaseKeeper {
    pub(super) pool: PostgresPool,
    pub(super) lease: Arc<Lease>,
    pub(super) names: Arc<HeldNames>,
    pub(super) followed: mpsc::Sender<Followed>,
    pub(super) publisher: Publisher,
    /// Why this version can't use the database any more.
    pub(super) incompatible: watch::Sender<Option<String>>,
    pub(super) others: Arc<OtherNodes>,
}

impl LeaseKeeper {
    /// Renews until the task is aborted.
    pub(super) async fn run(self) {
        let mut interval = tokio::time::interval(INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ticks = 0_u32;
        loop {
            interval.tick().await;
            ticks = ticks.wrapping_add(1);
            // Without a lease it tries at each tick.
            if (self.lease.node().is_none() || ticks.is_multiple_of(RENEWAL_INTERVALS))
                && let Err(error) = self.renew().await
            {
                tracing::warn!(%error, "the lease of this node can't be renewed");
            }
            if self.lease.node().is_some() {
                self.release_pending().await;
                self.publisher.heartbeat();
                let _ = self.followed.send(Followed::Poll).await;
            }
        }
    }

    /// Renews the lease, or gets a new one, and tells which nodes there are.
    async fn renew(&self) -> Result<(), EngineError> {
        let (sent, node) = (Instant::now(), self.lease.last_node());
        let renewed = transactions::read(&self.pool, move |database| {
            if let Err(incompatible) = schema::check_compatible(database)? {
                return Ok(Err(incompatible));
            }
            Ok(Ok((nodes::renew(database, node)?, nodes::live(database)?, nodes::has_expired(database)?)))
        });
        let (renewed, mut live, has_expired) = match renewed.await? {
            Ok(renewed) => renewed,
            Err(incompatible) => {
                self.lease.end();
                self.incompatible.send_replace(Some(incompatible.to_string()));
                return Err(EngineError::Unavailable);
            }
        };
        if has_expired {
            let end = transactions::write(&self.pool, WriteScope::Server, |context| {
                nodes::end_expired(context.database)?;
                Ok(Ok(()))
            });
            end.await?;
        }
        if renewed {
            self.lease.renewed(node, sent);
            live.retain(|other| *other != node);
        } else {
            self.replace(node).await?;
        }
        self.others.set_present(!live.is_empty());
        let _ = self.followed.send(Followed::Bus(BusEvent::Nodes(live))).await;
        Ok(())
    }

    /// Registers this node again, and claims the names of its people in the same transaction.
    async fn replace(&self, old: NodeId) -> Result<(), EngineError> {
        let (sent, held) = (Instant::now(), self.names.all());
        let written = transactions::write(&self.pool, WriteScope::Server, move |context| {
            nodes::end(context.database, old)?;
            let node = nodes::register(context.database)?;
            let mut lost = Vec::new();
            for (author, holder) in held {
                if names::claim(context.database, &author, holder, node)?.is_err() {
                    lost.push(author.id);
                }
            }
            Ok(Ok((node, lost)))
        });
        let (node, lost): (NodeId, Vec<AuthorId>) = written.await?.value;
        tracing::warn!(node = node.0, lost_names = lost.len(), "this node has got a new lease");
        self.names.forget(&lost);
        self.lease.renewed(node, sent);
        let _ = self.followed.send(Followed::Bus(BusEvent::Renewed)).await;
        if !lost.is_empty() {
            let _ = self.followed.send(Followed::Bus(BusEvent::NamesLost(lost))).await;
        }
        Ok(())
    }

    /// Releases the names of connections that have ended.
    async fn release_pending(&self) {
        let (pending, node) = (self.names.releasable(), self.lease.last_node());
        if pending.is_empty() {
            return;
        }
        let ids = pending.clone();
        let released = transactions::write(&self.pool, WriteScope::Server, move |context| {
            names::release(context.database, &ids, node)?;
            Ok(Ok(()))
        });
        if released.await.is_ok() {
            self.names.released(&pending);
        }
    }
}
