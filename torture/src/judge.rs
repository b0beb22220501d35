//! Compares the histories of all rich and plain clients with the logs. Pure: its tests show that it finds each anomaly
//! in made-up evidence.

use std::collections::{BTreeMap, HashMap, HashSet};

use parlor::RoomName;

use crate::history::{Fingerprint, PlainHistory, RichHistory};
use crate::log_check::{IndexedLog, LogMessage};
use crate::message_text::excerpt;
use crate::verdict::{Anomaly, Verdict};

/// The logs, and what clients wrote and saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) logs: BTreeMap<RoomName, Vec<LogMessage>>,
    /// The last seq of each room, which each rich client's timeline must reach.
    pub(crate) last_seqs: HashMap<RoomName, u64>,
    pub(crate) rich: Vec<RichHistory>,
    pub(crate) plain: Vec<PlainHistory>,
    /// Names and texts of messages that no client wrote: the auditor's last message of each room.
    pub(crate) auditor_messages: Vec<(String, String)>,
}

/// Compares the histories with the logs.
pub(crate) fn judge(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::default();
    let logs: BTreeMap<_, _> = evidence.logs.iter().map(|(room, log)| (room, IndexedLog::new(log))).collect();
    let written = written(evidence);
    for (room, log) in &logs {
        log.check(room, &written, &mut verdict);
    }
    let empty = IndexedLog::new(&[]);
    for client in &evidence.rich {
        check_rich(client, evidence, logs.get(&client.room).unwrap_or(&empty), &mut verdict);
    }
    for client in &evidence.plain {
        check_plain(client, logs.get(&client.room).unwrap_or(&empty), &mut verdict);
    }
    verdict
}

/// Everything that was written by anyone.
fn written(evidence: &Evidence) -> HashSet<Fingerprint> {
    let posts = evidence.rich.iter().flat_map(|client| &client.posts);
    let connections = evidence.plain.iter().flat_map(|client| &client.connections);
    let plain =
        connections.flat_map(|connection| connection.sent.iter().map(|text| Fingerprint::of(&connection.name, text)));
    let auditor = evidence.auditor_messages.iter().map(|(name, text)| Fingerprint::of(name, text));
    posts.map(|post| Fingerprint::of(&post.name, &post.text)).chain(plain).chain(auditor).collect()
}

fn check_rich(client: &RichHistory, evidence: &Evidence, log: &IndexedLog<'_>, verdict: &mut Verdict) {
    let RichHistory { label, room, reached_seq: reached, .. } = client;
    log.check_posts(client, verdict);
    for (index, timeline) in client.timelines.iter().enumerate() {
        let name = format!("{label} in {room}, timeline {}", index + 1);
        let fingerprints: Vec<_> = timeline.iter().map(|(_, fingerprint)| *fingerprint).collect();
        log.check_seen(&name, &fingerprints, verdict);
        log.check_seqs(&name, timeline, verdict);
    }
    match evidence.last_seqs.get(room) {
        Some(last) if reached < last => verdict.add(Anomaly::Lost, (last - reached) as usize, || {
            format!("the timeline of {label} in {room} ends at #{reached}, the log at #{last}")
        }),
        Some(_) => {}
        None => verdict.problems.push(format!("{label}: the last seq of {room} is unknown")),
    }
    verdict.problems.extend(client.problems.iter().map(|problem| format!("{label}: {problem}")));
}

fn check_plain(client: &PlainHistory, log: &IndexedLog<'_>, verdict: &mut Verdict) {
    for connection in &client.connections {
        log.check_seen(&format!("{} in {}", connection.name, client.room), &connection.received, verdict);
        let fingerprint = |text: &String| Fingerprint::of(&connection.name, text);
        let sent: Vec<_> =
            connection.sent.iter().map(|text| (fingerprint(text), excerpt(&connection.name, text))).collect();
        // The plain dialect has no acknowledgements: messages may be lost with the connection, but their order holds.
        log.check_order(&connection.name, &sent, verdict);
    }
    verdict.problems.extend(client.problems.iter().map(|problem| format!("{}: {problem}", client.label)));
}

#[cfg(test)]
mod tests;
