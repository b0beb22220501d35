//! The scroll position of the timeline: what the reader sees stays where it is while rows come and go.
//!
//! Browsers scroll in a thread of their own, concurrently with the page. A change of the page meets a scroll position
//! that the page does not know yet. In Chromium, rows that make the timeline higher stop an animated scroll halfway and
//! count as a layout shift. If they are laid out between two frames, they move the view by their height.
//!
//! So while the reader scrolls, these rules hold:
//!
//! - rows are rendered in animation frames only;
//! - nothing visible moves within the timeline, neither from its start nor from its end, and the page does not scroll;
//! - older rows take their height from the *reserve*, an empty element above the rows;
//! - rows that are removed at the end add their height to the *spacer* below the rows.
//!
//! When the timeline is at rest, the reserve is refilled, or removed if nothing older exists.

mod layout;
mod observers;
mod saved_positions;

use std::time::Duration;

use leptos::prelude::*;
use parlor::RoomName;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

pub(super) use self::layout::TimelineNodes;
use self::{
    layout::{Anchor, Heights, Layout, offset_in_viewport, px, scroll_by, to_px, topmost_row},
    observers::observe,
    saved_positions::{SavedPosition, SavedPositions},
};
use crate::{
    ChatHandle,
    browser_cell::BrowserCell,
    chat_handle::Extent,
    reactive::{on_change, on_mount},
};

/// Within this distance from the end, in pixels, the timeline stays at its end when messages arrive.
const AT_END: i32 = 100;
/// Within this distance from either end of the visible rows, in pixels, more messages are loaded.
const LOAD_DISTANCE: f64 = 800.0;
/// While the reader scrolls, messages are loaded at least this many frames ahead, at the current speed.
const LOAD_FRAMES: f64 = 8.0;
/// The largest distance for [`LOAD_FRAMES`], in pixels.
const MAX_LOAD_DISTANCE: f64 = 2_500.0;
/// The full height of the reserve, in pixels.
const RESERVE: i32 = 20_000;
/// After this time without a scroll event the timeline is at rest.
const REST: Duration = Duration::from_millis(500);

/// Controls the scroll position. The timeline is laid out from its end: `scrollTop` is 0 there and negative above.
#[derive(Clone, Copy)]
pub(super) struct Scroll {
    chat: ChatHandle,
    layout: Layout,
    state: BrowserCell<State>,
}

#[derive(Default)]
struct State {
    anchor: Option<Anchor>,
    positions: SavedPositions,
    // Another room is shown, and its position is not restored yet.
    restoring: bool,
    // `load_more` runs in the next frame.
    load_scheduled: bool,
    // `settle` runs in the next frame.
    settle_scheduled: bool,
    // `scrollTop` at the last scroll event, and its difference to the event before.
    top: i32,
    step: i32,
    // The number of scroll events, and whether the reader is scrolling.
    scroll_events: u32,
    scrolling: bool,
}

impl Scroll {
    /// Makes the controller and starts it once the timeline is rendered.
    pub(super) fn new(chat: ChatHandle, nodes: TimelineNodes) -> Self {
        let scroll = Self { chat, layout: Layout::new(nodes), state: BrowserCell::empty() };
        on_mount(move || {
            if let (Some(viewport), Some(rows)) = (scroll.layout.viewport(), nodes.rows.get_untracked()) {
                // The reader may have scrolled before hydration.
                if viewport.scroll_top() != 0 {
                    scroll.on_scroll();
                }
                observe(&viewport, &rows, move || scroll.settle(), move || scroll.on_rows_changed());
            }
        });
        on_change(
            move || chat.room(),
            move |_, before| {
                if before.is_some() {
                    scroll.state.with(|state| state.restoring = true);
                    // The rows of the room are rendered by then.
                    request_animation_frame(move || scroll.restore_position());
                }
            },
        );
        let live = move || chat.view_state.read().live;
        on_change(live, move |live, before| {
            if live && before.is_some() {
                scroll.jump_to_end();
            }
        });
        let revealed = move || (chat.room(), chat.view_state.read().revealed);
        on_change(revealed, move |(room, revealed), _| {
            // After a return to a room, its last jump is not repeated.
            let seen = scroll.position_in(&room).is_some_and(|position| position.revealed == revealed);
            if let Some((_, seq)) = revealed.filter(|_| !seen) {
                // The rows around the message are rendered by then.
                request_animation_frame(move || scroll.reveal(seq));
            }
        });
        scroll
    }

