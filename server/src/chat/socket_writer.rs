//! Non-blocking writes to one socket, with a queue for frames that the kernel does not accept yet.
//!
//! The usual case is one `send` that the kernel accepts completely: nothing is queued and no task is woken. When the
//! kernel's send buffer is full, the remaining bytes are queued here. One task of the
//! [`Connection`](super::Connection) then waits until the socket is writable and drains the queue. Until it has
//! finished, new batches stay in the rooms' rings, so that a slow reader costs the other members nothing.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use rustix::io::Errno;
use rustix::net::{SendFlags, send};
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Maximum number of queued bytes for one socket, without the batches in the rings: one or two snapshots and a burst
/// of responses.
const QUEUE_BYTES: usize = 1 << 20;

/// Maximum number of frames in one vectored write.
const MAX_SLICES: usize = 64;

/// The write side of a non-blocking socket, with a queue of unsent frames.
//
// The order of the fields matters: everything that a fan-out reads is adjacent in memory. A fan-out to 1,000 members
// then waits for memory 1,000 times, not 3,000 times.
#[derive(Debug)]
#[repr(C)]
pub(super) struct SocketWriter {
    stream: TcpStream,
    queue: Mutex<WriteQueue>,
    /// Notified when the queue becomes empty or the socket is closed for writing.
    flushed: Notify,
}

#[derive(Debug)]
#[repr(C)]
struct WriteQueue {
    phase: Phase,
    /// Whether the first frame has been partly written. The rest of it must precede any other frame.
    partial: bool,
    /// Whether a ring received a batch while the queue was being drained. The draining task then reads the rings again.
    more: bool,
    frames: VecDeque<Bytes>,
    /// The sum of the lengths of `frames`.
    bytes: usize,
    /// When the kernel last accepted bytes. Meaningful only while the queue is being drained.
    progress: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The queue is empty: a new frame is written immediately.
    Open,
    /// A task drains the queue.
    Draining,
    /// A task drains the queue, whose last frame is a close frame.
    Closing,
    /// The socket can no longer be written.
    Closed,
}

/// The result of a request to write, to drain or to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteOutcome {
    /// The kernel has the bytes, or they are queued and a task is already draining the queue.
    Accepted,
    /// The socket now has something to drain, and the caller must start the draining task.
    Blocked,
    /// The bytes are not queued because a task is draining the queue. That task will read them from the ring.
    Deferred,
    /// The bytes are not queued because the queue is full.
    Overflow,
    /// The bytes are not queued because the socket is closing or closed.
    Closed,
}

/// The result of [`SocketWriter::drain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DrainOutcome {
    /// The queue is empty.
    Empty,
    /// The kernel accepts no more bytes until the socket is writable again.
    Blocked,
    /// The close frame has been written, or the socket is closed.
    Finished,
}

impl SocketWriter {
    pub(super) fn new(stream: TcpStream) -> Self {
        let queue = WriteQueue {
            phase: Phase::Open,
            frames: VecDeque::new(),
            bytes: 0,
            partial: false,
            more: false,
            progress: Instant::now(),
        };
        Self { stream, queue: Mutex::new(queue), flushed: Notify::new() }
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Writes a room's batch, unless the queue is being drained. A batch is never queued behind other frames: it stays
    /// in the room's ring.
    pub(super) fn write_batch(&self, batch: &Bytes) -> WriteOutcome {
        let mut queue = self.queue.lock();
        match queue.phase {
            Phase::Open => self.write_now(&mut queue, batch),
            Phase::Draining => {
                queue.more = true;
                WriteOutcome::Deferred
            }
            Phase::Closing | Phase::Closed => WriteOutcome::Closed,
        }
    }

    /// Writes or queues a frame for this connection only.
    pub(super) fn push(&self, frame: &Bytes) -> WriteOutcome {
        let mut queue = self.queue.lock();
        match queue.phase {
            Phase::Open => self.write_now(&mut queue, frame),
            Phase::Draining if queue.bytes + frame.len() > QUEUE_BYTES => WriteOutcome::Overflow,
            Phase::Draining => {
                queue.push(frame.clone());
                WriteOutcome::Accepted
            }
            Phase::Closing | Phase::Closed => WriteOutcome::Closed,
        }
    }

    fn write_now(&self, queue: &mut WriteQueue, frame: &Bytes) -> WriteOutcome {
        // Calls the kernel directly: tokio's readiness state is in memory that nothing else here touches.
        let written = match send(&self.stream, frame, SendFlags::NOSIGNAL) {
            Ok(all) if all == frame.len() => return WriteOutcome::Accepted,
            Ok(part) => part,
            Err(Errno::AGAIN) => 0,
            Err(_) => {
                self.fail(queue);
                return WriteOutcome::Closed;
            }
        };
        queue.push(frame.slice(written..));
        queue.partial = written > 0;
        queue.phase = Phase::Draining;
        queue.progress = Instant::now();
        WriteOutcome::Blocked
    }

    /// Queues batches from a ring. Only the draining task calls this.
    pub(super) fn refill<'a>(&self, batches: impl Iterator<Item = &'a Bytes>) {
        let mut queue = self.queue.lock();
        if queue.phase == Phase::Draining {
            batches.for_each(|batch| queue.push(batch.clone()));
        }
    }

