//! Where the reader is in the log, and that the line under the eye stays there whatever comes and goes.
//!
//! A browser scrolls in a thread of its own, which goes on while this one draws. What this one changes meanwhile meets a
//! position that it does not know yet. In Chromium, lines that make the log higher let an animated scroll end halfway,
//! are counted as a layout shift, and, if they are laid out between two frames, move the view by their height. So while
//! somebody scrolls, lines are drawn within frames alone, nothing that is in view moves within the log, neither from its
//! top nor from its end, and nothing scrolls: older lines enter a reserve of empty room above, which gets smaller by
//! their height, and lines that leave below leave room of their height. The reserve is filled up, or what is left of it
//! taken away, when the log is at rest.

use std::time::Duration;

use leptos::{html::Div, prelude::*};
use parlor::RoomName;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlElement, MutationObserver, MutationObserverInit, ResizeObserver};

use crate::{
    Session,
    browser_cell::BrowserCell,
    live::{on_change, when_drawn},
    session::Extent,
};

/// This close to the end, in pixels, the log follows what is said.
const AT_END: i32 = 100;
/// This close to either end of what is shown, in pixels, the next messages come: before the reader gets there.
const NEAR: f64 = 800.0;
/// So many frames ahead, at the speed of the last one, they come too, but not from further away than [`FARTHEST`].
const FRAMES: f64 = 8.0;
const FARTHEST: f64 = 2_500.0;
/// Room above the first line, in pixels, that older ones enter.
const RESERVE: i32 = 20_000;
/// Without a scroll event for so long the log is at rest.
const REST: Duration = Duration::from_millis(500);
/// Browsers place things by this fraction of a pixel. Heights are counted in it: rounded ones would add up.
const UNIT: i32 = 64;

/// Where the reader was in a room.
#[derive(Clone)]
struct Place {
    room: RoomName,
    // The id of the message in view, and how far below the top of the view it is, in pixels.
    line: String,
    below_top: f64,
    // What they had jumped to last.
    revealed: Option<(u32, u64)>,
}

/// The elements of the log.
#[derive(Clone, Copy, Default)]
pub(super) struct Nodes {
    /// What scrolls.
    pub(super) log: NodeRef<Div>,
    /// The reserve above the lines.
    pub(super) reserve: NodeRef<Div>,
    /// The lines.
    pub(super) lines: NodeRef<Div>,
    /// What takes the room of lines that have left below.
    pub(super) spacer: NodeRef<Div>,
}

/// The log's scroll position. As the log is laid out from its end, `scrollTop` is 0 there and negative above.
#[derive(Clone, Copy)]
pub(super) struct Scroll {
    session: Session,
    nodes: Nodes,
    state: BrowserCell<State>,
}

#[derive(Default)]
struct State {
    anchor: Option<Anchor>,
    // Where the reader is in this room and was in the others, where that is not the end.
    places: Vec<Place>,
    // A room has just been entered, and is not yet where its reader left it.
    arriving: bool,
    // More is asked for with the next frame.
    asking: bool,
    // All is put in its place with the next frame.
    settling: bool,
    // The heights of the reserve and of the spacer, in units.
    reserve: i32,
    space: i32,
    // `scrollTop` at the last scroll event, and how far from the one before that was.
    top: i32,
    step: i32,
    // How many scroll events there were, and whether somebody is still scrolling.
    scrolls: u32,
    moving: bool,
}

/// The topmost line in view.
struct Anchor {
    line: Element,
    // How far below the reserve its top is, and how far below its top the spacer begins, in units.
    above: i32,
    below: i32,
}

