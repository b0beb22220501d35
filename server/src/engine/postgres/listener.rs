//! Receives the notifications of the other nodes on a connection of its own.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_postgres::AsyncMessage;

use super::super::{BusEvent, NodeId};
use super::connection::{PostgresConnection, next_message};
use super::super::postgres_error::describe;
use super::follower::Followed;
use super::lease::Lease;
use super::pool::PostgresPool;
use super::publisher::{CHANNEL, Notification};

/// The wait before it connects again.
const RECONNECT_DELAY: Duration = Duration::from_millis(500);

/// The task that receives.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) pool: PostgresPool,
    pub(super) lease: std::sync::Arc<Lease>,
    pub(super) followed: mpsc::Sender<Followed>,
    pub(super) bus: mpsc::Sender<BusEvent>,
}

impl Listener {
    /// Receives until the task is aborted. Connects again when the connection is lost.
    pub(super) async fn run(self) {
        loop {
            match self.listen().await {
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
        // What was notified before is lost.
        let _ = self.followed.send(Followed::Poll).await;
        let _ = self.bus.send(BusEvent::Lost { from: None }).await;
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
        let Ok(Notification { node, number, rooms, messages }) = serde_json::from_str(payload.payload()) else {
            let _ = self.followed.send(Followed::Poll).await;
            return Ok(());
        };
        if node == self.lease.last_node() {
            return Ok(());
        }
        if !rooms.is_empty() {
            let _ = self.followed.send(Followed::Hints(rooms)).await;
        }
        let expected = next_numbers.insert(node, number + messages.len() as u64);
        if expected.is_some_and(|expected| expected != number) || (expected.is_none() && number > 0) {
            let _ = self.bus.send(BusEvent::Lost { from: Some(node) }).await;
        }
        for message in messages {
            let _ = self.bus.send(BusEvent::Received { from: node, message }).await;
        }
        Ok(())
    }
}
