//! Compares what everyone wrote and saw with the logs. Pure: what it finds is shown by tests with made-up evidence.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Display, Formatter};

use parlor::RoomName;

use super::ledger::{PlainLedger, Print, RichLedger, shown};

/// Messages that are shown before and after the one where something is wrong.
const NEIGHBOURS: usize = 3;

/// A message in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) author: String,
    pub(super) name: String,
    pub(super) client_id: String,
    pub(super) text: String,
}

/// Everything that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    pub(super) logs: BTreeMap<RoomName, Vec<Entry>>,
    /// The place that every timeline of a room must have reached.
    pub(super) ends: HashMap<RoomName, u64>,
    pub(super) rich: Vec<RichLedger>,
    pub(super) plain: Vec<PlainLedger>,
    /// Messages in the logs that are nobody's in the ledgers: the last of each room.
    pub(super) others: Vec<(String, String)>,
}

/// What can be wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Lost,
    Doubled,
    OutOfOrder,
    Phantom,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) lost: usize,
    pub(super) doubled: usize,
    pub(super) out_of_order: usize,
    pub(super) phantom: usize,
    /// The first difference, for people.
    pub(super) first: Option<String>,
    /// What went wrong beside messages.
    pub(super) trouble: Vec<String>,
}

impl Verdict {
    /// Whether all is well.
    pub(super) fn holds(&self) -> bool {
        self.first.is_none() && self.trouble.is_empty()
    }

    fn find(&mut self, fault: Fault, count: usize, tell: impl FnOnce() -> String) {
        *match fault {
            Fault::Lost => &mut self.lost,
            Fault::Doubled => &mut self.doubled,
            Fault::OutOfOrder => &mut self.out_of_order,
            Fault::Phantom => &mut self.phantom,
        } += count;
        if self.first.is_none() {
            let what = match fault {
                Fault::Lost => "lost",
                Fault::Doubled => "doubled",
                Fault::OutOfOrder => "out of order",
                Fault::Phantom => "a phantom",
            };
            self.first = Some(format!("{what}: {}", tell()));
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows = [
            ("lost", self.lost),
            ("doubled", self.doubled),
            ("out of order", self.out_of_order),
            ("phantom", self.phantom),
        ];
        rows.iter().try_for_each(|(name, count)| writeln!(f, "{name:<24}{count}"))?;
        if let Some(first) = &self.first {
            writeln!(f, "\nThe first difference: {first}")?;
        }
        self.trouble.iter().take(10).try_for_each(|trouble| writeln!(f, "\nTrouble: {trouble}"))?;
        let more = self.trouble.len().saturating_sub(10);
        if more > 0 { writeln!(f, "\n… and {more} more") } else { Ok(()) }
    }
}

/// Judges.
pub(super) fn judge(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::default();
    let logs: BTreeMap<_, _> = evidence.logs.iter().map(|(room, log)| (room, Log::of(log))).collect();
    let written: HashSet<_> = evidence
        .rich
        .iter()
        .flat_map(|client| client.posted.iter().map(|posted| Print::of(&posted.name, &posted.text)))
        .chain(evidence.plain.iter().flat_map(|client| {
            client.stays.iter().flat_map(|stay| stay.sent.iter().map(|text| Print::of(&stay.name, text)))
        }))
        .chain(evidence.others.iter().map(|(name, text)| Print::of(name, text)))
        .collect();
    for (room, log) in &logs {
        log.check(room, &written, &mut verdict);
    }
    let empty = Log::of(&[]);
    for client in &evidence.rich {
        let log = logs.get(&client.room).unwrap_or(&empty);
        log.check_posts(client, &mut verdict);
        for (number, run) in client.runs.iter().enumerate() {
            let whose = format!("{} in {}, timeline {}", client.who, client.room, number + 1);
            let prints: Vec<_> = run.iter().map(|(_, print)| *print).collect();
            log.check_seen(&whose, &prints, &mut verdict);
            for (seq, print) in run {
                if let Some(at) = log.places.get(print).filter(|at| log.entries[**at].seq != *seq) {
                    let entry = &log.entries[*at];
                    let line = shown(&entry.name, &entry.text);
                    verdict.find(Fault::OutOfOrder, 1, || {
                        format!("{whose} has at #{seq} what the log has at #{}: {line}", entry.seq)
                    });
                }
            }
        }
        let end = evidence.ends.get(&client.room).copied().unwrap_or(0);
        if client.reached < end {
            verdict.find(Fault::Lost, (end - client.reached) as usize, || {
                format!("{} in {} has seen up to #{}, the log ends at #{end}", client.who, client.room, client.reached)
            });
        }
        verdict.trouble.extend(client.trouble.iter().map(|trouble| format!("{}: {trouble}", client.who)));
    }
    for client in &evidence.plain {
        let log = logs.get(&client.room).unwrap_or(&empty);
        for stay in &client.stays {
            log.check_seen(&format!("{} in {}", stay.name, client.room), &stay.heard, &mut verdict);
            let sent: Vec<_> = stay.sent.iter().map(|text| (Print::of(&stay.name, text), text.as_str())).collect();
            // Who has no acknowledgements can lose what they say with the connection, but its order holds.
            log.check_order(&stay.name, &sent, &mut verdict);
        }
        verdict.trouble.extend(client.trouble.iter().map(|trouble| format!("{}: {trouble}", client.who)));
    }
    verdict
}

/// A log with a way to find things in it.
struct Log<'a> {
    entries: &'a [Entry],
    places: HashMap<Print, usize>,
    posts: HashMap<(&'a str, &'a str), usize>,
}

