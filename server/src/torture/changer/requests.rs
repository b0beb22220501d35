//! What one changer asks for.
//!
//! Requests that change nothing are as likely as those that change something: a server has to remember both, since
//! either may be sent again when others have changed the room.

use parlor::{ClientId, ClientMessage, Event, EventKind, RoomName};
use tokio::time::Instant;

use super::super::changes::ChangerLedger;
use super::super::schedule::Dice;

/// Requests for the empty topic while the room has no log. For each the server stores a receipt, and it refuses more than
/// 256 for one session.
const MAX_EMPTY_TOPICS: usize = 150;

const EMOJI: [&str; 3] = ["👍", "🎉", "❤️"];
const TOPICS: [&str; 3] = ["", "Tea", "Biscuits"];

/// Where a changer works, which decides what it mostly asks for.
#[derive(Clone, Copy, Debug)]
pub(in crate::torture) enum Workload {
    /// A room whose messages are changed from the beginning.
    Workshop,
    /// A room without a log. Until `log_start` only such requests are sent as change nothing there or are refused.
    EmptyRoom { log_start: Instant },
}

/// Draws the requests of one changer.
#[derive(Debug)]
pub(in crate::torture) struct Requests {
    /// The changer's name, unique in the run.
    pub(in crate::torture) name: String,
    pub(in crate::torture) room: RoomName,
    workload: Workload,
    empty_topics: usize,
}

impl Requests {
    pub(in crate::torture) fn new(name: String, room: RoomName, workload: Workload) -> Self {
        Self { name, room, workload, empty_topics: 0 }
    }

    /// One time in so many the changer repeats old requests in place of a new one.
    pub(super) fn repeats_once_in(&self) -> usize {
        match self.workload {
            Workload::Workshop => 3,
            Workload::EmptyRoom { .. } => 2,
        }
    }

    /// The next request.
    pub(super) fn draw(&mut self, dice: &mut Dice, ledger: &ChangerLedger, client_id: ClientId) -> ClientMessage {
        match self.workload {
            Workload::EmptyRoom { log_start } if ledger.seen.is_empty() => {
                if Instant::now() < log_start {
                    self.without_log(dice, ledger, client_id)
                } else if dice.once_in(2) {
                    self.topic(client_id, TOPICS[1 + dice.one_of(2)])
                } else {
                    self.post(dice, client_id, None)
                }
            }
            Workload::EmptyRoom { .. } => match dice.one_of(8) {
                0..3 => self.topic(client_id, TOPICS[dice.one_of(3)]),
                3 => self.topic(client_id, current_topic(&ledger.seen)),
                4 => self.of_unknown_message(dice, ledger, client_id),
                _ => self.of_known_message(dice, ledger, client_id),
            },
            Workload::Workshop => self.of_known_message(dice, ledger, client_id),
        }
    }

    /// What changes nothing in a room without a log, or is refused there.
    fn without_log(&mut self, dice: &mut Dice, ledger: &ChangerLedger, client_id: ClientId) -> ClientMessage {
        if dice.once_in(4) || self.empty_topics >= MAX_EMPTY_TOPICS {
            return self.of_unknown_message(dice, ledger, client_id);
        }
        self.empty_topics += 1;
        self.topic(client_id, "")
    }

    /// Something about a message that does not exist, or not yet.
    fn of_unknown_message(&self, dice: &mut Dice, ledger: &ChangerLedger, client_id: ClientId) -> ClientMessage {
        let next = ledger.seen.len() as u64 + 1;
        let target = [next, next + dice.one_of(5) as u64, 0, u64::MAX][dice.one_of(4)];
        let room = self.room.clone();
        match dice.one_of(4) {
            0 => ClientMessage::Edit { room, client_id, target: target.into(), body: self.text(dice) },
            1 => ClientMessage::Delete { room, client_id, target: target.into() },
            2 => self.react(client_id, target, EMOJI[dice.one_of(3)], dice.once_in(2)),
            _ => self.post(dice, client_id, Some(target)),
        }
    }

    fn of_known_message(&self, dice: &mut Dice, ledger: &ChangerLedger, client_id: ClientId) -> ClientMessage {
        let no_op = if dice.once_in(2) { self.no_op(dice, ledger, &client_id) } else { None };
        no_op.unwrap_or_else(|| self.change(dice, ledger, client_id))
    }

