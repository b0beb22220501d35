//! The outbox of a room: submissions that are not acknowledged, or whose event has not arrived, in order.
//!
//! No submission is lost, and none is sent past an earlier one.

use parlor::{AuthorId, ClientId, ErrorCode, Refusal};

use super::submission::{Operation, Submission};

/// Delay after a retryable refusal without `retry_after_ms`. It doubles until a submission is acknowledged.
const MIN_RETRY_DELAY_MS: u64 = 1_000;
/// Longest such delay.
const MAX_RETRY_DELAY_MS: u64 = 30_000;

/// How far a submission has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendState {
    /// It has not been sent over the present connection.
    Queued,
    /// It has been sent over the present connection and is not answered.
    InFlight,
    /// The server has acknowledged it with this seq. Its event has not come.
    Accepted(u64),
    /// The server refused it with a retryable code. The page sends it again by itself.
    Retrying(ErrorCode),
    /// The server refused it for good.
    Refused(ErrorCode),
    /// An earlier session stored it, and may have sent it. The reader decides whether to send it.
    Orphaned,
}

/// A submission in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The submission.
    pub submission: Submission,
    /// How far it has come.
    pub state: SendState,
}

/// The submissions of one room that are not acknowledged, or whose events have not come.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    entries: Vec<OutboxEntry>,
    // After a retryable refusal nothing is sent until everything in flight is answered: a later submission could
    // overtake one whose `behind` is still under way.
    recovering: bool,
    retry_at: u64,
    retry_delay_ms: u64,
}

impl Outbox {
    /// All entries, in the order in which they were made.
    pub fn entries(&self) -> &[OutboxEntry] {
        &self.entries
    }

    /// Adds a submission, unless it is there.
    pub fn add(&mut self, submission: Submission, state: SendState) {
        if self.find(&submission.client_id).is_none() {
            self.entries.push(OutboxEntry { submission, state });
        }
    }

    /// Adds the submissions of another outbox.
    pub fn append(&mut self, other: Self) {
        self.entries.extend(other.entries);
    }

    /// Marks the messages of other accounts as orphaned: the server cannot tell whether it has them. Changes can be sent
    /// again: it refuses those of other people's messages, and their texts are offered then.
    pub fn orphan_others(&mut self, own_id: &AuthorId) {
        for entry in self.entries.iter_mut().filter(|entry| entry.submission.author.id != *own_id) {
            if entry.state == SendState::Queued && matches!(entry.submission.operation, Operation::Post { .. }) {
                entry.state = SendState::Orphaned;
            }
        }
    }

    /// Returns the submissions to send now, which are in flight from then on.
    pub fn take_ready(&mut self, tick: u64) -> Vec<Submission> {
        if self.recovering {
            if tick < self.retry_at || self.entries.iter().any(|entry| entry.state == SendState::InFlight) {
                return Vec::new();
            }
            self.recovering = false;
        }
        let is_ready = |entry: &&mut OutboxEntry| matches!(entry.state, SendState::Queued | SendState::Retrying(_));
        let ready = self.entries.iter_mut().filter(is_ready).map(|entry| {
            entry.state = SendState::InFlight;
            entry.submission.clone()
        });
        ready.collect()
    }

    /// The tick at which [`take_ready`](Self::take_ready) returns a refused submission again.
    pub fn deadline(&self) -> Option<u64> {
        self.entries.iter().any(|entry| matches!(entry.state, SendState::Retrying(_))).then_some(self.retry_at)
    }

    /// The connection is lost. Submissions in flight may have arrived or not; they are sent again under their ids.
    pub fn on_connection_lost(&mut self) {
        self.recovering = false;
        for entry in &mut self.entries {
            if matches!(entry.state, SendState::InFlight | SendState::Retrying(_)) {
                entry.state = SendState::Queued;
            }
        }
    }

