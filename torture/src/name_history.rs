//! What the rivals for a few names know: when they held which, and what they posted meanwhile.

use std::time::{SystemTime, UNIX_EPOCH};

/// A message that a rival posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RivalPost {
    /// Unique in the run.
    pub(crate) text: String,
    /// The id under which a rich client posted it.
    pub(crate) client_id: String,
    /// The seq in the server's acknowledgement.
    pub(crate) acked_seq: Option<u64>,
}

/// A time in which a rival held a name on one connection: from the answer to its claim to the release, the loss of the
/// connection, or the server's message that it holds it no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameHold {
    /// The name as typed.
    pub(crate) name: String,
    /// When the claim was sent, in milliseconds of the Unix time.
    pub(crate) requested_at: u64,
    /// When the answer arrived.
    pub(crate) granted_at: u64,
    /// In the order of posting.
    pub(crate) posts: Vec<RivalPost>,
}

/// What one rival did.
#[derive(Clone, Debug, Default)]
pub(crate) struct RivalHistory {
    /// The rival's label in the report, such as `n0`.
    pub(crate) label: String,
    /// In order of time.
    pub(crate) holds: Vec<NameHold>,
    /// Claims that were refused because another one held the name.
    pub(crate) taken: u64,
    /// Everything else that went wrong.
    pub(crate) problems: Vec<String>,
}

impl RivalHistory {
    /// Records a granted claim.
    pub(crate) fn begin_hold(&mut self, name: String, requested_at: u64) {
        self.holds.push(NameHold { name, requested_at, granted_at: unix_millis(), posts: Vec::new() });
    }

    /// A text for the next message of the current hold.
    pub(crate) fn next_text(&self) -> String {
        let posts = self.holds.last().map_or(0, |hold| hold.posts.len());
        format!("{}/{}/{posts}", self.label, self.holds.len())
    }

    /// Records a message of the current hold, before it is sent.
    pub(crate) fn add_post(&mut self, text: String, client_id: String) {
        if let Some(hold) = self.holds.last_mut() {
            hold.posts.push(RivalPost { text, client_id, acked_seq: None });
        }
    }

    /// Records an acknowledgement.
    pub(crate) fn on_ack(&mut self, client_id: &str, seq: u64) {
        let posts = self.holds.iter_mut().rev().flat_map(|hold| &mut hold.posts);
        match posts.into_iter().find(|post| post.client_id == client_id) {
            Some(post) => post.acked_seq = Some(seq),
            None => self.problems.push(format!("{client_id} was acknowledged and never posted")),
        }
    }
}

/// The time by the clock that servers on this machine have too.
pub(crate) fn unix_millis() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}
