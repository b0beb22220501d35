//! A server under attack, with the attacker's host and an honest client.

use tokio::sync::{Mutex, MutexGuard};

use super::honest_client::HonestClient;
use crate::support::Server;
use crate::support::client_host::ClientHost;
use crate::support::open_files;

/// Number of the attacker's clients that act at the same time.
pub(crate) const AT_ONCE: usize = 32;

/// Allows one attack at a time, since all servers of this process share file descriptors and processors.
static RUNNING: Mutex<()> = Mutex::const_new(());

pub(crate) struct Attack {
    pub(crate) attacker: ClientHost,
    pub(crate) honest: HonestClient,
    _server: Server,
    _running: MutexGuard<'static, ()>,
}

impl Attack {
    pub(crate) async fn prepare() -> Self {
        open_files::raise_limit();
        let running = RUNNING.lock().await;
        let server = Server::start().await;
        let attacker = ClientHost::new(&server, 1);
        let honest = HonestClient::connect(ClientHost::new(&server, 2)).await;
        Self { attacker, honest, _server: server, _running: running }
    }
}
