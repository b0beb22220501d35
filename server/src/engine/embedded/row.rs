//! From rows of the database to what they say. What this program does not know, or no longer takes, still has its place.

use parlor::{Author, AuthorId, Body, ClientId, Emoji, Event, EventKind, Mention, Name, Quote, UnixMillis};
use rusqlite::types::ValueRef;
use rusqlite::{Row, RowIndex};

use super::super::chain::Link;
use super::place::seq_of;

/// The column of the text, in [`EVENT`] and where messages are read.
const BODY: usize = 6;

/// Bytes of the text that a row has.
pub(super) fn text_bytes(row: &Row<'_>) -> rusqlite::Result<usize> {
    Ok(match row.get_ref(BODY)? {
        ValueRef::Text(text) => text.len(),
        _ => 0,
    })
}

/// The columns of `events` that [`event`] reads, in its order: by name each would be looked for in each row.
pub(super) const EVENT: &str = "place, at, kind, author, name, client_id, body, link, target, emoji, mentions";

/// The event that a row of [`EVENT`] is; `quote` reads the message at a place as one that is quoted.
pub(super) fn event(
    row: &Row<'_>,
    quote: impl FnOnce(i64) -> rusqlite::Result<Option<Quote>>,
) -> rusqlite::Result<Event> {
    let (place, at, kind): (i64, UnixMillis, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (by, client_id): (_, String) = (author(row, 3, 4)?, row.get(5)?);
    let (text, hash): (Option<String>, _) = (row.get(BODY)?, Link::from_bytes(row.get(7)?).mark());
    let (target, emoji): (Option<i64>, Option<String>) = (row.get(8)?, row.get(9)?);
    let mentions = mentions(row, 10)?;
    let emoji = emoji.and_then(|emoji| Emoji::try_from(emoji).ok());
    let kind = match (kind.as_str(), by, ClientId::try_from(client_id).ok(), target.map(seq_of)) {
        ("posted", Some(author), Some(client_id), _) => {
            let quote = target.map(quote).transpose()?.flatten();
            posted(author, client_id, Text { text, mentions }, quote, None).unwrap_or(EventKind::Unknown)
        }
        ("edited", Some(by), Some(client_id), Some(target)) => match text.map(Body::try_from).transpose() {
            Ok(body) => EventKind::Edited { by, client_id, target, body, mentions },
            Err(_) => EventKind::Unknown,
        },
        ("deleted", Some(by), Some(client_id), Some(target)) => EventKind::Deleted { by, client_id, target },
        ("reacted", Some(by), Some(client_id), Some(target)) => match emoji {
            Some(emoji) => EventKind::Reacted { by, client_id, target, emoji },
            None => EventKind::Unknown,
        },
        ("unreacted", Some(by), Some(client_id), Some(target)) => match emoji {
            Some(emoji) => EventKind::Unreacted { by, client_id, target, emoji },
            None => EventKind::Unknown,
        },
        ("topic", Some(by), Some(client_id), None) => {
            EventKind::Topic { by, client_id, topic: text.unwrap_or_default() }
        }
        _ => EventKind::Unknown,
    };
    Ok(Event { seq: seq_of(place), at, hash, kind })
}

/// A text and the people mentioned in it; nothing where it has been erased.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) text: Option<String>,
    pub(super) mentions: Option<Vec<Mention>>,
}

/// The people mentioned in a text, as they are stored.
pub(super) fn mentions_text(mentions: &[Mention]) -> String {
    // Numbers and texts can't fail to be JSON.
    serde_json::to_string(mentions).unwrap_or_default()
}

/// The people mentioned in a text, in this column.
pub(super) fn mentions<C: RowIndex>(row: &Row<'_>, column: C) -> rusqlite::Result<Option<Vec<Mention>>> {
    let stored: Option<String> = row.get(column)?;
    Ok(stored.and_then(|stored| serde_json::from_str(&stored).ok()))
}

/// The message that a row of `messages` is, as a `posted` event without its reactions.
pub(super) fn message(row: &Row<'_>, text: Text, edited_at: Option<UnixMillis>) -> rusqlite::Result<Event> {
    let client_id: String = row.get("client_id")?;
    let kind = match (author(row, "author", "name")?, ClientId::try_from(client_id)) {
        (Some(author), Ok(client_id)) => {
            let of: Option<i64> = row.get("reply_to")?;
            let quote = of.map(|of| quote(row, of)).transpose()?;
            posted(author, client_id, text, quote, edited_at)
        }
        _ => None,
    };
    Ok(Event {
        seq: seq_of(row.get("place")?),
        at: row.get("at")?,
        hash: Link::from_bytes(row.get("link")?).mark(),
        kind: kind.unwrap_or(EventKind::Unknown),
    })
}

fn posted(
    author: Author,
    client_id: ClientId,
    Text { text, mentions }: Text,
    reply_to: Option<Quote>,
    edited_at: Option<UnixMillis>,
) -> Option<EventKind> {
    let body = text.map(Body::try_from).transpose().ok()?;
    Some(EventKind::Posted { author, client_id, body, mentions, reply_to, edited_at, reactions: Vec::new() })
}

/// The message at this place, in the `quoted_` columns of a row, as one that is quoted.
pub(super) fn quote(row: &Row<'_>, place: i64) -> rusqlite::Result<Quote> {
    let author = author(row, "quoted_author", "quoted_name")?;
    Ok(Quote { seq: seq_of(place), author, excerpt: row.get("quoted_body")?, client_id: None })
}

/// The person in these columns, if there is one whose name the rules of today still allow.
pub(super) fn author<C: RowIndex>(row: &Row<'_>, id: C, name: C) -> rusqlite::Result<Option<Author>> {
    let (id, name): (Option<String>, Option<String>) = (row.get(id)?, row.get(name)?);
    Ok(id
        .zip(name.and_then(|name| Name::try_from(name).ok()))
        .map(|(id, name)| Author { id: AuthorId(id.into()), name }))
}
