//! What someone has written and the server has not acknowledged: in order, never lost, never sent past one another.

use parlor::{
    Author, Body, ClientId, ClientMessage, ErrorCode, Mention, Quote, Refusal, RoomName, UnixMillis,
    message::MessageRef,
};

use super::{change::Change, said::Said};

/// How long to wait after a refusal for now that does not say how long; it doubles while nothing gets through.
const HOLD_MS: u64 = 1_000;
/// The longest such wait.
const HOLD_MOST_MS: u64 = 30_000;

/// How far a message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It waits for its turn.
    Queued,
    /// It was sent over the present connection, and nothing was heard of it yet.
    Flying,
    /// The server has it at this place of the log; its event is still on the way.
    Accepted(u64),
    /// Refused for now; it will be sent again by itself.
    Held(ErrorCode),
    /// Refused as it is.
    Refused(ErrorCode),
    /// Kept from an earlier session, which may have sent it already: its writer has to say.
    Leftover,
}

/// What someone did, until the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its id: sent again under it, it happens once.
    pub client_id: ClientId,
    /// Who did it, under which name.
    pub author: Author,
    /// What.
    pub deed: Deed,
    /// When: what was kept comes back in this order.
    pub at: UnixMillis,
}

/// What someone can do to a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Say something.
    Post {
        /// What.
        body: Body,
        /// The people mentioned in it, as far as the page knows them: the server resolves them once more.
        mentions: Option<Vec<Mention>>,
        /// What it answers.
        reply_to: Option<Quote>,
    },
    /// Change a message.
    Change {
        /// The message that is changed.
        target: MessageRef,
        /// How.
        change: Change,
    },
    /// Say what the room is about.
    Topic(String),
}

/// Something that was done, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What.
    pub written: Written,
    /// How far.
    pub step: Step,
}

impl Written {
    /// What to send for it.
    pub fn request(&self, room: RoomName) -> ClientMessage {
        let client_id = self.client_id.clone();
        match &self.deed {
            Deed::Post { body, reply_to, .. } => ClientMessage::Post {
                room,
                client_id,
                body: body.as_str().to_owned(),
                reply_to: reply_to.as_ref().map(|quote| quote.seq),
                reply_to_client_id: reply_to.as_ref().and_then(|quote| quote.client_id.clone()),
            },
            Deed::Topic(topic) => ClientMessage::Topic { room, client_id, topic: topic.clone() },
            Deed::Change { target, change } => {
                let target = target.clone();
                match change {
                    Change::Edit(body, _) => {
                        let body = body.as_ref().map_or("", Body::as_str).to_owned();
                        ClientMessage::Edit { room, client_id, target, body }
                    }
                    Change::Delete => ClientMessage::Delete { room, client_id, target },
                    Change::React { emoji, on } => {
                        ClientMessage::React { room, client_id, target, emoji: emoji.to_string(), on: *on }
                    }
                }
            }
        }
    }

    /// The message that it is, while it is not in the log; none if it changes another.
    pub fn said(&self) -> Option<Said> {
        let Deed::Post { body, mentions, reply_to } = &self.deed else { return None };
        let (author, client_id) = (self.author.clone(), self.client_id.clone());
        let mut said = Said::pending(author, client_id, body.clone(), reply_to.clone(), self.at);
        said.mentions.clone_from(mentions);
        Some(said)
    }

    /// The message that it changes, and how.
    pub fn change(&self) -> Option<(&MessageRef, &Change)> {
        if let Deed::Change { target, change } = &self.deed { Some((target, change)) } else { None }
    }
}

/// The queue.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    items: Vec<Pending>,
    // After a refusal for now nothing is sent until everything that still flies has been answered: what was written
    // later would otherwise overtake messages whose `behind` is still on its way.
    recovering: bool,
    hold_until: u64,
    hold_ms: u64,
}

impl Outbox {
    /// All messages, in the order they were written.
    pub fn items(&self) -> &[Pending] {
        &self.items
    }

    /// Takes something; what is there already is not taken again.
    pub fn add(&mut self, written: Written, step: Step) {
        if self.find(&written.client_id).is_none() {
            self.items.push(Pending { written, step });
        }
    }

