//! A WebSocket connection: its socket, its rooms and its timeouts.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use parlor::message::ServerMessage;
use parlor::plain::PlainFrame;
use parlor::{CloseCode, RoomName};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::backlog::BacklogPart;
use super::socket_writer::{DrainOutcome, SocketWriter, WriteOutcome};
use super::{ClientAddress, frame};

/// Identifies a connection. Unique for the life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub(super) u64);

/// The chat protocol that a connection uses over its WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The protocol of the chat server that Parlor is based on: texts from the client, small JSON objects to it.
    Plain,
    /// The subprotocol `parlor.v1`: JSON messages in both directions.
    Rich,
}

/// A WebSocket connection. Use [`ConnectionManager::connect`](super::ConnectionManager::connect) to create one.
#[derive(Debug)]
#[repr(C)]
pub struct Connection {
    writer: SocketWriter,
    /// Unique for the life of the process.
    pub id: ConnectionId,
    /// The dialect chosen in the handshake.
    pub dialect: Dialect,
    /// The client's address, by which limits count.
    pub address: ClientAddress,
    opened: Instant,
    rooms: Mutex<Vec<Arc<dyn JoinedRoom>>>,
    /// Whether the client has sent its name (plain) or `hello` (rich), which it must do within the registration
    /// timeout.
    registered: AtomicBool,
    /// Whether the server has closed the connection: what the client sent before is not handled any more.
    closed: AtomicBool,
    /// Whether the session of the connection has ended.
    signed_out: AtomicBool,
    /// Whether the person is away on this connection.
    away: AtomicBool,
    /// When the client last sent anything, in seconds since `opened`.
    last_activity: AtomicU32,
    /// When the server last sent a ping, in seconds since `opened`.
    last_ping: AtomicU32,
    /// Notified when the server closes the connection, so that its task does not wait for the client.
    closing: Notify,
}

/// A room that a connection is a member of, as the source of the batches that the connection has not received.
pub(super) trait JoinedRoom: Debug + Send + Sync {
    /// The room's name.
    fn name(&self) -> &RoomName;

    /// Queues all batches that a member has not received in its socket writer.
    fn queue_missed_batches(&self, member: ConnectionId, writer: &SocketWriter) -> CatchUpOutcome;
}

/// The result of [`JoinedRoom::queue_missed_batches`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CatchUpOutcome {
    /// The member has received every batch.
    UpToDate,
    /// The missed batches are now in the member's write queue.
    Queued,
    /// The ring no longer holds all batches that the member needs.
    TooFarBehind,
}

/// The timeouts of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// The server pings a connection that has been silent for this long, and closes it after twice this time.
    pub heartbeat: Duration,
    /// A plain client must send its name, and a rich client `hello`, within this time.
    pub registration: Duration,
    /// The server closes a connection whose socket accepts no bytes for this long although frames are queued.
    pub write_stall: Duration,
}

impl Connection {
    pub(super) fn new(id: u64, address: ClientAddress, dialect: Dialect, stream: TcpStream) -> Arc<Self> {
        Arc::new(Self {
            id: ConnectionId(id),
            dialect,
            address,
            opened: Instant::now(),
            writer: SocketWriter::new(stream),
            rooms: Mutex::default(),
            registered: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            signed_out: AtomicBool::new(false),
            away: AtomicBool::new(false),
            last_activity: AtomicU32::new(0),
            last_ping: AtomicU32::new(0),
            closing: Notify::new(),
        })
    }

    /// The socket, for reading only.
    pub fn stream(&self) -> &TcpStream {
        self.writer.stream()
    }

    /// Sends a message to this plain connection only.
    pub fn send_plain(self: &Arc<Self>, message: &PlainFrame) {
        self.send(&frame::plain(message));
    }

    /// Sends a message to this rich connection only.
    pub fn send_rich(self: &Arc<Self>, message: &ServerMessage) {
        self.send(&frame::rich(message));
    }

    /// Sends a part of a room's log that the client missed.
    pub fn send_backlog_part(self: &Arc<Self>, part: &BacklogPart) {
        if !part.frame.is_empty() {
            self.send(&part.frame);
        }
    }

    /// Sends one pong per ping payload, all with one write.
    pub fn send_pongs(self: &Arc<Self>, payloads: &[Vec<u8>]) {
        if !payloads.is_empty() {
            self.send(&frame::pongs(payloads));
        }
    }

    fn send(self: &Arc<Self>, frame: &Bytes) {
        match self.writer.push(frame) {
            WriteOutcome::Blocked => self.drain_in_background(),
            WriteOutcome::Overflow => self.close(CloseCode::TOO_SLOW, "too slow"),
            WriteOutcome::Accepted | WriteOutcome::Deferred | WriteOutcome::Closed => {}
        }
    }

    /// Writes a room's batch. False if it stays in the ring because other frames are queued.
    pub(super) fn write_batch(self: &Arc<Self>, batch: &Bytes) -> bool {
        match self.writer.write_batch(batch) {
            WriteOutcome::Blocked => {
                self.drain_in_background();
                true
            }
            WriteOutcome::Accepted | WriteOutcome::Closed => true,
            WriteOutcome::Deferred | WriteOutcome::Overflow => false,
        }
    }

