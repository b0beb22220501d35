//! The timeline of the shown room.

use std::borrow::Cow;

use leptos::prelude::*;
use web_sys::Event;

use super::{
    element::{div_with_ref, element, text},
    message::message,
    message_actions, message_focus,
    people::share_link,
    picker::Picker,
    scroll::{Scroll, TimelineNodes},
};
use crate::{
    ChatHandle,
    dom::listen,
    erase::Erase,
    i18n::fill,
    reactive::reactive_view,
    view::{
        row_blocks::{RowNode, RowNodeContent},
        rows::{Row, RowContent},
        view_state::ViewState,
    },
};

/// Renders the timeline. It is laid out from its end (`column-reverse` in `timeline.css`), so that the latest message
/// is visible before any script runs.
#[component]
pub(super) fn Timeline() -> impl IntoView {
    let chat = ChatHandle::get();
    let nodes = TimelineNodes::default();
    let TimelineNodes { viewport, reserve, rows, spacer } = nodes;
    let scroll = Scroll::new(chat, nodes);
    let picker = Picker::get();
    let texts = chat.texts;
    let has_older = move || chat.view_state.read().has_older;
    let start_text = move || match chat.view_state.read().unknown {
        Some(None) => texts.loading().to_owned(),
        Some(Some(code)) => texts.explain(code),
        None if has_older() => texts.loading_older().to_owned(),
        None => fill(texts.room_start(), &[&chat.view_state.read().room_label()]),
    };
    let column = vec![
        div_with_ref(reserve, [], []),
        reactive_view(move || {
            let class = if has_older() { "start loading" } else { "start" };
            element("p", [("class", class.into())], text(start_text()))
        }),
        reactive_view(move || match empty_room_text(chat, &chat.view_state.read()) {
            // An empty element would still take up space.
            None => ().erase(),
            Some(notice) => {
                let share = share_link(&chat.view_state.read().room, texts);
                element("div", [("class", "empty".into())], [element("p", [], text(notice)), share])
            }
        }),
        div_with_ref(rows, [("class", "lines".into())], [render_block(chat.rows(), chat)]),
        div_with_ref(spacer, [], []),
    ];
    let attributes = [
        ("class", "log".into()),
        ("role", "log".into()),
        ("aria-label", texts.messages().into()),
        ("aria-live", "off".into()),
        ("tabindex", "0".into()),
    ];
    let on_event = move |event: Event| match event.type_().as_str() {
        "scroll" => scroll.on_scroll(),
        "click" => message_actions::on_click(chat, picker, &event),
        kind => message_focus::on_focus_change(&event, kind == "focusin"),
    };
    viewport.on_load(move |viewport| listen(&viewport, &["scroll", "click", "focusin", "focusout"], on_event));
    div_with_ref(viewport, attributes, [element("div", [("class", "col".into())], column)])
}

/// Renders the nodes of a block: rows, or blocks of rows.
fn render_block(block: ArcRwSignal<RowNodeContent>, chat: ChatHandle) -> AnyView {
    let nodes: Box<dyn Fn() -> Vec<RowNode> + Send + Sync> = Box::new(move || block.read().nodes().to_vec());
    let render = move |RowNode { content, .. }: RowNode| {
        if matches!(*content.read_untracked(), RowNodeContent::Block(_)) {
            return render_block(content, chat);
        }
        reactive_view(move || match &*content.read() {
            RowNodeContent::Row(row) => render_row(row, chat),
            RowNodeContent::Block(_) => "".erase(),
        })
    };
    view! { <For each=nodes key=|node| node.key.clone() children=render/> }.erase()
}

fn render_row(row: &Row, chat: ChatHandle) -> AnyView {
    let class = |class: &'static str| [("class", Cow::Borrowed(class))];
    match &row.content {
        RowContent::Day(label) => element("div", class("day"), [element("span", [], text(label.as_str()))]),
        RowContent::MembershipNotice(notice) => element("p", class("quiet"), text(notice.as_str())),
        RowContent::Divider => {
            let attributes = [
                ("class", "unread".into()),
                ("role", "separator".into()),
                ("aria-label", chat.texts.new_messages().into()),
            ];
            element("div", attributes, [element("span", [], text(chat.texts.divider()))])
        }
        RowContent::Message(row) => message(row, &chat.viewer_id(), chat.texts),
    }
}

/// The text of a room without visible messages.
fn empty_room_text(chat: ChatHandle, state: &ViewState) -> Option<&'static str> {
    let texts = chat.texts;
    match (state.unknown, state.is_empty, &state.name) {
        (Some(None), ..) if state.banner.is_some() => Some(texts.room_not_stored()),
        (_, false, _) => None,
        (_, true, None) if chat.server().needs_invitation => None,
        (_, true, None) => Some(texts.room_empty_guest()),
        (_, true, Some(_)) => Some(texts.room_empty()),
    }
}
