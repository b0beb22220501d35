//! Reads one socket: bytes into a buffer on the stack, complete messages out of it. An idle connection keeps no buffer.
//!
//! No client can use more than its share. Each read yields or consumes the task's cooperative budget. Texts count
//! against one token bucket, all other frames against another, and a client above a rate is throttled. A rich client is
//! throttled by TCP backpressure, since each of its requests has a response. What a plain client sends in the meantime
//! is discarded at a bounded rate, so that a close frame or disconnect behind its data is noticed and its name
//! released.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use parlor::plain::PlainFrame;
use parlor::{ErrorCode, limits};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::task::{coop, yield_now};

use super::frame_decoder::{FrameDecoder, IncomingMessage};
use super::rate_limits::control_bucket;
use super::socket_guard::SocketGuard;
use crate::chat::{Connection, Dialect, TokenBucket};

/// Size of one read in bytes: a burst of short messages, or a part of a long one.
const READ_BUFFER_BYTES: usize = 16 * 1024;

/// How long a client may take to answer a close frame and to close the TCP connection.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads of [`READ_BUFFER_BYTES`] bytes from a closed connection, at once and then per second: enough for data that was
/// in flight, so that the client receives the close frame and not a TCP reset.
const READS_AFTER_CLOSE: u32 = 64;

/// How often a throttled connection is checked for a disconnect of its client.
const DISCONNECT_CHECK: Duration = Duration::from_millis(100);

/// Reads of [`READ_BUFFER_BYTES`] bytes that are discarded at each such check: 1.25 MiB per second. Eight clients that
/// flood with pings take a tenth of a core.
const DISCARDED_READS: u32 = 8;

/// Reads of [`READ_BUFFER_BYTES`] bytes after the client has disconnected: enough for one complete message that was in
/// flight.
const READS_AFTER_DISCONNECT: u32 = (limits::FRAME_BYTES / READ_BUFFER_BYTES) as u32 + 1;

/// The read side of a connection.
#[derive(Debug)]
pub(super) struct SocketReader {
    connection: Arc<Connection>,
    decoder: FrameDecoder,
    read_bucket: TokenBucket,
    control_bucket: TokenBucket,
    /// Number of remaining reads after the client has disconnected; `None` before. Throttling stops at the disconnect.
    reads_left: Option<u32>,
    /// Whether the client ended the connection, with a close frame or a violation of the protocol.
    closed_by_client: bool,
}

/// The error after the end of a connection: no more messages follow.
#[derive(Debug)]
pub(super) struct Disconnected;

impl SocketReader {
    /// A reader that admits texts at the rate of `read_bucket`.
    pub(super) fn new(connection: Arc<Connection>, read_bucket: TokenBucket) -> Self {
        let (decoder, control_bucket) = (FrameDecoder::default(), control_bucket());
        Self { connection, decoder, read_bucket, control_bucket, reads_left: None, closed_by_client: false }
    }

    /// Waits for text messages and appends them to `texts`. Handles pings, pongs and close frames.
    ///
    /// Cancel safe: all bytes that were read are in `texts` or in the decoder.
    ///
    /// # Errors
    /// [`Disconnected`]. Messages before the end are in `texts`.
    pub(super) async fn read(&mut self, texts: &mut Vec<String>) -> Result<(), Disconnected> {
        while texts.is_empty() {
            // Cancel safe: neither arm reads anything before it completes.
            tokio::select! {
                readable = self.connection.stream().readable() => readable.map_err(|_| Disconnected)?,
                () = self.connection.closing() => return Err(Disconnected),
            }
            if let Some(left) = &mut self.reads_left {
                *left = left.checked_sub(1).ok_or(Disconnected)?;
            }
            match self.read_now(texts)? {
                // A false readiness: `try_read` has cleared it, so that the next iteration waits.
                None => {}
                // Yields, so that a client that never completes a text does not occupy the thread.
                Some(Duration::ZERO) if texts.is_empty() => yield_now().await,
                // Boxed, because its timer is large and rarely needed: connections are idle most of the time.
                Some(wait) => Box::pin(self.throttle(wait)).await?,
            }
        }
        Ok(())
    }

    /// Waits until the rate limit allows the next text to be handled.
    ///
    /// # Errors
    /// [`Disconnected`] if the server closes the connection in the meantime.
    pub(super) async fn admit_text(&mut self) -> Result<(), Disconnected> {
        coop::consume_budget().await;
        while self.reads_left.is_none()
            && let Err(wait) = self.read_bucket.take(Instant::now())
        {
            Box::pin(self.throttle(wait)).await?;
        }
        Ok(())
    }

    /// Whether the server has closed the connection. What the client sent before is not handled any more, since its
    /// session may have ended. After a close frame of the client it is.
    pub(super) fn is_closed_by_server(&self) -> bool {
        self.connection.is_signed_out() || (self.connection.is_closed() && !self.closed_by_client)
    }

    /// Processes bytes that arrived together with the handshake request.
    pub(super) fn process_leftover(&mut self, bytes: &[u8], texts: &mut Vec<String>) -> Result<(), Disconnected> {
        self.process(bytes, texts).map(|_| ())
    }

