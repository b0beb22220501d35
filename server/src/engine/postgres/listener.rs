//! Receives the notifications of the other nodes on a connection of its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_postgres::AsyncMessage;

use super::super::postgres_error::describe;
use super::super::{BusEvent, BusMessage, NodeId};
use super::connection::{PostgresConnection, next_message};
use super::fences::Fences;
use super::follower::Followed;
use super::lease::Lease;
use super::other_nodes::OtherNodes;
use super::pool::PostgresPool;
use super::publisher::{CHANNEL, Item, Notification};

/// The wait before it connects again.
const RECONNECT_DELAY: Duration = Duration::from_millis(500);

/// The task that receives.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) pool: PostgresPool,
    pub(super) lease: Arc<Lease>,
    pub(super) followed: mpsc::Sender<Followed>,
    pub(super) others: Arc<OtherNodes>,
    pub(super) fences: Arc<Fences>,
}

impl Listener {
    /// Receives until the task is aborted. Connects again when the connection is lost.
    pub(super) async fn run(self) {
        loop {
            let listened = self.listen().await;
            self.others.set_listening(false);
            match listened {
                Ok(()) => tracing::warn!("the connection for notifications was closed"),
                Err(error) => tracing::warn!(error, "notifications can't be received"),
            }
            tokio::time::sleep(RECONNECT_DELAY).await;
        }
    }

    async fn listen(&self) -> Result<(), String> {
        let (client, mut connection) = self.pool.connect_alone().await.map_err(|error| error.to_string())?;
        let listen = format!("LISTEN {CHANNEL}");
        let mut next_numbers = HashMap::new();
        // The connection makes progress only while it is polled.
        let mut listening = std::pin::pin!(client.batch_execute(&listen));
        loop {
            tokio::select! {
                listening = &mut listening => {
                    listening.map_err(|error| describe(&error))?;
                    break;
                }
                message = next_message(&mut connection) => self.handle(message, &mut next_numbers).await?,
            }
        }
        self.others.set_listening(true);
        // What was notified before is lost.
        self.tell(Followed::Poll).await;
        self.tell(Followed::Bus(BusEvent::Lost)).await;
        self.receive(&mut connection, next_numbers).await
    }

    async fn receive(
        &self,
        connection: &mut PostgresConnection,
        mut next_numbers: HashMap<NodeId, u64>,
    ) -> Result<(), String> {
        loop {
            let message = next_message(connection).await;
            if message.is_none() {
                return Ok(());
            }
            self.handle(message, &mut next_numbers).await?;
        }
    }

    /// Handles what the database sends. `next_numbers` has the number of the next message of each node.
    async fn handle(
        &self,
        message: Option<Result<AsyncMessage, tokio_postgres::Error>>,
        next_numbers: &mut HashMap<NodeId, u64>,
    ) -> Result<(), String> {
        let payload = match message {
            Some(Ok(AsyncMessage::Notification(notification))) => notification,
            Some(Err(error)) => return Err(describe(&error)),
            None => return Err("the connection was closed".to_owned()),
            Some(Ok(_)) => return Ok(()),
        };
        // A notification of a newer version may have another form: then what it is about is polled and asked for.
        let Ok(Notification { node, number, items }) = serde_json::from_str(payload.payload()) else {
            self.tell(Followed::Poll).await;
            return Ok(());
        };
        if node == self.lease.last_node() {
            self.handle_own(items).await;
            return Ok(());
        }
        self.others.set_present(true);
        let messages = items.iter().filter(|item| matches!(item, Item::Message(_))).count() as u64;
        let expected = next_numbers.insert(node, number + messages);
        if expected.is_some_and(|expected| expected != number) || (expected.is_none() && number > 0) {
            self.tell(Followed::Bus(BusEvent::Lost)).await;
        }
        for item in items {
            match item {
                Item::Events(rooms) => self.tell(Followed::Hints(rooms)).await,
                Item::Message(message) => self.tell(Followed::Bus(BusEvent::Received { from: node, message })).await,
                Item::Fence(_) => {}
            }
        }
        Ok(())
    }

    /// Handles a notification of this node: what it tells is shown here at the same place among those of other nodes.
    async fn handle_own(&self, items: Vec<Item>) {
        for item in items {
            match item {
                Item::Events(rooms) => self.tell(Followed::Hints(rooms)).await,
                Item::Message(BusMessage::Joined { room, who }) => {
                    self.tell(Followed::OwnJoin { room, who: who.id }).await;
                }
                Item::Message(_) => {}
                Item::Fence(number) => {
                    if let Some(fence) = self.fences.take(number) {
                        self.tell(Followed::Fence(fence)).await;
                    }
                }
            }
        }
    }

    async fn tell(&self, followed: Followed) {
        // Fails only when the engine has been closed.
        let _ = self.followed.send(followed).await;
    }
}
