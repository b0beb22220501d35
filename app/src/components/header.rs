//! The room's name, and on narrow windows the way to both sides.

use leptos::prelude::*;

use super::{
    drawer::{Drawer, Side},
    icon::{self, Icon},
};
use crate::{
    Session,
    live::{click, words},
};

/// The line above the conversation.
#[component]
pub(super) fn Header() -> impl IntoView {
    let session = Session::get();
    let drawer = Drawer::get();
    view! {
        <header>
            <button
                type="button"
                class="icon opens-rooms"
                aria-label="Rooms"
                aria-expanded=words(move || drawer.expanded(Side::Rooms))
                on:click=click(move || drawer.toggle(Side::Rooms))
            >
                <Icon path=icon::ROOMS/>
            </button>
            <h1 dir="auto"><span class="hash" aria-hidden="true">"#"</span>{session.room()}</h1>
            <p class="topic" dir="auto">{words(move || session.shown.read().topic.clone())}</p>
            <div class="tools">
                <button
                    type="button"
                    class="icon opens-people"
                    aria-label="People"
                    aria-expanded=words(move || drawer.expanded(Side::People))
                    on:click=click(move || drawer.toggle(Side::People))
                >
                    <Icon path=icon::PEOPLE/>
                    <span class="count" aria-hidden="true">{words(move || session.shown.read().people.to_string())}</span>
                </button>
            </div>
        </header>
    }
}
