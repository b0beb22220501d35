//! The network between a client and the server: one TCP proxy for each client, which breaks on demand.

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

use super::schedule::Cut;

/// What the kernel keeps for one socket, in bytes: little, so that whoever does not read is soon noticed.
pub(super) const KERNEL_BYTES: u32 = 32 * 1024;

/// Bytes carried at once.
const PIECE: usize = 16 * 1024;

/// A proxy, until it is dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    /// Where it listens.
    pub(super) address: SocketAddr,
    lines: Arc<Mutex<Vec<watch::Sender<Weather>>>>,
    task: JoinHandle<()>,
}

/// How a connection fares.
#[derive(Clone, Copy, Debug)]
struct Weather {
    stalled_until: Instant,
    latency: Duration,
    late_until: Instant,
    cut: Option<Cut>,
}

impl Proxy {
    /// A proxy to the server, wherever it is at the time.
    pub(super) async fn start(server: watch::Receiver<Option<SocketAddr>>) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // Those that it accepts get the same.
        socket.set_send_buffer_size(KERNEL_BYTES)?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let listener = socket.listen(64)?;
        let (address, lines) = (listener.local_addr()?, Arc::<Mutex<Vec<_>>>::default());
        let task = tokio::spawn(accept(listener, server, lines.clone()));
        Ok(Self { address, lines, task })
    }

    /// Cuts what is connected. Returns whether there was anything.
    pub(super) fn cut(&self, how: Cut) -> bool {
        self.change(|weather| weather.cut = Some(how))
    }

    /// Carries nothing on the present connections for a while.
    pub(super) fn stall(&self, length: Duration) -> bool {
        self.change(|weather| weather.stalled_until = Instant::now() + length)
    }

    /// Carries everything on the present connections later.
    pub(super) fn delay(&self, by: Duration, over: Duration) -> bool {
        self.change(|weather| (weather.latency, weather.late_until) = (by, Instant::now() + over))
    }

    /// Lets everything through from now on.
    pub(super) fn heal(&self) {
        let now = Instant::now();
        self.change(|weather| (weather.stalled_until, weather.late_until) = (now, now));
    }

    fn change(&self, change: impl Fn(&mut Weather)) -> bool {
        let mut lines = self.lines.lock();
        lines.retain(|line| !line.is_closed());
        lines.iter().for_each(|line| line.send_modify(&change));
        !lines.is_empty()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    server: watch::Receiver<Option<SocketAddr>>,
    lines: Arc<Mutex<Vec<watch::Sender<Weather>>>>,
) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let now = Instant::now();
        let weather = Weather { stalled_until: now, latency: Duration::ZERO, late_until: now, cut: None };
        let (line, weather) = watch::channel(weather);
        lines.lock().push(line);
        let server = *server.borrow();
        tokio::spawn(async move {
            // Without a server the client is hung up on, as by a machine where nobody listens.
            let Some(server) = server else { return };
            let _ = carry(client, server, weather).await;
        });
    }
}

async fn carry(mut client: TcpStream, server: SocketAddr, mut weather: watch::Receiver<Weather>) -> io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(KERNEL_BYTES)?;
    let mut server = socket.connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (there, back) = (weather.clone(), weather.clone());
    let cut = {
        let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
        let both = async { tokio::try_join!(pump(from_client, to_server, there), pump(from_server, to_client, back)) };
        // Cancel safe: when one is done the connection is over.
        tokio::select! {
            cut = cut(&mut weather) => cut,
            _ = both => None,
        }
    };
    if cut == Some(Cut::Reset) {
        SockRef::from(&client).set_linger(Some(Duration::ZERO))?;
        SockRef::from(&server).set_linger(Some(Duration::ZERO))?;
    }
    Ok(())
}

async fn cut(weather: &mut watch::Receiver<Weather>) -> Option<Cut> {
    weather.wait_for(|weather| weather.cut.is_some()).await.ok().and_then(|weather| weather.cut)
}

async fn pump(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, mut weather: watch::Receiver<Weather>) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = from.read(&mut piece).await;
        // An end is held back like everything else.
        passable(&mut weather).await;
        match read? {
            0 => return to.shutdown().await,
            count => to.write_all(&piece[..count]).await?,
        }
    }
}

/// Waits until the connection carries something.
async fn passable(weather: &mut watch::Receiver<Weather>) {
    loop {
        let now = *weather.borrow_and_update();
        if now.stalled_until <= Instant::now() {
            if now.late_until > Instant::now() {
                tokio::time::sleep(now.latency).await;
            }
            return;
        }
        tokio::select! {
            () = tokio::time::sleep_until(now.stalled_until) => {}
            changed = weather.changed() => {
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

    async fn through() -> (Proxy, TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (_server, server) = watch::channel(Some(listener.local_addr().unwrap()));
        let proxy = Proxy::start(server).await.unwrap();
        let client = TcpStream::connect(proxy.address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        (proxy, client, server)
    }

    #[tokio::test]
    async fn what_is_stalled_arrives_later_and_both_ends_stay_open() {
        let (proxy, mut client, mut server) = through().await;
        client.write_all(b"a").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'a');
        assert!(proxy.stall(Duration::from_secs(60)));
        client.write_all(b"b").await.unwrap();
        let soon = tokio::time::timeout(Duration::from_millis(100), server.read_u8()).await;
        assert!(soon.is_err(), "nothing comes through, not even an end");
        proxy.heal();
        assert_eq!(server.read_u8().await.unwrap(), b'b');
    }

    #[tokio::test]
    async fn a_reset_is_one_and_an_end_is_one() {
        let (proxy, mut client, _server) = through().await;
        proxy.cut(Cut::Reset);
        assert_eq!(client.read_u8().await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        let (proxy, mut client, _server) = through().await;
        proxy.cut(Cut::Finish);
        assert_eq!(client.read_u8().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert!(!proxy.cut(Cut::Finish) || proxy.lines.lock().len() < 2);
    }
}
