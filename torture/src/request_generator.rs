//! Generates the requests of an editor.
//!
//! Requests that change nothing are as likely as those that change something: the server must remember its reply to
//! both, since either may be sent again after others have changed the room.

use parlor::{ClientId, ClientMessage, Event, EventKind, RoomName};
use tokio::time::Instant;

use crate::editor_history::EditorHistory;
use crate::rng::Rng;

/// The most requests for the empty topic while the room has no log. The server stores a receipt for each and refuses
/// more than 256 per session.
const MAX_EMPTY_TOPICS: usize = 150;

const EMOJI: [&str; 3] = ["👍", "🎉", "❤️"];
const TOPICS: [&str; 3] = ["", "Tea", "Biscuits"];

/// The kind of room that an editor works in. It decides which requests are likely.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Workload {
    /// A room in which messages are posted and changed from the start of the run.
    BusyRoom,
    /// A room without a log. Before `log_start` editors send only requests that change nothing or are refused.
    EmptyRoom { log_start: Instant },
}

/// Generates the requests of one editor.
#[derive(Debug)]
pub(crate) struct RequestGenerator {
    /// The editor's name, unique in the run.
    pub(crate) name: String,
    pub(crate) room: RoomName,
    workload: Workload,
    empty_topics: usize,
}

impl RequestGenerator {
    pub(crate) fn new(name: String, room: RoomName, workload: Workload) -> Self {
        Self { name, room, workload, empty_topics: 0 }
    }

    /// The editor repeats old requests instead of sending a new one with a probability of 1 in this number.
    pub(crate) fn repeat_one_in(&self) -> usize {
        match self.workload {
            Workload::BusyRoom => 3,
            Workload::EmptyRoom { .. } => 2,
        }
    }

    /// A new request under this client id.
    pub(crate) fn next_request(
        &mut self,
        rng: &mut Rng,
        history: &EditorHistory,
        client_id: ClientId,
    ) -> ClientMessage {
        match self.workload {
            Workload::EmptyRoom { log_start } if history.events.is_empty() => {
                if Instant::now() < log_start {
                    self.no_op_without_log(rng, history, client_id)
                } else if rng.one_in(2) {
                    self.topic(client_id, TOPICS[1 + rng.index(2)])
                } else {
                    self.post(rng, client_id, None)
                }
            }
            Workload::EmptyRoom { .. } => match rng.index(8) {
                0..3 => self.topic(client_id, TOPICS[rng.index(3)]),
                3 => self.topic(client_id, current_topic(&history.events)),
                4 => self.for_unknown_message(rng, history, client_id),
                _ => self.for_known_message(rng, history, client_id),
            },
            Workload::BusyRoom => self.for_known_message(rng, history, client_id),
        }
    }

    /// A request that changes nothing in a room without a log, or is refused there.
    fn no_op_without_log(&mut self, rng: &mut Rng, history: &EditorHistory, client_id: ClientId) -> ClientMessage {
        if rng.one_in(4) || self.empty_topics >= MAX_EMPTY_TOPICS {
            return self.for_unknown_message(rng, history, client_id);
        }
        self.empty_topics += 1;
        self.topic(client_id, "")
    }

    /// A request about a message that does not exist, or not yet.
    fn for_unknown_message(&self, rng: &mut Rng, history: &EditorHistory, client_id: ClientId) -> ClientMessage {
        let next = history.events.len() as u64 + 1;
        let target = [next, next + rng.index(5) as u64, 0, u64::MAX][rng.index(4)];
        let room = self.room.clone();
        match rng.index(4) {
            0 => ClientMessage::Edit { room, client_id, target: target.into(), body: self.text(rng) },
            1 => ClientMessage::Delete { room, client_id, target: target.into() },
            2 => self.react(client_id, target, EMOJI[rng.index(3)], rng.one_in(2)),
            _ => self.post(rng, client_id, Some(target)),
        }
    }

    /// A request about the messages or the topic of the log that the editor has received.
    fn for_known_message(&self, rng: &mut Rng, history: &EditorHistory, client_id: ClientId) -> ClientMessage {
        let no_op = if rng.one_in(2) { self.no_op(rng, history, &client_id) } else { None };
        no_op.unwrap_or_else(|| self.change(rng, history, client_id))
    }

