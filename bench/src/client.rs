//! One client.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    time::Duration,
};

use mio::{Interest, Registry, Token, net::TcpStream};
use socket2::{Domain, Socket, Type};

use crate::{
    dialect::Dialect,
    frame::{self, Header, Kind},
};

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub struct Client {
    stream: TcpStream,
    open: bool,
    // The beginning of a frame, or of the answer to the upgrade, of which the rest has not come.
    rest: Vec<u8>,
    // What the kernel did not take, or waits for the upgrade.
    unsent: Vec<u8>,
    /// The code of the close frame that the server sent.
    pub closed: Option<u16>,
}

impl Client {
    /// Connects from this address and asks for a WebSocket; these texts are sent as soon as there is one.
    ///
    /// # Errors
    /// When that fails.
    pub fn connect(
        server: SocketAddr,
        from: Ipv4Addr,
        dialect: Dialect,
        room: &str,
        first: &[String],
    ) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddrV4::new(from, 0).into())?;
        socket.connect_timeout(&server.into(), PATIENCE)?;
        socket.set_tcp_nodelay(true)?;
        let mut stream = std::net::TcpStream::from(socket);
        let protocol = dialect.header();
        stream.write_all(
            format!(
                "GET /ws/chat?room={room} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\n\
                 Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                 Sec-WebSocket-Version: 13\r\n{protocol}\r\n"
            )
            .as_bytes(),
        )?;
        stream.set_nonblocking(true)?;
        let mut unsent = Vec::new();
        first.iter().for_each(|text| frame::text(text.as_bytes(), &mut unsent));
        Ok(Self { stream: TcpStream::from_std(stream), open: false, rest: Vec::new(), unsent, closed: None })
    }

    /// Whether there is a WebSocket, and what had to be said first is with the kernel.
    pub fn is_open(&self) -> bool {
        self.open && self.unsent.is_empty()
    }

    /// Lets the poll tell when there is something to read, under this number.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn register(&mut self, registry: &Registry, number: usize) -> io::Result<()> {
        registry.register(&mut self.stream, Token(number), Interest::READABLE | Interest::WRITABLE)
    }

    /// Reads nothing more, as far as the poll goes.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        registry.deregister(&mut self.stream)
    }

    /// Sends a text.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn send(&mut self, text: &[u8]) -> io::Result<()> {
        frame::text(text, &mut self.unsent);
        self.flush()
    }

    /// Sends what has not been sent, as far as the kernel takes it.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn flush(&mut self) -> io::Result<()> {
        while self.open && !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads all that is there, and gives each text to `heard`.
    ///
    /// # Errors
    /// When the connection broke without a close frame.
    pub fn read(&mut self, buffer: &mut [u8], mut heard: impl FnMut(&[u8])) -> io::Result<()> {
        loop {
            let count = match self.stream.read(buffer) {
                Ok(0) if self.closed.is_some() => return Ok(()),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            if self.rest.is_empty() {
                let used = self.take(&buffer[..count], &mut heard)?;
                self.rest.extend_from_slice(&buffer[used..count]);
            } else {
                self.rest.extend_from_slice(&buffer[..count]);
                let all = std::mem::take(&mut self.rest);
                let used = self.take(&all, &mut heard)?;
                self.rest = all;
                self.rest.drain(..used);
            }
            // Less than there was room for is all that there was; what comes later is told anew.
            if count < buffer.len() {
                return Ok(());
            }
        }
    }

    // Goes from frame to frame, behind the answer to the upgrade. Returns how many bytes have been used.
    fn take(&mut self, bytes: &[u8], heard: &mut impl FnMut(&[u8])) -> io::Result<usize> {
        let mut at = 0;
        if !self.open {
            let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(0) };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                let line = String::from_utf8_lossy(&bytes[..end]).lines().next().unwrap_or_default().to_owned();
                return Err(io::Error::other(format!("the server refused to speak WebSocket: {line}")));
            }
            at = end + 4;
            self.open = true;
            self.flush()?;
        }
        while let Some(header) = Header::parse(&bytes[at..]).filter(|header| at + header.total() <= bytes.len()) {
            let payload = &bytes[at + header.before..at + header.total()];
            match header.kind {
                Kind::Text => heard(payload),
                Kind::Ping => {
                    frame::pong(payload, &mut self.unsent);
                    self.flush()?;
                }
                Kind::Close => self.closed = Some(payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code))),
                Kind::Other => {}
            }
            at += header.total();
        }
        Ok(at)
    }
}
