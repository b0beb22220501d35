//! Where the reader is in the log, and that the line under the eye stays there whatever comes and goes.

use leptos::{html::Div, prelude::*};
use parlor::RoomName;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement, MutationObserver, MutationObserverInit, ResizeObserver};

use crate::{
    Session,
    browser_cell::BrowserCell,
    live::{on_change, when_drawn},
};

/// This close to the end, in pixels, the log follows what is said.
const AT_END: i32 = 100;
/// This close to either end of what is shown, in pixels, the next messages come: before the reader gets there.
const NEAR: i32 = 800;
/// More than the lines of one step can be shorter than those that they take the place of, in pixels.
const SLACK: i32 = 20_000;

/// Where the reader was in a room.
#[derive(Clone)]
struct Place {
    room: RoomName,
    // The id of the message in view, and how far below the top it stands.
    line: String,
    below_top: f64,
    // What they had jumped to last.
    revealed: Option<(u32, u64)>,
}

/// The log's scroll position. As the log is laid out from its end, `scrollTop` is 0 there and negative above.
#[derive(Clone, Copy)]
pub(super) struct Scroll {
    session: Session,
    log: NodeRef<Div>,
    lines: NodeRef<Div>,
    spacer: NodeRef<Div>,
    state: BrowserCell<State>,
}

#[derive(Default)]
struct State {
    // The topmost line in view and its place in the log.
    anchor: Option<(Element, f64)>,
    // Where the reader is in this room and was in the others, where that is not the end.
    places: Vec<Place>,
    // A room has just been entered, and is not yet where its reader left it.
    arriving: bool,
    // More is asked for with the next frame.
    asking: bool,
    // The height of the spacer, which stands for lines that have left at the bottom.
    space: i32,
}

impl Scroll {
    /// Watches over this log with these lines and the spacer below them.
    pub(super) fn new(session: Session, log: NodeRef<Div>, lines: NodeRef<Div>, spacer: NodeRef<Div>) -> Self {
        let scroll = Self { session, log, lines, spacer, state: BrowserCell::empty() };
        when_drawn(move || {
            if let (Some(log), Some(lines)) = (log.get_untracked(), lines.get_untracked()) {
                // The reader may have scrolled before the page worked.
                scroll.scrolled();
                scroll.watch(&log, &lines);
            }
        });
        on_change(
            move || session.room(),
            move |_, before| {
                if before.is_some() {
                    scroll.state.with(|state| state.arriving = true);
                    // Once its lines are there.
                    request_animation_frame(move || scroll.come_back());
                }
            },
        );
        let live = move || session.shown.read().live;
        on_change(live, move |live, before| {
            if live && before.is_some() {
                scroll.to_end();
            }
        });
        let revealed = move || (session.room(), session.shown.read().revealed);
        on_change(revealed, move |(room, revealed), _| {
            // Who comes back to a room has seen what they jumped to there.
            let seen = scroll.place_in(&room).is_some_and(|place| place.revealed == revealed);
            if let Some((_, seq)) = revealed.filter(|_| !seen) {
                // Once the lines around it are there.
                request_animation_frame(move || scroll.reveal(seq));
            }
        });
        scroll
    }

    fn place_in(self, room: &RoomName) -> Option<Place> {
        self.state.with(|state| state.places.iter().find(|place| place.room == *room).cloned())
    }

    // To where the reader left the room that they have entered.
    fn come_back(self) {
        self.state.with(|state| state.arriving = false);
        let Some(log) = self.log.get_untracked() else { return };
        let (room, live) = self.session.shown.with_untracked(|shown| (shown.room.clone(), shown.live));
        if let Some(place) = self.place_in(&room).filter(|_| !live)
            && let Some(line) = document().get_element_by_id(&place.line)
        {
            self.set_space(0);
            log.set_scroll_top((place_of(&line, &log) - place.below_top) as i32);
        }
        self.remember(&log);
    }

    // The message that was jumped to comes to the middle, and has the focus and the eye.
    fn reveal(self, seq: u64) {
        let message = document().get_element_by_id(&format!("m{seq}"));
        let (Some(message), Some(log)) =
            (message.and_then(|message| message.dyn_into::<HtmlElement>().ok()), self.log.get_untracked())
        else {
            return;
        };
        let middle = f64::from(log.client_height() / 2) - message.get_bounding_client_rect().height() / 2.0;
        log.set_scroll_top((place_of(&message, &log) - middle) as i32);
        let _ = message.focus();
        let _ = message.class_list().remove_1("revealed");
        let _ = message.offset_width();
        let _ = message.class_list().add_1("revealed");
        self.remember(&log);
    }

    /// The reader scrolled.
    pub(super) fn scrolled(self) {
        let Some(log) = self.log.get_untracked() else { return };
        let (live, has_newer) = self.session.shown.with_untracked(|shown| (shown.live, shown.has_newer));
        let from_end = -log.scroll_top();
        if from_end >= AT_END && live {
            self.session.input(|client, _| client.read());
        } else if from_end < AT_END && !live {
            // Beyond what stands for lines that are not there is the end itself.
            let skips = has_newer && self.space() > log.client_height();
            self.session.input(|client, _| if skips { client.follow() } else { client.newer() });
        }
        self.remember(&log);
        self.ask();
    }

