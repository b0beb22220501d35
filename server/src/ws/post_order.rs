//! Keeps the order of one connection's posts across temporary refusals. After a post was refused temporarily, later
//! posts to the same room are refused with `behind` until the client sends it again or discards it.

use std::collections::HashMap;

use parking_lot::Mutex;
use parlor::{ClientId, ErrorCode, RoomName};

/// The posts of a connection that are in flight or block later ones. Includes edits and all other operations on a log.
#[derive(Debug, Default)]
pub(super) struct PostOrder(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Number of posts so far. The number of a post decides which of two came first.
    posts: u64,
    /// Number of posts that the engine has not answered yet.
    in_flight: usize,
    /// The engine's failure count when no post was in flight last. A later failure may have lost one of the posts.
    known_failures: u64,
    /// For each room the earliest post that was refused temporarily.
    blocking: HashMap<RoomName, BlockingPost>,
}

#[derive(Debug)]
struct BlockingPost {
    number: u64,
    client_id: ClientId,
    /// Whether the engine lost the post. Later posts then wait until it is in the log. If they were accepted as soon as
    /// it is sent again, posts would always be in flight, and `known_failures` would never be updated.
    lost: bool,
}

/// The permission to submit one post, with the data that identifies it.
#[derive(Clone, Debug)]
pub(super) struct PostTicket {
    pub(super) room: RoomName,
    pub(super) client_id: ClientId,
    /// For [`Append::known_failures`](crate::engine::Append::known_failures).
    pub(super) known_failures: u64,
    number: u64,
}

impl PostOrder {
    /// Takes a ticket for a post. The caller must then call [`mark_refused`](Self::mark_refused), or
    /// [`mark_sent`](Self::mark_sent) and then [`mark_answered`](Self::mark_answered).
    ///
    /// # Errors
    /// [`ErrorCode::Behind`] while an earlier post blocks this one.
    pub(super) fn take_ticket(&self, room: &RoomName, id: &ClientId, failures: u64) -> Result<PostTicket, ErrorCode> {
        let mut state = self.0.lock();
        if state.blocking.get(room).is_some_and(|blocking| blocking.client_id != *id) {
            return Err(ErrorCode::Behind);
        }
        state.posts += 1;
        if state.in_flight == 0 {
            state.known_failures = failures;
        }
        let (room, client_id) = (room.clone(), id.clone());
        Ok(PostTicket { room, client_id, known_failures: state.known_failures, number: state.posts })
    }

    /// Records that the post is in the engine's queue. Later posts are queued after it.
    pub(super) fn mark_sent(&self, ticket: &PostTicket) {
        let mut state = self.0.lock();
        state.in_flight += 1;
        if state.blocking.get(&ticket.room).is_some_and(|blocking| !blocking.lost) {
            state.blocking.remove(&ticket.room);
        }
    }

    /// Records that the post was refused before it was sent to the engine.
    pub(super) fn mark_refused(&self, ticket: &PostTicket, code: ErrorCode) {
        self.0.lock().refuse(ticket, code, false);
    }

    /// Records the engine's answer.
    pub(super) fn mark_answered(&self, ticket: &PostTicket, outcome: Result<(), ErrorCode>) {
        let mut state = self.0.lock();
        match outcome {
            Ok(()) => state.unblock(ticket),
            Err(code) => state.refuse(ticket, code, true),
        }
        state.in_flight -= 1;
    }

    /// Stops blocking later posts because the client has discarded this one.
    pub(super) fn discard(&self, room: &RoomName, id: &ClientId) {
        let mut state = self.0.lock();
        if state.blocking.get(room).is_some_and(|blocking| blocking.client_id == *id) {
            state.blocking.remove(room);
        }
    }
}

impl State {
    fn refuse(&mut self, ticket: &PostTicket, code: ErrorCode, lost: bool) {
        if !code.is_retryable() {
            self.unblock(ticket);
        } else if self.blocking.get(&ticket.room).is_none_or(|blocking| ticket.number < blocking.number) {
            let (number, client_id) = (ticket.number, ticket.client_id.clone());
            self.blocking.insert(ticket.room.clone(), BlockingPost { number, client_id, lost });
        }
    }

    /// Stops blocking later posts because of this one.
    fn unblock(&mut self, ticket: &PostTicket) {
        if self.blocking.get(&ticket.room).is_some_and(|blocking| blocking.client_id == ticket.client_id) {
            self.blocking.remove(&ticket.room);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A client sends a message only if all earlier ones are accepted or in flight. The engine sometimes loses its
        /// queue and answers in any order. The log must still have the order of the outbox.
        #[test]
        fn posts_are_logged_in_the_order_of_the_outbox(
            steps in prop::collection::vec((any::<bool>(), 0usize..4, any::<bool>()), 1..300),
        ) {
            const OUTBOX: usize = 12;
            let room = RoomName::default();
            let order = PostOrder::default();
            let (mut log, mut failures) = (Vec::<usize>::new(), 0u64);
            let mut in_flight: Vec<(PostTicket, usize, bool)> = Vec::new();
            let steps = steps.into_iter().chain(std::iter::repeat_n((false, 0, true), 20 * OUTBOX));
            for (fails, pick, answer) in steps {
                let sent = |number: &usize| in_flight.iter().any(|(_, other, _)| other == number);
                let next = (0..OUTBOX).find(|number| !log.contains(number) && !sent(number));
                if let Some(number) = next
                    && let Ok(ticket) =
                        order.take_ticket(&room, &ClientId::parse(&format!("m{number}")).unwrap(), failures)
                {
                    order.mark_sent(&ticket);
                    failures += u64::from(fails);
                    let lost = fails || ticket.known_failures < failures;
                    if !lost {
                        log.push(number);
                    }
                    in_flight.push((ticket, number, lost));
                }
                if answer && !in_flight.is_empty() {
                    let (ticket, _, lost) = in_flight.remove(pick % in_flight.len());
                    order.mark_answered(&ticket, if lost { Err(ErrorCode::Unavailable) } else { Ok(()) });
                }
            }
            prop_assert_eq!(log, (0..OUTBOX).collect::<Vec<_>>());
        }
    }
}