    /// The server has acknowledged a submission.
    pub fn on_ack(&mut self, client_id: &ClientId, seq: u64) {
        self.retry_delay_ms = 0;
        if let Some(entry) = self.find(client_id) {
            entry.state = SendState::Accepted(seq);
        }
    }

    /// The server has refused a submission.
    pub fn on_nack(&mut self, client_id: &ClientId, error: &Refusal, tick: u64) {
        let Some(entry) = self.find(client_id) else {
            // A copy is refused of what an earlier connection had delivered. The refusal is discarded, and what was sent
            // before that is `behind`.
            self.recovering |= error.code.is_retryable();
            return;
        };
        if !error.code.is_retryable() {
            entry.state = SendState::Refused(error.code);
            if let (ErrorCode::NoSuchMessage, Operation::Post { reply_to, .. }) =
                (error.code, &mut entry.submission.operation)
            {
                // The log has lost the answered message. If the reader retries, it is a message that answers none.
                *reply_to = None;
            }
            return;
        }
        entry.state = SendState::Retrying(error.code);
        self.recovering = true;
        if error.code != ErrorCode::Behind {
            self.retry_delay_ms = (self.retry_delay_ms * 2).clamp(MIN_RETRY_DELAY_MS, MAX_RETRY_DELAY_MS);
            self.retry_at = tick + error.retry_after_ms.unwrap_or(self.retry_delay_ms);
        }
    }

