//! A WebSocket client with non-blocking I/O.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, SocketAddrV4},
    time::Duration,
};

use mio::{Interest, Registry, Token, net::TcpStream};
use socket2::{Domain, Socket, Type};

use crate::{
    dialect::Dialect,
    frame::{self, FrameHeader, FrameKind},
};

/// Timeout of the TCP connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// A client with its connection.
pub struct Client {
    stream: TcpStream,
    open: bool,
    // Received bytes of a frame, or of the handshake response, that is not complete yet.
    incomplete_frame: Vec<u8>,
    // Bytes that the kernel has not accepted yet, or that wait for the end of the handshake.
    write_buffer: Vec<u8>,
    /// The code of the server's close frame, if it sent one.
    pub close_code: Option<u16>,
}

impl Client {
    /// Connects from the address `from` and sends the WebSocket handshake. `initial_texts` are sent when the handshake
    /// is complete.
    ///
    /// # Errors
    /// If the connection or the request fails.
    pub fn connect(
        server: SocketAddr,
        from: Ipv4Addr,
        dialect: Dialect,
        room: &str,
        initial_texts: &[String],
    ) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddrV4::new(from, 0).into())?;
        socket.connect_timeout(&server.into(), CONNECT_TIMEOUT)?;
        socket.set_tcp_nodelay(true)?;
        let mut stream = std::net::TcpStream::from(socket);
        let protocol = dialect.subprotocol_header();
        stream.write_all(
            format!(
                "GET /ws/chat?room={room} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\n\
                 Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                 Sec-WebSocket-Version: 13\r\n{protocol}\r\n"
            )
            .as_bytes(),
        )?;
        stream.set_nonblocking(true)?;
        let mut write_buffer = Vec::new();
        initial_texts.iter().for_each(|text| frame::write_client_text(text.as_bytes(), &mut write_buffer));
        Ok(Self {
            stream: TcpStream::from_std(stream),
            open: false,
            incomplete_frame: Vec::new(),
            write_buffer,
            close_code: None,
        })
    }

    /// Whether the handshake is complete and the kernel has accepted everything written so far.
    pub fn is_open(&self) -> bool {
        self.open && self.write_buffer.is_empty()
    }

    /// Registers the connection with a poll, under this number.
    ///
    /// # Errors
    /// If the kernel refuses.
    pub fn register(&mut self, registry: &Registry, number: usize) -> io::Result<()> {
        registry.register(&mut self.stream, Token(number), Interest::READABLE | Interest::WRITABLE)
    }

    /// Removes the connection from a poll, so that it is no longer read.
    ///
    /// # Errors
    /// If the kernel refuses.
    pub fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        registry.deregister(&mut self.stream)
    }

    /// Sends a text frame.
    ///
    /// # Errors
    /// If the connection is broken.
    pub fn send(&mut self, text: &[u8]) -> io::Result<()> {
        frame::write_client_text(text, &mut self.write_buffer);
        self.flush()
    }

    /// Writes as much of the write buffer as the kernel accepts.
    ///
    /// # Errors
    /// If the connection is broken.
    pub fn flush(&mut self) -> io::Result<()> {
        while self.open && !self.write_buffer.is_empty() {
            match self.stream.write(&self.write_buffer) {
                Ok(written) => drop(self.write_buffer.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads all available bytes and calls `on_text` with each text frame.
    ///
    /// # Errors
    /// If the connection ended without a close frame.
    pub fn read(&mut self, buffer: &mut [u8], mut on_text: impl FnMut(&[u8])) -> io::Result<()> {
        loop {
            let count = match self.stream.read(buffer) {
                Ok(0) if self.close_code.is_some() => return Ok(()),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            if self.incomplete_frame.is_empty() {
                let used = self.parse_frames(&buffer[..count], &mut on_text)?;
                self.incomplete_frame.extend_from_slice(&buffer[used..count]);
            } else {
                self.incomplete_frame.extend_from_slice(&buffer[..count]);
                let all = std::mem::take(&mut self.incomplete_frame);
                let used = self.parse_frames(&all, &mut on_text)?;
                self.incomplete_frame = all;
                self.incomplete_frame.drain(..used);
            }
            // A partly filled buffer means that no more bytes were available; the poll reports later ones again.
            if count < buffer.len() {
                return Ok(());
            }
        }
    }

    // Parses the handshake response and all complete frames after it. Returns the number of bytes consumed.
    fn parse_frames(&mut self, bytes: &[u8], on_text: &mut impl FnMut(&[u8])) -> io::Result<usize> {
        let mut at = 0;
        if !self.open {
            let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(0) };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                let line = String::from_utf8_lossy(&bytes[..end]).lines().next().unwrap_or_default().to_owned();
                return Err(io::Error::other(format!("the server refused the WebSocket handshake: {line}")));
            }
            at = end + 4;
            self.open = true;
            self.flush()?;
        }
        while let Some(header) =
            FrameHeader::parse(&bytes[at..]).filter(|header| at + header.frame_length() <= bytes.len())
        {
            let payload = &bytes[at + header.header_length..at + header.frame_length()];
            match header.kind {
                FrameKind::Text => on_text(payload),
                FrameKind::Ping => {
                    frame::write_pong(payload, &mut self.write_buffer);
                    self.flush()?;
                }
                FrameKind::Close => {
                    self.close_code = Some(payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code)));
                }
                FrameKind::Other => {}
            }
            at += header.frame_length();
        }
        Ok(at)
    }
}
