//! Many clients on one thread.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use mio::{Events, Poll};

use crate::{client::Client, dialect::Dialect};

/// Connections from one address: clear of what servers allow to one, and of the ports that one has.
const FROM_ONE_ADDRESS: usize = 50;
/// Connections that are being made at any time.
const AT_ONCE: usize = 64;
/// How long a handshake may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often somebody who waits looks whether it has been too long.
const LOOK: Duration = Duration::from_millis(50);

/// The clients, by number.
pub struct Sockets {
    clients: Vec<Client>,
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    opening: usize,
}

impl Sockets {
    /// None yet.
    ///
    /// # Errors
    /// When the kernel has no poll to give.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            clients: Vec::new(),
            poll: Poll::new()?,
            events: Events::with_capacity(4096),
            buffer: vec![0; 256 * 1024],
            opening: 0,
        })
    }

    /// One more client, which says this first. Waits while too many are being made.
    ///
    /// # Errors
    /// When it can't connect, or another connection breaks.
    pub fn connect(
        &mut self,
        server: SocketAddr,
        dialect: Dialect,
        room: &str,
        first: &[String],
        mut heard: impl FnMut(usize, &[u8]),
    ) -> io::Result<()> {
        let index = self.clients.len();
        let address = index / FROM_ONE_ADDRESS;
        let from = Ipv4Addr::new(127, 1 + (address / 250) as u8, 1 + (address % 250) as u8, 1);
        let mut client = Client::connect(server, from, dialect, room, first)?;
        client.register(self.poll.registry(), index)?;
        self.clients.push(client);
        self.opening += 1;
        self.hear(Duration::ZERO, &mut heard)?;
        self.open_up_to(AT_ONCE, heard)
    }

    /// Waits until all connections are made.
    ///
    /// # Errors
    /// When one can't be made.
    pub fn open(&mut self, heard: impl FnMut(usize, &[u8])) -> io::Result<()> {
        self.open_up_to(0, heard)
    }

    fn open_up_to(&mut self, most: usize, mut heard: impl FnMut(usize, &[u8])) -> io::Result<()> {
        let start = Instant::now();
        while self.opening > most {
            if start.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the server does not answer a handshake"));
            }
            self.hear(LOOK, &mut heard)?;
        }
        Ok(())
    }

    /// Sends a text.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn send(&mut self, index: usize, text: &str) -> io::Result<()> {
        self.clients[index].send(text.as_bytes())
    }

    /// Lets a client read nothing more.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn stall(&mut self, index: usize) -> io::Result<()> {
        self.clients[index].deregister(self.poll.registry())
    }

    /// The codes of connections that the server closed.
    pub fn closed(&self) -> Vec<u16> {
        self.clients.iter().filter_map(|client| client.closed).collect()
    }

    /// Reads what comes within this time, once. False if nothing came.
    ///
    /// # Errors
    /// When a connection breaks.
    pub fn hear(&mut self, wait: Duration, mut heard: impl FnMut(usize, &[u8])) -> io::Result<bool> {
        match self.poll.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(false),
            polled => polled?,
        }
        let mut came = false;
        for event in &self.events {
            let index = event.token().0;
            let client = &mut self.clients[index];
            let was_open = client.is_open();
            if event.is_writable() {
                client.flush()?;
            }
            if event.is_readable() {
                came = true;
                client.read(&mut self.buffer, |text| heard(index, text))?;
            }
            self.opening -= usize::from(!was_open && client.is_open());
        }
        Ok(came)
    }

    /// Reads until nothing has come for so long.
    ///
    /// # Errors
    /// When a connection breaks.
    pub fn settle(&mut self, quiet: Duration, patience: Duration) -> io::Result<()> {
        let (start, mut last) = (Instant::now(), Instant::now());
        while last.elapsed() < quiet && start.elapsed() < patience {
            if self.hear(LOOK, |_, _| {})? {
                last = Instant::now();
            }
        }
        Ok(())
    }
}
