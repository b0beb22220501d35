//! Reads one socket: bytes into a buffer on the stack, whole messages out of it, nothing kept while it is idle.
//!
//! Whatever a client sends, it takes no more than its share: each read yields or consumes the runtime's budget, each
//! text counts against one rate, and every other frame against another. A client above a rate is held back. If it speaks
//! the rich dialect, TCP holds it: each of its requests has an answer. What a plain client sends meanwhile is dropped,
//! at a bounded pace, so that its end is noticed behind all that it has sent, and its name is free.

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

use super::frame::{Decoder, Incoming};
use super::upgrade::SocketGuard;
use crate::chat::{Connection, Dialect, Pace};

/// Bytes read in one call: a burst of short messages, or a part of a long one.
const BUFFER: usize = 16 * 1024;

/// How long a connection may take to answer a close frame.
const LINGER: Duration = Duration::from_secs(5);

/// Reads of [`BUFFER`] bytes that a closed connection gets at once, and per second after that: enough for what was on
/// its way, so that the client sees the close frame and no reset.
const LINGER_READS: u32 = 64;

/// How often a connection that is held back is looked at: whether its client has hung up.
const HANG_UP_CHECK: Duration = Duration::from_millis(100);

/// Reads of [`BUFFER`] bytes, each of which is dropped, with each such look: 1.25 MiB a second. Eight clients that flood with
/// pings take a tenth of a core.
const DROPPED_READS: u32 = 8;

/// Reads of [`BUFFER`] bytes after the client has hung up: one whole message was possibly on its way.
const READS_AFTER_HANG_UP: u32 = (limits::FRAME_BYTES / BUFFER) as u32 + 1;

/// The reading end of a connection.
#[derive(Debug)]
pub(super) struct Reader {
    connection: Arc<Connection>,
    decoder: Decoder,
    texts: Pace,
    /// For control frames and fragments, also where limits are off: they cost the server work and nobody needs many.
    other_frames: Pace,
    /// Reads that are left, once the client has hung up. Then nothing is held back any more.
    reads_left: Option<u32>,
}

/// The connection is over: nothing more will come.
#[derive(Debug)]
pub(super) struct Ended;

impl Reader {
    /// A reader that hands out texts no faster than `texts` says.
    pub(super) fn new(connection: Arc<Connection>, texts: Pace) -> Self {
        let other_frames = Pace::new(limits::CONTROL_FRAME_BURST, limits::CONTROL_FRAMES_PER_SECOND, Instant::now());
        Self { connection, decoder: Decoder::default(), texts, other_frames, reads_left: None }
    }

    /// Waits for text messages and appends them to `texts`. Pings, pongs and close frames are handled here.
    ///
    /// Cancel safe: what has been read is in `texts` or in the decoder.
    ///
    /// # Errors
    /// [`Ended`]; `texts` may still have got messages that came before the end.
    pub(super) async fn read(&mut self, texts: &mut Vec<String>) -> Result<(), Ended> {
        while texts.is_empty() {
            // Cancel safe: neither arm has taken anything before it is done.
            tokio::select! {
                readable = self.connection.stream().readable() => readable.map_err(|_| Ended)?,
                () = self.connection.farewell() => return Err(Ended),
            }
            if let Some(left) = &mut self.reads_left {
                *left = left.checked_sub(1).ok_or(Ended)?;
            }
            match self.read_now(texts)? {
                // The runtime believed that there is something: now it knows better, and waits.
                None => {}
                // A client that sends and never completes a text shares the thread with all others.
                Some(Duration::ZERO) if texts.is_empty() => yield_now().await,
                // Boxed, as its timer is large and seldom there: most of the time a connection waits.
                Some(wait) => Box::pin(self.hold(wait)).await?,
            }
        }
        Ok(())
    }

    /// Waits until the next text may be handled.
    ///
    /// # Errors
    /// [`Ended`] when the server has ended the connection meanwhile.
    pub(super) async fn admit(&mut self) -> Result<(), Ended> {
        coop::consume_budget().await;
        while self.reads_left.is_none()
            && let Err(wait) = self.texts.take(Instant::now())
        {
            Box::pin(self.hold(wait)).await?;
        }
        Ok(())
    }

    /// Takes in bytes that came together with the upgrade request.
    pub(super) fn read_leftover(&mut self, bytes: &[u8], texts: &mut Vec<String>) -> Result<(), Ended> {
        self.take_in(bytes, texts).map(|_| ())
    }

    /// Reads once. Returns how long the connection has to be held back for what came; `None` if nothing did.
    fn read_now(&mut self, texts: &mut Vec<String>) -> Result<Option<Duration>, Ended> {
        let mut buffer = [0; BUFFER];
        match self.connection.stream().try_read(&mut buffer) {
            Ok(0) => Err(Ended),
            Ok(count) => self.take_in(&buffer[..count], texts).map(Some),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(_) => Err(Ended),
        }
    }