    /// Reads once without waiting. Returns for how long the connection must be throttled; `None` if nothing was read.
    fn read_now(&mut self, texts: &mut Vec<String>) -> Result<Option<Duration>, Disconnected> {
        let mut buffer = [0; READ_BUFFER_BYTES];
        match self.connection.stream().try_read(&mut buffer) {
            Ok(0) => Err(Disconnected),
            Ok(count) => self.process(&buffer[..count], texts).map(Some),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(_) => Err(Disconnected),
        }
    }

    /// Decodes and handles received bytes. Returns for how long the connection must be throttled because of them.
    fn process(&mut self, bytes: &[u8], texts: &mut Vec<String>) -> Result<Duration, Disconnected> {
        self.connection.record_activity();
        let (mut messages, mut pings) = (Vec::new(), Vec::new());
        let (frames, outcome) = self.decoder.feed(bytes, &mut messages);
        let (texts_before, mut close) = (texts.len(), outcome.err().map(|violation| violation.0));
        for message in messages {
            match message {
                IncomingMessage::Text(text) => texts.push(text),
                IncomingMessage::Ping(payload) => pings.push(payload),
                IncomingMessage::Pong => {}
                // The code is echoed (RFC 6455 §5.5.1). If the server has sent a close frame, this is the answer to it.
                IncomingMessage::Close(code) => close = Some(code),
            }
        }
        self.connection.send_pongs(&pings);
        if let Some(code) = close {
            self.closed_by_client = !self.connection.is_closed();
            self.connection.close(code, "");
            return Err(Disconnected);
        }
        let control_frames = frames.saturating_sub(texts.len() - texts_before);
        Ok(self.control_bucket.charge(u32::try_from(control_frames).unwrap_or(u32::MAX), Instant::now()))
    }

    /// Handles no messages for `wait`, or until the client disconnects.
    ///
    /// # Errors
    /// [`Disconnected`] if the server closes the connection in the meantime.
    async fn throttle(&mut self, wait: Duration) -> Result<(), Disconnected> {
        let until = Instant::now() + wait;
        while self.reads_left.is_none() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            // Cancel safe: neither arm reads anything.
            tokio::select! {
                () = tokio::time::sleep(left.min(DISCONNECT_CHECK)) => {}
                () = self.connection.closing() => return Err(Disconnected),
            }
            let ready = self.connection.stream().ready(Interest::READABLE).now_or_never();
            if matches!(ready, Some(Ok(ready)) if ready.is_read_closed()) {
                self.reads_left = Some(READS_AFTER_DISCONNECT);
            } else if self.connection.dialect == Dialect::Plain {
                self.discard_input().await;
            }
        }
        Ok(())
    }

    /// Reads and discards what a throttled plain client sends. One error message stands for all discarded texts. After
    /// a disconnect, texts that were read before are handled without throttling.
    async fn discard_input(&mut self) {
        let mut has_texts = false;
        for _ in 0..DISCARDED_READS {
            match self.discard_once(&mut has_texts) {
                ControlFlow::Continue(()) => yield_now().await,
                ControlFlow::Break(()) => break,
            }
        }
        if has_texts {
            self.connection.send_plain(&PlainFrame::refused(ErrorCode::TooFast));
        }
    }

    /// Reads and discards once. Breaks if there is nothing more to read.
    fn discard_once(&mut self, has_texts: &mut bool) -> ControlFlow<()> {
        let mut buffer = [0; READ_BUFFER_BYTES];
        let count = match self.connection.stream().try_read(&mut buffer) {
            Ok(0) => {
                self.reads_left = Some(0);
                return ControlFlow::Break(());
            }
            Ok(count) => count,
            // If this is an error of the socket, the next read returns it again.
            Err(_) => return ControlFlow::Break(()),
        };
        self.connection.record_activity();
        let mut messages = Vec::new();
        let (_, outcome) = self.decoder.feed(&buffer[..count], &mut messages);
        *has_texts |= messages.iter().any(|message| matches!(message, IncomingMessage::Text(_)));
        let close = match (outcome, messages.last()) {
            (Err(violation), _) => violation.0,
            (Ok(()), Some(IncomingMessage::Close(code))) => *code,
            (Ok(()), _) => return ControlFlow::Continue(()),
        };
        self.connection.close(close, "");
        self.reads_left = Some(0);
        ControlFlow::Break(())
    }

    /// Waits until the client has received the close frame and closed the TCP connection, for at most
    /// [`CLOSE_TIMEOUT`]. The guard is then dropped. The connection has left all rooms before.
    pub(super) async fn wait_for_end(self, _guard: SocketGuard) {
        let end = async {
            let mut reads = TokenBucket::new(READS_AFTER_CLOSE, READS_AFTER_CLOSE, Instant::now());
            while self.connection.stream().readable().await.is_ok() && !is_finished(self.connection.stream()) {
                match reads.take(Instant::now()) {
                    Ok(()) => coop::consume_budget().await,
                    Err(wait) => tokio::time::sleep(wait).await,
                }
            }
        };
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, end).await;
    }
}

/// Reads and discards once. True if the TCP connection has ended.
fn is_finished(stream: &TcpStream) -> bool {
    match stream.try_read(&mut [0; READ_BUFFER_BYTES]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}
