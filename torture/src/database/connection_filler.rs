//! Uses all connections of a database server.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The protocol's version 3.0, as in a startup message.
const PROTOCOL_VERSION: u32 = 3 << 16;

/// The user and the database, as in a startup message.
const PARAMETERS: &[u8] = b"user\0postgres\0database\0postgres\0\0";

/// The type of a message that says that the user is authenticated.
const AUTHENTICATION: u8 = b'R';

/// How long a connection may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Interval between attempts while there is no free connection.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// A thread that opens connections and keeps them, until it is dropped. Others get none meanwhile.
#[derive(Debug)]
pub(super) struct ConnectionFiller {
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ConnectionFiller {
    /// Starts the thread. Once all connections are used it runs the SQL over one of them.
    pub(super) fn start(port: u16, sql: &'static str) -> Self {
        let stopped = Arc::<AtomicBool>::default();
        let is_stopped = stopped.clone();
        let thread = thread::spawn(move || {
            let (mut connections, mut has_run) = (Vec::new(), false);
            while !is_stopped.load(Ordering::Relaxed) {
                if let Ok(connection) = connect(port) {
                    connections.push(connection);
                    continue;
                }
                if let Some(connection) = connections.first_mut().filter(|_| !has_run) {
                    has_run = send_query(connection, sql).is_ok();
                }
                thread::sleep(RETRY_INTERVAL);
            }
        });
        Self { stopped, thread: Some(thread) }
    }
}

impl Drop for ConnectionFiller {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Opens a connection that needs no password. An error if the server refuses it.
fn connect(port: u16) -> io::Result<TcpStream> {
    let mut connection = TcpStream::connect(("127.0.0.1", port))?;
    connection.set_read_timeout(Some(TIMEOUT))?;
    let mut startup = Vec::new();
    startup.extend((8 + PARAMETERS.len() as u32).to_be_bytes());
    startup.extend(PROTOCOL_VERSION.to_be_bytes());
    startup.extend(PARAMETERS);
    connection.write_all(&startup)?;
    let mut message_type = [0];
    connection.read_exact(&mut message_type)?;
    if message_type == [AUTHENTICATION] { Ok(connection) } else { Err(io::ErrorKind::ConnectionRefused.into()) }
}

/// Sends a simple query. Its result is not read.
fn send_query(connection: &mut TcpStream, sql: &str) -> io::Result<()> {
    let mut query = vec![b'Q'];
    query.extend((5 + sql.len() as u32).to_be_bytes());
    query.extend(sql.as_bytes());
    query.push(0);
    connection.write_all(&query)
}