    /// Removes a submission whose event is in the timeline. Returns whether it was there.
    pub fn remove_confirmed(&mut self, client_id: &ClientId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.submission.client_id != *client_id);
        self.entries.len() < before
    }

    /// Removes accepted submissions up to the seq that the timeline has reached.
    pub fn remove_accepted(&mut self, top: u64) {
        self.entries.retain(|entry| !matches!(entry.state, SendState::Accepted(seq) if seq <= top));
    }

    /// Sends a submission again, at the reader's request.
    pub fn retry(&mut self, client_id: &ClientId) {
        let is_meant = |entry: &OutboxEntry| entry.submission.client_id == *client_id;
        let Some(index) = self.entries.iter().position(is_meant) else { return };
        match self.entries[index].state {
            SendState::Retrying(_) => self.retry_at = 0,
            // It moves to the end of the queue: later submissions may be in the log.
            SendState::Refused(_) | SendState::Orphaned => {
                let mut entry = self.entries.remove(index);
                entry.state = SendState::Queued;
                self.entries.push(entry);
            }
            SendState::Queued | SendState::InFlight | SendState::Accepted(_) => {}
        }
    }

    /// Removes and returns a submission at the reader's request, unless it may be in the log.
    pub fn discard(&mut self, client_id: &ClientId) -> Option<OutboxEntry> {
        let index = self.entries.iter().position(|entry| entry.submission.client_id == *client_id)?;
        matches!(self.entries[index].state, SendState::Retrying(_) | SendState::Refused(_) | SendState::Orphaned)
            .then(|| self.entries.remove(index))
    }

    fn find(&mut self, client_id: &ClientId) -> Option<&mut OutboxEntry> {
        self.entries.iter_mut().find(|entry| entry.submission.client_id == *client_id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use parlor::Body;
    use proptest::prelude::*;

    use super::*;
    use crate::state::{fixtures::author, submission::Operation};

    fn submission(number: u64) -> Submission {
        let operation = Operation::Post { body: Body::parse("hello").unwrap(), mentions: None, reply_to: None };
        Submission { client_id: ClientId::from_random(u128::from(number)), author: author("me"), operation, at: number }
    }

    fn ids(submissions: &[Submission]) -> Vec<u64> {
        submissions.iter().map(|submission| submission.at).collect()
    }

    #[test]
    fn a_refused_submission_is_sent_again_before_later_ones() {
        let mut outbox = Outbox::default();
        for number in 1..=3 {
            outbox.add(submission(number), SendState::Queued);
        }
        assert_eq!(ids(&outbox.take_ready(0)), [1, 2, 3]);
        let id = |number| submission(number).client_id;
        outbox.on_nack(&id(1), &Refusal::after(ErrorCode::TooFast, 500), 0);
        outbox.add(submission(4), SendState::Queued);
        outbox.on_nack(&id(2), &Refusal::from(ErrorCode::Behind), 0);
        assert!(outbox.take_ready(600).is_empty(), "the third is still in flight");
        outbox.on_nack(&id(3), &Refusal::from(ErrorCode::Behind), 0);
        assert!(outbox.take_ready(499).is_empty());
        assert_eq!(ids(&outbox.take_ready(500)), [1, 2, 3, 4]);
    }

    #[test]
    fn nothing_overtakes_what_is_behind_a_copy_that_was_refused() {
        let mut outbox = Outbox::default();
        for number in 1..=2 {
            outbox.add(submission(number), SendState::Queued);
        }
        outbox.take_ready(0);
        let id = |number| submission(number).client_id;
        outbox.remove_confirmed(&id(1));
        outbox.on_nack(&id(1), &Refusal::after(ErrorCode::Unavailable, 1_000), 0);
        outbox.add(submission(3), SendState::Queued);
        assert!(outbox.take_ready(0).is_empty(), "the second is still in flight");
        outbox.on_nack(&id(2), &Refusal::from(ErrorCode::Behind), 0);
        assert_eq!(ids(&outbox.take_ready(0)), [2, 3]);
    }

    #[test]
    fn a_submission_that_may_be_in_the_log_cannot_be_discarded() {
        let mut outbox = Outbox::default();
        outbox.add(submission(1), SendState::Queued);
        outbox.take_ready(0);
        assert_eq!(outbox.discard(&submission(1).client_id), None);
        outbox.on_nack(&submission(1).client_id, &Refusal::from(ErrorCode::BodyTooLong), 0);
        assert!(outbox.discard(&submission(1).client_id).is_some());
        assert!(outbox.entries().is_empty());
    }

    /// A server by `docs/protocol.md`: idempotent by client id, and `behind` until a refused operation came again.
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
        fn submissions_arrive_once_and_in_order(acts in proptest::collection::vec(0u8..12, 0..200)) {
            let mut outbox = Outbox::default();
            let mut server = Server::default();
            let (mut submitted, mut tick) = (0, 0);
            let mut step = |act: u8, outbox: &mut Outbox, server: &mut Server, tick: u64| match act {
                0..=2 => {
                    submitted += 1;
                    outbox.add(submission(submitted), SendState::Queued);
                }
                3..=5 => server.requests.extend(ids(&outbox.take_ready(tick))),
                6 => server.work(true),
                7..=8 => server.work(false),
                9..=10 => {
                    if let Some((id, answer)) = server.answers.pop_front() {
                        let id = submission(id).client_id;
                        match answer {
                            Ok(seq) => outbox.on_ack(&id, seq),
                            Err(code) => outbox.on_nack(&id, &Refusal::from(code), tick),
                        }
                    }
                }
                _ => {
                    // The connection is cut: messages in flight are lost in both directions.
                    server.requests.clear();
                    server.answers.clear();
                    server.blocked_by = None;
                    outbox.on_connection_lost();
                }
            };
            for act in acts {
                tick += 700;
                step(act, &mut outbox, &mut server, tick);
                prop_assert!(server.log.is_sorted(), "{:?}", server.log);
            }
            for _ in 0..300 {
                tick += MAX_RETRY_DELAY_MS;
                for act in [3, 7, 9] {
                    step(act, &mut outbox, &mut server, tick);
                }
            }
            prop_assert_eq!(&server.log, &(1..=submitted).collect::<Vec<_>>());
            outbox.remove_accepted(submitted);
            prop_assert!(outbox.entries().is_empty());
        }
    }
}