    /// Returns how long the connection has to be held back for these bytes.
    fn take_in(&mut self, bytes: &[u8], texts: &mut Vec<String>) -> Result<Duration, Ended> {
        self.connection.hear();
        let (mut messages, mut pings) = (Vec::new(), Vec::new());
        let (frames, outcome) = self.decoder.feed(bytes, &mut messages);
        let (texts_before, mut close) = (texts.len(), outcome.err().map(|violation| violation.0));
        for message in messages {
            match message {
                Incoming::Text(text) => texts.push(text),
                Incoming::Ping(payload) => pings.push(payload),
                Incoming::Pong => {}
                // Echoed, as RFC 6455 §5.5.1 asks; after our own close frame this is the answer to it.
                Incoming::Close(code) => close = Some(code),
            }
        }
        self.connection.send_pongs(&pings);
        if let Some(code) = close {
            self.connection.close(code, "");
            return Err(Ended);
        }
        let others = frames.saturating_sub(texts.len() - texts_before);
        Ok(self.other_frames.charge(u32::try_from(others).unwrap_or(u32::MAX), Instant::now()))
    }

    /// Handles nothing for `wait`, or until the client hangs up.
    ///
    /// # Errors
    /// [`Ended`] when the connection has been ended meanwhile.
    async fn hold(&mut self, wait: Duration) -> Result<(), Ended> {
        let until = Instant::now() + wait;
        while self.reads_left.is_none() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            // Cancel safe: neither arm takes anything.
            tokio::select! {
                () = tokio::time::sleep(left.min(HANG_UP_CHECK)) => {}
                () = self.connection.farewell() => return Err(Ended),
            }
            let ready = self.connection.stream().ready(Interest::READABLE).now_or_never();
            if matches!(ready, Some(Ok(ready)) if ready.is_read_closed()) {
                self.reads_left = Some(READS_AFTER_HANG_UP);
            } else if self.connection.dialect == Dialect::Plain {
                self.drop_some().await;
            }
        }
        Ok(())
    }

    /// Reads what a client sends that is held back, and drops it. One error tells of all the texts among it. If the client
    /// ends, what came before is handled at once.
    async fn drop_some(&mut self) {
        let mut has_texts = false;
        for _ in 0..DROPPED_READS {
            match self.drop_one(&mut has_texts) {
                ControlFlow::Continue(()) => yield_now().await,
                ControlFlow::Break(()) => break,
            }
        }
        if has_texts {
            self.connection.send_plain(&PlainFrame::refused(ErrorCode::TooFast));
        }
    }

    /// Reads and drops once. Breaks when there is nothing more.
    fn drop_one(&mut self, has_texts: &mut bool) -> ControlFlow<()> {
        let mut buffer = [0; BUFFER];
        let count = match self.connection.stream().try_read(&mut buffer) {
            Ok(0) => {
                self.reads_left = Some(0);
                return ControlFlow::Break(());
            }
            Ok(count) => count,
            // An error of the socket comes again with the next read.
            Err(_) => return ControlFlow::Break(()),
        };
        self.connection.hear();
        let mut messages = Vec::new();
        let (_, outcome) = self.decoder.feed(&buffer[..count], &mut messages);
        *has_texts |= messages.iter().any(|message| matches!(message, Incoming::Text(_)));
        let close = match (outcome, messages.last()) {
            (Err(violation), _) => violation.0,
            (Ok(()), Some(Incoming::Close(code))) => *code,
            (Ok(()), _) => return ControlFlow::Continue(()),
        };
        self.connection.close(close, "");
        self.reads_left = Some(0);
        ControlFlow::Break(())
    }

    /// Waits until the other side has seen the close frame and hung up, for [`LINGER`] at most; then nothing is held any
    /// more. By now the connection is out of all rooms and its name is free.
    pub(super) async fn wait_for_end(self, _guard: SocketGuard) {
        let end = async {
            let mut reads = Pace::new(LINGER_READS, LINGER_READS, Instant::now());
            while self.connection.stream().readable().await.is_ok() && !is_over(self.connection.stream()) {
                match reads.take(Instant::now()) {
                    Ok(()) => coop::consume_budget().await,
                    Err(wait) => tokio::time::sleep(wait).await,
                }
            }
        };
        let _ = tokio::time::timeout(LINGER, end).await;
    }
}

/// Discards what has come. True if nothing more will.
fn is_over(stream: &TcpStream) -> bool {
    match stream.try_read(&mut [0; BUFFER]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}

/// Messages of any kind that a connection may send at once, and per second after that, before it is held back.
/// Posts have a limit of their own, below this one.
const MESSAGE_BURST: u32 = 4 * limits::POST_BURST;
const MESSAGES_PER_SECOND: u32 = 10 * limits::POSTS_PER_SECOND;

/// The pace at which a connection is read, where limits are on.
pub(super) fn reading_pace(limits_on: bool) -> Pace {
    Pace::new(MESSAGE_BURST, MESSAGES_PER_SECOND, Instant::now()).unless_off(limits_on)
}

/// The pace at which a connection may search, where limits are on.
pub(super) fn searching_pace(limits_on: bool) -> Pace {
    Pace::new(limits::SEARCH_BURST, limits::SEARCHES_PER_SECOND, Instant::now()).unless_off(limits_on)
}

/// The pace at which a connection may post, and an address may send forms, where limits are on.
pub(crate) fn posting_pace(limits_on: bool) -> Pace {
    Pace::new(limits::POST_BURST, limits::POSTS_PER_SECOND, Instant::now()).unless_off(limits_on)
}
