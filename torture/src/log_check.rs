//! Checks of one room: its log in itself, and what clients wrote and saw against it. Pure.

use std::collections::{HashMap, HashSet};

use parlor::RoomName;

use crate::history::{Fingerprint, RichHistory};
use crate::message_text::excerpt;
use crate::verdict::{Anomaly, Verdict};

/// Messages that the report shows before and after one with an anomaly.
const CONTEXT_MESSAGES: usize = 3;

/// A message of a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogMessage {
    pub(crate) seq: u64,
    /// The author's public id.
    pub(crate) author_id: String,
    pub(crate) name: String,
    pub(crate) client_id: String,
    pub(crate) text: String,
}

impl LogMessage {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.name, &self.text)
    }

    fn excerpt(&self) -> String {
        excerpt(&self.name, &self.text)
    }
}

/// A room's log with indexes into it.
pub(crate) struct IndexedLog<'a> {
    messages: &'a [LogMessage],
    by_fingerprint: HashMap<Fingerprint, usize>,
    /// By author id and client id.
    by_request: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> IndexedLog<'a> {
    /// Indexes a log. Of equal messages the index contains the first.
    pub(crate) fn new(messages: &'a [LogMessage]) -> Self {
        let reversed = || messages.iter().enumerate().rev();
        let by_fingerprint = reversed().map(|(index, message)| (message.fingerprint(), index)).collect();
        let request = |message: &'a LogMessage| (message.author_id.as_str(), message.client_id.as_str());
        let by_request = reversed().map(|(index, message)| (request(message), index)).collect();
        Self { messages, by_fingerprint, by_request }
    }

    /// Checks the log in itself: its seqs are dense, each message is there once, and a client wrote each.
    pub(crate) fn check(&self, room: &RoomName, written: &HashSet<Fingerprint>, verdict: &mut Verdict) {
        let mut expected = 1;
        for (index, message) in self.messages.iter().enumerate() {
            let (seq, text, fingerprint) = (message.seq, message.excerpt(), message.fingerprint());
            if seq != expected {
                let anomaly = if seq > expected { Anomaly::Lost } else { Anomaly::OutOfOrder };
                verdict.add(anomaly, 1, || format!("the log of {room} has #{seq} where #{expected} should be"));
            }
            expected = seq + 1;
            if self.by_fingerprint.get(&fingerprint) != Some(&index) {
                verdict.add(Anomaly::Duplicated, 1, || format!("the log of {room} has it again at #{seq}: {text}"));
            }
            if !written.contains(&fingerprint) {
                verdict.add(Anomaly::Phantom, 1, || format!("no client wrote #{seq} of {room}: {text}"));
            }
        }
    }

    /// Checks what a rich client posted: the log contains all of it, at the acknowledged seqs and in the order of
    /// writing. Discarded messages may be absent.
    pub(crate) fn check_posts(&self, client: &RichHistory, verdict: &mut Verdict) {
        let (label, room) = (&client.label, &client.room);
        let mut written = Vec::new();
        for post in &client.posts {
            let request = (client.author_id.as_str(), post.client_id.as_str());
            let message = self.by_request.get(&request).map(|index| &self.messages[*index]);
            let text = excerpt(&post.name, &post.text);
            match (message, post.acked_seq) {
                (None, Some(seq)) => verdict.add(Anomaly::Lost, 1, || {
                    format!("{label} in {room} received an acknowledgement with #{seq} for it: {text}")
                }),
                (None, None) if !post.discarded => verdict.add(Anomaly::Lost, 1, || {
                    format!("{label} in {room} wrote it, and the log does not contain it: {text}")
                }),
                (Some(message), Some(seq)) if message.seq != seq => verdict.add(Anomaly::OutOfOrder, 1, || {
                    format!("the acknowledgement to {label} in {room} has #{seq}, the log has #{}: {text}", message.seq)
                }),
                _ => {}
            }
            if !post.discarded {
                written.push((Fingerprint::of(&post.name, &post.text), text + &post.trail));
            }
        }
        self.check_order(label, &written, verdict);
    }

    /// Checks that those of a client's messages that the log contains are in the order of writing.
    pub(crate) fn check_order(&self, label: &str, written: &[(Fingerprint, String)], verdict: &mut Verdict) {
        // The index in the log and the number in the order of writing.
        let mut last: Option<(usize, usize)> = None;
        for (number, (fingerprint, text)) in written.iter().enumerate() {
            let Some(index) = self.by_fingerprint.get(fingerprint).copied() else { continue };
            if let Some((last_index, last_number)) = last.filter(|(last_index, _)| *last_index > index) {
                verdict.add(Anomaly::OutOfOrder, 1, || {
                    let (first, second) = (self.messages[last_index].seq, self.messages[index].seq);
                    let before = last_number.checked_sub(1).map_or("nothing", |before| &written[before].1);
                    let last_text = &written[last_number].1;
                    format!(
                        "{label} wrote this first, it is #{first}: {last_text}\n    and then this, it is #{second}: {text}\n    \
                         and before both: {before}"
                    )
                });
            }
            last = last.max(Some((index, number)));
        }
    }

    /// Checks that what a client saw is a gap-free part of the log, from wherever the client joined.
    pub(crate) fn check_seen(&self, client: &str, seen: &[Fingerprint], verdict: &mut Verdict) {
        let mut known = HashSet::new();
        let mut last: Option<usize> = None;
        for (position, fingerprint) in seen.iter().enumerate() {
            let index = self.by_fingerprint.get(fingerprint).copied();
            let (anomaly, count) = match (index, last) {
                (None, _) => (Anomaly::Phantom, 1),
                (Some(_), _) if !known.insert(*fingerprint) => (Anomaly::Duplicated, 1),
                (Some(index), Some(last)) if index > last + 1 => (Anomaly::Lost, index - last - 1),
                (Some(index), Some(last)) if index <= last => (Anomaly::OutOfOrder, 1),
                _ => {
                    last = index;
                    continue;
                }
            };
            verdict.add(anomaly, count, || self.describe_difference(client, seen, position, last));
            last = last.max(index);
        }
    }

    /// Checks that each message of a timeline has the seq that it has in the log.
    pub(crate) fn check_seqs(&self, client: &str, timeline: &[(u64, Fingerprint)], verdict: &mut Verdict) {
        for (seq, fingerprint) in timeline {
            let message = self.by_fingerprint.get(fingerprint).map(|index| &self.messages[*index]);
            if let Some(message) = message.filter(|message| message.seq != *seq) {
                verdict.add(Anomaly::OutOfOrder, 1, || {
                    let text = message.excerpt();
                    format!("{client} has at #{seq} what the log has at #{}: {text}", message.seq)
                });
            }
        }
    }

    /// Shows what the log contains after index `last`, and what the client saw around `position`.
    fn describe_difference(&self, client: &str, seen: &[Fingerprint], position: usize, last: Option<usize>) -> String {
        let line = |message: &LogMessage| format!("#{} {}", message.seq, message.excerpt());
        let expected = last.map_or(0, |last| last + 1);
        let around = |index: usize| (index.saturating_sub(CONTEXT_MESSAGES), 2 * CONTEXT_MESSAGES + 1);
        let mut text = format!("{client}\n  expected:\n");
        let (skip, take) = around(expected);
        for (index, message) in self.messages.iter().enumerate().skip(skip).take(take) {
            text.push_str(&format!("  {} {}\n", if index == expected { '>' } else { ' ' }, line(message)));
        }
        text.push_str("  got:\n");
        let (skip, take) = around(position);
        for (index, fingerprint) in seen.iter().enumerate().skip(skip).take(take) {
            let message = self.by_fingerprint.get(fingerprint).map(|index| &self.messages[*index]);
            let message = message.map_or_else(|| "a message that the log does not contain".to_owned(), line);
            text.push_str(&format!("  {} {message}\n", if index == position { '>' } else { ' ' }));
        }
        text
    }
}
