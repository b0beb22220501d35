//! All rooms, and oneself, on a page that needs no script.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor::RoomName;
use parlor::message::RoomSummary;
use parlor_app::room_name;
use parlor_app::words::{Words, fill};
use serde::Deserialize;

use super::Pages;
use super::address;
use super::document::Document;
use super::reader::Reader;
use crate::chat::{ConnectionManager, Session};
use crate::net::{HttpError, cookie};

/// What it takes to show them.
#[derive(Clone, Debug)]
pub(super) struct Rooms {
    manager: Arc<ConnectionManager>,
    document: Document,
}

impl Rooms {
    pub(super) fn new(pages: &Pages) -> Self {
        Self { manager: pages.manager.clone(), document: Document::new(&pages.options) }
    }
}

/// What the page's form asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The name of a room to go to, as somebody typed it.
    open: Option<String>,
}

/// `GET /rooms`; with `?open=NAME` the way to that room.
pub(super) async fn rooms(
    State(rooms): State<Rooms>,
    Query(asked): Query<Asked>,
    reader: Reader,
    headers: HeaderMap,
) -> Response {
    let (words, pages) = (reader.words, reader.pages);
    let mut problem = None;
    if let Some(name) = &asked.open {
        match room_name::typed(name) {
            Ok(room) => return (StatusCode::SEE_OTHER, [(header::LOCATION, location(&room))]).into_response(),
            Err(code) => problem = Some(words.explain(code)),
        }
    }
    let list = match rooms.manager.list_rooms().await {
        Ok(list) => list,
        Err(_) => return HttpError::Unavailable.into_response(),
    };
    let session = cookie::session(&headers).map(|token| Session::of(&token));
    let name = session.and_then(|session| rooms.manager.author(&session)).map(|author| author.name.to_string());
    let (status, typed) = match problem {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, asked.open.unwrap_or_default()),
        None => (StatusCode::OK, String::new()),
    };
    let list: Vec<_> = list.into_iter().map(|room| line(room, words)).collect();
    let content = view! {
        <ul class="list">{list}</ul>
        <form action="/rooms" class="fields">
            <input name="open" value=typed aria-label=words.room_name() placeholder=words.room_example() autocapitalize="none" required/>
            <button class="main">{pages.open()}</button>
        </form>
        {problem.map(|problem| view! { <p class="note bad" role="alert">{problem}</p> })}
        {name.map(|name| oneself(&name, &reader))}
        <p><a href="/settings">{words.settings()}</a></p>
        <p><a href="/">{pages.to_lobby()}</a></p>
    };
    rooms.document.answer(&reader, status, words.rooms(), content)
}

/// A room's address, as it may stand in a header.
pub(super) fn location(room: &RoomName) -> String {
    address::ascii(&room.path())
}

fn line(room: RoomSummary, words: &Words) -> impl IntoView {
    let here = words.here_at_all(room.people);
    let about = [here, room.topic].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    view! {
        <li>
            <a href=room.room.path()>
                <b dir="auto">{format!("#{}", room.room)}</b>
                <span class="you" dir="auto">{about}</span>
            </a>
        </li>
    }
}

fn oneself(name: &str, reader: &Reader) -> impl IntoView + use<> {
    view! {
        <p>{fill(reader.pages.you_are(), &[name])}</p>
        <form method="post" action="/sign-out">
            <button>{reader.words.sign_out()}</button>
            <p>{fill(reader.words.lose_name(), &[name])}</p>
        </form>
    }
}
