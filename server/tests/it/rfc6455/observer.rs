//! The observer: a correct plain client in the same room, which must be able to send and receive whatever others send.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use super::dialect::join_notice;
use crate::support::{PlainClient, Server};

/// Longer than a message takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(5);

const NAME: &str = "observer";

/// The client, and the expected and received messages of all others by name.
pub(crate) struct Observer {
    client: PlainClient,
    sent: usize,
    expected: HashMap<String, Vec<String>>,
    received: HashMap<String, Vec<String>>,
}

impl Observer {
    pub(crate) async fn join(server: &Server) -> Self {
        let client = server.join_plain(NAME).await;
        Self { client, sent: 0, expected: HashMap::new(), received: HashMap::new() }
    }

    /// Expects these messages from a client called `name`, and no others.
    pub(crate) fn expect(&mut self, name: String, messages: Vec<String>) {
        self.expected.insert(name, messages);
    }

    /// Sends a message and receives until it has arrived and all expected messages have.
    ///
    /// # Errors
    /// The missing messages, or the reason why the connection ended.
    pub(crate) async fn check(&mut self) -> Result<(), String> {
        self.sent += 1;
        // The methods of `support` panic when a connection breaks.
        let exchange = AssertUnwindSafe(self.exchange()).catch_unwind();
        match tokio::time::timeout(DEADLINE, exchange).await {
            Ok(Ok(())) => self.compare(),
            Ok(Err(_)) => Err("the observer's connection broke".to_owned()),
            Err(_) => self.compare().and(Err("the observer did not receive its own message".to_owned())),
        }
    }

    async fn exchange(&mut self) {
        let own = format!("message {}", self.sent);
        self.client.send(&own).await;
        let mut echoed = false;
        while !echoed || !self.is_complete() {
            let frame = self.client.next().await;
            let (Some(name), Some(message)) = (frame["username"].as_str(), frame["message"].as_str()) else {
                panic!("the observer received {frame}");
            };
            if name == NAME {
                echoed = message == own;
            } else if message != join_notice(name) {
                self.received.entry(name.to_owned()).or_default().push(message.to_owned());
            }
        }
    }

    /// Whether at least as many messages came as are expected.
    fn is_complete(&self) -> bool {
        let count = |name| self.received.get(name).map_or(0, Vec::len);
        self.expected.iter().all(|(name, messages)| count(name) >= messages.len())
    }

    fn compare(&mut self) -> Result<(), String> {
        let mut wrong = Vec::new();
        let names: Vec<_> = self.expected.keys().chain(self.received.keys()).cloned().collect();
        for name in names {
            // Removed, so that each difference is reported once.
            let expected = self.expected.remove(&name).unwrap_or_default();
            let received = self.received.remove(&name).unwrap_or_default();
            if expected != received {
                wrong.push(format!("the observer received {received:?} from {name} instead of {expected:?}"));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
    }
}
