//! Somebody honest, who has to be served whatever happens.

use std::future::Future;
use std::time::Duration;

use parlor::RoomName;
use serde_json::json;
use tokio::time::timeout;

use crate::client_host::ClientHost;
use crate::support::Plain;

/// How long anything may take that an honest client asks for.
const AT_ONCE: Duration = Duration::from_secs(3);

/// A person at an address of their own, with a connection to the lobby and a session.
pub(crate) struct Honest {
    pub(crate) host: ClientHost,
    lobby: Plain,
    served: usize,
}

async fn at_once<T>(what: &str, when: &str, future: impl Future<Output = T>) -> T {
    timeout(AT_ONCE, future).await.unwrap_or_else(|_| panic!("{when}: not at once: {what}"))
}

/// Says something and waits until it comes back; what others say is passed over.
async fn is_heard(client: &mut Plain, text: &str) {
    client.says(text).await;
    let expected = json!({"username": client.name, "message": text});
    loop {
        let frame = client.next().await;
        assert!(frame.get("error").is_none(), "{text} is refused: {frame}");
        if frame == expected {
            return;
        }
    }
}

impl Honest {
    pub(crate) async fn come(host: ClientHost) -> Self {
        let mut lobby = host.nobody_in("").await;
        lobby.joins("honest").await;
        Self { host, lobby, served: 0 }
    }

    /// The page is shown, the lobby takes a message, and a new room is opened and written in; each of it at once.
    pub(crate) async fn is_served(&mut self, when: &str) {
        self.served += 1;
        let number = self.served;
        let page = at_once("the page", when, self.host.gets("/")).await;
        assert_eq!(page.status, 200, "{when}: the page");
        at_once("a message", when, is_heard(&mut self.lobby, &format!("message {number}"))).await;
        let new_room = async {
            let mut client = self.host.nobody_in(&format!("?room=honest-{number}")).await;
            client.joins(&format!("guest {number}")).await;
            is_heard(&mut client, "first").await;
            client.leaves().await;
        };
        at_once("a new room", when, new_room).await;
        let entering = self.host.rich_in(vec![RoomName::default()]);
        at_once("the lobby's past", when, entering).await;
    }
}
