//! The page: rooms, conversation, people.

use leptos::prelude::*;

use super::{
    banner::ConnectionBanner, drawer::Drawer, footer::Footer, header::Header, people::People, pill::NewsPill,
    rooms::Rooms, speaker::Speaker, timeline::Timeline,
};
use crate::Session;

/// Everything inside the document's body.
#[component]
pub fn App(
    /// What it draws from.
    session: Session,
) -> impl IntoView {
    provide_context(session);
    let drawer = Drawer::provide();
    Effect::new(move |_| document().set_title(&title(session.shown.read().unseen, &session.room.get_value())));
    view! {
        <div class=move || drawer.app_class() on:keydown=move |event| drawer.close_on_escape(&event)>
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
            <div class="scrim" on:click=move |_| drawer.close()></div>
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