    /// What to send now, which flies from here on.
    pub fn take_ready(&mut self, tick: u64) -> Vec<Written> {
        if self.recovering {
            if tick < self.hold_until || self.items.iter().any(|item| item.step == Step::Flying) {
                return Vec::new();
            }
            self.recovering = false;
        }
        let ready = self.items.iter_mut().filter(|item| matches!(item.step, Step::Queued | Step::Held(_)));
        ready
            .map(|item| {
                item.step = Step::Flying;
                item.written.clone()
            })
            .collect()
    }

    /// When [`take_ready`](Self::take_ready) will have something, if only time is missing.
    pub fn deadline(&self) -> Option<u64> {
        self.items.iter().any(|item| matches!(item.step, Step::Held(_))).then_some(self.hold_until)
    }

    /// The connection is gone, and nobody knows what of the flying arrived: all of it is sent again, under its ids.
    pub fn connection_lost(&mut self) {
        self.recovering = false;
        for item in &mut self.items {
            if matches!(item.step, Step::Flying | Step::Held(_)) {
                item.step = Step::Queued;
            }
        }
    }

    /// The server has the message.
    pub fn acked(&mut self, client_id: &ClientId, seq: u64) {
        self.hold_ms = 0;
        if let Some(item) = self.find(client_id) {
            item.step = Step::Accepted(seq);
        }
    }

    /// The server does not have the message.
    pub fn nacked(&mut self, client_id: &ClientId, error: &Refusal, tick: u64) {
        let Some(item) = self.find(client_id) else { return };
        if !error.code.is_retryable() {
            item.step = Step::Refused(error.code);
            if let (ErrorCode::NoSuchMessage, Deed::Post { reply_to, .. }) = (error.code, &mut item.written.deed) {
                // The log has lost what this answers: sent once more, it is a message of its own.
                *reply_to = None;
            }
            return;
        }
        item.step = Step::Held(error.code);
        self.recovering = true;
        if error.code != ErrorCode::Behind {
            self.hold_ms = (self.hold_ms * 2).clamp(HOLD_MS, HOLD_MOST_MS);
            self.hold_until = tick + error.retry_after_ms.unwrap_or(self.hold_ms);
        }
    }

    /// The message's event is in the timeline, or its place is one that the timeline has passed.
    pub fn confirmed(&mut self, client_id: &ClientId) -> bool {
        let before = self.items.len();
        self.items.retain(|item| item.written.client_id != *client_id);
        self.items.len() < before
    }

    /// Accepted messages whose place the timeline has reached need no row of their own any more.
    pub fn settle(&mut self, top: u64) {
        self.items.retain(|item| !matches!(item.step, Step::Accepted(seq) if seq <= top));
    }

    /// The writer wants it sent, now.
    pub fn retry(&mut self, client_id: &ClientId) {
        let Some(index) = self.items.iter().position(|item| item.written.client_id == *client_id) else { return };
        match self.items[index].step {
            Step::Held(_) => self.hold_until = 0,
            // It was out of the queue, so it goes to the end of it: what was written later may be in the log already.
            Step::Refused(_) | Step::Leftover => {
                let mut item = self.items.remove(index);
                item.step = Step::Queued;
                self.items.push(item);
            }
            Step::Queued | Step::Flying | Step::Accepted(_) => {}
        }
    }

    /// The writer gives it up. Returns it with its step, unless it may be in the log already.
    pub fn discard(&mut self, client_id: &ClientId) -> Option<Pending> {
        let index = self.items.iter().position(|item| item.written.client_id == *client_id)?;
        matches!(self.items[index].step, Step::Held(_) | Step::Refused(_) | Step::Leftover)
            .then(|| self.items.remove(index))
    }

