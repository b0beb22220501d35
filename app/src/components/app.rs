//! The page: rooms, conversation, people.

use leptos::{html::Div, prelude::*};
use web_sys::Event;

use super::{
    banner::{connection_banner, missing_message},
    command,
    element::element,
    focus::Focus,
    footer::footer,
    header::header,
    key::KeyReader,
    keys::{self, keys},
    panel::Panels,
    people::people,
    picker::{EmojiPicker, Picker},
    pill::news_pill,
    room_finder,
    rooms::rooms,
    search::{self, search},
    settings,
    speaker::Speaker,
    timeline::Timeline,
    touch, transfer,
};
use crate::{
    Session,
    erase::Erase,
    live::{listen, on_change, when_drawn, words},
    session::Shown,
};

/// Everything inside the document's body.
#[component]
pub fn App(
    /// What it draws from.
    session: Session,
) -> impl IntoView {
    provide_context(session);
    let focus = Focus::provide();
    let panels = Panels::new();
    let picker = Picker::provide();
    touch::watch(panels);
    keys::watch(session, panels, picker, KeyReader::provide());
    when_drawn(move || focus.watch());
    search::refresh(session, panels);
    transfer::watch(session);
    let class = move || {
        let nameless = if session.shown.read().name.is_none() { " nameless" } else { "" };
        format!("{}{nameless}", panels.app_class())
    };
    on_change(move || title(&session.shown.read()), move |title, _| document().set_title(&title));
    on_change(move || session.shown.read().unseen, move |unseen, _| session.badge(unseen));
    let wrap =
        vec![connection_banner(session), missing_message(session), view! { <Timeline/> }.erase(), news_pill(session)];
    let main = vec![header(session, panels), element("div", [("class", "wrap".into())], wrap), footer(session)];
    let inside = vec![
        rooms(session, panels),
        element("main", [], main),
        people(session),
        search(session, panels),
        element("div", [("class", "scrim".into()), ("data-do", "close".into())], []),
        keys(session, panels),
        settings::settings(session, panels),
        view! { <EmojiPicker/> }.erase(),
        view! { <Speaker/> }.erase(),
    ];
    let root = NodeRef::<Div>::new();
    let happened = move |event: Event| match event.type_().as_str() {
        "click" => {
            picker.clicked(&event);
            command::clicked(session, panels, &event);
        }
        "input" => {
            search::typed(session, &event);
            settings::chosen(session, &event);
            room_finder::typed(session, &event);
        }
        _ => command::submitted(session, panels, &event),
    };
    root.on_load(move |root| listen(&root, &["click", "input", "submit"], happened));
    view! {
        <div
            class=words(class)
            node_ref=root
        >
            {inside}
        </div>
    }
}

fn title(shown: &Shown) -> String {
    match shown.unseen {
        0 => format!("{} · Parlor", shown.room),
        count => format!("({count}) {} · Parlor", shown.room),
    }
}
