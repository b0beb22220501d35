//! The network between a client and the server: one TCP proxy per client, which injects faults on request.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::fault_plan::Cut;
use crate::server_list::ServerList;

/// The kernel's buffer per socket and direction, in bytes: small, so that a client that does not read soon blocks the
/// server's writes.
pub(crate) const SOCKET_BUFFER_BYTES: u32 = 32 * 1024;

/// The most bytes that are forwarded at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// A TCP proxy in front of the server. It accepts connections until it is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    /// Whether the connections of the client go to several servers.
    pub(crate) has_several_servers: bool,
    connections: Connections,
    task: JoinHandle<()>,
}

/// The faults of each open connection. A closed connection is removed at the next change.
type Connections = Arc<Mutex<Vec<watch::Sender<NetworkFaults>>>>;

/// The faults of one connection.
#[derive(Clone, Copy, Debug)]
struct NetworkFaults {
    stalled_until: Instant,
    latency: Duration,
    delayed_until: Instant,
    cut: Option<Cut>,
}

impl Proxy {
    /// Starts a proxy that connects each connection of its client to the next server.
    pub(crate) async fn start(servers: ServerList) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // Accepted sockets inherit it.
        socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let listener = socket.listen(64)?;
        let (address, connections) = (listener.local_addr()?, Connections::default());
        let has_several_servers = servers.has_several();
        let task = tokio::spawn(accept(listener, servers, connections.clone()));
        Ok(Self { address, has_several_servers, connections, task })
    }

    /// Cuts all open connections. Returns whether there were any.
    pub(crate) fn cut(&self, cut: Cut) -> bool {
        self.update(|faults| faults.cut = Some(cut))
    }

    /// Forwards nothing on the open connections for this long. Returns whether there were any.
    pub(crate) fn stall(&self, duration: Duration) -> bool {
        self.update(|faults| faults.stalled_until = Instant::now() + duration)
    }

    /// Adds latency to the open connections for this long. Returns whether there were any.
    pub(crate) fn delay(&self, latency: Duration, duration: Duration) -> bool {
        self.update(|faults| (faults.latency, faults.delayed_until) = (latency, Instant::now() + duration))
    }

    /// Ends all stalls and delays.
    pub(crate) fn heal(&self) {
        let now = Instant::now();
        self.update(|faults| (faults.stalled_until, faults.delayed_until) = (now, now));
    }

    fn update(&self, update: impl Fn(&mut NetworkFaults)) -> bool {
        let mut connections = self.connections.lock();
        connections.retain(|connection| !connection.is_closed());
        connections.iter().for_each(|connection| connection.send_modify(&update));
        !connections.is_empty()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, mut servers: ServerList, connections: Connections) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let now = Instant::now();
        let faults = NetworkFaults { stalled_until: now, latency: Duration::ZERO, delayed_until: now, cut: None };
        let (sender, faults) = watch::channel(faults);
        connections.lock().push(sender);
        let server = servers.next();
        tokio::spawn(async move {
            // If this server is down the client's connection is closed at once.
            let Some(server) = server else { return };
            let _ = forward_connection(client, server, faults).await;
        });
    }
}

/// Forwards both directions of a connection until one ends, fails or is cut.
async fn forward_connection(
    mut client: TcpStream,
    server: SocketAddr,
    mut faults: watch::Receiver<NetworkFaults>,
) -> io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
    let mut server = socket.connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (upstream, downstream) = (faults.clone(), faults.clone());
    let cut = {
        let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
        let both = async {
            tokio::try_join!(forward(from_client, to_server, upstream), forward(from_server, to_client, downstream))
        };
        // Cancel safe: when one branch completes the connection is over.
        tokio::select! {
            cut = wait_for_cut(&mut faults) => cut,
            _ = both => None,
        }
    };
    if cut == Some(Cut::Reset) {
        // A socket that is closed with a linger time of 0 sends a reset.
        SockRef::from(&client).set_linger(Some(Duration::ZERO))?;
        SockRef::from(&server).set_linger(Some(Duration::ZERO))?;
    }
    Ok(())
}

async fn wait_for_cut(faults: &mut watch::Receiver<NetworkFaults>) -> Option<Cut> {
    faults.wait_for(|faults| faults.cut.is_some()).await.ok().and_then(|faults| faults.cut)
}

/// Forwards one direction until its end.
async fn forward(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut faults: watch::Receiver<NetworkFaults>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = from.read(&mut chunk).await;
        // Stalls and delays hold back the end of the stream as well.
        wait_until_passable(&mut faults).await;
        match read? {
            0 => return to.shutdown().await,
            count => to.write_all(&chunk[..count]).await?,
        }
    }
}

/// Waits until the stall is over, and then for the latency of a delay.
async fn wait_until_passable(faults: &mut watch::Receiver<NetworkFaults>) {
    loop {
        let current = *faults.borrow_and_update();
        if current.stalled_until <= Instant::now() {
            if current.delayed_until > Instant::now() {
                tokio::time::sleep(current.latency).await;
            }
            return;
        }
        // Cancel safe: the loop reads the faults again.
        tokio::select! {
            () = tokio::time::sleep_until(current.stalled_until) => {}
            changed = faults.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A proxy with one connection, its client's end and its server's end.
    async fn connect() -> (Proxy, TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (_server, server) = watch::channel(Some(listener.local_addr().unwrap()));
        let proxy = Proxy::start(ServerList::new(vec![server])).await.unwrap();
        let client = TcpStream::connect(proxy.address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        (proxy, client, server)
    }

    /// Waits until the proxy has no open connection.
    async fn wait_until_closed(proxy: &Proxy) {
        let closed = async {
            while proxy.stall(Duration::ZERO) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), closed).await.expect("the proxy forgets a closed connection");
    }

    #[tokio::test]
    async fn a_stall_delays_bytes_and_keeps_both_ends_open() {
        let (proxy, mut client, mut server) = connect().await;
        client.write_all(b"a").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'a');
        assert!(proxy.stall(Duration::from_secs(60)));
        client.write_all(b"b").await.unwrap();
        let early = tokio::time::timeout(Duration::from_millis(100), server.read_u8()).await;
        assert!(early.is_err(), "neither bytes nor an end may arrive during a stall");
        proxy.heal();
        assert_eq!(server.read_u8().await.unwrap(), b'b');
    }

    #[tokio::test]
    async fn a_cut_is_a_reset_or_an_orderly_end_and_removes_the_connection() {
        let (proxy, mut client, _server) = connect().await;
        assert!(proxy.cut(Cut::Reset));
        assert_eq!(client.read_u8().await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        wait_until_closed(&proxy).await;
        assert!(!proxy.cut(Cut::Reset));
        let (proxy, mut client, _server) = connect().await;
        assert!(proxy.cut(Cut::Fin));
        assert_eq!(client.read_u8().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        wait_until_closed(&proxy).await;
        assert!(!proxy.cut(Cut::Fin));
    }
}