    /// Asks for what is so already, as far as the changer has seen.
    fn no_op(&self, dice: &mut Dice, ledger: &ChangerLedger, client_id: &ClientId) -> Option<ClientMessage> {
        let (room, client_id) = (self.room.clone(), client_id.clone());
        let own: Vec<u64> = ledger.own_messages().rev().take(20).collect();
        Some(match dice.one_of(5) {
            0 => {
                let (target, emoji) = one_of(dice, own_reactions(ledger))?;
                self.react(client_id, target, emoji, true)
            }
            1 => {
                let target = one_of(dice, ledger.messages().rev().take(12))?;
                let emoji = EMOJI[dice.one_of(3)];
                let is_there = own_reactions(ledger).any(|reaction| reaction == (target, emoji));
                (!is_there).then(|| self.react(client_id, target, emoji, false))?
            }
            2 => {
                let texts = own.iter().filter_map(|target| Some((*target, current_text(&ledger.seen, *target)?)));
                let (target, text) = one_of(dice, texts.take(6))?;
                ClientMessage::Edit { room, client_id, target: target.into(), body: text.to_owned() }
            }
            3 => {
                let deleted = own.iter().filter(|target| current_text(&ledger.seen, **target).is_none());
                ClientMessage::Delete { room, client_id, target: (*one_of(dice, deleted)?).into() }
            }
            _ => self.topic(client_id, current_topic(&ledger.seen)),
        })
    }

    /// Asks for something that is mostly not so yet.
    fn change(&self, dice: &mut Dice, ledger: &ChangerLedger, client_id: ClientId) -> ClientMessage {
        let room = self.room.clone();
        let target = one_of(dice, ledger.messages().rev().take(12));
        let own = one_of(dice, ledger.own_messages().rev().take(6));
        match (dice.one_of(20), target, own) {
            (0..8, Some(target), _) => self.react(client_id, target, EMOJI[dice.one_of(3)], !dice.once_in(3)),
            (8..11, _, Some(target)) => {
                ClientMessage::Edit { room, client_id, target: target.into(), body: self.text(dice) }
            }
            (11, _, Some(target)) => ClientMessage::Delete { room, client_id, target: target.into() },
            // Somebody else's message, as likely as not.
            (12, Some(target), _) => {
                ClientMessage::Edit { room, client_id, target: target.into(), body: self.text(dice) }
            }
            (13, ..) => self.topic(client_id, TOPICS[dice.one_of(3)]),
            (14..16, reply_to, _) => self.post(dice, client_id, reply_to),
            _ => self.post(dice, client_id, None),
        }
    }

    fn react(&self, client_id: ClientId, target: u64, emoji: &str, on: bool) -> ClientMessage {
        ClientMessage::React { room: self.room.clone(), client_id, target: target.into(), emoji: emoji.to_owned(), on }
    }

    fn topic(&self, client_id: ClientId, topic: &str) -> ClientMessage {
        ClientMessage::Topic { room: self.room.clone(), client_id, topic: topic.to_owned() }
    }

    fn post(&self, dice: &mut Dice, client_id: ClientId, reply_to: Option<u64>) -> ClientMessage {
        ClientMessage::Post {
            room: self.room.clone(),
            client_id,
            body: self.text(dice),
            reply_to,
            reply_to_client_id: None,
        }
    }

    /// A text that no other message has.
    fn text(&self, dice: &mut Dice) -> String {
        format!("{} says {:x}", self.name, dice.bits())
    }
}

fn one_of<T>(dice: &mut Dice, items: impl Iterator<Item = T>) -> Option<T> {
    let mut items: Vec<T> = items.collect();
    (!items.is_empty()).then(|| items.swap_remove(dice.one_of(items.len())))
}

fn current_topic(log: &[Event]) -> &str {
    let topic =
        |event| if let &Event { kind: EventKind::Topic { ref topic, .. }, .. } = event { Some(topic) } else { None };
    log.iter().rev().find_map(topic).map_or("", String::as_str)
}

/// The text of a message, unless it has been deleted.
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

/// The newest reactions that the changer has on messages.
fn own_reactions(ledger: &ChangerLedger) -> impl Iterator<Item = (u64, &str)> {
    let by_own = move |id: &str| id == ledger.author;
    let mut taken_off = Vec::new();
    let newest = ledger.seen.iter().rev().filter_map(move |event| match &event.kind {
        EventKind::Unreacted { by, target, emoji, .. } if by_own(by.id.as_str()) => {
            taken_off.push((*target, emoji.as_str()));
            None
        }
        EventKind::Reacted { by, target, emoji, .. } if by_own(by.id.as_str()) => {
            Some((*target, emoji.as_str())).filter(|reaction| !taken_off.contains(reaction))
        }
        _ => None,
    });
    newest.filter(|(target, _)| current_text(&ledger.seen, *target).is_some()).take(12)
}
