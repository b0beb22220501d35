//! A TCP connection that sends bytes as they are given and checks every byte that the server sends (RFC 6455 §5).

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub const TEXT: u8 = 0x1;
pub const CLOSE: u8 = 0x8;
pub const PING: u8 = 0x9;
pub const PONG: u8 = 0xA;

/// The sample key of RFC 6455 §1.3.
pub const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The answer to [`KEY`].
pub const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Longest input that is sent one byte at a time; anything longer goes in chunks of [`CHUNK`] bytes.
const BYTEWISE_LIMIT: usize = 2048;

/// A chunk size that is no multiple of the masking key's length.
const CHUNK: usize = 1021;

/// How input is split over calls of `write`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// One write.
    Whole,
    /// One write for each byte.
    Bytewise,
}

/// The status line and the headers of an HTTP response.
#[derive(Clone, Debug)]
pub struct ResponseHead {
    pub status: u16,
    headers: Vec<(String, String)>,
}

impl ResponseHead {
    fn parse(head: &[u8]) -> Result<Self, String> {
        let head = std::str::from_utf8(head).map_err(|error| format!("the response head is not UTF-8: {error}"))?;
        let mut lines = head.split("\r\n");
        let status_line = lines.next().unwrap_or_default();
        let status = status_line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        let status = status.ok_or_else(|| format!("not a status line: {status_line}"))?;
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        Ok(Self { status, headers })
    }

    /// All values of a header; its name is given in lower case.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(header, _)| header == name).map(|(_, value)| value.as_str()).collect()
    }
}

/// A frame that the server sent, with its header checked and removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFrame {
    pub opcode: u8,
    pub payload: Vec<u8>,
    /// Bytes of the extended payload length: 0, 2 or 8.
    pub length_bytes: usize,
}

/// A TCP connection to the server.
#[derive(Debug)]
pub struct RawClient {
    stream: TcpStream,
    received: Vec<u8>,
}

impl RawClient {
    pub async fn connect(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).await.map_err(|error| format!("no TCP connection: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends bytes. Errors are ignored: the server may have closed already, and the frames it sent tell why.
    pub async fn send(&mut self, bytes: &[u8], delivery: Delivery) {
        let chunk = match delivery {
            Delivery::Whole => bytes.len(),
            Delivery::Bytewise if bytes.len() > BYTEWISE_LIMIT => CHUNK,
            Delivery::Bytewise => 1,
        };
        for part in bytes.chunks(chunk.max(1)) {
            if self.stream.write_all(part).await.is_err() {
                return;
            }
            // The server runs on the same thread: it reads this part before the next one is written.
            tokio::task::yield_now().await;
        }
    }

    /// Ends the sending direction; receiving goes on.
    pub async fn shutdown(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Ends the connection with a TCP reset.
    pub fn reset(self) {
        let _ = socket2::SockRef::from(&self.stream).set_linger(Some(std::time::Duration::ZERO));
    }

    /// Reads the head of an HTTP response.
    ///
    /// # Errors
    /// The connection ended first, or the head is malformed.
    pub async fn response(&mut self) -> Result<ResponseHead, String> {
        loop {
            if let Some(end) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = ResponseHead::parse(&self.received[..end]);
                self.received.drain(..end + 4);
                return head;
            }
            if !self.receive().await? {
                return Err("the connection ended before the response".to_owned());
            }
        }
    }

    /// Reads one frame; `None` at the end of the stream.
    ///
    /// # Errors
    /// The frame breaks RFC 6455, the stream ends inside a frame, or the connection was reset.
    pub async fn frame(&mut self) -> Result<Option<ServerFrame>, String> {
        loop {
            if let Some(frame) = self.take_frame()? {
                return Ok(Some(frame));
            }
            if !self.receive().await? {
                let rest = self.received.len();
                return if rest == 0 {
                    Ok(None)
                } else {
                    Err(format!("the stream ended after {rest} bytes of a frame"))
                };
            }
        }
    }

    /// Receives more bytes; false at the end of the stream.
    async fn receive(&mut self) -> Result<bool, String> {
        let count = self.stream.read_buf(&mut self.received).await.map_err(|error| format!("read failed: {error}"))?;
        Ok(count > 0)
    }

    /// Takes a complete frame from what was received.
    fn take_frame(&mut self) -> Result<Option<ServerFrame>, String> {
        let [first, second, rest @ ..] = &self.received[..] else { return Ok(None) };
        let opcode = first & 0x0F;
        if first & 0xF0 != 0x80 {
            return Err(format!("a server frame starts with {first:#04x}: FIN must be set, RSV must be clear"));
        }
        if ![TEXT, CLOSE, PING, PONG].contains(&opcode) {
            return Err(format!("the server sent opcode {opcode:#x}"));
        }
        if second & 0x80 != 0 {
            return Err("the server masked a frame".to_owned());
        }
        let length_bytes = match second & 0x7F {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some(extended) = rest.get(..length_bytes) else { return Ok(None) };
        let length = extended.iter().fold(0, |length: u64, byte| length << 8 | u64::from(*byte));
        let (length, minimum) = match length_bytes {
            0 => (u64::from(*second), 0),
            2 => (length, 126),
            _ => (length, 0x1_0000),
        };
        if length < minimum {
            return Err(format!("the server encoded the length {length} in {length_bytes} bytes"));
        }
        if opcode >= CLOSE && length > 125 {
            return Err(format!("the server sent a control frame of {length} bytes"));
        }
        let start = 2 + length_bytes;
        let end = usize::try_from(length).map_err(|error| error.to_string())? + start;
        let Some(payload) = self.received.get(start..end).map(<[u8]>::to_vec) else { return Ok(None) };
        self.received.drain(..end);
        Ok(Some(ServerFrame { opcode, payload, length_bytes }))
    }
}
