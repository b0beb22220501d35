//! Many clients on one thread, multiplexed with a poll.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use mio::{Events, Poll};

use crate::{client::Client, dialect::Dialect};

/// Connections from one source address: below the limits of servers, and of the ports of an address.
const CONNECTIONS_PER_ADDRESS: usize = 50;
/// Maximum number of handshakes in progress.
const MAX_OPENING: usize = 64;
/// Timeout of all handshakes in progress.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest wait of one poll while a timeout is checked.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A set of clients, numbered from 0.
pub struct ClientPool {
    clients: Vec<Client>,
    poller: Poll,
    events: Events,
    buffer: Vec<u8>,
    opening: usize,
}

impl ClientPool {
    /// Creates a pool without clients.
    ///
    /// # Errors
    /// If the poll cannot be created.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            clients: Vec::new(),
            poller: Poll::new()?,
            events: Events::with_capacity(4096),
            buffer: vec![0; 256 * 1024],
            opening: 0,
        })
    }

    /// Connects one more client, which sends `initial_texts` first. Waits while too many handshakes are in progress,
    /// and calls `on_text` with texts that clients receive meanwhile.
    ///
    /// # Errors
    /// If the client cannot connect, or another connection breaks.
    pub fn connect(
        &mut self,
        server: SocketAddr,
        dialect: Dialect,
        room: &str,
        initial_texts: &[String],
        mut on_text: impl FnMut(usize, &[u8]),
    ) -> io::Result<()> {
        let index = self.clients.len();
        let address = index / CONNECTIONS_PER_ADDRESS;
        let from = Ipv4Addr::new(127, 1 + (address / 250) as u8, 1 + (address % 250) as u8, 1);
        let mut client = Client::connect(server, from, dialect, room, initial_texts)?;
        client.register(self.poller.registry(), index)?;
        self.clients.push(client);
        self.opening += 1;
        self.poll(Duration::ZERO, &mut on_text)?;
        self.wait_for_opening(MAX_OPENING, on_text)
    }

    /// Waits until all handshakes are complete.
    ///
    /// # Errors
    /// If a handshake fails or times out.
    pub fn wait_open(&mut self, on_text: impl FnMut(usize, &[u8])) -> io::Result<()> {
        self.wait_for_opening(0, on_text)
    }

    fn wait_for_opening(&mut self, limit: usize, mut on_text: impl FnMut(usize, &[u8])) -> io::Result<()> {
        let start = Instant::now();
        while self.opening > limit {
            if start.elapsed() > HANDSHAKE_TIMEOUT {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the server did not complete a handshake in time"));
            }
            self.poll(POLL_INTERVAL, &mut on_text)?;
        }
        Ok(())
    }

    /// Sends a text frame from one client.
    ///
    /// # Errors
    /// If the connection is broken.
    pub fn send(&mut self, index: usize, text: &str) -> io::Result<()> {
        self.clients[index].send(text.as_bytes())
    }

    /// Stops reading from a client's connection, so that the server's writes to it stall.
    ///
    /// # Errors
    /// If the kernel refuses.
    pub fn stop_reading(&mut self, index: usize) -> io::Result<()> {
        self.clients[index].deregister(self.poller.registry())
    }

    /// The close codes of all connections that the server closed.
    pub fn close_codes(&self) -> Vec<u16> {
        self.clients.iter().filter_map(|client| client.close_code).collect()
    }

    /// Polls once, for at most `wait`, and reads all connections that are ready. Calls `on_text` with the client's
    /// number and each text. Returns whether any connection was readable.
    ///
    /// # Errors
    /// If a connection breaks.
    pub fn poll(&mut self, wait: Duration, mut on_text: impl FnMut(usize, &[u8])) -> io::Result<bool> {
        match self.poller.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(false),
            polled => polled?,
        }
        let mut received = false;
        for event in &self.events {
            let index = event.token().0;
            let client = &mut self.clients[index];
            let was_open = client.is_open();
            if event.is_writable() {
                client.flush()?;
            }
            if event.is_readable() {
                received = true;
                client.read(&mut self.buffer, |text| on_text(index, text))?;
            }
            self.opening -= usize::from(!was_open && client.is_open());
        }
        Ok(received)
    }

    /// Reads until no connection was readable for `quiet`, or until the timeout.
    ///
    /// # Errors
    /// If a connection breaks.
    pub fn wait_until_quiet(&mut self, quiet: Duration, timeout: Duration) -> io::Result<()> {
        let (start, mut last) = (Instant::now(), Instant::now());
        while last.elapsed() < quiet && start.elapsed() < timeout {
            if self.poll(POLL_INTERVAL, |_, _| {})? {
                last = Instant::now();
            }
        }
        Ok(())
    }
}
