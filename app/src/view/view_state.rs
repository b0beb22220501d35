//! What the components render beside the timeline and the list of people.

use std::sync::Arc;

use parlor::{ErrorCode, Name, RoomName};

use super::{labels, locale::Locale};
use crate::{
    i18n::Texts,
    room_name,
    settings::Settings,
    state::{
        Moment,
        client::{Client, NameClaim},
        drafts::{Composing, OfferedDraft},
        lookup::Lookup,
        room_list::RoomListItem,
    },
};

/// The view state. It is one signal: each type of signal is a copy of its code in the WASM, and Leptos changes only
/// what differs in the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewState {
    /// The shown room.
    pub room: RoomName,
    /// Its name for the reader, without the `#` of public names.
    pub room_title: String,
    /// The list of rooms.
    pub rooms: Vec<RoomListItem>,
    /// The name that the reader holds.
    pub name: Option<Name>,
    /// The last claim of a name.
    pub name_claim: NameClaim,
    /// The number of people in the room, if it is known.
    pub people: Option<u32>,
    /// Whether more of the people can be shown.
    pub more_people: bool,
    /// The problem of the connection.
    pub banner: Option<Banner>,
    /// The messages that came while the reader looks at an earlier part of the timeline.
    pub new_messages: Option<NewMessagesLabel>,
    /// The number of unread messages that the reader does not see.
    pub unseen_count: usize,
    /// Whether older messages can be shown.
    pub has_older: bool,
    /// Whether newer messages can be shown that were visible before and have left the window.
    pub has_newer: bool,
    /// Whether the room has no messages at all.
    pub is_empty: bool,
    /// Whether the end of the timeline is visible.
    pub live: bool,
    /// `Some` while the room's messages have not come, with the reason if the server refused them.
    pub unknown: Option<Option<ErrorCode>>,
    /// Who is typing.
    pub typing: String,
    /// The room finder and the search.
    pub lookup: Arc<Lookup>,
    /// The topic of the room.
    pub topic: String,
    /// What the composer's text is for, unless it is a message that answers none.
    pub composing: Option<Composing>,
    /// The id of the draft in the composer.
    pub draft: u64,
    /// The other drafts of the room, newest first.
    pub offered_drafts: Vec<OfferedDraft>,
    /// The message that was jumped to last, with the number of the jump.
    pub revealed: Option<(u32, u64)>,
    /// Whether the message that was to be shown last is deleted or not in the log.
    pub missing: bool,
    /// The reader's settings.
    pub settings: Settings,
    /// A note that stays until the reader closes it or sends a message; empty for none.
    pub toast: &'static str,
    /// The newest announcements for screen readers, oldest first, each with its number.
    pub announcements: Vec<(u64, String)>,
    /// Whether the page is hydrated and has a platform.
    pub hydrated: bool,
}

/// The problem of the connection, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Banner {
    /// What is wrong.
    pub text: &'static str,
    /// Whole seconds until the next attempt, while the page waits for it.
    pub retry_in_s: Option<u64>,
}

/// New messages, as the button to the latest message tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessagesLabel {
    /// Their number.
    pub count: usize,
    /// Whether there are more, which the page does not hold any more.
    pub more: bool,
    /// The local time of the first of them.
    pub since: String,
}

impl ViewState {
    /// The view of a state. It has no toast and no announcements, and is not hydrated.
    pub fn new(client: &Client, locale: &Locale, at: Moment) -> Self {
        let banner = client.connection_status(at).map(|status| Banner {
            text: labels::connection(status.problem, locale.texts),
            retry_in_s: status.retry_in_s,
        });
        let new_messages = client.new_messages().map(|new| NewMessagesLabel {
            count: new.count,
            more: new.more,
            since: locale.clock(new.since),
        });
        Self {
            room: client.room().clone(),
            room_title: client.room_title().to_owned(),
            rooms: client.rooms(),
            name: client.name().cloned(),
            name_claim: client.name_claim().clone(),
            people: client.people_count(),
            more_people: client.has_more_people(),
            banner,
            new_messages,
            unseen_count: client.unseen_count(),
            has_older: client.has_older(),
            has_newer: client.has_newer(),
            is_empty: client.is_empty(),
            live: client.is_live(),
            unknown: client.unknown(),
            typing: labels::typing(&client.typing(), locale.texts),
            lookup: client.lookup(),
            topic: client.topic().to_owned(),
            composing: client.composing().cloned(),
            draft: client.draft(),
            offered_drafts: client.offered_drafts(),
            revealed: client.revealed(),
            missing: client.is_missing(),
            settings: client.settings(),
            toast: "",
            announcements: Vec::new(),
            hydrated: false,
        }
    }

    /// The name of the shown room inside of a sentence: `#lobby`, or the title of a private room.
    pub(crate) fn room_label(&self) -> String {
        room_name::label(&self.room, &self.room_title)
    }

    /// The number of people as a label, empty if it is not known.
    pub(crate) fn people_count(&self, texts: &Texts) -> String {
        self.people.map(|people| texts.number(people as usize)).unwrap_or_default()
    }
}
