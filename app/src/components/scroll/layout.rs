//! The layout of the timeline: the reserve above the rows, the rows, and the spacer below them.

use leptos::{html::Div, prelude::*};
use web_sys::{Element, HtmlElement};

use crate::browser_cell::BrowserCell;

/// Heights are counted in this fraction of a pixel, in which browsers lay out elements. Rounded pixels would add up to
/// visible errors.
const UNITS_PER_PX: i32 = 64;

/// The elements of the timeline.
#[derive(Clone, Copy, Default)]
pub(in crate::components) struct TimelineNodes {
    /// The scroll container.
    pub(in crate::components) viewport: NodeRef<Div>,
    /// The reserve above the rows.
    pub(in crate::components) reserve: NodeRef<Div>,
    /// The rows.
    pub(in crate::components) rows: NodeRef<Div>,
    /// The spacer, which takes up the height of rows that were removed at the end.
    pub(in crate::components) spacer: NodeRef<Div>,
}

/// Measures the elements, and sets the heights of the reserve and the spacer. Heights are in [`units`].
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) nodes: TimelineNodes,
    heights: BrowserCell<Heights>,
}

/// Heights of the elements around the rows, in [`units`].
#[derive(Clone, Copy, Default)]
pub(super) struct Heights {
    pub(super) reserve: i32,
    pub(super) spacer: i32,
}

/// The topmost visible row, and where it was when it became the anchor.
pub(super) struct Anchor {
    row: Element,
    // From the end of the reserve to the top of the row, and from there to the start of the spacer, in units.
    above: i32,
    below: i32,
}

impl Anchor {
    /// Makes a row the anchor. `edges` are those of [`Layout::edges`].
    pub(super) fn new(row: Element, (start, end): (f64, f64)) -> Self {
        let top = row.get_bounding_client_rect().top();
        Self { row, above: units(top - start), below: units(end - top) }
    }
}

impl Layout {
    /// A layout with an empty reserve and spacer.
    pub(super) fn new(nodes: TimelineNodes) -> Self {
        Self { nodes, heights: BrowserCell::empty() }
    }

    /// The scroll container, once it is rendered.
    pub(super) fn viewport(self) -> Option<HtmlElement> {
        self.nodes.viewport.get_untracked().map(Into::into)
    }

    /// The current heights of the reserve and the spacer.
    pub(super) fn heights(self) -> Heights {
        self.heights.with(|heights| *heights)
    }

    /// Sets the height of the reserve.
    pub(super) fn set_reserve(self, height: i32) {
        if self.heights.with(|heights| std::mem::replace(&mut heights.reserve, height)) != height {
            set_height(self.nodes.reserve, height);
        }
    }

    /// Sets the height of the spacer.
    pub(super) fn set_spacer(self, height: i32) {
        if self.heights.with(|heights| std::mem::replace(&mut heights.spacer, height)) != height {
            set_height(self.nodes.spacer, height);
        }
    }

    /// The end of the reserve and the start of the spacer, in pixels from the top of the window. The rows are between
    /// them.
    pub(super) fn edges(self) -> Option<(f64, f64)> {
        let (reserve, spacer) = (self.nodes.reserve.get_untracked()?, self.nodes.spacer.get_untracked()?);
        Some((reserve.get_bounding_client_rect().bottom(), spacer.get_bounding_client_rect().top()))
    }

    /// By how much the rows above the top of the anchor, and those from there on, have grown since it became the
    /// anchor. `None` if its row is not in the document any more.
    pub(super) fn growth(self, anchor: &Anchor) -> Option<(i32, i32)> {
        let edges = self.edges().filter(|_| anchor.row.is_connected())?;
        let now = Anchor::new(anchor.row.clone(), edges);
        Some((now.above - anchor.above, now.below - anchor.below))
    }

    /// Sets the height of the reserve and returns how much of it is visible; 0 if nothing else were visible.
    pub(super) fn visible_reserve(self, viewport: &HtmlElement, height: i32) -> i32 {
        self.set_reserve(height);
        let Some((end, _)) = self.edges() else { return 0 };
        let end = units(end - viewport.get_bounding_client_rect().top());
        if end < px(viewport.client_height()) { end.max(0) } else { 0 }
    }
}

/// The topmost visible row, preferably a message whose top is visible: the text of a membership notice may change
/// later.
pub(super) fn topmost_row(rows: &HtmlElement, viewport: &HtmlElement) -> Option<Element> {
    let all = rows.children();
    let top = viewport.get_bounding_client_rect().top();
    let bottom_of = |index: u32| all.item(index).map_or(f64::MAX, |row| row.get_bounding_client_rect().bottom());
    let (mut low, mut high) = (0, all.length());
    while low < high {
        let middle = low + (high - low) / 2;
        if bottom_of(middle) <= top { low = middle + 1 } else { high = middle }
    }
    let visible = top..top + f64::from(viewport.client_height());
    let begins = |row: &Element| row.tag_name() == "ARTICLE" && visible.contains(&row.get_bounding_client_rect().top());
    let mut near = (low..all.length().min(low + 4)).filter_map(|index| all.item(index));
    near.find(begins).or_else(|| all.item(low)).or_else(|| all.item(all.length().saturating_sub(1)))
}

/// The distance from the top of the viewport to the top of an element, in pixels.
pub(super) fn offset_in_viewport(element: &Element, viewport: &HtmlElement) -> f64 {
    element.get_bounding_client_rect().top() - viewport.get_bounding_client_rect().top()
}

/// Scrolls by a distance in pixels, rounded.
pub(super) fn scroll_by(viewport: &HtmlElement, distance: f64) {
    let distance = distance.round() as i32;
    if distance != 0 {
        viewport.set_scroll_top(viewport.scroll_top() + distance);
    }
}

/// Converts whole pixels to units.
pub(super) const fn px(pixels: i32) -> i32 {
    pixels * UNITS_PER_PX
}

/// Converts units to pixels.
pub(super) fn to_px(units: i32) -> f64 {
    f64::from(units) / f64::from(UNITS_PER_PX)
}

fn units(pixels: f64) -> i32 {
    (pixels * f64::from(UNITS_PER_PX)).round() as i32
}

fn set_height(node: NodeRef<Div>, units: i32) {
    if let Some(node) = node.get_untracked() {
        let _ = web_sys::HtmlElement::style(&node).set_property("height", &format!("calc({units}px / {UNITS_PER_PX})"));
    }
}
