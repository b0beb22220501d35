//! Counters of a test run, and how they are printed.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use parlor::{CloseCode, ErrorCode};

use crate::latency_histogram::LatencyHistogram;

/// A counter that all clients share.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn increment(&self) {
        self.add(1);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counters of a test run.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Completed WebSocket handshakes.
    pub(crate) connections: Counter,
    pub(crate) cuts: Counter,
    pub(crate) stalls: Counter,
    pub(crate) delays: Counter,
    /// Periods in which a client read nothing.
    pub(crate) slow_readers: Counter,
    /// Changes of a client's network, with or without sleep.
    pub(crate) network_changes: Counter,
    pub(crate) reloads: Counter,
    pub(crate) kills: Counter,
    /// Attempts to start a server again that failed, since its database was not available.
    pub(crate) failed_starts: Counter,
    /// Faults of servers and of their database, apart from kills of a server, by name.
    pub(crate) faults: Mutex<BTreeMap<&'static str, u64>>,
    /// Messages that rich clients posted.
    pub(crate) posted: Counter,
    pub(crate) acked: Counter,
    /// Requests that rich clients and editors sent again because they had no reply.
    pub(crate) resent: Counter,
    /// Duplicates of messages that rich clients sent on purpose.
    pub(crate) duplicates: Counter,
    /// Distinct requests of editors.
    pub(crate) edits: Counter,
    /// Editors' requests that were accepted and created no event.
    pub(crate) no_ops: Counter,
    /// Copies of earlier requests that editors sent.
    pub(crate) repeats: Counter,
    /// Messages that rich clients discarded after a retryable refusal.
    pub(crate) discarded: Counter,
    /// Messages that plain clients posted.
    pub(crate) plain_posts: Counter,
    /// Messages that clients received.
    pub(crate) deliveries: Counter,
    /// Refusals by error code, or by the text that plain clients receive.
    pub(crate) refusals: Mutex<BTreeMap<String, u64>>,
    /// Ends of connections by close code.
    pub(crate) closes: Mutex<BTreeMap<u16, u64>>,
    /// Time from the writing of a message to its delivery.
    pub(crate) latencies: LatencyHistogram,
}

impl Counters {
    /// Counts the refusal of a request.
    pub(crate) fn count_refusal(&self, code: ErrorCode) {
        let name = serde_json::to_value(code).ok().and_then(|name| name.as_str().map(str::to_owned));
        self.count_refusal_text(name.unwrap_or_else(|| code.to_string()));
    }

    /// Counts a refusal by its text.
    pub(crate) fn count_refusal_text(&self, text: String) {
        *self.refusals.lock().entry(text).or_default() += 1;
    }

    /// Counts a fault of a server or of the database.
    pub(crate) fn count_fault(&self, name: &'static str) {
        *self.faults.lock().entry(name).or_default() += 1;
    }

    /// Counts the end of a connection.
    pub(crate) fn count_close(&self, code: CloseCode) {
        *self.closes.lock().entry(code.0).or_default() += 1;
    }

    /// The most important counters in one line, to show progress.
    pub(crate) fn status(&self) -> String {
        format!(
            "{} posted, {} acknowledged, {} plain messages, {} deliveries; {} connections, {} cuts, {} stalls, \
             {} reloads, {} kills",
            self.posted.get(),
            self.acked.get(),
            self.plain_posts.get(),
            self.deliveries.get(),
            self.connections.get(),
            self.cuts.get(),
            self.stalls.get(),
            self.reloads.get(),
            self.kills.get(),
        )
    }
}

impl Display for Counters {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let refusals = self.refusals.lock();
        let refusals: Vec<_> = refusals.iter().map(|(code, count)| format!("{count} {code}")).collect();
        let refusals = if refusals.is_empty() { "none".to_owned() } else { refusals.join(", ") };
        let closes: Vec<_> = self.closes.lock().iter().map(|(code, count)| format!("{count} with {code}")).collect();
        let rows: [(&str, String); 15] = [
            ("connections made", self.connections.get().to_string()),
            ("closes by code", closes.join(", ")),
            ("kills of the server", self.kills.get().to_string()),
            ("cuts, stalls, delays", format!("{}, {}, {}", self.cuts.get(), self.stalls.get(), self.delays.get())),
            ("slow readers, networks", format!("{}, {}", self.slow_readers.get(), self.network_changes.get())),
            ("reloads, rejoins", self.reloads.get().to_string()),
            ("posted, discarded", format!("{}, {}", self.posted.get(), self.discarded.get())),
            ("acknowledged", self.acked.get().to_string()),
            ("refusals", refusals),
            ("resent, sent twice", format!("{}, {}", self.resent.get(), self.duplicates.get())),
            ("edits, reactions, …", self.edits.get().to_string()),
            ("no-ops, repeats", format!("{}, {}", self.no_ops.get(), self.repeats.get())),
            ("plain messages", self.plain_posts.get().to_string()),
            ("deliveries", self.deliveries.get().to_string()),
            ("delivery p50, p99, max", self.latencies.to_string()),
        ];
        rows.iter().try_for_each(|(name, value)| writeln!(f, "{name:<24}{value}"))?;
        // Only a run with several servers has the following rows.
        let faults = self.faults.lock();
        faults.iter().try_for_each(|(name, count)| writeln!(f, "{name:<29} {count}"))?;
        match self.failed_starts.get() {
            0 => Ok(()),
            count => writeln!(f, "{:<29} {count}", "starts without a database"),
        }
    }
}