    fn position_in(self, room: &RoomName) -> Option<SavedPosition> {
        self.state.with(|state| state.positions.of(room))
    }

    // Restores the position at which the reader left the room.
    fn restore_position(self) {
        self.state.with(|state| state.restoring = false);
        let Some(viewport) = self.layout.viewport() else { return };
        let (room, Extent { live, has_older, .. }) = (self.chat.room_untracked(), self.chat.extent());
        // Without older messages a short timeline starts at the top of the viewport.
        self.layout.set_reserve(if has_older { px(RESERVE) } else { 0 });
        if let Some(position) = self.position_in(&room).filter(|_| !live)
            && let Some(row) = document().get_element_by_id(&position.row)
        {
            self.layout.set_spacer(0);
            scroll_by(&viewport, offset_in_viewport(&row, &viewport) - position.offset);
        }
        self.save_position(&viewport);
    }

    // Scrolls the message of a jump to the middle, focuses and highlights it.
    fn reveal(self, seq: u64) {
        let message = document().get_element_by_id(&format!("m{seq}"));
        let (Some(message), Some(viewport)) =
            (message.and_then(|message| message.dyn_into::<HtmlElement>().ok()), self.layout.viewport())
        else {
            return;
        };
        let middle = f64::from(viewport.client_height() / 2) - message.get_bounding_client_rect().height() / 2.0;
        scroll_by(&viewport, offset_in_viewport(&message, &viewport) - middle);
        let _ = message.focus();
        // Reading a size between the two starts the animation again.
        let _ = message.class_list().remove_1("revealed");
        let _ = message.offset_width();
        let _ = message.class_list().add_1("revealed");
        // Now, without waiting for the scroll event: while the room is live, any change of a row leads back to the end.
        self.on_scroll();
    }

    /// Handles a scroll event.
    pub(super) fn on_scroll(self) {
        let Some(viewport) = self.layout.viewport() else { return };
        let Extent { live, has_newer, .. } = self.chat.extent();
        let top = viewport.scroll_top();
        let starts = self.state.with(|state| {
            state.step = top - state.top;
            state.top = top;
            state.scroll_events += 1;
            !std::mem::replace(&mut state.scrolling, true)
        });
        if starts {
            self.chat.render_in_frames(true);
            self.await_rest();
        }
        if -top >= AT_END && live {
            self.chat.input(|client, _| client.hold_window());
        } else if -top < AT_END && !live {
            // The reader scrolled past the spacer, to the end itself.
            let skips = has_newer && self.layout.heights().spacer > px(viewport.client_height());
            self.chat.input(|client, _| if skips { client.jump_to_latest() } else { client.load_newer() });
        }
        self.save_position(&viewport);
        self.schedule_load();
    }

    // A busy page reports what was scrolled meanwhile in the next frame, before its callbacks run.
    fn await_rest(self) {
        let seen = self.state.with(|state| state.scroll_events);
        let check = move || {
            let rests = self.state.with(|state| {
                state.scrolling = state.scroll_events != seen;
                !state.scrolling
            });
            if rests {
                self.chat.render_in_frames(false);
                self.settle();
            } else {
                self.await_rest();
            }
        };
        set_timeout(move || request_animation_frame(check), REST);
    }

    // While the reader scrolls, rows are rendered in animation frames. `settle` has to run within such a frame, before
    // the browser observes sizes: by then it has seen where elements are. Otherwise rows are rendered at any time, and
    // layout must wait for the next frame.
    fn on_rows_changed(self) {
        if self.state.with(|state| state.scrolling) {
            self.settle();
        } else if !self.state.with(|state| std::mem::replace(&mut state.settle_scheduled, true)) {
            request_animation_frame(move || self.settle());
        }
    }

