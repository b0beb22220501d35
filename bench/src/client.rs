//! One client of the plain dialect.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    time::Duration,
};

use mio::{Interest, Registry, Token, net::TcpStream};
use socket2::{Domain, Socket, Type};

use crate::frame::{self, Header, Kind};

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection that has its name.
pub struct Client {
    stream: TcpStream,
    // The beginning of a frame of which the rest has not come.
    rest: Vec<u8>,
    // What the kernel did not take.
    unsent: Vec<u8>,
    /// The code of the close frame that the server sent.
    pub closed: Option<u16>,
}

impl Client {
    /// Connects from this address, goes into the room and takes the name.
    ///
    /// # Errors
    /// When that fails or the server does not agree to speak WebSocket.
    pub fn join(server: SocketAddr, from: Ipv4Addr, room: &str, name: &str) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddrV4::new(from, 0).into())?;
        socket.connect_timeout(&server.into(), PATIENCE)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_tcp_nodelay(true)?;
        let mut stream = std::net::TcpStream::from(socket);
        write!(
            stream,
            "GET /ws/chat?room={room} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )?;
        let rest = upgraded(&mut stream)?;
        stream.set_nonblocking(true)?;
        let mut client = Self { stream: TcpStream::from_std(stream), rest, unsent: Vec::new(), closed: None };
        client.send(name.as_bytes())?;
        Ok(client)
    }

    /// Lets the poll tell when there is something to read, under this number.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn register(&mut self, registry: &Registry, number: usize) -> io::Result<()> {
        registry.register(&mut self.stream, Token(number), Interest::READABLE | Interest::WRITABLE)
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
        while !self.unsent.is_empty() {
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

    // Goes from frame to frame. Returns how many bytes were whole frames.
    fn take(&mut self, bytes: &[u8], heard: &mut impl FnMut(&[u8])) -> io::Result<usize> {
        let mut at = 0;
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

// Reads the answer to the upgrade. Returns what came behind it.
fn upgraded(stream: &mut std::net::TcpStream) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n") {
            if !answer.starts_with(b"HTTP/1.1 101") {
                let line = String::from_utf8_lossy(&answer[..end]).lines().next().unwrap_or_default().to_owned();
                return Err(io::Error::other(format!("the server refused to speak WebSocket: {line}")));
            }
            return Ok(answer.split_off(end + 4));
        }
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&buffer[..count]);
    }
}
