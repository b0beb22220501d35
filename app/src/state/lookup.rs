//! What the reader looks up: rooms by name, and messages by search.

use parlor::{
    ErrorCode,
    message::{Hit, RoomSummary},
};

use super::room_finder::RoomFinder;

/// The room finder and the search. It is compared and cloned with the whole view state, and changes seldom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lookup {
    /// The rooms of the server, as of the last `rooms` answer.
    pub rooms: Vec<RoomSummary>,
    /// The room finder.
    pub finder: RoomFinder,
    /// The results of the search, if there is one.
    pub results: Option<SearchResults>,
    /// Whether to search all rooms of the reader.
    pub everywhere: bool,
    request: u32,
}

/// The results of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchResults {
    /// The search as typed.
    pub words: String,
    /// The messages, newest first.
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
    /// Whether the answer is pending. The hits are those of the search before.
    pub pending: bool,
    /// Why the server refused the search.
    pub refused: Option<ErrorCode>,
    /// Whether only the messages that the page holds were searched, as there is no connection.
    pub local_only: bool,
}

impl Lookup {
    /// Starts a search and ends the one before. Returns the number of the request, or nothing if there are no words.
    pub fn start_search(&mut self, words: &str, everywhere: bool) -> Option<u32> {
        self.request += 1;
        self.everywhere = everywhere;
        let before = self.results.take();
        if words.trim().is_empty() {
            return None;
        }
        let (hits, more) = before.map_or_else(Default::default, |before| (before.hits, before.more));
        let words = words.to_owned();
        self.results = Some(SearchResults { words, hits, more, pending: true, refused: None, local_only: false });
        Some(self.request)
    }

    /// Applies the answer to a request. Answers to earlier requests are dropped.
    pub fn on_results(&mut self, request: u32, hits: Vec<Hit>, more: bool) {
        if let Some(results) = self.results.as_mut().filter(|_| request == self.request) {
            (results.hits, results.more, results.pending, results.refused) = (hits, more, false, None);
        }
    }

    /// The server has refused the search.
    pub fn on_refused(&mut self, code: ErrorCode) {
        if let Some(results) = &mut self.results {
            (results.hits, results.more, results.pending, results.refused) = (Vec::new(), false, false, Some(code));
        }
    }
}
