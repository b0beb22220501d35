//! What one changer asked for, what was answered, and which events it was shown.

use parlor::{ClientId, ClientMessage, ErrorCode, Event, EventKind, RoomName};

/// A request, sent any number of times under one client id.
#[derive(Clone, Debug)]
pub(in crate::torture) struct Asked {
    pub(in crate::torture) client_id: ClientId,
    pub(in crate::torture) message: ClientMessage,
    /// The place that was told, or why it was refused. `None` while an answer has yet to come.
    pub(in crate::torture) answer: Option<Result<u64, ErrorCode>>,
    /// How many events of the log had been shown before it was first sent.
    pub(in crate::torture) known: usize,
    /// Copies sent on the present connection that have not been answered.
    pub(in crate::torture) in_flight: usize,
}

/// What one person asked for and saw in one room.
#[derive(Clone, Debug, Default)]
pub(in crate::torture) struct ChangerLedger {
    pub(in crate::torture) who: String,
    pub(in crate::torture) room: RoomName,
    /// The session's public id.
    pub(in crate::torture) author: String,
    pub(in crate::torture) asked: Vec<Asked>,
    /// The log, as it came.
    pub(in crate::torture) seen: Vec<Event>,
    pub(in crate::torture) trouble: Vec<String>,
}

impl ChangerLedger {
    /// Records a new request, before its first copy is sent.
    pub(in crate::torture) fn ask(&mut self, client_id: ClientId, message: ClientMessage) {
        self.asked.push(Asked { client_id, message, answer: None, known: self.seen.len(), in_flight: 0 });
    }

    /// The requests without an answer.
    pub(in crate::torture) fn unanswered(&self) -> impl Iterator<Item = (usize, &Asked)> {
        self.asked.iter().enumerate().filter(|(_, asked)| asked.answer.is_none())
    }

    /// Whether every request has its answer, and every copy that was sent.
    pub(in crate::torture) fn is_settled(&self) -> bool {
        self.asked.iter().all(|asked| asked.answer.is_some() && asked.in_flight == 0)
    }

    /// The connection is gone. A refusal is kept nowhere, so a copy that was on its way may have been accepted after an
    /// earlier one was refused: then the request has to be sent again.
    pub(in crate::torture) fn disconnected(&mut self) {
        for asked in self.asked.iter_mut().filter(|asked| asked.in_flight > 0) {
            asked.in_flight = 0;
            asked.answer = asked.answer.filter(Result::is_ok);
        }
    }

    /// One copy was refused for now: it has changed nothing, and no answer either.
    pub(in crate::torture) fn postponed(&mut self, client_id: &ClientId) {
        self.settle_copy(client_id);
    }

    /// An answer came; the same question has the same one, whenever it is asked.
    pub(in crate::torture) fn answered(&mut self, client_id: &ClientId, answer: Result<u64, ErrorCode>) {
        let Some(asked) = self.settle_copy(client_id) else { return };
        match asked.answer {
            // A refusal is kept nowhere: what was refused may be accepted later, and the other way round it may not.
            None | Some(Err(_)) => asked.answer = Some(answer),
            Some(before) if before != answer => {
                let trouble = format!("answered {before:?} and then {answer:?}: {:?}", asked.message);
                // Further repeats have the other answer, too.
                if !self.trouble.contains(&trouble) {
                    self.trouble.push(trouble);
                }
            }
            Some(_) => {}
        }
    }

    /// The places of the messages seen.
    pub(in crate::torture) fn messages(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.seen.iter().filter(|event| matches!(event.kind, EventKind::Posted { .. })).map(|event| event.seq)
    }

    /// Those that this person wrote.
    pub(in crate::torture) fn own_messages(&self) -> impl DoubleEndedIterator<Item = u64> {
        let own = |event: &&Event| matches!(&event.kind, EventKind::Posted { author, .. } if author.id.as_str() == self.author);
        self.seen.iter().filter(own).map(|event| event.seq)
    }

    /// The request that one copy was answered of.
    fn settle_copy(&mut self, client_id: &ClientId) -> Option<&mut Asked> {
        let Some(at) = self.asked.iter().rposition(|asked| asked.client_id == *client_id) else {
            self.trouble.push(format!("{} was answered and never asked", client_id.as_str()));
            return None;
        };
        let asked = &mut self.asked[at];
        asked.in_flight = asked.in_flight.saturating_sub(1);
        Some(asked)
    }
}