    // Before paint: whatever came, went or changed its size, the reader sees it in its place only. As many lines may
    // have gone at one end as have come at the other, so the size alone does not tell.
    fn watch(self, log: &HtmlElement, lines: &HtmlElement) {
        let settle = Closure::<dyn FnMut()>::new(move || self.settle());
        let callback = settle.as_ref().unchecked_ref();
        if let (Ok(sizes), Ok(changes)) = (ResizeObserver::new(callback), MutationObserver::new(callback)) {
            sizes.observe(log);
            sizes.observe(lines);
            let options = MutationObserverInit::new();
            options.set_child_list(true);
            let _ = changes.observe_with_options(lines, &options);
            // All of them live as long as the page.
            std::mem::forget((sizes, changes));
            settle.forget();
        }
    }

    // What stands in view is kept there by the spacer, as lines come and go below it, and otherwise by scrolling: that
    // is what browsers count as a shift when the reader scrolls, too.
    fn settle(self) {
        let Some(log) = self.log.get_untracked() else { return };
        let (live, has_newer) = self.session.shown.with_untracked(|shown| (shown.live, shown.has_newer));
        if live {
            self.set_space(0);
            log.set_scroll_top(0);
        } else {
            // Lines may have gone at the bottom: with room to spare nothing is cut off at the top before all is made good.
            let space = self.space();
            self.set_space(space + SLACK);
            let moved = self.state.with(|state| {
                let (line, place) = state.anchor.as_ref().filter(|(line, _)| line.is_connected())?;
                Some(place_of(line, &log) - place)
            });
            let moved = moved.map_or(0, |moved| moved.round() as i32 + SLACK);
            let wanted = if has_newer { (space + moved).max(0) } else { 0 };
            self.set_space(wanted);
            let rest = moved - (wanted - space);
            if rest != 0 {
                log.set_scroll_top(log.scroll_top() + rest);
            }
        }
        self.remember(&log);
        self.ask();
    }

    fn space(self) -> i32 {
        self.state.with(|state| state.space)
    }

    fn set_space(self, height: i32) {
        if let Some(spacer) = self.spacer.get_untracked().filter(|_| self.space() != height) {
            let _ = web_sys::HtmlElement::style(&spacer).set_property("height", &format!("{height}px"));
            self.state.with(|state| state.space = height);
        }
    }

    // Who has come to the end by scrolling is near enough.
    fn to_end(self) {
        if let Some(log) = self.log.get_untracked().filter(|log| -log.scroll_top() >= AT_END) {
            log.set_scroll_top(0);
        }
    }

    fn remember(self, log: &HtmlElement) {
        let Some(lines) = self.lines.get_untracked() else { return };
        let lines = lines.children();
        let top = log.get_bounding_client_rect().top();
        let bottom_of =
            |index: u32| lines.item(index).map_or(f64::MAX, |line| line.get_bounding_client_rect().bottom());
        let (mut low, mut high) = (0, lines.length());
        while low < high {
            let middle = low + (high - low) / 2;
            if bottom_of(middle) <= top { low = middle + 1 } else { high = middle }
        }
        // A message that begins in view: who came and went may be told in other words later.
        let view = top..top + f64::from(log.client_height());
        let begins =
            |line: &Element| line.tag_name() == "ARTICLE" && view.contains(&line.get_bounding_client_rect().top());
        let mut near = (low..lines.length().min(low + 4)).filter_map(|index| lines.item(index));
        let anchor = near.find(begins).or_else(|| lines.item(low)).map(|line| {
            let place = place_of(&line, log);
            (line, place)
        });
        if !self.state.with(|state| state.arriving) {
            self.note_place(anchor.as_ref(), log);
        }
        self.state.with(|state| state.anchor = anchor);
    }

    fn note_place(self, anchor: Option<&(Element, f64)>, log: &HtmlElement) {
        let (room, live, revealed) =
            self.session.shown.with_untracked(|shown| (shown.room.clone(), shown.live, shown.revealed));
        self.state.with(|State { places, .. }| {
            places.retain(|place| place.room != room);
            if let Some((line, place)) = anchor.filter(|_| !live) {
                let below_top = place - f64::from(log.scroll_top());
                places.push(Place { room, line: line.id(), below_top, revealed });
            }
        });
    }

    // Once a frame: what comes may ask for more, and all of it at once would hold the page up.
    fn ask(self) {
        if !self.state.with(|state| std::mem::replace(&mut state.asking, true)) {
            request_animation_frame(move || self.ask_now());
        }
    }

    fn ask_now(self) {
        self.state.with(|state| state.asking = false);
        let Some(log) = self.log.get_untracked() else { return };
        let (has_older, has_newer) = self.session.shown.with_untracked(|shown| (shown.has_older, shown.has_newer));
        let from_top = log.scroll_height() - log.client_height() + log.scroll_top();
        if from_top < NEAR && has_older {
            self.session.input(|client, _| client.older());
        } else if -log.scroll_top() - self.space() < NEAR && has_newer {
            self.session.input(|client, _| client.newer());
        }
    }
}

/// Where a line stands in what is scrolled, wherever that is scrolled to: the reader may have moved it since.
fn place_of(line: &Element, log: &HtmlElement) -> f64 {
    let in_view = line.get_bounding_client_rect().top() - log.get_bounding_client_rect().top();
    in_view + f64::from(log.scroll_top())
}
