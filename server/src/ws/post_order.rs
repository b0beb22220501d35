//! Keeps the order of one connection's posts across temporary refusals. After a post was refused temporarily, later
//! posts to the same room are refused with `behind` until the client sends it again or discards it.
//!
//! A client that waits until all its posts in the room are answered, and then sends what was refused in order, has them in
//! the log in that order. Whatever it sends together is accepted together, or refused from one of them on: if a post was
//! accepted while an earlier one is refused with `behind`, the two would change places.

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
    /// The rooms with posts that are in flight or block later ones.
    rooms: HashMap<RoomName, RoomPosts>,
}

/// The posts to one room.
#[derive(Debug, Default)]
struct RoomPosts {
    /// Number of posts that the engine has not answered yet.
    in_flight: usize,
    /// The engine's failure count when the client knew the answers to all its posts last: when none was in flight, or when
    /// it sent one again that was refused. A later failure may have lost one of the posts.
    known_failures: u64,
    /// The earliest post that was refused temporarily.
    blocking: Option<BlockingPost>,
}

#[derive(Debug)]
struct BlockingPost {
    number: u64,
    client_id: ClientId,
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
        state.posts += 1;
        let number = state.posts;
        let posts = state.rooms.entry(room.clone()).or_default();
        if posts.blocking.as_ref().is_some_and(|blocking| blocking.client_id != *id) {
            return Err(ErrorCode::Behind);
        }
        if posts.in_flight == 0 || posts.blocking.is_some() {
            posts.known_failures = failures;
        }
        let (room, client_id) = (room.clone(), id.clone());
        Ok(PostTicket { room, client_id, known_failures: posts.known_failures, number })
    }

    /// Records that the post is in the engine's queue. Later posts are queued after it.
    pub(super) fn mark_sent(&self, ticket: &PostTicket) {
        self.0.lock().update(&ticket.room, |posts| {
            posts.in_flight += 1;
            // The room may have been forgotten since the ticket was taken.
            posts.known_failures = posts.known_failures.max(ticket.known_failures);
            posts.unblock(&ticket.client_id);
        });
    }

    /// Records that the post was refused before it was sent to the engine.
    pub(super) fn mark_refused(&self, ticket: &PostTicket, code: ErrorCode) {
        self.0.lock().update(&ticket.room, |posts| posts.refuse(ticket, code));
    }

    /// Records the engine's answer.
    pub(super) fn mark_answered(&self, ticket: &PostTicket, outcome: Result<(), ErrorCode>) {
        self.0.lock().update(&ticket.room, |posts| {
            posts.in_flight -= 1;
            match outcome {
                Ok(()) => posts.unblock(&ticket.client_id),
                Err(code) => posts.refuse(ticket, code),
            }
        });
    }

    /// Stops blocking later posts because the client has discarded this one.
    pub(super) fn discard(&self, room: &RoomName, id: &ClientId) {
        self.0.lock().update(room, |posts| posts.unblock(id));
    }
}

impl State {
    /// Changes the posts to a room, and forgets the room if there are none.
    fn update(&mut self, room: &RoomName, update: impl FnOnce(&mut RoomPosts)) {
        let posts = self.rooms.entry(room.clone()).or_default();
        update(posts);
        if posts.in_flight == 0 && posts.blocking.is_none() {
            self.rooms.remove(room);
        }
    }
}

impl RoomPosts {
    fn refuse(&mut self, ticket: &PostTicket, code: ErrorCode) {
        let (number, client_id) = (ticket.number, ticket.client_id.clone());
        if !code.is_retryable() {
            self.unblock(&client_id);
        } else if self.blocking.as_ref().is_none_or(|blocking| number < blocking.number) {
            self.blocking = Some(BlockingPost { number, client_id });
        }
    }

    /// Stops blocking later posts because of this one.
    fn unblock(&mut self, id: &ClientId) {
        self.blocking.take_if(|blocking| blocking.client_id == *id);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const OUTBOX: usize = 12;

    /// A connection whose answers take a while. The client sends a message only if all earlier ones are accepted or in
    /// flight, and after a refusal nothing until everything in flight is answered, as the page's outbox does.
    #[derive(Default)]
    struct Connection {
        order: PostOrder,
        failures: u64,
        log: Vec<usize>,
        /// In the engine: whether it has lost the message.
        committing: Vec<(PostTicket, usize, bool)>,
        /// Answers on their way to the client: whether the message is accepted.
        answers: VecDeque<(usize, bool)>,
        accepted: Vec<usize>,
        in_flight: Vec<usize>,
        recovering: bool,
    }

    impl Connection {
        /// The client sends the next message. `fails` if the engine loses what it has.
        fn send(&mut self, fails: bool) {
            if self.recovering && !self.in_flight.is_empty() {
                return;
            }
            self.recovering = false;
            let is_next = |number: &usize| !self.accepted.contains(number) && !self.in_flight.contains(number);
            let Some(number) = (0..OUTBOX).find(is_next) else { return };
            self.in_flight.push(number);
            let id = ClientId::parse(&format!("m{number}")).unwrap();
            let Ok(ticket) = self.order.take_ticket(&RoomName::default(), &id, self.failures) else {
                return self.answers.push_back((number, false));
            };
            self.order.mark_sent(&ticket);
            self.failures += u64::from(fails);
            let lost = fails || ticket.known_failures < self.failures;
            if !lost && !self.log.contains(&number) {
                self.log.push(number);
            }
            self.committing.push((ticket, number, lost));
        }

        /// The engine answers one of its messages.
        fn commit(&mut self, pick: usize) {
            if !self.committing.is_empty() {
                let (ticket, number, lost) = self.committing.remove(pick % self.committing.len());
                self.order.mark_answered(&ticket, if lost { Err(ErrorCode::Unavailable) } else { Ok(()) });
                self.answers.push_back((number, !lost));
            }
        }

        /// An answer reaches the client.
        fn receive(&mut self) {
            let Some((number, is_accepted)) = self.answers.pop_front() else { return };
            self.in_flight.retain(|other| *other != number);
            self.recovering |= !is_accepted;
            if is_accepted {
                self.accepted.push(number);
            }
        }
    }

    proptest! {
        /// The engine sometimes loses its queue and answers in any order. The log must still have the order of the outbox.
        #[test]
        fn posts_are_logged_in_the_order_of_the_outbox(
            steps in prop::collection::vec((0u8..10, 0usize..4), 1..400),
        ) {
            let mut connection = Connection::default();
            for (step, pick) in steps {
                match step {
                    0..=3 => connection.send(false),
                    4 => connection.send(true),
                    5..=6 => connection.commit(pick),
                    _ => connection.receive(),
                }
                prop_assert!(connection.log.is_sorted(), "{:?}", connection.log);
            }
            for _ in 0..20 * OUTBOX {
                connection.send(false);
                connection.commit(0);
                connection.receive();
            }
            prop_assert_eq!(connection.log, (0..OUTBOX).collect::<Vec<_>>());
        }
    }
}
