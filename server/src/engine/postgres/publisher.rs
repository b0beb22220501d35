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

/// A notification.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Notification {
    /// The node that sends it.
    pub(super) node: NodeId,
    /// Numbers the messages of the node. The number of the first message in this notification, or of the next one.
    pub(super) number: u64,
    /// Rooms that have new events, each with the seq of the last one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) rooms: Vec<(RoomName, u64)>,
    /// Messages, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) messages: Vec<BusMessage>,
}

/// Something that is to be sent.
#[derive(Debug)]
enum Item {
    Events(Vec<(RoomName, u64)>),
    Message(BusMessage),
    /// Nothing: so that others notice if they have missed the last message.
    Heartbeat,
}

/// Queues what is to be sent.
#[derive(Clone, Debug)]
pub(super) struct Publisher(mpsc::Sender<Item>);

impl Publisher {
    /// Starts the task that sends. It ends when all clones of the publisher are dropped.
    pub(super) fn start(pool: PostgresPool, lease: Arc<Lease>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE_CAPACITY);
        tokio::spawn(send_all(receiver, pool, lease));
        Self(sender)
    }

    /// Tells that rooms have events up to these seqs.
    pub(super) fn events(&self, rooms: Vec<(RoomName, u64)>) {
        let _ = self.0.try_send(Item::Events(rooms));
    }

    /// Tells how many messages there were.
    pub(super) fn heartbeat(&self) {
        let _ = self.0.try_send(Item::Heartbeat);
    }
}

impl Bus for Publisher {
    fn publish(&self, message: BusMessage) {
        let _ = self.0.try_send(Item::Message(message));
    }
}

async fn send_all(mut items: mpsc::Receiver<Item>, pool: PostgresPool, lease: Arc<Lease>) {
    let (mut batch, mut number) = (Vec::new(), 0);
    while items.recv_many(&mut batch, QUEUE_CAPACITY).await > 0 {
        let payloads = payloads(lease.last_node(), &mut number, &mut batch);
        if let Err(error) = send(&pool, &payloads).await {
            tracing::debug!(error, "notifications are lost");
        }
    }
}

async fn send(pool: &PostgresPool, payloads: &[String]) -> Result<(), String> {
    let connection = pool.get().await.map_err(|error| error.to_string())?;
    let sql = "SELECT pg_notify($1, payload) FROM unnest($2::TEXT[]) AS payload";
    let statement = connection.prepare_cached(sql).await.map_err(|error| super::super::postgres_error::describe(&error))?;
    let sent = connection.query(&statement, &[&CHANNEL, &payloads]).await;
    sent.map(drop).map_err(|error| super::super::postgres_error::describe(&error))
}

/// The payloads of notifications with all items, in their order.
fn payloads(node: NodeId, number: &mut u64, items: &mut Vec<Item>) -> Vec<String> {
    let begin = |number: u64| Notification { node, number, rooms: Vec::new(), messages: Vec::new() };
    let (mut payloads, mut current, mut size) = (Vec::new(), begin(*number), 0);
    let mut finish = |notification: &Notification| {
        // Names, numbers and texts always have a JSON form.
        payloads.push(serde_json::to_string(notification).unwrap_or_default());
    };
    for item in items.drain(..) {
        let bytes = match &item {
            Item::Events(rooms) => rooms.iter().map(|(room, _)| room.as_str().len() + 32).sum(),
            Item::Message(message) => serde_json::to_string(message).map_or(0, |json| json.len() + 1),
            Item::Heartbeat => 0,
        };
        if size > 0 && size + bytes > MAX_PAYLOAD - 200 {
            finish(&current);
            (current, size) = (begin(*number), 0);
        }
        size += bytes;
        match item {
            Item::Events(rooms) => current.rooms.extend(rooms),
            Item::Message(message) => {
                current.messages.push(message);
                *number += 1;
            }
            Item::Heartbeat => {}
        }
    }
    finish(&current);
    payloads
}
