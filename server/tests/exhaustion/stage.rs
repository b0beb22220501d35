//! A server under attack, with an attacker's host and somebody honest.

use tokio::sync::{Mutex, MutexGuard};

use super::honest::Honest;
use crate::client_host::ClientHost;
use crate::open_files;
use crate::support::Server;

/// Clients of the attacker that do something at the same time.
pub(crate) const AT_ONCE: usize = 32;

/// One attack at a time, since all servers of this program share the file handles and the processors.
static TURN: Mutex<()> = Mutex::const_new(());

pub(crate) struct Stage {
    pub(crate) attacker: ClientHost,
    pub(crate) honest: Honest,
    _server: Server,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    pub(crate) async fn open() -> Self {
        open_files::raise_limit();
        let turn = TURN.lock().await;
        let server = Server::start().await;
        let attacker = ClientHost::new(&server, 1);
        let honest = Honest::come(ClientHost::new(&server, 2)).await;
        Self { attacker, honest, _server: server, _turn: turn }
    }
}
