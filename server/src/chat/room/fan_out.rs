//! Fan-out: sends a room's events and signals to all its members.
//!
//! Events and signals are collected as frames in a [`PendingBatch`]. One task per room seals it into a batch of the
//! ring and writes the batch to one member after another. A member whose socket is full reads the batches that it
//! missed from the ring when the socket is writable again.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::BytesMut;
use parlor::RoomName;

use super::super::ConnectionId;
use super::super::connection::{CatchUpOutcome, JoinedRoom};
use super::super::ring::FanOutBatch;
use super::super::socket_writer::SocketWriter;
use super::{Room, State};

/// Members that a fan-out writes to before it yields the thread to other tasks: 0.25 ms of work on loopback.
const FAN_OUT_CHUNK: usize = 48;

/// Frames for the next batch, in each dialect.
#[derive(Debug, Default)]
pub(super) struct PendingBatch {
    pub(super) plain: BytesMut,
    pub(super) rich: BytesMut,
}

impl Room {
    /// Schedules the room's fan-out task unless it is already running.
    pub(super) fn fan_out(self: &Arc<Self>) {
        if self.fan_out_scheduled.swap(true, Ordering::AcqRel) {
            return;
        }
        let room = self.clone();
        tokio::spawn(async move {
            loop {
                // Every socket that is readable by now is read first. Their messages then go out in the same batch,
                // with one write per member instead of one per message.
                tokio::task::yield_now().await;
                let Some(mut index) = room.begin_fan_out() else { return };
                let mut all_current = true;
                while index > 0 {
                    index = room.fan_out_chunk(index, &mut all_current);
                    // Messages that arrive during the fan-out are passed to the engine before it ends.
                    tokio::task::yield_now().await;
                }
                if all_current {
                    room.state.lock().discard_fanned_out();
                }
            }
        });
    }

    /// Seals the pending batch and returns the member index before which the fan-out starts. `None` if there is
    /// nothing to send: the task then ends.
    fn begin_fan_out(&self) -> Option<usize> {
        let mut state = self.state.lock();
        state.seal_batch();
        if state.fanned_out == state.ring.head() {
            self.fan_out_scheduled.store(false, Ordering::Release);
            return None;
        }
        state.fanned_out = state.ring.head();
        Some(usize::MAX)
    }

    /// Writes to up to [`FAN_OUT_CHUNK`] members and returns the index before which the next chunk starts. Sets
    /// `all_current` to false if a member is not up to date afterwards (invariants 4 and 5).
    fn fan_out_chunk(&self, index: usize, all_current: &mut bool) -> usize {
        let mut state = self.state.lock();
        let State { members, ring, .. } = &mut *state;
        let (index, chunk) = members.chunk_before(index, FAN_OUT_CHUNK);
        for member in chunk {
            *all_current &= member.write_next(ring);
        }
        index
    }
}

impl JoinedRoom for Room {
    fn name(&self) -> &RoomName {
        &self.name
    }

    fn queue_missed_batches(&self, id: ConnectionId, writer: &SocketWriter) -> CatchUpOutcome {
        let mut state = self.state.lock();
        let State { members, ring, .. } = &mut *state;
        let Some(member) = members.get_mut(id).filter(|member| member.live) else { return CatchUpOutcome::UpToDate };
        if member.next == ring.head() {
            return CatchUpOutcome::UpToDate;
        }
        match ring.frames_from(member.next, member.connection.dialect) {
            Err(_) => return CatchUpOutcome::TooFarBehind,
            Ok(batches) => writer.refill(batches),
        }
        member.next = ring.head();
        state.discard_received();
        CatchUpOutcome::Queued
    }
}

impl State {
    /// Moves the pending frames into the ring as one batch.
    pub(super) fn seal_batch(&mut self) {
        let batch =
            FanOutBatch { plain: self.pending.plain.split().freeze(), rich: self.pending.rich.split().freeze() };
        if !batch.plain.is_empty() || !batch.rich.is_empty() {
            self.ring.push(batch);
        }
    }

    /// Discards the batches of the last fan-out, which every member has received.
    fn discard_fanned_out(&mut self) {
        self.ring.discard_before(self.fanned_out);
    }

    /// Discards the batches that no member needs any more.
    pub(super) fn discard_received(&mut self) {
        let first_needed = self.members.first_needed().unwrap_or(self.ring.head());
        self.ring.discard_before(first_needed);
    }
}
