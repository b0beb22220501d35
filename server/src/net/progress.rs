//! For how long a socket may be waited for: a request that does not come, an answer that nobody reads.

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

/// How long nothing may come, or be taken, while it is waited for.
const STALL: Duration = Duration::from_secs(20);

/// How long may be waited in all before [`LEAST_RATE`] holds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes per second of waiting, at least: the slowest mobile network there is has ten times as much.
const LEAST_RATE: u64 = 256;

/// Bytes of an answer that may wait in the kernel unsent: the socket takes more when half of them are sent. Without this
/// limit a full socket takes nothing before a third of its whole send buffer is free, and a slow reader would seem to make
/// no progress for minutes. What is on its way to the client does not count, so that fast readers are as fast.
const UNSENT_BYTES: u32 = 8 * 1024;

/// How long has been waited for the other side, and what has come of it.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    /// Waited in all, without the wait under way.
    waited: Duration,
    waiting_since: Option<Instant>,
    bytes: u64,
}

impl Progress {
    /// The other side has nothing, or takes nothing, at the moment. Returns when it has been waited for long enough.
    fn wait(&mut self, now: Instant) -> Instant {
        let since = *self.waiting_since.get_or_insert(now);
        let earned = Duration::from_secs(self.bytes / LEAST_RATE);
        since + STALL.min(PATIENCE.max(earned).saturating_sub(self.waited))
    }

    fn advance(&mut self, bytes: usize, now: Instant) {
        if let Some(since) = self.waiting_since.take() {
            self.waited += now.saturating_duration_since(since);
        }
        self.bytes += bytes as u64;
    }
}

/// Progress with a timer, which is there only while something is waited for.
#[derive(Debug, Default)]
struct Deadline {
    progress: Progress,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    /// Ready when it has been waited for long enough.
    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.progress.wait(Instant::now()).into();
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

/// The other side was too slow.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("nothing came for {} s, or less than {LEAST_RATE} bytes a second", STALL.as_secs())]
struct TooSlow;

/// A request's body that has to come in time.
#[derive(Debug)]
pub(crate) struct TimedBody<B> {
    body: B,
    deadline: Deadline,
}

impl<B> TimedBody<B> {
    pub(crate) fn new(body: B) -> Self {
        Self { body, deadline: Deadline::default() }
    }
}

impl<B> Body for TimedBody<B>
where
    B: Body<Data = Bytes, Error: Into<axum::BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            return this.deadline.poll_wait(cx).map(|()| Some(Err(TooSlow.into())));
        };
        if let Some(Ok(frame)) = &frame {
            this.deadline.advance(frame.data_ref().map_or(0, Bytes::len));
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

/// A socket whose other side has to take in time what is written.
#[derive(Debug)]
pub(crate) struct TimedStream {
    stream: TcpStream,
    deadline: Deadline,
}

impl TimedStream {
    pub(crate) fn new(stream: TcpStream) -> Self {
        limit_unsent(&stream, UNSENT_BYTES);
        Self { stream, deadline: Deadline::default() }
    }

    /// The socket alone, which may use its whole send buffer from now on.
    pub(crate) fn into_inner(self) -> TcpStream {
        limit_unsent(&self.stream, u32::MAX);
        self.stream
    }

    fn poll_written(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(written) => {
                self.deadline.advance(*written.as_ref().unwrap_or(&0));
                Poll::Ready(written)
            }
            Poll::Pending => {
                ready!(self.deadline.poll_wait(cx));
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, TooSlow)))
            }
        }
    }
}

/// Sets how many bytes may wait in the kernel unsent. Where that can't be set, slow readers are cut off earlier.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn limit_unsent(stream: &TcpStream, bytes: u32) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_notsent_lowat(bytes) {
        tracing::debug!(%error, "TCP_NOTSENT_LOWAT can't be set");
    }
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn limit_unsent(_: &TcpStream, _: u32) {}

impl AsyncRead for TimedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.poll_written(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
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
        fn who_sends_a_byte_now_and_then_is_waited_for_no_longer_than_the_least_rate_allows(
            waits in prop::collection::vec((0u64..30_000, 0usize..2_000), 1..200),
        ) {
            let (mut progress, mut now) = (Progress::default(), Instant::now());
            let (mut waited, mut bytes) = (Duration::ZERO, 0);
            for (wait, count) in waits {
                let wait = Duration::from_millis(wait);
                let deadline = progress.wait(now);
                prop_assert!(deadline <= now + STALL);
                prop_assert_eq!(progress.wait(now + wait / 2), deadline, "waiting on changes nothing");
                if now + wait >= deadline {
                    let slow = waited + wait >= PATIENCE && bytes / LEAST_RATE <= (waited + wait).as_secs();
                    prop_assert!(wait >= STALL || slow);
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
    fn time_in_which_nothing_is_waited_for_does_not_count() {
        let (mut progress, now) = (Progress::default(), Instant::now());
        progress.advance(10, now);
        assert_eq!(progress.wait(now + Duration::from_secs(3_600)), now + Duration::from_secs(3_600) + STALL);
    }
}