    fn find(&mut self, client_id: &ClientId) -> Option<&mut Pending> {
        self.items.iter_mut().find(|item| item.written.client_id == *client_id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::super::timeline::tests::author;
    use super::*;

    fn said(number: u64) -> Written {
        let deed = Deed::Post { body: Body::parse("hello").unwrap(), mentions: None, reply_to: None };
        Written { client_id: ClientId::from_random(u128::from(number)), author: author("me"), deed, at: number }
    }

    fn ids(said: &[Written]) -> Vec<u64> {
        said.iter().map(|said| said.at).collect()
    }

    #[test]
    fn after_a_refusal_for_now_it_comes_first_again() {
        let mut outbox = Outbox::default();
        for number in 1..=3 {
            outbox.add(said(number), Step::Queued);
        }
        assert_eq!(ids(&outbox.take_ready(0)), [1, 2, 3]);
        let id = |number| said(number).client_id;
        outbox.nacked(&id(1), &Refusal::after(ErrorCode::TooFast, 500), 0);
        outbox.add(said(4), Step::Queued);
        outbox.nacked(&id(2), &Refusal::from(ErrorCode::Behind), 0);
        assert!(outbox.take_ready(600).is_empty(), "the third still flies");
        outbox.nacked(&id(3), &Refusal::from(ErrorCode::Behind), 0);
        assert!(outbox.take_ready(499).is_empty());
        assert_eq!(ids(&outbox.take_ready(500)), [1, 2, 3, 4]);
    }

    #[test]
    fn what_may_be_in_the_log_cannot_be_discarded() {
        let mut outbox = Outbox::default();
        outbox.add(said(1), Step::Queued);
        outbox.take_ready(0);
        assert_eq!(outbox.discard(&said(1).client_id), None);
        outbox.nacked(&said(1).client_id, &Refusal::from(ErrorCode::BodyTooLong), 0);
        assert!(outbox.discard(&said(1).client_id).is_some());
        assert!(outbox.items().is_empty());
    }

    /// A server as `docs/protocol.md` has it: idempotent by id, and `behind` until the refused one came again.
    #[derive(Default)]
    struct Server {
        log: Vec<u64>,
        blocked_by: Option<u64>,
        requests: VecDeque<u64>,
        answers: VecDeque<(u64, Result<u64, ErrorCode>)>,
    }

    impl Server {
        fn work(&mut self, refuse: bool) {
            let Some(id) = self.requests.pop_front() else { return };
            let answer = if let Some(place) = self.log.iter().position(|known| *known == id) {
                Ok(place as u64 + 1)
            } else if self.blocked_by.is_some_and(|first| first != id) {
                Err(ErrorCode::Behind)
            } else if refuse {
                self.blocked_by = Some(id);
                Err(ErrorCode::TooFast)
            } else {
                self.blocked_by = None;
                self.log.push(id);
                Ok(self.log.len() as u64)
            };
            self.answers.push_back((id, answer));
        }
    }

    proptest! {
        #[test]
        fn messages_arrive_once_and_in_order_whatever_happens(acts in proptest::collection::vec(0u8..12, 0..200)) {
            let mut outbox = Outbox::default();
            let mut server = Server::default();
            let (mut written, mut tick) = (0, 0);
            let mut step = |act: u8, outbox: &mut Outbox, server: &mut Server, tick: u64| match act {
                0..=2 => {
                    written += 1;
                    outbox.add(said(written), Step::Queued);
                }
                3..=5 => server.requests.extend(ids(&outbox.take_ready(tick))),
                6 => server.work(true),
                7..=8 => server.work(false),
                9..=10 => {
                    if let Some((id, answer)) = server.answers.pop_front() {
                        let id = said(id).client_id;
                        match answer {
                            Ok(seq) => outbox.acked(&id, seq),
                            Err(code) => outbox.nacked(&id, &Refusal::from(code), tick),
                        }
                    }
                }
                _ => {
                    // The connection is cut: what was on the way is gone, in either direction.
                    server.requests.clear();
                    server.answers.clear();
                    server.blocked_by = None;
                    outbox.connection_lost();
                }
            };
            for act in acts {
                tick += 700;
                step(act, &mut outbox, &mut server, tick);
                prop_assert!(server.log.is_sorted(), "{:?}", server.log);
            }
            for _ in 0..300 {
                tick += HOLD_MOST_MS;
                for act in [3, 7, 9] {
                    step(act, &mut outbox, &mut server, tick);
                }
            }
            prop_assert_eq!(&server.log, &(1..=written).collect::<Vec<_>>());
            outbox.settle(written);
            prop_assert!(outbox.items().is_empty());
        }
    }
}
