//! The initial page of a document.

use super::Read;
use crate::{
    i18n::Texts,
    initial_page::{InitialPage, PageLink, ServerInfo},
    settings::Settings,
    state::{
        calendar::OffsetChange,
        initial_state::{InitialState, RejectedForm, RoomTitle},
    },
    wire::json::Json,
};

impl Read for InitialPage {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            state: InitialState::read(json)?,
            now: json.get("now")?,
            // Leaking costs nothing: the texts are read once and live as long as the page.
            texts: Box::leak(Box::new(json.get("texts")?)),
            hour12: json.get("hour12")?,
            server: json.get("server")?,
            form_id: String::new(),
        })
    }
}

impl Read for InitialState {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            room: json.get("room")?,
            session: json.get("session")?,
            name: json.get("name")?,
            as_of: json.get("as_of")?,
            events: json.get("events")?,
            has_older: json.get("has_older")?,
            at: json.get("at")?,
            has_newer: json.get("has_newer")?,
            roster: json.get("roster")?,
            read: json.get("read")?,
            topic: json.get_or_default("topic")?,
            rooms: json.get_or_default("rooms")?,
            titles: json.get_or_default("titles")?,
            utc_offsets: json.get_or_default("utc_offsets")?,
            settings: Settings::parse(&json.get_or_default::<String>("settings")?),
            build: json.get("build")?,
            rejected_form: json.get("rejected_form")?,
        })
    }
}

impl Read for ServerInfo {
    fn read(json: &Json) -> Option<Self> {
        let (name, notice) = (json.get("name")?, json.get_or_default("notice")?);
        Some(Self { name, notice, needs_invitation: json.get("needs_invitation")?, links: json.get("links")? })
    }
}

impl Read for PageLink {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { path: json.get("path")?, label: json.get("label")? })
    }
}

impl Read for RoomTitle {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { room: json.get("room")?, title: json.get("title")? })
    }
}

impl Read for OffsetChange {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { from: json.get("from")?, minutes: json.get("minutes")? })
    }
}

impl Read for Texts {
    fn read(json: &Json) -> Option<Self> {
        let texts = <Vec<String>>::read(json)?;
        Self::from_list(texts.into_iter().map(|text| &*text.leak()).collect())
    }
}

impl Read for RejectedForm {
    fn read(json: &Json) -> Option<Self> {
        Some(Self { code: json.get("code")?, name: json.get("name")?, text: json.get("text")? })
    }
}
