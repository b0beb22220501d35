//! Regular plain clients, which measure the latency of their messages.

use std::time::{Duration, Instant};

use parlor::limits;

use crate::support::{PlainClient, Server};

/// Number of clients. Together they may send a few hundred messages at once before the rate limit applies.
const CLIENTS: usize = 8;

/// Plain clients in a room of their own.
pub(crate) struct RegularClients {
    clients: Vec<PlainClient>,
    sent: usize,
}

impl RegularClients {
    pub(crate) async fn join(server: &Server) -> Self {
        let mut clients: Vec<PlainClient> = Vec::new();
        for number in 0..CLIENTS {
            let mut client = server.connect_plain_to("?room=quiet").await;
            let name = format!("person {number}");
            client.join(&name).await;
            for other in &mut clients {
                other.expect_message(&name, &format!("{name} has joined the chat")).await;
            }
            clients.push(client);
        }
        Self { clients, sent: 0 }
    }

    /// Sends `times` messages, each from the next client, and returns the time until another client received each.
    pub(crate) async fn exchange(&mut self, times: usize) -> Vec<Duration> {
        let mut took = Vec::new();
        while took.len() < times {
            let text = format!("message {}", self.sent);
            let sender = self.sent % CLIENTS;
            self.wait_for_rate_limit().await;
            let start = Instant::now();
            self.clients[sender].send(&text).await;
            self.expect_message(sender + 1, &text).await;
            took.push(start.elapsed());
            for other in 2..=CLIENTS {
                self.expect_message(sender + other, &text).await;
            }
            self.sent += 1;
        }
        took
    }

    async fn expect_message(&mut self, client: usize, text: &str) {
        let frame = self.clients[client % CLIENTS].next().await;
        assert_eq!(frame["message"], text, "{frame}");
    }

    /// Waits before each message after the burst, so that the post rate limit is not exceeded.
    async fn wait_for_rate_limit(&self) {
        if self.sent >= CLIENTS * limits::POST_BURST as usize {
            let pause = Duration::from_secs(1) / (CLIENTS as u32 * limits::POSTS_PER_SECOND);
            tokio::time::sleep(pause).await;
        }
    }
}
