//! The page with all rooms and the visitor's account, which needs no script.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor::message::RoomSummary;
use parlor_app::i18n::{Texts, fill};
use parlor_app::room_name;
use serde::Deserialize;

use super::PageState;
use super::canonical_path::room_location;
use super::request_preferences::RequestPreferences;
use crate::access::ServerAction;
use crate::net::sign_in::identify;
use crate::net::{ClientInfo, HttpError};

/// The query of `GET /rooms`, which the page's form sends.
#[derive(Debug, Deserialize)]
pub(super) struct RoomListQuery {
    /// The name of a room to open, as typed by the visitor.
    open: Option<String>,
}

/// `GET /rooms`; with `?open=NAME` a redirect to that room.
pub(super) async fn room_list_page(
    State(state): State<PageState>,
    Query(query): Query<RoomListQuery>,
    client: ClientInfo,
    preferences: RequestPreferences,
    headers: HeaderMap,
) -> Response {
    let (texts, page_texts) = (preferences.texts, preferences.page_texts);
    let mut error = None;
    if let Some(name) = &query.open {
        match room_name::parse_typed(name) {
            Ok(room) => return (StatusCode::SEE_OTHER, [(header::LOCATION, room_location(&room))]).into_response(),
            Err(code) => error = Some(texts.explain(code)),
        }
    }
    let Ok(session) = identify(&state.manager, &client, &headers).await else {
        return HttpError::Unavailable.into_response();
    };
    let Ok(rooms) = state.manager.list_rooms(session.as_ref()).await else {
        return HttpError::Unavailable.into_response();
    };
    let may = |action| {
        let actor = session.as_ref().map(|session| state.manager.person(session));
        actor.is_some_and(|actor| state.manager.may_on_server(actor, action).is_ok())
    };
    let is_server_owner = may(ServerAction::Manage);
    let welcome = state.manager.server_policy().welcome.clone();
    let author = session.as_ref().and_then(|session| state.manager.author(session));
    let may_create = author.is_some() && may(ServerAction::CreateRoom);
    let name = author.map(|author| author.name.to_string());
    let (status, typed) = match error {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, query.open.unwrap_or_default()),
        None => (StatusCode::OK, String::new()),
    };
    let items: Vec<_> = rooms.into_iter().map(|room| room_item(room, texts)).collect();
    let content = view! {
        {(!welcome.is_empty()).then(|| view! { <p class="welcome" dir="auto">{welcome}</p> })}
        <ul class="list">{items}</ul>
        <form action="/rooms" class="fields">
            <input name="open" value=typed aria-label=texts.room_name() placeholder=texts.room_example() autocapitalize="none" required/>
            <button class="main">{page_texts.open()}</button>
        </form>
        {error.map(|error| view! { <p class="note bad" role="alert">{error}</p> })}
        {may_create.then(|| view! { <p><a href="/rooms/new">{page_texts.new_room()}</a></p> })}
        {name.map(|name| account_section(&name, is_server_owner, &preferences))}
        <p><a href="/settings">{texts.settings()}</a></p>
        <p><a href="/">{page_texts.to_lobby()}</a></p>
    };
    state.template.render(&preferences, status, texts.rooms(), content)
}

fn room_item(room: RoomSummary, texts: &Texts) -> impl IntoView {
    let people = texts.people_here_label(room.people);
    let label = if room.title.is_empty() { format!("#{}", room.room) } else { room.title.clone() };
    let details = [people, room.topic].into_iter().filter(|detail| !detail.is_empty()).collect::<Vec<_>>().join(" · ");
    view! {
        <li>
            <a href=room.room.path()>
                <b dir="auto">{label}</b>
                <span class="you" dir="auto">{details}</span>
            </a>
        </li>
    }
}

/// The visitor's name and the form to sign out.
fn account_section(name: &str, is_server_owner: bool, preferences: &RequestPreferences) -> impl IntoView + use<> {
    let texts = preferences.page_texts;
    view! {
        <p>{fill(texts.you_are(), &[name])}</p>
        <form method="post" action="/sign-out">
            <button>{preferences.texts.sign_out()}</button>
            <p>{fill(preferences.texts.lose_name(), &[name])}</p>
        </form>
        <p><a href="/sessions">{texts.sessions()}</a></p>
        <p><a href="/recovery">{texts.recovery()}</a></p>
        {is_server_owner.then(|| view! { <p><a href="/server">{texts.this_server()}</a></p> })}
    }
}
