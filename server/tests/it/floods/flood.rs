//! Clients that send the same frame as fast as they can.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parlor::limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::task::JoinHandle;

use crate::support::{Server, wait_for};

/// The name of the flooder with this number.
pub(crate) fn flooder_name(number: usize) -> String {
    format!("flooder {number}")
}

/// Frames above the rate limit that the server can receive with one read: 16 KiB of the shortest frames.
const ONE_READ: u64 = 16 * 1024 / 6;

/// A kind of flood: a frame that is sent repeatedly.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flood {
    pub(crate) name: &'static str,
    rich: bool,
    /// Whether the flooder has a name.
    pub(crate) is_named: bool,
    /// Bytes that are sent before the flood.
    first: &'static [u8],
    frame: &'static [u8],
    /// The first byte of the server's answer to each frame, if there is an answer.
    answer: Option<u8>,
}

/// A masked frame with a mask of zeros, which leaves the payload as it is.
macro_rules! frame {
    ($first:expr, $payload:expr) => {{
        const PAYLOAD: &[u8] = $payload;
        const LENGTH: usize = PAYLOAD.len() + 6;
        const FRAME: [u8; LENGTH] = {
            let mut frame = [0; LENGTH];
            frame[0] = $first;
            frame[1] = 0x80 | PAYLOAD.len() as u8;
            let mut at = 0;
            while at < PAYLOAD.len() {
                frame[at + 6] = PAYLOAD[at];
                at += 1;
            }
            frame
        };
        &FRAME
    }};
}

const HELLO: &[u8] = frame!(0x81, br#"{"type":"hello","rooms":[{"room":"lobby"}]}"#);
const PONG: u8 = 0x8A;

/// A flood for every kind of frame that a client may send, and for fragments.
pub(crate) const FLOODS: &[Flood] = &[
    Flood::plain("pings", false, b"", frame!(0x89, b""), Some(PONG)),
    Flood::plain("named pings", true, b"", frame!(0x89, b""), Some(PONG)),
    Flood::plain("large pings", true, b"", frame!(0x89, &[b'x'; 120]), Some(PONG)),
    Flood::plain("pongs", true, b"", frame!(0x8A, b""), None),
    Flood::plain("empty fragments", true, frame!(0x01, b""), frame!(0x00, b""), None),
    Flood::plain("messages", true, b"", frame!(0x81, b"x"), None),
    Flood::plain("empty messages", true, b"", frame!(0x81, b""), None),
    Flood::rich("rich pings", frame!(0x89, b""), Some(PONG)),
    Flood::rich("rich pongs", frame!(0x8A, b""), None),
    Flood::rich("rich requests", frame!(0x81, br#"{"type":"ping"}"#), None),
    Flood::rich("rich nonsense", frame!(0x81, b"nonsense"), None),
];

impl Flood {
    const fn plain(
        name: &'static str,
        is_named: bool,
        first: &'static [u8],
        frame: &'static [u8],
        answer: Option<u8>,
    ) -> Self {
        Self { name, rich: false, is_named, first, frame, answer }
    }

    const fn rich(name: &'static str, frame: &'static [u8], answer: Option<u8>) -> Self {
        Self { name, rich: true, is_named: false, first: HELLO, frame, answer }
    }

    /// Whether each frame is a complete text. Texts have a rate limit of their own.
    pub(crate) fn is_text(&self) -> bool {
        self.frame[0] == 0x81
    }

    /// Number of answers that the rate limit allows in this time.
    pub(crate) fn allowed(&self, time: Duration) -> u64 {
        let rate = u64::from(limits::CONTROL_FRAMES_PER_SECOND) * (time.as_secs() + 1);
        u64::from(limits::CONTROL_FRAME_BURST) + rate + ONE_READ
    }
}

/// A client that floods until it is stopped.
pub(crate) struct Flooder {
    writing: JoinHandle<OwnedWriteHalf>,
    reading: JoinHandle<()>,
    answers: Arc<AtomicU64>,
}

impl Flooder {
    pub(crate) async fn start(server: &Server, flood: Flood, number: usize) -> Self {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let protocol = if flood.rich { "Sec-WebSocket-Protocol: parlor.v1\r\n" } else { "" };
        let request = format!(
            "GET /ws/chat HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{protocol}\r\n",
            server.address
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(wait_for("the upgrade", stream.read_u8()).await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101"));
        if flood.is_named {
            let name = flooder_name(number);
            let header = [0x81, 0x80 | u8::try_from(name.len()).unwrap(), 0, 0, 0, 0];
            stream.write_all(&[&header, name.as_bytes()].concat()).await.unwrap();
        }
        stream.write_all(flood.first).await.unwrap();
        let (mut reader, mut writer) = stream.into_split();
        let bytes = flood.frame.repeat(64 * 1024 / flood.frame.len());
        let writing = tokio::spawn(async move {
            while writer.write_all(&bytes).await.is_ok() {
                tokio::task::yield_now().await;
            }
            writer
        });
        let answers = Arc::new(AtomicU64::new(0));
        let counted = answers.clone();
        let length = flood.frame.len() as u64 - 4;
        let reading = tokio::spawn(async move {
            let mut buffer = vec![0; 64 * 1024];
            let mut received = 0;
            while let Ok(count @ 1..) = reader.read(&mut buffer).await {
                // All answers have the same length. Messages of other clients are negligible.
                received += count as u64;
                if flood.answer.is_some() {
                    counted.store(received / length, Ordering::Relaxed);
                }
            }
        });
        Self { writing, reading, answers }
    }

    /// Whether the client is still sending.
    pub(crate) fn is_flooding(&self) -> bool {
        !self.writing.is_finished()
    }

    /// Disconnects and returns the number of answers.
    pub(crate) async fn stop(mut self) -> u64 {
        self.disconnect().await;
        self.answers.load(Ordering::Relaxed)
    }

    /// Closes the socket while frames are being sent.
    pub(crate) async fn disconnect(&mut self) {
        self.writing.abort();
        self.reading.abort();
        let _ = (&mut self.writing).await;
        let _ = (&mut self.reading).await;
    }
}
