//! The history of an editor: what it requested, what the server replied, and which events it received.

use parlor::{ClientId, ClientMessage, ErrorCode, Event, EventKind, RoomName};

/// A request, which may be sent any number of times under one client id.
#[derive(Clone, Debug)]
pub(crate) struct EditRequest {
    pub(crate) client_id: ClientId,
    pub(crate) message: ClientMessage,
    /// The seq in the acknowledgement, or the code of the refusal. `None` until a final reply has come.
    pub(crate) reply: Option<Result<u64, ErrorCode>>,
    /// How many events of the log the editor had received before it first sent the request.
    pub(crate) known_events: usize,
    /// Copies sent over the current connection that have no reply yet.
    pub(crate) in_flight: usize,
}

/// What one editor requested and received in its room.
#[derive(Clone, Debug, Default)]
pub(crate) struct EditorHistory {
    /// The editor's name, unique in the run.
    pub(crate) label: String,
    pub(crate) room: RoomName,
    /// The session's public id.
    pub(crate) author_id: String,
    pub(crate) requests: Vec<EditRequest>,
    /// The events of the log, as they were received.
    pub(crate) events: Vec<Event>,
    /// Everything else that went wrong.
    pub(crate) problems: Vec<String>,
}

impl EditorHistory {
    /// Records a new request, before its first copy is sent.
    pub(crate) fn add_request(&mut self, client_id: ClientId, message: ClientMessage) {
        let known_events = self.events.len();
        self.requests.push(EditRequest { client_id, message, reply: None, known_events, in_flight: 0 });
    }

    /// The requests without a final reply, with their indexes.
    pub(crate) fn unanswered(&self) -> impl Iterator<Item = (usize, &EditRequest)> {
        self.requests.iter().enumerate().filter(|(_, request)| request.reply.is_none())
    }

    /// Whether every request and every copy that was sent has a reply.
    pub(crate) fn is_settled(&self) -> bool {
        self.requests.iter().all(|request| request.reply.is_some() && request.in_flight == 0)
    }

    /// Records the loss of the connection. The server does not store refusals, so a copy that was in flight may have
    /// been accepted after the refusal of an earlier one: such a request has to be sent again.
    pub(crate) fn on_disconnect(&mut self) {
        for request in self.requests.iter_mut().filter(|request| request.in_flight > 0) {
            request.in_flight = 0;
            request.reply = request.reply.filter(Result::is_ok);
        }
    }

    /// Records a retryable refusal of one copy, which is not a final reply.
    pub(crate) fn on_retryable_refusal(&mut self, client_id: &ClientId) {
        self.replied_request(client_id);
    }

    /// Records a final reply. Every further copy of an accepted request must get the same reply.
    pub(crate) fn on_reply(&mut self, client_id: &ClientId, reply: Result<u64, ErrorCode>) {
        let Some(request) = self.replied_request(client_id) else { return };
        match request.reply {
            // The server does not store refusals: a refused request may be accepted later, but not the reverse.
            None | Some(Err(_)) => request.reply = Some(reply),
            Some(before) if before != reply => {
                let problem = format!("answered {before:?} and then {reply:?}: {:?}", request.message);
                // Further copies get the second reply as well.
                if !self.problems.contains(&problem) {
                    self.problems.push(problem);
                }
            }
            Some(_) => {}
        }
    }

    /// The seqs of the messages in the received log.
    pub(crate) fn message_seqs(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.events.iter().filter(|event| matches!(event.kind, EventKind::Posted { .. })).map(|event| event.seq)
    }

    /// The seqs of the editor's own messages.
    pub(crate) fn own_message_seqs(&self) -> impl DoubleEndedIterator<Item = u64> {
        let is_own = |event: &&Event| matches!(&event.kind, EventKind::Posted { author, .. } if author.id.as_str() == self.author_id);
        self.events.iter().filter(is_own).map(|event| event.seq)
    }

    /// The request that the server has replied to; one copy less is in flight.
    fn replied_request(&mut self, client_id: &ClientId) -> Option<&mut EditRequest> {
        let Some(index) = self.requests.iter().rposition(|request| request.client_id == *client_id) else {
            self.problems.push(format!("{} was answered and never requested", client_id.as_str()));
            return None;
        };
        let request = &mut self.requests[index];
        request.in_flight = request.in_flight.saturating_sub(1);
        Some(request)
    }
}
