//! The rooms, and who one is oneself.

use leptos::{either::Either, prelude::*};
use parlor::{Name, RoomName};

use super::{
    avatar::Avatar,
    drawer::Drawer,
    icon::{self, Icon},
};
use crate::{
    Session,
    live::{click, words},
    state::roster::Person,
};

/// The left side.
#[component]
pub(super) fn Rooms() -> impl IntoView {
    let session = Session::get();
    let current = session.room();
    let lobby = RoomName::default().to_string();
    let mut names = vec![lobby.clone()];
    if current != lobby {
        names.push(current.clone());
    }
    let links: Vec<_> = names
        .into_iter()
        .map(|name| {
            let href = if name == lobby { "/".to_owned() } else { format!("/r/{name}") };
            let here = (name == current).then_some("page");
            view! {
                <li>
                    <a href=href aria-current=here dir="auto">
                        <span class="hash" aria-hidden="true">"#"</span>
                        {name}
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="side rooms" aria-label="Rooms">
            <div class="brand"><Icon path=icon::BRAND/>"Parlor"</div>
            <div class="cap" aria-hidden="true">"Rooms"</div>
            <ul class="list">{links}</ul>
            <MyCard/>
        </nav>
    }
}

/// The reader's own name, and the way to give it back.
#[component]
fn MyCard() -> impl IntoView {
    let session = Session::get();
    let drawer = Drawer::get();
    let named = Memo::new(move |_| session.shown.read().name.is_some());
    let name = move || session.shown.read().name.as_ref().map(Name::to_string).unwrap_or_default();
    let me = move || session.people.read().iter().find(|person| person.me).cloned();
    let leave = move || {
        drawer.close();
        session.input(|client, _| client.leave());
    };
    view! {
        <div class="me-card">
            {move || if named.get() {
                Either::Left(view! {
                    {move || me().map(|Person { author, .. }| view! { <Avatar author/> })}
                    <span class="me" dir="auto"><b>{words(name)}</b></span>
                    <button type="button" class="quiet-button" title="Sign out and free the name" on:click=click(leave)>
                        "Leave"
                    </button>
                })
            } else {
                Either::Right(view! { <span class="me guest">"You are reading as a guest."</span> })
            }}
        </div>
    }
}
