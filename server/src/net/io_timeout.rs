//! Timeouts for connections whose peer sends its request body, or reads its response, too slowly.
//!
//! Two limits hold: [`STALL_TIMEOUT`] for a single wait, and [`MIN_BYTES_PER_SECOND`] over all waits. Only time that is
//! spent waiting for the peer counts.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep_until};

/// Maximum duration of a single wait in which the peer sends or reads nothing.
const STALL_TIMEOUT: Duration = Duration::from_secs(20);

/// Total waiting time before [`MIN_BYTES_PER_SECOND`] applies.
const MIN_RATE_DELAY: Duration = Duration::from_secs(30);

/// Minimum average rate in bytes per second of waiting. The slowest mobile networks have ten times as much.
const MIN_BYTES_PER_SECOND: u64 = 256;

/// Maximum number of unsent response bytes in the kernel (`TCP_NOTSENT_LOWAT`). The socket accepts more when half of
/// them are sent.
///
/// Without this limit a full socket accepts nothing before a third of its whole send buffer is free. A slow client
/// would then seem to make no progress for minutes. Bytes in flight do not count, so fast clients lose no throughput.
const MAX_UNSENT_BYTES: u32 = 8 * 1024;

/// Time spent waiting for the peer, and bytes transferred.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    /// Total duration of finished waits.
    waited: Duration,
    /// Start of the current wait.
    waiting_since: Option<Instant>,
    /// Bytes transferred so far.
    bytes: u64,
}

impl Progress {
    /// Starts a wait, unless one has started already. Returns the time at which it becomes too long.
    fn start_wait(&mut self, now: Instant) -> Instant {
        let since = *self.waiting_since.get_or_insert(now);
        let allowed = Duration::from_secs(self.bytes / MIN_BYTES_PER_SECOND);
        since + STALL_TIMEOUT.min(MIN_RATE_DELAY.max(allowed).saturating_sub(self.waited))
    }

    /// Ends the current wait and counts transferred bytes.
    fn advance(&mut self, bytes: usize, now: Instant) {
        if let Some(since) = self.waiting_since.take() {
            self.waited += now.saturating_duration_since(since);
        }
        self.bytes += bytes as u64;
    }
}

/// [`Progress`] with a timer, which exists only during a wait.
#[derive(Debug, Default)]
struct ProgressTimer {
    progress: Progress,
    timer: Option<Pin<Box<Sleep>>>,
}

impl ProgressTimer {
    /// Starts or continues a wait. Ready when it has become too long.
    fn poll_timeout(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.progress.start_wait(Instant::now()).into();
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    }

    fn advance(&mut self, bytes: usize) {
        self.progress.advance(bytes, Instant::now());
        self.timer = None;
    }
}

/// The peer was too slow.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no data for {} s, or less than {MIN_BYTES_PER_SECOND} bytes per second", STALL_TIMEOUT.as_secs())]
struct TooSlow;

/// A request body that fails when the client sends it too slowly.
#[derive(Debug)]
pub(crate) struct TimeoutBody<B> {
    body: B,
    timer: ProgressTimer,
}

impl<B> TimeoutBody<B> {
    pub(crate) fn new(body: B) -> Self {
        Self { body, timer: ProgressTimer::default() }
    }
}

impl<B> Body for TimeoutBody<B>
where
    B: Body<Data = Bytes, Error: Into<axum::BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            return this.timer.poll_timeout(cx).map(|()| Some(Err(TooSlow.into())));
        };
        if let Some(Ok(frame)) = &frame {
            this.timer.advance(frame.data_ref().map_or(0, Bytes::len));
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A TCP stream on which writes fail with `TimedOut` when the peer reads too slowly. Reads have no timeout here.
#[derive(Debug)]
pub(crate) struct TimeoutStream {
    stream: TcpStream,
    timer: ProgressTimer,
}

impl TimeoutStream {
    pub(crate) fn new(stream: TcpStream) -> Self {
        set_max_unsent(&stream, MAX_UNSENT_BYTES);
        Self { stream, timer: ProgressTimer::default() }
    }

    /// The socket without timeouts, for a WebSocket. It may use its whole send buffer again.
    pub(crate) fn into_inner(self) -> TcpStream {
        set_max_unsent(&self.stream, u32::MAX);
        self.stream
    }

    /// Records the outcome of a write: progress, or a wait that may have become too long.
    fn poll_written(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(written) => {
                self.timer.advance(*written.as_ref().unwrap_or(&0));
                Poll::Ready(written)
            }
            Poll::Pending => {
                ready!(self.timer.poll_timeout(cx));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, TooSlow)))
            }
        }
    }
}

/// Sets `TCP_NOTSENT_LOWAT`. On systems without it, slow clients are disconnected earlier.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn set_max_unsent(stream: &TcpStream, bytes: u32) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_notsent_lowat(bytes) {
        tracing::debug!(%error, "TCP_NOTSENT_LOWAT can't be set");
    }
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn set_max_unsent(_: &TcpStream, _: u32) {}

impl AsyncRead for TimeoutStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for TimeoutStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.poll_written(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, buffers);
        self.poll_written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn waits_are_no_longer_than_stall_timeout_and_minimum_rate_allow(
            waits in prop::collection::vec((0u64..30_000, 0usize..2_000), 1..200),
        ) {
            let (mut progress, mut now) = (Progress::default(), Instant::now());
            let (mut waited, mut bytes) = (Duration::ZERO, 0);
            for (wait, count) in waits {
                let wait = Duration::from_millis(wait);
                let deadline = progress.start_wait(now);
                prop_assert!(deadline <= now + STALL_TIMEOUT);
                prop_assert_eq!(progress.start_wait(now + wait / 2), deadline, "the deadline of a wait is fixed");
                if now + wait >= deadline {
                    let total = waited + wait;
                    let slow = total >= MIN_RATE_DELAY && bytes / MIN_BYTES_PER_SECOND <= total.as_secs();
                    prop_assert!(wait >= STALL_TIMEOUT || slow);
                    return Ok(());
                }
                now += wait;
                waited += wait;
                bytes += count as u64;
                progress.advance(count, now);
            }
        }
    }

    #[test]
    fn time_outside_of_waits_does_not_count() {
        let (mut progress, now) = (Progress::default(), Instant::now());
        progress.advance(10, now);
        assert_eq!(
            progress.start_wait(now + Duration::from_secs(3_600)),
            now + Duration::from_secs(3_600) + STALL_TIMEOUT
        );
    }
}
