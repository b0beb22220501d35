//! The page: rooms, conversation, people.

use leptos::prelude::*;

use super::{
    banner::ConnectionBanner,
    drawer::Drawer,
    footer::Footer,
    header::Header,
    people::People,
    picker::{EmojiPicker, Picker},
    pill::NewsPill,
    rooms::Rooms,
    speaker::Speaker,
    timeline::Timeline,
};
use crate::{
    Session,
    live::{click, on_change, words},
};

/// Everything inside the document's body.
#[component]
pub fn App(
    /// What it draws from.
    session: Session,
) -> impl IntoView {
    provide_context(session);
    let drawer = Drawer::provide();
    Picker::provide();
    let class = move || {
        let nameless = if session.shown.read().name.is_none() { " nameless" } else { "" };
        format!("{}{nameless}", drawer.app_class())
    };
    on_change(
        move || session.shown.read().unseen,
        move |unseen, _| document().set_title(&title(unseen, &session.room())),
    );
    view! {
        <div class=words(class) on:keydown=move |event| drawer.close_on_escape(&event)>
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
            <div class="scrim" on:click=click(move || drawer.close())></div>
            <EmojiPicker/>
            <Speaker/>
        </div>
    }
}

fn title(unseen: usize, room: &str) -> String {
    match unseen {
        0 => format!("{room} · Parlor"),
        count => format!("({count}) {room} · Parlor"),
    }
}