impl Scroll {
    /// Watches over the log.
    pub(super) fn new(session: Session, nodes: Nodes) -> Self {
        let scroll = Self { session, nodes, state: BrowserCell::empty() };
        when_drawn(move || {
            if let (Some(log), Some(lines)) = (nodes.log.get_untracked(), nodes.lines.get_untracked()) {
                // The reader may have scrolled before the page worked.
                if log.scroll_top() != 0 {
                    scroll.scrolled();
                }
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
        let Some(log) = self.nodes.log.get_untracked() else { return };
        let (room, Extent { live, has_older, .. }) = (self.session.room_untracked(), self.session.extent());
        // A short conversation starts at the top.
        self.set_reserve(if has_older { RESERVE * UNIT } else { 0 });
        if let Some(place) = self.place_in(&room).filter(|_| !live)
            && let Some(line) = document().get_element_by_id(&place.line)
        {
            self.set_space(0);
            scroll_by(&log, below_top(&line, &log) - place.below_top);
        }
        self.remember(&log);
    }

    // The message that was jumped to comes to the middle, and has the focus and the eye.
    fn reveal(self, seq: u64) {
        let message = document().get_element_by_id(&format!("m{seq}"));
        let (Some(message), Some(log)) =
            (message.and_then(|message| message.dyn_into::<HtmlElement>().ok()), self.nodes.log.get_untracked())
        else {
            return;
        };
        let middle = f64::from(log.client_height() / 2) - message.get_bounding_client_rect().height() / 2.0;
        scroll_by(&log, below_top(&message, &log) - middle);
        let _ = message.focus();
        let _ = message.class_list().remove_1("revealed");
        let _ = message.offset_width();
        let _ = message.class_list().add_1("revealed");
        // At once, and not with the scroll event: while the room is live, any change of a line leads back to the end.
        self.scrolled();
    }

    /// The reader scrolled.
    pub(super) fn scrolled(self) {
        let Some(log) = self.nodes.log.get_untracked() else { return };
        let Extent { live, has_newer, .. } = self.session.extent();
        let top = log.scroll_top();
        let begins = self.state.with(|state| {
            state.step = top - state.top;
            state.top = top;
            state.scrolls += 1;
            !std::mem::replace(&mut state.moving, true)
        });
        if begins {
            self.session.draw_in_frames(true);
            self.await_rest();
        }
        if -top >= AT_END && live {
            self.session.input(|client, _| client.read());
        } else if -top < AT_END && !live {
            // Beyond what stands for lines that are not there is the end itself.
            let skips = has_newer && self.state.with(|state| state.space) > log.client_height() * UNIT;
            self.session.input(|client, _| if skips { client.follow() } else { client.newer() });
        }
        self.remember(&log);
        self.ask();
    }

    fn await_rest(self) {
        let seen = self.state.with(|state| state.scrolls);
        let look = move || {
            let rests = self.state.with(|state| {
                state.moving = state.scrolls != seen;
                !state.moving
            });
            if rests {
                self.session.draw_in_frames(false);
                request_animation_frame(move || self.settle());
            } else {
                self.await_rest();
            }
        };
        set_timeout(look, REST);
    }

    // Before paint: whatever came, went or changed its size, the reader sees it in its place only. As many lines may
    // have gone at one end as have come at the other, so the size alone does not tell.
    fn watch(self, log: &HtmlElement, lines: &HtmlElement) {
        let resized = Closure::<dyn FnMut()>::new(move || self.settle());
        // While somebody scrolls, lines are drawn within frames. There it has to be done before the browser looks at sizes,
        // for by then it has seen where things are. Otherwise they are drawn whenever they come, and nothing may be laid
        // out then.
        let lines_changed = Closure::<dyn FnMut()>::new(move || {
            if self.state.with(|state| state.moving) {
                self.settle();
            } else if !self.state.with(|state| std::mem::replace(&mut state.settling, true)) {
                request_animation_frame(move || self.settle());
            }
        });
        let callback = lines_changed.as_ref().unchecked_ref();
        if let (Ok(size), Ok(sizes), Ok(changes)) = (
            ResizeObserver::new(resized.as_ref().unchecked_ref()),
            ResizeObserver::new(callback),
            MutationObserver::new(callback),
        ) {
            size.observe(log);
            // What makes lines higher and is no change of them: larger letters, say.
            if let Some(all) = lines.parent_element() {
                sizes.observe(&all);
            }
            let options = MutationObserverInit::new();
            options.set_child_list(true);
            options.set_character_data(true);
            options.set_attributes(true);
            options.set_subtree(true);
            let _ = changes.observe_with_options(lines, &options);
            // All of them live as long as the page.
            std::mem::forget((size, sizes, changes));
            resized.forget();
            lines_changed.forget();
        }
    }

    // What is in view is kept there by the reserve and the spacer, as lines come and go above and below it. Only where
    // there is no spacer, as the lines go on to the end, it takes scrolling.
    fn settle(self) {
        let Some(log) = self.nodes.log.get_untracked() else { return };
        let Extent { live, has_older, has_newer } = self.session.extent();
        let (reserve, space, moving) = self.state.with(|state| {
            state.settling = false;
            (state.reserve, state.space, state.moving)
        });
        // Lines may have gone: with room to spare the view is not moved by an end of the log before all is made good.
        self.set_reserve(reserve + RESERVE * UNIT);
        let (above, below) = self.grown().unwrap_or_default();
        let wanted = if live || !has_newer { 0 } else { (space - below).max(0) };
        self.set_space(wanted);
        let left = (reserve - above).max(0);
        // It lasts until somebody rests, or they would not find its end. Where nothing is older, they may be at the end.
        let lasts = if has_older {
            moving && left > RESERVE * UNIT / 8
        } else {
            left == 0 || (moving && left <= log.client_height() * UNIT)
        };
        self.set_reserve(if lasts {
            left
        } else if has_older {
            RESERVE * UNIT
        } else if live {
            0
        } else {
            // What is in view of it stays for now.
            left.min(self.reserve_in_view(&log, left))
        });
        if live {
            // Where heights have fractions the end may be at 1.
            if log.scroll_top() < 0 {
                log.set_scroll_top(0);
            }
        } else {
            scroll_by(&log, -f64::from(below + wanted - space) / f64::from(UNIT));
        }
        self.remember(&log);
        self.ask();
    }

    // By how much the lines above the anchor's top, and those from there on, have become higher since it was chosen.
    fn grown(self) -> Option<(i32, i32)> {
        let ends = self.ends()?;
        self.state.with(|state| {
            let before = state.anchor.as_ref().filter(|anchor| anchor.line.is_connected())?;
            let now = anchor(before.line.clone(), ends);
            Some((now.above - before.above, now.below - before.below))
        })
    }

    // Where the reserve ends and the spacer begins, in pixels: the lines are between them.
    fn ends(self) -> Option<(f64, f64)> {
        let (reserve, spacer) = (self.nodes.reserve.get_untracked()?, self.nodes.spacer.get_untracked()?);
        Some((reserve.get_bounding_client_rect().bottom(), spacer.get_bounding_client_rect().top()))
    }

    // How much of the reserve, were it this high, would be in view; nothing if nothing else were.
    fn reserve_in_view(self, log: &HtmlElement, height: i32) -> i32 {
        self.set_reserve(height);
        let Some((end, _)) = self.ends() else { return 0 };
        let end = units(end - log.get_bounding_client_rect().top());
        if end < log.client_height() * UNIT { end.max(0) } else { 0 }
    }

    fn set_reserve(self, height: i32) {
        if self.state.with(|state| std::mem::replace(&mut state.reserve, height)) != height {
            set_height(self.nodes.reserve, height);
        }
    }

    fn set_space(self, height: i32) {
        if self.state.with(|state| std::mem::replace(&mut state.space, height)) != height {
            set_height(self.nodes.spacer, height);
        }
    }

    // Who has come to the end by scrolling is near enough.
    fn to_end(self) {
        if let Some(log) = self.nodes.log.get_untracked().filter(|log| -log.scroll_top() >= AT_END) {
            log.set_scroll_top(0);
        }
    }

    fn remember(self, log: &HtmlElement) {
        let (Some(lines), Some(ends)) = (self.nodes.lines.get_untracked(), self.ends()) else { return };
        let all = lines.children();
        let top = log.get_bounding_client_rect().top();
        let bottom_of = |index: u32| all.item(index).map_or(f64::MAX, |line| line.get_bounding_client_rect().bottom());
        let (mut low, mut high) = (0, all.length());
        while low < high {
            let middle = low + (high - low) / 2;
            if bottom_of(middle) <= top { low = middle + 1 } else { high = middle }
        }
        // A message that begins in view: who came and went may be told in other words later.
        let view = top..top + f64::from(log.client_height());
        let begins =
            |line: &Element| line.tag_name() == "ARTICLE" && view.contains(&line.get_bounding_client_rect().top());
        let mut near = (low..all.length().min(low + 4)).filter_map(|index| all.item(index));
        let line = near.find(begins).or_else(|| all.item(low)).or_else(|| all.item(all.length().saturating_sub(1)));
        if !self.state.with(|state| state.arriving) {
            self.note_place(line.as_ref(), log);
        }
        let anchor = line.map(|line| anchor(line, ends));
        self.state.with(|state| state.anchor = anchor);
    }

    fn note_place(self, line: Option<&Element>, log: &HtmlElement) {
        let (room, live) = (self.session.room_untracked(), self.session.extent().live);
        let revealed = self.session.shown.read_untracked().revealed;
        self.state.with(|State { places, .. }| {
            places.retain(|place| place.room != room);
            if let Some(line) = line.filter(|_| !live) {
                places.push(Place { room, line: line.id(), below_top: below_top(line, log), revealed });
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
        let (step, moving) = self.state.with(|state| {
            state.asking = false;
            (state.step, state.moving)
        });
        let (Some(log), Some((start, end))) = (self.nodes.log.get_untracked(), self.ends()) else { return };
        let Extent { has_older, has_newer, .. } = self.session.extent();
        let view = log.get_bounding_client_rect();
        let ahead = |step: i32| if moving { (f64::from(step) * FRAMES).min(FARTHEST) } else { 0.0 };
        if view.top() - start < NEAR.max(ahead(-step)) && has_older {
            self.session.input(|client, _| client.older());
        } else if end - view.bottom() < NEAR.max(ahead(step)) && has_newer {
            self.session.input(|client, _| client.newer());
        }
        self.session.draw_lines();
    }
}

fn anchor(line: Element, (start, end): (f64, f64)) -> Anchor {
    let top = line.get_bounding_client_rect().top();
    Anchor { line, above: units(top - start), below: units(end - top) }
}

// How far below the top of the view a line begins, in pixels.
fn below_top(line: &Element, log: &HtmlElement) -> f64 {
    line.get_bounding_client_rect().top() - log.get_bounding_client_rect().top()
}

fn scroll_by(log: &HtmlElement, way: f64) {
    let way = way.round() as i32;
    if way != 0 {
        log.set_scroll_top(log.scroll_top() + way);
    }
}

fn units(pixels: f64) -> i32 {
    (pixels * f64::from(UNIT)).round() as i32
}

fn set_height(node: NodeRef<Div>, units: i32) {
    if let Some(node) = node.get_untracked() {
        let _ = web_sys::HtmlElement::style(&node).set_property("height", &format!("calc({units}px / {UNIT})"));
    }
}
