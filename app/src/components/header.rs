//! The room's name, and on narrow windows the way to both sides.

use leptos::prelude::*;

use super::{
    drawer::{Drawer, Side},
    icon::{self, Icon},
};
use crate::Session;

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
                aria-expanded=move || drawer.expanded(Side::Rooms)
                on:click=move |_| drawer.toggle(Side::Rooms)
            >
                <Icon path=icon::ROOMS/>
            </button>
            <h1 dir="auto"><span class="hash" aria-hidden="true">"#"</span>{session.room.get_value()}</h1>
            <div class="tools">
                <button
                    type="button"
                    class="icon opens-people"
                    aria-label="People"
                    aria-expanded=move || drawer.expanded(Side::People)
                    on:click=move |_| drawer.toggle(Side::People)
                >
                    <Icon path=icon::PEOPLE/>
                    <span class="count" aria-hidden="true">{move || session.shown.read().people}</span>
                </button>
            </div>
        </header>
    }
}
