//! Pages of the past: requesting them, and showing what they bring.

use parlor::{ClientMessage, Cursor, Event, UnixMillis, message::PageOf};

use super::Room;
use crate::state::{
    segment::Segment,
    window::{MAX_ROWS, Window},
};

/// Messages that are held beyond the visible ones before the next page is requested, so that a scrolling reader does
/// not reach their end first.
const LOOKAHEAD: usize = 60;

/// A page that was requested over the present connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageRequest {
    number: u32,
    of: PageOf,
    /// Whether the page is only for the replica: nobody has scrolled there.
    prefetch: bool,
}

impl Room {
    /// Applies a page if it answers the newest request.
    pub fn apply_page(&mut self, request: u32, as_of: &Cursor, events: Vec<Event>, has_older: bool, has_newer: bool) {
        let Some(requested) = self.page_request.take_if(|requested| requested.number == request) else { return };
        if requested.prefetch {
            self.window.limit(MAX_ROWS, &self.timeline);
        }
        self.timeline.apply_page(requested.of, as_of, events, has_older, has_newer);
        match requested.of {
            _ if requested.prefetch => {}
            PageOf::Around(seq) => self.reveal(seq),
            PageOf::At(time) => {
                let mut messages = self.timeline.shown().messages().iter();
                let seq = messages.find(|message| message.at >= time).map_or(as_of.seq, |message| message.seq);
                self.reveal(seq);
                // The reader asked for a time, not for a message.
                self.missing = false;
            }
            PageOf::Before(_) | PageOf::After(_) => self.window.on_page(requested.of, &self.timeline),
        }
        self.trim();
    }

    /// The requested page will not come.
    pub fn on_page_failed(&mut self) {
        self.page_request = None;
        self.timeline.on_page_failed();
    }

    /// Shows older messages. Returns the page to request, if fewer than [`LOOKAHEAD`] are held beyond them.
    pub fn load_older(&mut self, online: bool) -> Option<ClientMessage> {
        let is_ahead = self.window.show_older(&self.timeline) && self.window.unshown_older(&self.timeline) >= LOOKAHEAD;
        if is_ahead { None } else { self.request(self.timeline.older_page(), online) }
    }

    /// Shows newer messages. Returns the page to request, if fewer than [`LOOKAHEAD`] are held beyond them.
    pub fn load_newer(&mut self, online: bool) -> Option<ClientMessage> {
        let is_ahead = self.window.show_newer(&self.timeline) && self.window.unshown_newer(&self.timeline) >= LOOKAHEAD;
        if is_ahead { None } else { self.request(self.timeline.newer_page(), online) }
    }

    /// Shows a message. Returns the page to request, if the page does not hold it.
    pub fn jump_to_message(&mut self, seq: u64, online: bool) -> Option<ClientMessage> {
        let holds =
            |segment: &Segment| segment.first() <= seq && seq <= segment.last() && !segment.messages().is_empty();
        if !holds(self.timeline.shown()) {
            if !holds(self.timeline.end()) {
                // An earlier request is of no use there.
                self.page_request = None;
                return self.request(Some(PageOf::Around(seq)), online);
            }
            self.timeline.show_end();
        }
        self.reveal(seq);
        None
    }

    /// Returns the page to request in order to show what was posted at this time.
    pub fn jump_to_time(&mut self, time: UnixMillis, online: bool) -> Option<ClientMessage> {
        self.page_request = None;
        self.request(Some(PageOf::At(time)), online)
    }

    /// Shows the held part of the past as a page of its own.
    pub fn show_page(&mut self) {
        self.window = Window::of_page(&self.timeline);
    }

    /// Shows the held messages around a message, or before its place if it is not there.
    pub fn reveal(&mut self, seq: u64) {
        let shown = self.timeline.shown();
        let before = shown.index_after(seq).saturating_sub(1);
        let Some(nearest) = shown.messages().get(before) else {
            self.missing = true;
            return;
        };
        self.missing = nearest.seq != seq || nearest.body.is_none();
        let nearest = nearest.seq;
        self.window.reveal(nearest, &self.timeline);
        self.revealed = Some((self.revealed.map_or(0, |(number, _)| number + 1), nearest));
    }

    /// Whether a page can be requested over the present connection.
    pub(super) fn can_request_page(&self) -> bool {
        self.known && self.refused.is_none() && self.page_request.is_none()
    }

    /// Returns the next older page to request for the replica.
    pub fn prefetch(&mut self) -> Option<ClientMessage> {
        let page = self.request(self.timeline.older_page(), true);
        self.page_request.iter_mut().for_each(|request| request.prefetch = true);
        page
    }

    fn request(&mut self, of: Option<PageOf>, online: bool) -> Option<ClientMessage> {
        // The reader now wants to see a page that was requested for the replica.
        if let Some(request) = self.page_request.as_mut().filter(|request| Some(request.of) == of) {
            request.prefetch = false;
        }
        let of = of.filter(|_| online && self.page_request.is_none())?;
        self.page_requests += 1;
        self.page_request = Some(PageRequest { number: self.page_requests, of, prefetch: false });
        self.timeline.on_page_requested();
        Some(ClientMessage::Page { room: self.name.clone(), request: self.page_requests, of })
    }
}
