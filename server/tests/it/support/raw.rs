//! A raw WebSocket connection: it sends arbitrary bytes and checks every frame of the server (RFC 6455 §5).

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const TEXT: u8 = 0x1;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

/// The sample key of RFC 6455 §1.3.
pub(crate) const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The `Sec-WebSocket-Accept` value for [`KEY`].
pub(crate) const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Maximum input length that is sent byte by byte; longer input is sent in chunks of [`CHUNK`] bytes.
const BYTEWISE_LIMIT: usize = 2048;

/// A chunk size that is not a multiple of the length of the masking key.
const CHUNK: usize = 1021;

/// How input is divided into writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// One write.
    Whole,
    /// One write for each byte.
    Bytewise,
}

/// The status and the headers of an HTTP response.
#[derive(Clone, Debug)]
pub(crate) struct ResponseHead {
    pub(crate) status: u16,
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

    /// All values of a header. The name must be in lower case.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(header, _)| header == name).map(|(_, value)| value.as_str()).collect()
    }
}

/// A frame from the server, whose header was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerFrame {
    pub(crate) opcode: u8,
    pub(crate) payload: Vec<u8>,
    /// Size of the extended payload length in bytes: 0, 2 or 8.
    pub(crate) length_bytes: usize,
}

/// A TCP connection to the server, with bytes that were received but not parsed yet.
#[derive(Debug)]
pub(crate) struct RawClient {
    stream: TcpStream,
    received: Vec<u8>,
}

impl RawClient {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).await.map_err(|error| format!("no TCP connection: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends bytes. Errors are ignored: if the server has closed the connection, its frames have the reason.
    pub(crate) async fn send(&mut self, bytes: &[u8], delivery: Delivery) {
        let chunk = match delivery {
            Delivery::Whole => bytes.len(),
            Delivery::Bytewise if bytes.len() > BYTEWISE_LIMIT => CHUNK,
            Delivery::Bytewise => 1,
        };
        for piece in bytes.chunks(chunk.max(1)) {
            if self.stream.write_all(piece).await.is_err() {
                return;
            }
            // The server runs on the same thread: it reads this piece before the next one is written.
            tokio::task::yield_now().await;
        }
    }

    /// Shuts down the write half; frames can still be received.
    pub(crate) async fn shutdown(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Closes the connection with a TCP reset.
    pub(crate) fn reset(self) {
        let _ = socket2::SockRef::from(&self.stream).set_linger(Some(std::time::Duration::ZERO));
    }

    /// Reads the head of an HTTP response.
    ///
    /// # Errors
    /// The connection ends first, or the head is malformed.
    pub(crate) async fn response(&mut self) -> Result<ResponseHead, String> {
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
    /// The frame violates RFC 6455, the stream ends within a frame, or the connection is reset.
    pub(crate) async fn frame(&mut self) -> Result<Option<ServerFrame>, String> {
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

    /// Removes the first frame from the received bytes, if it is complete.
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
