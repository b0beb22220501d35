//! Checks that a name had one holder at a time: compares the holds of rivals with the log of their room. Pure.
//!
//! A client can't know when a claim ends whose connection is silent. But as long as messages of a hold are written, the
//! name was held: from the answer to the claim to the last message, without a gap.

use std::collections::HashMap;

use parlor::{Event, EventKind};

use crate::name_history::{NameHold, RivalHistory};

/// A message of the rivals' log.
struct Message<'a> {
    seq: u64,
    at: u64,
    author_id: &'a str,
    name: &'a str,
    /// What distinguishes names: they are equal if they differ by case alone.
    folded: String,
}

/// A hold, and its messages that the log has.
struct LoggedHold<'a> {
    label: &'a str,
    hold: &'a NameHold,
    folded: String,
    messages: Vec<&'a Message<'a>>,
}

/// Returns a description of each contradiction between the log and the holds.
pub(crate) fn check(log: &[Event], rivals: &[RivalHistory]) -> Vec<String> {
    let by_text: HashMap<_, _> = log.iter().filter_map(message).collect();
    let mut problems: Vec<_> =
        rivals.iter().flat_map(|rival| rival.problems.iter().map(|text| format!("{}: {text}", rival.label))).collect();
    let mut holds = Vec::new();
    for (rival, hold) in rivals.iter().flat_map(|rival| rival.holds.iter().map(move |hold| (rival, hold))) {
        let mut logged = LoggedHold { label: &rival.label, hold, folded: fold(&hold.name), messages: Vec::new() };
        for post in &hold.posts {
            match (by_text.get(post.text.as_str()), post.acked_seq) {
                (Some(message), acked) => {
                    if acked.is_some_and(|acked| acked != message.seq) {
                        problems
                            .push(format!("{} is at #{} and was acknowledged with {acked:?}", post.text, message.seq));
                    }
                    logged.messages.push(message);
                }
                (None, Some(acked)) => {
                    problems.push(format!("{} was acknowledged with #{acked} and is not in the log", post.text));
                }
                (None, None) => {}
            }
        }
        problems.extend(logged.check_messages());
        holds.push(logged);
    }
    let messages = log.iter().filter_map(message).count();
    if messages > by_text.len() {
        problems.push(format!("the log has {messages} messages with {} different texts", by_text.len()));
    }
    for hold in &holds {
        problems.extend(by_text.values().filter_map(|message| hold.check_other_message(message)));
        problems.extend(holds.iter().filter_map(|other| hold.check_other_claim(other)));
    }
    problems
}

impl LoggedHold<'_> {
    /// Checks that the hold's own messages have its name, one author, and the order of posting.
    fn check_messages(&self) -> Option<String> {
        let mut expected = None;
        for message in &self.messages {
            let Message { seq, name, author_id, .. } = message;
            if *name != self.hold.name {
                return Some(format!("{} posted #{seq} as {}, and the log has {name}", self.label, self.hold.name));
            }
            if expected.is_some_and(|(last_seq, author)| seq <= last_seq || author != author_id) {
                return Some(format!("#{seq} of {} is before an earlier message, or of another author", self.label));
            }
            expected = Some((seq, author_id));
        }
        None
    }

    /// Checks a message against this hold: nobody else may have written it while the name was held.
    fn check_other_message(&self, message: &Message<'_>) -> Option<String> {
        let (first, last) = (self.messages.first()?, self.messages.last()?);
        let is_between = message.seq > first.seq && message.seq < last.seq;
        let is_after_claim = message.at > self.hold.granted_at && message.seq < last.seq;
        let contradicts = self.conflicts_with(&message.folded, message.author_id) && (is_between || is_after_claim);
        contradicts.then(|| {
            format!(
                "#{} by {} ({}) is from a time at which {}",
                message.seq,
                message.name,
                message.author_id,
                self.describe()
            )
        })
    }

    /// Checks a claim against this hold: none may be granted that was requested and answered while the name was held.
    fn check_other_claim(&self, other: &LoggedHold<'_>) -> Option<String> {
        let last = self.messages.last()?;
        let author_id = other.messages.first()?.author_id;
        let is_within = other.hold.requested_at > self.hold.granted_at && other.hold.granted_at < last.at;
        let contradicts = self.conflicts_with(&other.folded, author_id) && is_within;
        contradicts.then(|| {
            let NameHold { name, granted_at, .. } = other.hold;
            format!("{} ({author_id}) was granted {name} at {granted_at}, when {}", other.label, self.describe())
        })
    }

    fn conflicts_with(&self, folded: &str, author_id: &str) -> bool {
        folded == self.folded && self.messages.first().is_some_and(|message| message.author_id != author_id)
    }

    fn describe(&self) -> String {
        let seqs: Vec<_> = self.messages.iter().map(|message| message.seq).collect();
        let (author, last) = self.messages.last().map_or(("nobody", 0), |message| (message.author_id, message.at));
        let NameHold { name, requested_at, granted_at, .. } = self.hold;
        format!(
            "{} ({author}) held {name}: requested at {requested_at}, granted at {granted_at}, wrote {seqs:?} until {last}",
            self.label
        )
    }
}

/// The message of an event, by its text.
fn message(event: &Event) -> Option<(&str, Message<'_>)> {
    let EventKind::Posted { author, body: Some(body), .. } = &event.kind else { return None };
    let (name, author_id) = (author.name.as_str(), author.id.as_str());
    Some((body.as_str(), Message { seq: event.seq, at: event.at, author_id, name, folded: fold(name) }))
}

fn fold(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests;