    /// Switches to draining, unless a task is draining already. From now on new batches stay in their rings.
    pub(super) fn start_draining(&self) -> WriteOutcome {
        let mut queue = self.queue.lock();
        match queue.phase {
            Phase::Open => {
                queue.phase = Phase::Draining;
                queue.progress = Instant::now();
                WriteOutcome::Blocked
            }
            Phase::Draining => {
                queue.more = true;
                WriteOutcome::Deferred
            }
            Phase::Closing | Phase::Closed => WriteOutcome::Closed,
        }
    }

    /// Writes queued frames until the queue is empty or the kernel accepts no more.
    pub(super) fn drain(&self) -> DrainOutcome {
        let mut queue = self.queue.lock();
        loop {
            if queue.phase == Phase::Closed {
                return DrainOutcome::Finished;
            }
            if queue.frames.is_empty() {
                if queue.phase != Phase::Closing {
                    // The caller reads the rings next and finds every batch that arrived before this point.
                    queue.more = false;
                    return DrainOutcome::Empty;
                }
                // The client answers with its own close frame, and then the connection ends.
                let _ = SockRef::from(&self.stream).shutdown(Shutdown::Write);
                self.flushed.notify_waiters();
                return DrainOutcome::Finished;
            }
            let mut slices = [IoSlice::new(&[]); MAX_SLICES];
            let count = queue.frames.len().min(MAX_SLICES);
            for (slice, bytes) in slices.iter_mut().zip(&queue.frames) {
                *slice = IoSlice::new(bytes);
            }
            match self.stream.try_write_vectored(&slices[..count]) {
                Ok(written) => queue.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return DrainOutcome::Blocked,
                Err(_) => self.fail(&mut queue),
            }
        }
    }

    /// Stops draining, unless new bytes arrived in the meantime. True if the draining task may end.
    pub(super) fn stop_draining(&self) -> bool {
        let mut queue = self.queue.lock();
        if queue.phase != Phase::Draining {
            return queue.phase == Phase::Closed;
        }
        if queue.more || !queue.frames.is_empty() {
            return false;
        }
        queue.phase = Phase::Open;
        queue.frames = VecDeque::new();
        self.flushed.notify_waiters();
        true
    }

    /// Queues `frame` as the last frame of the connection. With `discard_queued`, for a client that is too slow, queued
    /// frames are discarded first, except one that is partly written.
    pub(super) fn close(&self, frame: Bytes, discard_queued: bool) -> WriteOutcome {
        let mut queue = self.queue.lock();
        let previous = queue.phase;
        if matches!(previous, Phase::Closing | Phase::Closed) {
            return WriteOutcome::Closed;
        }
        if discard_queued {
            queue.discard_unstarted();
        }
        queue.push(frame);
        queue.phase = Phase::Closing;
        if previous == Phase::Open { WriteOutcome::Blocked } else { WriteOutcome::Accepted }
    }

    /// Shuts down both directions of the socket immediately and discards the queue.
    pub(super) fn abort(&self) {
        self.fail(&mut self.queue.lock());
    }

    fn fail(&self, queue: &mut WriteQueue) {
        queue.phase = Phase::Closed;
        queue.frames = VecDeque::new();
        queue.bytes = 0;
        let _ = SockRef::from(&self.stream).shutdown(Shutdown::Both);
        self.flushed.notify_waiters();
    }

    /// Waits until the queue is empty, or the connection is closing or closed.
    pub(super) async fn flushed(&self) {
        loop {
            let notified = self.flushed.notified();
            tokio::pin!(notified);
            // Enabled before the phase is read, so that a notification in between is not missed.
            notified.as_mut().enable();
            if self.queue.lock().phase != Phase::Draining {
                return;
            }
            notified.await;
        }
    }

    /// How long the kernel has accepted nothing although frames are queued. `None` if nothing is queued.
    pub(super) fn stalled_for(&self, now: Instant) -> Option<Duration> {
        let queue = self.queue.lock();
        let is_waiting = queue.phase == Phase::Draining && !queue.frames.is_empty();
        is_waiting.then(|| now.saturating_duration_since(queue.progress))
    }
}

impl WriteQueue {
    fn push(&mut self, bytes: Bytes) {
        self.bytes += bytes.len();
        self.frames.push_back(bytes);
    }

    fn advance(&mut self, mut written: usize) {
        self.bytes -= written;
        self.progress = Instant::now();
        while let Some(first) = self.frames.front_mut() {
            if written < first.len() {
                self.partial = self.partial || written > 0;
                let _ = first.split_to(written);
                return;
            }
            written -= first.len();
            self.partial = false;
            self.frames.pop_front();
        }
    }

    fn discard_unstarted(&mut self) {
        self.frames.truncate(usize::from(self.partial));
        self.bytes = self.frames.iter().map(Bytes::len).sum();
    }
}