    // Keeps the visible rows where they are after rows were added, removed or resized, before the browser paints. The
    // anchor tells what changed above and below it: the total height does not, since as many rows may be removed at one
    // end as are added at the other. The page scrolls only where no spacer exists, as the rows go on to the end.
    fn settle(self) {
        let Some(viewport) = self.layout.viewport() else { return };
        let Extent { live, has_older, has_newer } = self.chat.extent();
        let Heights { reserve, spacer } = self.layout.heights();
        let scrolling = self.state.with(|state| {
            state.settle_scheduled = false;
            state.scrolling
        });
        // Rows may have been removed: with a larger reserve the browser does not move the view to an end of the
        // timeline before all heights are set.
        self.layout.set_reserve(reserve + px(RESERVE));
        let growth = self.state.with(|state| self.layout.growth(state.anchor.as_ref()?));
        let (above, below) = growth.unwrap_or_default();
        let wanted = if live || !has_newer { 0 } else { (spacer - below).max(0) };
        self.layout.set_spacer(wanted);
        let left = (reserve - above).max(0);
        // The reserve stays while the reader scrolls, or they would not reach its end. Without older messages they may
        // be there already.
        let stays = if has_older {
            scrolling && left > px(RESERVE) / 8
        } else {
            left == 0 || (scrolling && left <= px(viewport.client_height()))
        };
        self.layout.set_reserve(if stays {
            left
        } else if has_older {
            px(RESERVE)
        } else if live {
            0
        } else {
            // The visible part stays for now.
            left.min(self.layout.visible_reserve(&viewport, left))
        });
        if live {
            // With fractional heights the end may be at 1.
            if viewport.scroll_top() < 0 {
                viewport.set_scroll_top(0);
            }
        } else {
            scroll_by(&viewport, -to_px(below + wanted - spacer));
        }
        self.save_position(&viewport);
        self.schedule_load();
    }

    // Scrolls to the end, unless the reader is near enough by scrolling there.
    fn jump_to_end(self) {
        if let Some(viewport) = self.layout.viewport().filter(|viewport| -viewport.scroll_top() >= AT_END) {
            viewport.set_scroll_top(0);
        }
    }

    // Saves the topmost visible row as the anchor and as the position in the room.
    fn save_position(self, viewport: &HtmlElement) {
        let (Some(rows), Some(edges)) = (self.layout.nodes.rows.get_untracked(), self.layout.edges()) else { return };
        let row = topmost_row(&rows, viewport);
        if !self.state.with(|state| state.restoring) {
            let (room, live) = (self.chat.room_untracked(), self.chat.extent().live);
            let revealed = self.chat.view_state.read_untracked().revealed;
            let row = row.as_ref().filter(|_| !live);
            self.state.with(|state| state.positions.save(room, row, viewport, revealed));
        }
        let anchor = row.map(|row| Anchor::new(row, edges));
        self.state.with(|state| state.anchor = anchor);
    }

    // Once in each frame: loaded messages may cause further loads, and all at once would block the page.
    fn schedule_load(self) {
        if !self.state.with(|state| std::mem::replace(&mut state.load_scheduled, true)) {
            request_animation_frame(move || self.load_more());
        }
    }

    fn load_more(self) {
        let (step, scrolling) = self.state.with(|state| {
            state.load_scheduled = false;
            (state.step, state.scrolling)
        });
        let (Some(viewport), Some((start, end))) = (self.layout.viewport(), self.layout.edges()) else { return };
        let Extent { has_older, has_newer, .. } = self.chat.extent();
        let view = viewport.get_bounding_client_rect();
        let ahead = |step: i32| if scrolling { (f64::from(step) * LOAD_FRAMES).min(MAX_LOAD_DISTANCE) } else { 0.0 };
        if view.top() - start < LOAD_DISTANCE.max(ahead(-step)) && has_older {
            self.chat.input(|client, _| client.load_older());
        } else if end - view.bottom() < LOAD_DISTANCE.max(ahead(step)) && has_newer {
            self.chat.input(|client, _| client.load_newer());
        }
        self.chat.render_rows();
    }
}
