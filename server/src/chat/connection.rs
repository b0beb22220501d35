//! One WebSocket, as the rooms know it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use parlor::CloseCode;
use parlor::message::ServerMessage;
use parlor::plain::PlainFrame;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::ClientAddress;
use super::frame;
use super::missed::Part;
use super::outlet::{Drained, Offered, Outlet};
use super::room::{Missed, Room};

/// Tells connections apart, for the life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub(super) u64);

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// That of the server that Parlor started from.
    Plain,
    /// `parlor.v1`.
    Rich,
}

/// One WebSocket.
#[derive(Debug)]
#[repr(C)]
pub struct Connection {
    outlet: Outlet,
    /// Its id.
    pub id: ConnectionId,
    /// What it speaks.
    pub dialect: Dialect,
    /// Where its client is.
    pub address: ClientAddress,
    opened: Instant,
    rooms: Mutex<Vec<Arc<Room>>>,
    /// Whether it has done what a new connection has to do within the deadline: give a name, or say hello.
    introduced: AtomicBool,
    /// Whether the one who sits at it is away.
    away: AtomicBool,
    /// When something last came from it, in seconds after it was opened.
    heard: AtomicU32,
    /// When it was last pinged, likewise.
    pinged: AtomicU32,
    /// Told when the server ends the connection, so that its task need not wait for the client.
    farewell: Notify,
}

/// How long silence, slowness and namelessness are put up with.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// After this much silence the connection is pinged; after twice as much it is dropped.
    pub heartbeat: Duration,
    /// Until then a plain connection has to give a name, a rich one to say hello.
    pub introduction: Duration,
    /// For this long a socket may take nothing while something waits for it.
    pub stuck: Duration,
}

impl Connection {
    pub(super) fn new(id: u64, address: ClientAddress, dialect: Dialect, stream: TcpStream) -> Arc<Self> {
        Arc::new(Self {
            id: ConnectionId(id),
            dialect,
            address,
            opened: Instant::now(),
            outlet: Outlet::new(stream),
            rooms: Mutex::default(),
            introduced: AtomicBool::new(false),
            away: AtomicBool::new(false),
            heard: AtomicU32::new(0),
            pinged: AtomicU32::new(0),
            farewell: Notify::new(),
        })
    }

    /// The socket, for reading.
    pub fn stream(&self) -> &TcpStream {
        self.outlet.stream()
    }

    /// Sends a message to this plain connection alone.
    pub fn send_plain(self: &Arc<Self>, message: &PlainFrame) {
        self.send(&frame::plain(message));
    }

    /// Sends a message to this rich connection alone.
    pub fn send_rich(self: &Arc<Self>, message: &ServerMessage) {
        self.send(&frame::rich(message));
    }

    /// Sends a part of a room's log.
    pub fn send_part(self: &Arc<Self>, part: &Part) {
        if !part.frame.is_empty() {
            self.send(&part.frame);
        }
    }

    /// Answers pings, all with one write.
    pub fn send_pongs(self: &Arc<Self>, payloads: &[Vec<u8>]) {
        if !payloads.is_empty() {
            self.send(&frame::pongs(payloads));
        }
    }

    fn send(self: &Arc<Self>, frame: &Bytes) {
        match self.outlet.push(frame) {
            Offered::Parked => self.drain_in_background(),
            Offered::Overflow => self.close(CloseCode::TOO_SLOW, "too slow"),
            Offered::Taken | Offered::Behind | Offered::Closed => {}
        }
    }

    /// Hands over a room's turn; false if it has to wait in the ring because others wait before it.
    pub(super) fn offer_turn(self: &Arc<Self>, turn: &Bytes) -> bool {
        match self.outlet.offer_turn(turn) {
            Offered::Parked => {
                self.drain_in_background();
                true
            }
            Offered::Taken | Offered::Closed => true,
            Offered::Behind | Offered::Overflow => false,
        }
    }

