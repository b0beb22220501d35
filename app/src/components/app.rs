//! The app component: rooms, timeline with composer, people, and everything that opens over them.

use leptos::{html::Div, prelude::*};
use web_sys::Event;

use super::{
    actions::Command,
    banner::{connection_banner, missing_message},
    commands,
    element::element,
    file_drop,
    focus::Focus,
    footer::footer,
    header::header,
    jump_to_latest::jump_to_latest,
    key_reader::KeyReader,
    live_region::LiveRegion,
    panel::Panels,
    people::people,
    picker::{EmojiPicker, Picker},
    room_finder,
    rooms::rooms,
    search::{self, search},
    settings,
    shortcuts::{self, shortcuts_sheet},
    timeline::Timeline,
    touch_gestures,
};
use crate::{
    ChatHandle,
    dom::listen,
    erase::Erase,
    reactive::{on_change, on_mount, reactive_text},
    view::view_state::ViewState,
};

/// Renders the page. It provides the [`ChatHandle`] and the other contexts to the components below.
#[component]
pub fn App(
    /// The handle to the chat.
    chat: ChatHandle,
) -> impl IntoView {
    provide_context(chat);
    let focus = Focus::provide();
    let panels = Panels::new();
    let picker = Picker::provide();
    touch_gestures::listen(panels);
    shortcuts::listen(chat, panels, picker, KeyReader::provide());
    on_mount(move || focus.listen());
    search::repeat_on_open(chat, panels);
    file_drop::listen(chat);
    let class = move || {
        let nameless_class = if chat.view_state.read().name.is_none() { " nameless" } else { "" };
        format!("{}{nameless_class}", panels.app_class())
    };
    on_change(
        move || document_title(&chat.view_state.read(), &chat.server().name),
        move |title, _| document().set_title(&title),
    );
    on_change(move || chat.view_state.read().unseen_count, move |unseen, _| chat.set_badge(unseen));
    let wrap =
        vec![connection_banner(chat), missing_message(chat), view! { <Timeline/> }.erase(), jump_to_latest(chat)];
    let main = vec![header(chat, panels), element("div", [("class", "wrap".into())], wrap), footer(chat)];
    let children = vec![
        rooms(chat, panels),
        element("main", [], main),
        people(chat),
        search(chat, panels),
        element("div", [("class", "scrim".into()), Command::Close.attribute()], []),
        shortcuts_sheet(chat, panels),
        settings::settings(chat, panels),
        view! { <EmojiPicker/> }.erase(),
        view! { <LiveRegion/> }.erase(),
    ];
    let root = NodeRef::<Div>::new();
    let on_event = move |event: Event| match event.type_().as_str() {
        "click" => {
            picker.on_click(&event);
            commands::on_click(chat, panels, &event);
        }
        "input" => {
            search::on_input(chat, &event);
            settings::on_input(chat, &event);
            room_finder::on_input(chat, &event);
        }
        _ => commands::on_submit(chat, panels, &event),
    };
    root.on_load(move |root| listen(&root, &["click", "input", "submit"], on_event));
    view! {
        <div
            class=reactive_text(class)
            node_ref=root
        >
            {children}
        </div>
    }
}

fn document_title(state: &ViewState, server: &str) -> String {
    match state.unseen_count {
        0 => format!("{} · {server}", state.room_title),
        count => format!("({count}) {} · {server}", state.room_title),
    }
}
