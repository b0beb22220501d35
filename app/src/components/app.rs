//! The page: rooms, conversation, people.

use leptos::prelude::*;

use super::{
    banner::ConnectionBanner,
    command,
    footer::Footer,
    header::Header,
    keys::{self, Keys},
    panel::Panels,
    people::People,
    picker::{EmojiPicker, Picker},
    pill::NewsPill,
    rooms::Rooms,
    search::Search,
    speaker::Speaker,
    timeline::Timeline,
};
use crate::{
    Session,
    live::{on_change, words},
    session::Shown,
};

/// Everything inside the document's body.
#[component]
pub fn App(
    /// What it draws from.
    session: Session,
) -> impl IntoView {
    provide_context(session);
    let panels = Panels::provide();
    Picker::provide();
    let class = move || {
        let nameless = if session.shown.read().name.is_none() { " nameless" } else { "" };
        format!("{}{nameless}", panels.app_class())
    };
    let title = Memo::new(move |_| title(&session.shown.read()));
    on_change(move || title.get(), move |title, _| document().set_title(&title));
    view! {
        <div
            class=words(class)
            on:keydown=move |event| keys::pressed(session, panels, &event)
            on:click=move |event| command::clicked(session, panels, &event)
            on:submit=move |event| command::submitted(session, panels, &event)
        >
            <Rooms/>
            <main>
                <Header/>
                <div class="wrap">
                    <ConnectionBanner/>
                    <Timeline/>
                    <NewsPill/>
                </div>
                <Footer/>
            </main>
            <People/>
            <Search/>
            <div class="scrim" data-do="close"></div>
            <Keys/>
            <EmojiPicker/>
            <Speaker/>
        </div>
    }
}

fn title(shown: &Shown) -> String {
    match shown.unseen {
        0 => format!("{} · Parlor", shown.room),
        count => format!("({count}) {} · Parlor", shown.room),
    }
}