    /// Looks into the rings for what this connection has not had yet.
    pub(super) fn catch_up(self: &Arc<Self>) {
        if self.outlet.start_draining() == Offered::Parked {
            self.drain_in_background();
        }
    }

    /// Waits until everything sent so far is with the kernel: what is long goes out in parts, each after the last.
    pub async fn settled(&self) {
        self.outlet.settled().await;
    }

    /// Ends the connection with a close frame. The first reason counts.
    pub fn close(self: &Arc<Self>, code: CloseCode, reason: &str) {
        self.farewell.notify_one();
        if self.outlet.close(frame::close(code, reason), code == CloseCode::TOO_SLOW) == Offered::Parked {
            self.drain_in_background();
        }
    }

    /// Waits until the server ends the connection.
    pub async fn farewell(&self) {
        self.farewell.notified().await;
    }

    /// Ends the connection without a word.
    pub fn abort(&self) {
        self.outlet.abort();
    }

    fn drain_in_background(self: &Arc<Self>) {
        let connection = self.clone();
        tokio::spawn(async move { connection.drain().await });
    }

    async fn drain(self: Arc<Self>) {
        loop {
            match self.outlet.drain() {
                Drained::Done => return,
                Drained::Blocked => {
                    if self.stream().writable().await.is_err() {
                        return self.abort();
                    }
                }
                Drained::Empty => {
                    let rooms = self.rooms();
                    let missed = rooms.iter().map(|room| room.hand_missed(self.id, &self.outlet)).collect::<Vec<_>>();
                    if missed.contains(&Missed::TooMuch) {
                        self.close(CloseCode::TOO_SLOW, "too slow");
                    } else if !missed.contains(&Missed::Handed) && self.outlet.stop_draining() {
                        return;
                    }
                }
            }
        }
    }

    pub(super) fn rooms(&self) -> Vec<Arc<Room>> {
        self.rooms.lock().clone()
    }

    pub(super) fn entered(&self, room: &Arc<Room>) {
        self.rooms.lock().push(room.clone());
    }

    pub(super) fn exited(&self, room: &Arc<Room>) {
        self.rooms.lock().retain(|other| !Arc::ptr_eq(other, room));
    }

    pub(super) fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }

    /// Remembers whether the one who sits here is away. True if that is new.
    pub(super) fn set_away(&self, away: bool) -> bool {
        self.away.swap(away, Ordering::Relaxed) != away
    }

    /// Something came from the other side.
    pub fn hear(&self) {
        let now = u32::try_from(self.opened.elapsed().as_secs()).unwrap_or(u32::MAX);
        self.heard.store(now, Ordering::Relaxed);
    }

    /// The connection has said who it is: the deadline for that is met.
    pub fn introduce(&self) {
        self.introduced.store(true, Ordering::Relaxed);
    }

    /// Looks whether it is time to ping, to complain or to give up; called about once a second for each connection,
    /// so that none needs a timer.
    pub(super) fn check(self: &Arc<Self>, now: Instant, patience: &Patience) {
        let age = now.saturating_duration_since(self.opened);
        let seconds = |at: &AtomicU32| Duration::from_secs(at.load(Ordering::Relaxed).into());
        if self.outlet.stuck_for(now).is_some_and(|stuck| stuck >= patience.stuck) {
            return self.close(CloseCode::TOO_SLOW, "too slow");
        }
        if !self.introduced.load(Ordering::Relaxed) && age >= patience.introduction {
            if self.dialect == Dialect::Plain {
                self.send_plain(&PlainFrame::refused(parlor::ErrorCode::NameMissing));
            }
            return self.close(CloseCode::POLICY, "no introduction");
        }
        let (heard, pinged) = (seconds(&self.heard), seconds(&self.pinged));
        if age >= heard + 2 * patience.heartbeat {
            self.close(CloseCode::TIMED_OUT, "timed out");
        } else if age >= heard.max(pinged) + patience.heartbeat {
            self.pinged.store(u32::try_from(age.as_secs()).unwrap_or(u32::MAX), Ordering::Relaxed);
            self.send(&frame::ping());
        }
    }
}
