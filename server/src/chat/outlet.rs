//! The writing end of one socket, and what waits for it.
//!
//! The usual case is one `write` that the kernel takes whole: nothing is queued, nobody is woken. When the kernel is
//! full, the rest waits here and one task (see [`Connection`](super::Connection)) waits for room; until it is done,
//! what is new stays in the rooms' rings, so that a slow reader costs no one anything.

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

/// Bytes that may wait for one socket besides what waits in the rings: a snapshot or two, and a burst of answers.
const BACKLOG_BYTES: usize = 1 << 20;

/// Pieces handed to the kernel in one call.
const PIECES: usize = 64;

/// A non-blocking socket with the bytes that it owes.
//
// In this order: what a turn looks at lies side by side, so that a room of a thousand costs a thousand waits for memory
// and not three thousand.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Outlet {
    stream: TcpStream,
    owed: Mutex<Owed>,
    /// Told whenever nothing is owed any more, or never will be paid.
    settled: Notify,
}

#[derive(Debug)]
#[repr(C)]
struct Owed {
    phase: Phase,
    /// The first piece has been written in part: it has to be finished before anything else makes sense.
    torn: bool,
    /// Something came into a ring while a task was draining: it has to look again.
    more: bool,
    backlog: VecDeque<Bytes>,
    bytes: usize,
    /// When the kernel last took something, while draining.
    progress: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing is owed: whoever has something writes it at once.
    Open,
    /// A task pays what is owed.
    Draining,
    /// As before, and a close frame is the last of it.
    Closing,
    /// Nothing can be written any more.
    Gone,
}

/// What became of bytes handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offered {
    /// The kernel has them, or they wait behind others.
    Taken,
    /// They are kept, and a task has to be started to drain them.
    Parked,
    /// They are not kept: others wait. The draining task will look for them.
    Behind,
    /// They are not kept: too much waits.
    Overflow,
    /// They are not kept: the socket is closing or gone.
    Closed,
}

/// How far draining has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drained {
    /// Nothing waits.
    Empty,
    /// The kernel takes no more for now.
    Blocked,
    /// The close frame is out, or the socket is gone.
    Done,
}

impl Outlet {
    pub(super) fn new(stream: TcpStream) -> Self {
        let owed = Owed {
            phase: Phase::Open,
            backlog: VecDeque::new(),
            bytes: 0,
            torn: false,
            more: false,
            progress: Instant::now(),
        };
        Self { stream, owed: Mutex::new(owed), settled: Notify::new() }
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Hands over a room's turn. It is kept only if nothing waits: what is in a ring need not wait here too.
    pub(super) fn offer_turn(&self, turn: &Bytes) -> Offered {
        let mut owed = self.owed.lock();
        match owed.phase {
            Phase::Open => self.write_first(&mut owed, turn),
            Phase::Draining => {
                owed.more = true;
                Offered::Behind
            }
            Phase::Closing | Phase::Gone => Offered::Closed,
        }
    }

    /// Hands over bytes for this socket alone.
    pub(super) fn push(&self, frame: &Bytes) -> Offered {
        let mut owed = self.owed.lock();
        match owed.phase {
            Phase::Open => self.write_first(&mut owed, frame),
            Phase::Draining if owed.bytes + frame.len() > BACKLOG_BYTES => Offered::Overflow,
            Phase::Draining => {
                owed.keep(frame.clone());
                Offered::Taken
            }
            Phase::Closing | Phase::Gone => Offered::Closed,
        }
    }

    fn write_first(&self, owed: &mut Owed, frame: &Bytes) -> Offered {
        // Straight to the kernel: what tokio believes of the socket is in memory that nothing else here touches.
        let written = match send(&self.stream, frame, SendFlags::NOSIGNAL) {
            Ok(all) if all == frame.len() => return Offered::Taken,
            Ok(part) => part,
            Err(Errno::AGAIN) => 0,
            Err(_) => {
                self.fail(owed);
                return Offered::Closed;
            }
        };
        owed.keep(frame.slice(written..));
        owed.torn = written > 0;
        owed.phase = Phase::Draining;
        owed.progress = Instant::now();
        Offered::Parked
    }

    /// Puts turns from a ring behind what waits; for the draining task only.
    pub(super) fn refill<'a>(&self, turns: impl Iterator<Item = &'a Bytes>) {
        let mut owed = self.owed.lock();
        if owed.phase == Phase::Draining {
            turns.for_each(|turn| owed.keep(turn.clone()));
        }
    }

