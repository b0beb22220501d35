//! An honest client, which has to be served during every attack.

use std::future::Future;
use std::time::Duration;

use parlor::RoomName;
use serde_json::json;
use tokio::time::timeout;

use crate::support::PlainClient;
use crate::support::client_host::ClientHost;

/// Maximum duration of each request of the honest client.
const MAX_DELAY: Duration = Duration::from_secs(3);

/// A client with an address of its own and a plain connection to the lobby.
pub(crate) struct HonestClient {
    pub(crate) host: ClientHost,
    lobby: PlainClient,
    /// Number of calls of [`assert_served`](Self::assert_served).
    checks: usize,
}

/// Waits for a future for at most [`MAX_DELAY`].
async fn at_once<T>(what: &str, when: &str, future: impl Future<Output = T>) -> T {
    timeout(MAX_DELAY, future).await.unwrap_or_else(|_| panic!("{when}: not at once: {what}"))
}

/// Sends a message and waits until it is delivered to the sender; messages of others are skipped.
async fn send_and_receive(client: &mut PlainClient, text: &str) {
    client.send(text).await;
    let expected = json!({"username": client.name, "message": text});
    loop {
        let frame = client.next().await;
        assert!(frame.get("error").is_none(), "{text} was refused: {frame}");
        if frame == expected {
            return;
        }
    }
}

impl HonestClient {
    pub(crate) async fn connect(host: ClientHost) -> Self {
        let mut lobby = host.connect_plain_to("").await;
        lobby.join("honest").await;
        Self { host, lobby, checks: 0 }
    }

    /// Checks that the page loads, that the lobby accepts a message, and that a new room can be opened and written in,
    /// each without delay.
    pub(crate) async fn assert_served(&mut self, when: &str) {
        self.checks += 1;
        let number = self.checks;
        let page = at_once("the page", when, self.host.get("/")).await;
        assert_eq!(page.status, 200, "{when}: the page");
        at_once("a message", when, send_and_receive(&mut self.lobby, &format!("message {number}"))).await;
        let new_room = async {
            let mut client = self.host.connect_plain_to(&format!("?room=honest-{number}")).await;
            client.join(&format!("guest {number}")).await;
            send_and_receive(&mut client, "first").await;
            client.leave().await;
        };
        at_once("a new room", when, new_room).await;
        let entering = self.host.enter_rooms(vec![RoomName::default()]);
        at_once("the lobby's history", when, entering).await;
    }
}