impl<'a> Log<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let print = |(at, entry): (usize, &Entry)| (Print::of(&entry.name, &entry.text), at);
        let post = |(at, entry): (usize, &'a Entry)| ((entry.author.as_str(), entry.client_id.as_str()), at);
        // Of two equal ones the first counts.
        let places = entries.iter().enumerate().rev().map(print).collect();
        let posts = entries.iter().enumerate().rev().map(post).collect();
        Self { entries, places, posts }
    }

    /// The log in itself: dense, each message once, none that nobody wrote.
    fn check(&self, room: &RoomName, written: &HashSet<Print>, verdict: &mut Verdict) {
        let mut next = 1;
        for (at, entry) in self.entries.iter().enumerate() {
            let line = shown(&entry.name, &entry.text);
            if entry.seq != next {
                let fault = if entry.seq > next { Fault::Lost } else { Fault::OutOfOrder };
                verdict.find(fault, 1, || format!("the log of {room} has #{} where #{next} should be", entry.seq));
            }
            next = entry.seq + 1;
            let print = Print::of(&entry.name, &entry.text);
            if self.places.get(&print) != Some(&at) {
                verdict.find(Fault::Doubled, 1, || format!("the log of {room} has it again at #{}: {line}", entry.seq));
            }
            if !written.contains(&print) {
                verdict.find(Fault::Phantom, 1, || format!("nobody wrote #{} of {room}: {line}", entry.seq));
            }
        }
    }

    /// What a rich client posted: all of it is there, where it was acknowledged, and in the order of writing.
    fn check_posts(&self, client: &RichLedger, verdict: &mut Verdict) {
        let mut kept = Vec::new();
        for posted in &client.posted {
            let at = self.posts.get(&(client.author.as_str(), posted.client_id.as_str())).map(|at| &self.entries[*at]);
            let line = shown(&posted.name, &posted.text);
            match (at, posted.acked) {
                (None, Some(seq)) => verdict.find(Fault::Lost, 1, || {
                    format!("{} in {} had it acknowledged at #{seq}: {line}", client.who, client.room)
                }),
                (None, None) if !posted.discarded => verdict.find(Fault::Lost, 1, || {
                    format!("{} in {} wrote it, and it is not in the log: {line}", client.who, client.room)
                }),
                (Some(entry), Some(seq)) if entry.seq != seq => verdict.find(Fault::OutOfOrder, 1, || {
                    let (who, room) = (&client.who, &client.room);
                    format!("{who} in {room} had it acknowledged at #{seq}, it is at #{}: {line}", entry.seq)
                }),
                _ => {}
            }
            if !posted.discarded {
                kept.push((Print::of(&posted.name, &posted.text), posted.text.as_str()));
            }
        }
        self.check_order(&client.who, &kept, verdict);
    }

    /// Of what somebody wrote, the log has what it has in the same order.
    fn check_order(&self, who: &str, written: &[(Print, &str)], verdict: &mut Verdict) {
        let mut last: Option<(usize, &str)> = None;
        for (print, text) in written {
            let Some(at) = self.places.get(print).copied() else { continue };
            if let Some((before, earlier)) = last.filter(|(before, _)| *before > at) {
                verdict.find(Fault::OutOfOrder, 1, || {
                    let (first, then) = (self.entries[before].seq, self.entries[at].seq);
                    format!("{who} wrote this first, it is at #{first}: {earlier}\n    and this after it, at #{then}: {text}")
                });
            }
            last = last.max(Some((at, text)));
        }
    }

    /// What somebody saw is one run of the log, from wherever they came in.
    fn check_seen(&self, whose: &str, seen: &[Print], verdict: &mut Verdict) {
        let mut before = HashSet::new();
        let mut last: Option<usize> = None;
        for (index, print) in seen.iter().enumerate() {
            let place = self.places.get(print).copied();
            let (fault, count) = match (place, last) {
                (None, _) => (Fault::Phantom, 1),
                (Some(_), _) if !before.insert(*print) => (Fault::Doubled, 1),
                (Some(at), Some(last)) if at > last + 1 => (Fault::Lost, at - last - 1),
                (Some(at), Some(last)) if at <= last => (Fault::OutOfOrder, 1),
                _ => {
                    last = place;
                    continue;
                }
            };
            verdict.find(fault, count, || self.side_by_side(whose, seen, index, last));
            last = last.max(place);
        }
    }

    /// What the log has after `last`, and what was seen around `index`.
    fn side_by_side(&self, whose: &str, seen: &[Print], index: usize, last: Option<usize>) -> String {
        let line = |entry: &Entry| format!("#{} {}", entry.seq, shown(&entry.name, &entry.text));
        let due = last.map_or(0, |last| last + 1);
        let mut text = format!("{whose}\n  expected:\n");
        for (at, entry) in self.entries.iter().enumerate().skip(due.saturating_sub(NEIGHBOURS)).take(2 * NEIGHBOURS + 1)
        {
            text.push_str(&format!("  {} {}\n", if at == due { '>' } else { ' ' }, line(entry)));
        }
        text.push_str("  got:\n");
        for (at, print) in seen.iter().enumerate().skip(index.saturating_sub(NEIGHBOURS)).take(2 * NEIGHBOURS + 1) {
            let entry = self.places.get(print).map(|at| &self.entries[*at]);
            let entry = entry.map_or_else(|| "something that is not in the log".to_owned(), line);
            text.push_str(&format!("  {} {entry}\n", if at == index { '>' } else { ' ' }));
        }
        text
    }
}

#[cfg(test)]
mod tests;