    /// A request that changes nothing in the log as the editor has received it. `None` if the drawn kind is impossible.
    fn no_op(&self, rng: &mut Rng, history: &EditorHistory, client_id: &ClientId) -> Option<ClientMessage> {
        let (room, client_id) = (self.room.clone(), client_id.clone());
        let own: Vec<u64> = history.own_message_seqs().rev().take(20).collect();
        Some(match rng.index(5) {
            0 => {
                let (target, emoji) = rng.choose(own_reactions(history))?;
                self.react(client_id, target, emoji, true)
            }
            1 => {
                let target = rng.choose(history.message_seqs().rev().take(12))?;
                let emoji = EMOJI[rng.index(3)];
                let exists = own_reactions(history).any(|reaction| reaction == (target, emoji));
                (!exists).then(|| self.react(client_id, target, emoji, false))?
            }
            2 => {
                let texts = own.iter().filter_map(|target| Some((*target, current_text(&history.events, *target)?)));
                let (target, text) = rng.choose(texts.take(6))?;
                ClientMessage::Edit { room, client_id, target: target.into(), body: text.to_owned() }
            }
            3 => {
                let deleted = own.iter().filter(|target| current_text(&history.events, **target).is_none());
                ClientMessage::Delete { room, client_id, target: (*rng.choose(deleted)?).into() }
            }
            _ => self.topic(client_id, current_topic(&history.events)),
        })
    }

    /// A request that mostly changes something.
    fn change(&self, rng: &mut Rng, history: &EditorHistory, client_id: ClientId) -> ClientMessage {
        let room = self.room.clone();
        let target = rng.choose(history.message_seqs().rev().take(12));
        let own = rng.choose(history.own_message_seqs().rev().take(6));
        match (rng.index(20), target, own) {
            (0..8, Some(target), _) => self.react(client_id, target, EMOJI[rng.index(3)], !rng.one_in(3)),
            (8..11, _, Some(target)) => {
                ClientMessage::Edit { room, client_id, target: target.into(), body: self.text(rng) }
            }
            (11, _, Some(target)) => ClientMessage::Delete { room, client_id, target: target.into() },
            // Often another author's message, which the server refuses.
            (12, Some(target), _) => {
                ClientMessage::Edit { room, client_id, target: target.into(), body: self.text(rng) }
            }
            (13, ..) => self.topic(client_id, TOPICS[rng.index(3)]),
            (14..16, reply_to, _) => self.post(rng, client_id, reply_to),
            _ => self.post(rng, client_id, None),
        }
    }

    fn react(&self, client_id: ClientId, target: u64, emoji: &str, on: bool) -> ClientMessage {
        ClientMessage::React { room: self.room.clone(), client_id, target: target.into(), emoji: emoji.to_owned(), on }
    }

    fn topic(&self, client_id: ClientId, topic: &str) -> ClientMessage {
        ClientMessage::Topic { room: self.room.clone(), client_id, topic: topic.to_owned() }
    }

    fn post(&self, rng: &mut Rng, client_id: ClientId, reply_to: Option<u64>) -> ClientMessage {
        ClientMessage::Post {
            room: self.room.clone(),
            client_id,
            body: self.text(rng),
            reply_to,
            reply_to_client_id: None,
        }
    }

    /// A text that is unique in the run.
    fn text(&self, rng: &mut Rng) -> String {
        format!("{} says {:x}", self.name, rng.bits())
    }
}

fn current_topic(log: &[Event]) -> &str {
    let topic =
        |event| if let &Event { kind: EventKind::Topic { ref topic, .. }, .. } = event { Some(topic) } else { None };
    log.iter().rev().find_map(topic).map_or("", String::as_str)
}

/// The current text of a message; `None` if it was deleted.
fn current_text(log: &[Event], seq: u64) -> Option<&str> {
    let text = |event: &&Event| match &event.kind {
        EventKind::Deleted { target, .. } | EventKind::Edited { target, .. } => *target == seq,
        _ => event.seq == seq,
    };
    match &log.iter().rev().find(text)?.kind {
        EventKind::Edited { body, .. } | EventKind::Posted { body, .. } => body.as_ref().map(|body| body.as_str()),
        _ => None,
    }
}

/// The newest reactions of the editor itself, by message seq and emoji.
fn own_reactions(history: &EditorHistory) -> impl Iterator<Item = (u64, &str)> {
    let is_own = move |id: &str| id == history.author_id;
    let mut removed = Vec::new();
    let newest = history.events.iter().rev().filter_map(move |event| match &event.kind {
        EventKind::Unreacted { by, target, emoji, .. } if is_own(by.id.as_str()) => {
            removed.push((*target, emoji.as_str()));
            None
        }
        EventKind::Reacted { by, target, emoji, .. } if is_own(by.id.as_str()) => {
            Some((*target, emoji.as_str())).filter(|reaction| !removed.contains(reaction))
        }
        _ => None,
    });
    newest.filter(|(target, _)| current_text(&history.events, *target).is_some()).take(12)
}