    /// Sends the batches in the rings that this connection has not received yet.
    pub(super) fn catch_up(self: &Arc<Self>) {
        if self.writer.start_draining() == WriteOutcome::Blocked {
            self.drain_in_background();
        }
    }

    /// Waits until the kernel has accepted everything sent so far. Long data is sent in parts, each after the previous
    /// one was flushed.
    pub async fn flushed(&self) {
        self.writer.flushed().await;
    }

    /// Closes the connection with a close frame. Only the first call has an effect.
    pub fn close(self: &Arc<Self>, code: CloseCode, reason: &str) {
        self.closed.store(true, Ordering::Release);
        if code == CloseCode::SIGNED_OUT {
            self.signed_out.store(true, Ordering::Release);
        }
        self.closing.notify_one();
        if self.writer.close(frame::close(code, reason), code == CloseCode::TOO_SLOW) == WriteOutcome::Blocked {
            self.drain_in_background();
        }
    }

    /// Whether the server has closed the connection, because of a session that has ended, for example.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Whether the session of the connection has ended, even if the client has closed it before.
    pub fn is_signed_out(&self) -> bool {
        self.signed_out.load(Ordering::Acquire)
    }

    /// Waits until the server closes the connection. Cancel safe.
    pub async fn closing(&self) {
        self.closing.notified().await;
    }

    /// Shuts the socket down immediately, without a close frame.
    pub fn abort(&self) {
        self.writer.abort();
    }

    fn drain_in_background(self: &Arc<Self>) {
        let connection = self.clone();
        tokio::spawn(async move { connection.drain().await });
    }

    async fn drain(self: Arc<Self>) {
        loop {
            match self.writer.drain() {
                DrainOutcome::Finished => return,
                DrainOutcome::Blocked => {
                    if self.stream().writable().await.is_err() {
                        return self.abort();
                    }
                }
                DrainOutcome::Empty => {
                    let rooms = self.rooms.lock().clone();
                    let outcomes =
                        rooms.iter().map(|room| room.queue_missed_batches(self.id, &self.writer)).collect::<Vec<_>>();
                    if outcomes.contains(&CatchUpOutcome::TooFarBehind) {
                        self.close(CloseCode::TOO_SLOW, "too slow");
                    } else if !outcomes.contains(&CatchUpOutcome::Queued) && self.writer.stop_draining() {
                        return;
                    }
                }
            }
        }
    }

    /// The names of the rooms that the connection has joined.
    pub(super) fn room_names(&self) -> Vec<RoomName> {
        self.rooms.lock().iter().map(|room| room.name().clone()).collect()
    }

    /// The number of rooms that the connection has joined.
    pub(super) fn room_count(&self) -> usize {
        self.rooms.lock().len()
    }

    pub(super) fn add_room(&self, room: Arc<dyn JoinedRoom>) {
        self.rooms.lock().push(room);
    }

    pub(super) fn remove_room(&self, name: &RoomName) {
        self.rooms.lock().retain(|room| room.name() != name);
    }

    pub(super) fn is_away(&self) -> bool {
        self.away.load(Ordering::Relaxed)
    }

    /// Sets whether the person is away on this connection. True if that is a change.
    pub(super) fn set_away(&self, away: bool) -> bool {
        self.away.swap(away, Ordering::Relaxed) != away
    }

    /// Records that the client sent something, which restarts the heartbeat timeout.
    pub fn record_activity(&self) {
        let now = u32::try_from(self.opened.elapsed().as_secs()).unwrap_or(u32::MAX);
        self.last_activity.store(now, Ordering::Relaxed);
    }

    /// Marks the connection as registered, which ends the registration timeout.
    pub fn mark_registered(&self) {
        self.registered.store(true, Ordering::Relaxed);
    }

    /// Pings or closes the connection if one of its timeouts has passed. Called about once a second for every
    /// connection, so that no connection needs a timer of its own.
    pub(super) fn check_timeouts(self: &Arc<Self>, now: Instant, timeouts: &Timeouts) {
        let age = now.saturating_duration_since(self.opened);
        let seconds = |at: &AtomicU32| Duration::from_secs(at.load(Ordering::Relaxed).into());
        if self.writer.stalled_for(now).is_some_and(|stalled| stalled >= timeouts.write_stall) {
            return self.close(CloseCode::TOO_SLOW, "too slow");
        }
        if !self.registered.load(Ordering::Relaxed) && age >= timeouts.registration {
            if self.dialect == Dialect::Plain {
                self.send_plain(&PlainFrame::refused(parlor::ErrorCode::NameMissing));
            }
            return self.close(CloseCode::POLICY, "no introduction");
        }
        let (last_activity, last_ping) = (seconds(&self.last_activity), seconds(&self.last_ping));
        if age >= last_activity + 2 * timeouts.heartbeat {
            self.close(CloseCode::TIMED_OUT, "timed out");
        } else if age >= last_activity.max(last_ping) + timeouts.heartbeat {
            self.last_ping.store(u32::try_from(age.as_secs()).unwrap_or(u32::MAX), Ordering::Relaxed);
            self.send(&frame::ping());
        }
    }
}
