//! The order of one connection's posts, across refusals: after one that was refused for now, later ones to the same
//! room wait until it came again or was given up (`behind`).

use std::collections::HashMap;

use parking_lot::Mutex;
use parlor::{ClientId, ErrorCode, RoomName};

/// What is under way, and what has to come first.
#[derive(Debug, Default)]
pub(super) struct Order(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Posts so far: the number of a post tells which of two came first.
    posts: u64,
    /// Posts that the engine has not answered yet.
    under_way: usize,
    /// The engine's failures when last nothing was under way: any since may have taken one of ours.
    failures_known: u64,
    /// For each room the earliest post that was refused for now.
    first: HashMap<RoomName, First>,
}

#[derive(Debug)]
struct First {
    number: u64,
    client_id: ClientId,
    /// The engine lost it. Others wait until it is in the log: were they let through when it is sent again, there would
    /// always be something under way, and the loss would never be over.
    lost: bool,
}

/// A post that may be tried.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) room: RoomName,
    pub(super) client_id: ClientId,
    /// For [`Append::failures_known`](crate::engine::Append::failures_known).
    pub(super) failures_known: u64,
    number: u64,
}

impl Order {
    /// Lets a post have its turn. It has to be followed by [`refused`](Self::refused), or by
    /// [`sent`](Self::sent) and then [`settled`](Self::settled).
    ///
    /// # Errors
    /// [`ErrorCode::Behind`] while another one has to come first.
    pub(super) fn take_turn(&self, room: &RoomName, id: &ClientId, failures: u64) -> Result<Turn, ErrorCode> {
        let mut state = self.0.lock();
        if state.first.get(room).is_some_and(|first| first.client_id != *id) {
            return Err(ErrorCode::Behind);
        }
        state.posts += 1;
        if state.under_way == 0 {
            state.failures_known = failures;
        }
        let (room, client_id) = (room.clone(), id.clone());
        Ok(Turn { room, client_id, failures_known: state.failures_known, number: state.posts })
    }

    /// The post is on its way to the engine: what comes after it is put in line after it.
    pub(super) fn sent(&self, turn: &Turn) {
        let mut state = self.0.lock();
        state.under_way += 1;
        if state.first.get(&turn.room).is_some_and(|first| !first.lost) {
            state.first.remove(&turn.room);
        }
    }

    /// The post was refused without having been sent.
    pub(super) fn refused(&self, turn: &Turn, code: ErrorCode) {
        self.0.lock().refuse(turn, code, false);
    }

    /// The engine has answered.
    pub(super) fn settled(&self, turn: &Turn, outcome: Result<(), ErrorCode>) {
        let mut state = self.0.lock();
        match outcome {
            Ok(()) => state.clear(turn),
            Err(code) => state.refuse(turn, code, true),
        }
        state.under_way -= 1;
    }

    /// The client gives up a post, so nothing has to wait for it.
    pub(super) fn given_up(&self, room: &RoomName, id: &ClientId) {
        let mut state = self.0.lock();
        if state.first.get(room).is_some_and(|first| first.client_id == *id) {
            state.first.remove(room);
        }
    }
}

impl State {
    fn refuse(&mut self, turn: &Turn, code: ErrorCode, lost: bool) {
        if !code.is_retryable() {
            self.clear(turn);
        } else if self.first.get(&turn.room).is_none_or(|first| turn.number < first.number) {
            let (number, client_id) = (turn.number, turn.client_id.clone());
            self.first.insert(turn.room.clone(), First { number, client_id, lost });
        }
    }

    /// Nothing has to wait for this post any more.
    fn clear(&mut self, turn: &Turn) {
        if self.first.get(&turn.room).is_some_and(|first| first.client_id == turn.client_id) {
            self.first.remove(&turn.room);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A client that never sends a message while an earlier one is neither accepted nor on its way, against an
        /// engine that loses what is in line now and then, and answers in any order: the log has the outbox's order.
        #[test]
        fn the_log_has_the_order_of_the_outbox(
            fates in prop::collection::vec((any::<bool>(), 0usize..4, any::<bool>()), 1..300),
        ) {
            const OUTBOX: usize = 12;
            let room = RoomName::default();
            let order = Order::default();
            let (mut log, mut failures) = (Vec::<usize>::new(), 0u64);
            let mut under_way: Vec<(Turn, usize, bool)> = Vec::new();
            let fates = fates.into_iter().chain(std::iter::repeat_n((false, 0, true), 20 * OUTBOX));
            for (fails, pick, answer) in fates {
                let sent = |number: &usize| under_way.iter().any(|(_, other, _)| other == number);
                let next = (0..OUTBOX).find(|number| !log.contains(number) && !sent(number));
                if let Some(number) = next
                    && let Ok(turn) =
                        order.take_turn(&room, &ClientId::parse(&format!("m{number}")).unwrap(), failures)
                {
                    order.sent(&turn);
                    failures += u64::from(fails);
                    let lost = fails || turn.failures_known < failures;
                    if !lost {
                        log.push(number);
                    }
                    under_way.push((turn, number, lost));
                }
                if answer && !under_way.is_empty() {
                    let (turn, _, lost) = under_way.remove(pick % under_way.len());
                    order.settled(&turn, if lost { Err(ErrorCode::Unavailable) } else { Ok(()) });
                }
            }
            prop_assert_eq!(log, (0..OUTBOX).collect::<Vec<_>>());
        }
    }
}
