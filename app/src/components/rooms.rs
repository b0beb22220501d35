//! The rooms, and who one is oneself.

use leptos::prelude::*;
use parlor::RoomName;

use super::{
    icon::{self, Icon},
    me::MyCard,
    new_room::NewRoom,
};
use crate::{Session, live::words, state::client::RoomLine};

/// The left side.
#[component]
pub(super) fn Rooms() -> impl IntoView {
    let session = Session::get();
    let names = Memo::new(move |_| -> Vec<RoomName> {
        session.shown.read().rooms.iter().map(|room| room.name.clone()).collect()
    });
    view! {
        <nav class="side rooms" aria-label="Rooms">
            <div class="brand"><Icon path=icon::BRAND/>"Parlor"</div>
            <div class="cap" aria-hidden="true">"Rooms"</div>
            <ul class="list">
                <For each=move || names.get() key=Clone::clone children=move |name| line(session, name)/>
            </ul>
            <NewRoom/>
            <MyCard/>
        </nav>
    }
}

/// A room: its name stays, what is beside it changes.
fn line(session: Session, name: RoomName) -> impl IntoView {
    let text = name.to_string();
    let part = format!("Leave #{text}");
    let about = move |tell: fn(&RoomLine) -> String| {
        let shown = session.shown.read();
        shown.rooms.iter().find(|room| room.name == name).map(tell).unwrap_or_default()
    };
    let (here, class, unread, heard) = (about.clone(), about.clone(), about.clone(), about);
    view! {
        <li class=words(move || class(|room| if room.meant { "meant".to_owned() } else { String::new() }))>
            <a
                href=address(&text)
                data-do="enter"
                data-room=text.clone()
                dir="auto"
                aria-current=move || {
                    let current = here(|room| if room.shown { "page".to_owned() } else { String::new() });
                    (!current.is_empty()).then_some(current)
                }
            >
                <span class="hash" aria-hidden="true">"#"</span>
                <span class="name">{text.clone()}</span>
                <span class="badge">{words(move || unread(|room| room.unread.clone()))}</span>
                <span class="unseen">
                    {words(move || heard(|room| if room.unread.is_empty() { String::new() } else { "unread".to_owned() }))}
                </span>
            </a>
            <button type="button" class="part" data-do="part" data-room=text aria-label=part.clone() title=part>"×"</button>
        </li>
    }
}

/// Where a room is.
pub(super) fn address(name: &str) -> String {
    if name == RoomName::default().as_str() { "/".to_owned() } else { format!("/r/{name}") }
}
