//! Sends notifications to the other nodes, after the commits that they are about: a notification within a writing
//! transaction would make all such commits wait for each other. What is queued meanwhile shares the next one.

use std::sync::Arc;

use parlor::RoomName;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::super::{Bus, BusMessage, NodeId};
use super::lease::Lease;
use super::pool::PostgresPool;

/// The channel of the notifications.
pub(super) const CHANNEL: &str = "parlor";

/// Maximum size of a notification in bytes. PostgreSQL accepts fewer than 8,000.
const MAX_PAYLOAD: usize = 7_000;

/// Maximum number of queued items. When more are waiting, the database is slow, and they are dropped: what they are about
/// is found without them.
const QUEUE_CAPACITY: usize = 16_384;

/// A notification. All nodes receive all notifications in the same order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Notification {
    /// The node that sends it.
    pub(super) node: NodeId,
    /// The number of the first message in it, or of the next one: messages of a node are numbered from 0.
    pub(super) number: u64,
    /// What it tells, in order.
    pub(super) items: Vec<Item>,
}

/// Something that is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Item {
    /// Rooms have new events, up to these seqs.
    Events(Vec<(RoomName, u64)>),
    /// A message to the other nodes.
    Message(BusMessage),
    /// Everything before this was told. Only the node that sends it needs it.
    Fence(u64),
}

/// Queues what is to be told.
#[derive(Clone, Debug)]
pub(super) struct Publisher(mpsc::Sender<Option<Item>>);

impl Publisher {
    /// Starts the task that sends. It ends when all clones of the publisher are dropped.
    pub(super) fn start(pool: PostgresPool, lease: Arc<Lease>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE_CAPACITY);
        tokio::spawn(send_all(receiver, pool, lease));
        Self(sender)
    }

    /// Tells that rooms have events up to these seqs.
    pub(super) fn events(&self, rooms: Vec<(RoomName, u64)>) {
        let _ = self.0.try_send(Some(Item::Events(rooms)));
    }

    /// Tells this node itself when everything before was told.
    pub(super) fn fence(&self, number: u64) {
        let _ = self.0.try_send(Some(Item::Fence(number)));
    }

    /// Tells how many messages there were, so that others notice if they have missed the last one.
    pub(super) fn heartbeat(&self) {
        let _ = self.0.try_send(None);
    }
}

impl Bus for Publisher {
    fn publish(&self, message: BusMessage) {
        let _ = self.0.try_send(Some(Item::Message(message)));
    }
}

async fn send_all(mut items: mpsc::Receiver<Option<Item>>, pool: PostgresPool, lease: Arc<Lease>) {
    let (mut batch, mut number) = (Vec::new(), 0);
    while items.recv_many(&mut batch, QUEUE_CAPACITY).await > 0 {
        let payloads = payloads(lease.last_node(), &mut number, batch.drain(..).flatten());
        if let Err(error) = send(&pool, &payloads).await {
            tracing::debug!(error, "notifications are lost");
        }
    }
}

async fn send(pool: &PostgresPool, payloads: &[String]) -> Result<(), String> {
    let connection = pool.get().await.map_err(|error| error.to_string())?;
    let sql = "SELECT pg_notify($1, payload) FROM unnest($2::TEXT[]) AS payload";
    let statement =
        connection.prepare_cached(sql).await.map_err(|error| super::super::postgres_error::describe(&error))?;
    let sent = connection.query(&statement, &[&CHANNEL, &payloads]).await;
    sent.map(drop).map_err(|error| super::super::postgres_error::describe(&error))
}

/// The payloads of notifications with all items, in their order; at least one.
fn payloads(node: NodeId, number: &mut u64, items: impl Iterator<Item = Item>) -> Vec<String> {
    let begin = |number: u64| Notification { node, number, items: Vec::new() };
    let (mut payloads, mut current, mut size) = (Vec::new(), begin(*number), 0);
    // Names, numbers and texts always have a JSON form.
    let json = |notification: &Notification| serde_json::to_string(notification).unwrap_or_default();
    for item in items {
        let bytes = serde_json::to_string(&item).map_or(0, |json| json.len() + 1);
        if size > 0 && size + bytes > MAX_PAYLOAD {
            payloads.push(json(&current));
            (current, size) = (begin(*number), 0);
        }
        size += bytes;
        *number += u64::from(matches!(item, Item::Message(_)));
        current.items.push(item);
    }
    payloads.push(json(&current));
    payloads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications_are_split_and_numbered_by_their_messages() {
        let room = RoomName::default();
        let message = || Item::Message(BusMessage::RoomChanged(room.clone()));
        let events = || Item::Events((0..100).map(|seq| (room.clone(), seq)).collect());
        let items: Vec<_> = (0..60).flat_map(|_| [message(), events()]).collect();
        let mut number = 7;
        let payloads = payloads(NodeId(1), &mut number, items.into_iter());
        assert_eq!(number, 67);
        assert!(payloads.len() > 1 && payloads.iter().all(|payload| payload.len() < 8_000));
        let mut expected = 7;
        for payload in &payloads {
            let notification: Notification = serde_json::from_str(payload).unwrap();
            assert_eq!(notification.number, expected);
            expected += notification.items.iter().filter(|item| matches!(item, Item::Message(_))).count() as u64;
        }
        assert_eq!(expected, 67);
    }
}