    /// Takes over the duty to drain, if nobody has it: turns that come from now on wait in their rings.
    pub(super) fn start_draining(&self) -> Offered {
        let mut owed = self.owed.lock();
        match owed.phase {
            Phase::Open => {
                owed.phase = Phase::Draining;
                owed.progress = Instant::now();
                Offered::Parked
            }
            Phase::Draining => {
                owed.more = true;
                Offered::Behind
            }
            Phase::Closing | Phase::Gone => Offered::Closed,
        }
    }

    /// Writes as much of what is owed as the kernel takes.
    pub(super) fn drain(&self) -> Drained {
        let mut owed = self.owed.lock();
        loop {
            if owed.phase == Phase::Gone {
                return Drained::Done;
            }
            if owed.backlog.is_empty() {
                if owed.phase != Phase::Closing {
                    // Anything that came into a ring up to now is found by the look that follows.
                    owed.more = false;
                    return Drained::Empty;
                }
                // The other side answers the close frame with its own, and then the connection ends.
                let _ = SockRef::from(&self.stream).shutdown(Shutdown::Write);
                self.settled.notify_waiters();
                return Drained::Done;
            }
            let mut pieces = [IoSlice::new(&[]); PIECES];
            let count = owed.backlog.len().min(PIECES);
            for (piece, bytes) in pieces.iter_mut().zip(&owed.backlog) {
                *piece = IoSlice::new(bytes);
            }
            match self.stream.try_write_vectored(&pieces[..count]) {
                Ok(written) => owed.paid(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Drained::Blocked,
                Err(_) => self.fail(&mut owed),
            }
        }
    }

    /// Ends draining, unless something came in the meantime.
    pub(super) fn stop_draining(&self) -> bool {
        let mut owed = self.owed.lock();
        if owed.phase != Phase::Draining {
            return owed.phase == Phase::Gone;
        }
        if owed.more || !owed.backlog.is_empty() {
            return false;
        }
        owed.phase = Phase::Open;
        owed.backlog = VecDeque::new();
        self.settled.notify_waiters();
        true
    }

    /// Lets `frame` be the last one. What waits and has not begun is dropped if the socket was too slow for it.
    pub(super) fn close(&self, frame: Bytes, drop_backlog: bool) -> Offered {
        let mut owed = self.owed.lock();
        let was = owed.phase;
        if matches!(was, Phase::Closing | Phase::Gone) {
            return Offered::Closed;
        }
        if drop_backlog {
            owed.drop_unbegun();
        }
        owed.keep(frame);
        owed.phase = Phase::Closing;
        if was == Phase::Open { Offered::Parked } else { Offered::Taken }
    }

    /// Ends the connection at once; the reading end sees it too.
    pub(super) fn abort(&self) {
        self.fail(&mut self.owed.lock());
    }

    fn fail(&self, owed: &mut Owed) {
        owed.phase = Phase::Gone;
        owed.backlog = VecDeque::new();
        owed.bytes = 0;
        let _ = SockRef::from(&self.stream).shutdown(Shutdown::Both);
        self.settled.notify_waiters();
    }

    /// Waits until nothing is owed, or nothing can be paid any more.
    pub(super) async fn settled(&self) {
        loop {
            let told = self.settled.notified();
            tokio::pin!(told);
            // Listening starts before the look, so that no news falls in between.
            told.as_mut().enable();
            if self.owed.lock().phase != Phase::Draining {
                return;
            }
            told.await;
        }
    }

    /// For how long the kernel has taken nothing although something waits.
    pub(super) fn stuck_for(&self, now: Instant) -> Option<Duration> {
        let owed = self.owed.lock();
        let waits = owed.phase == Phase::Draining && !owed.backlog.is_empty();
        waits.then(|| now.saturating_duration_since(owed.progress))
    }
}

impl Owed {
    fn keep(&mut self, bytes: Bytes) {
        self.bytes += bytes.len();
        self.backlog.push_back(bytes);
    }

    fn paid(&mut self, mut written: usize) {
        self.bytes -= written;
        self.progress = Instant::now();
        while let Some(first) = self.backlog.front_mut() {
            if written < first.len() {
                self.torn = self.torn || written > 0;
                let _ = first.split_to(written);
                return;
            }
            written -= first.len();
            self.torn = false;
            self.backlog.pop_front();
        }
    }

    fn drop_unbegun(&mut self) {
        self.backlog.truncate(usize::from(self.torn));
        self.bytes = self.backlog.iter().map(Bytes::len).sum();
    }
}
