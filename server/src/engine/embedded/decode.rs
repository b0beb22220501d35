//! Decodes database rows into events and messages. An event that this program does not know, or whose content it no
//! longer accepts, becomes [`EventKind::Unknown`] and keeps its seq.

use parlor::{Author, AuthorId, Body, ClientId, Emoji, Event, EventKind, Mention, Name, Quote, UnixMillis};
use rusqlite::types::ValueRef;
use rusqlite::{Row, RowIndex};

use super::chain::ChainHash;
use super::row_id::seq_of;

/// Bytes of message texts in one page. A page of very long messages has fewer of them, so that it fits into one
/// connection's write queue.
pub(super) const PAGE_BYTES: usize = 128 * 1024;

/// The index of the text's column, in [`EVENT_COLUMNS`] and in the columns of a message.
const BODY_COLUMN: usize = 6;

/// Length of the row's text in bytes, 0 if it has none.
pub(super) fn body_bytes(row: &Row<'_>) -> rusqlite::Result<usize> {
    Ok(match row.get_ref(BODY_COLUMN)? {
        ValueRef::Text(text) => text.len(),
        _ => 0,
    })
}

/// The columns of `events` that [`event`] reads, in its order. Reading them by name would search for each in every row.
pub(super) const EVENT_COLUMNS: &str = "place, at, kind, author, name, client_id, body, link, target, emoji, mentions";

/// Decodes a row of [`EVENT_COLUMNS`] into an event. `quote` reads the quote of the message with a row id.
pub(super) fn event(
    row: &Row<'_>,
    quote: impl FnOnce(i64) -> rusqlite::Result<Option<Quote>>,
) -> rusqlite::Result<Event> {
    let (row_id, at, kind): (i64, UnixMillis, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (by, client_id): (_, String) = (author(row, 3, 4)?, row.get(5)?);
    let (text, hash): (Option<String>, _) = (row.get(BODY_COLUMN)?, ChainHash::from_bytes(row.get(7)?).mark());
    let (target, emoji): (Option<i64>, Option<String>) = (row.get(8)?, row.get(9)?);
    let mentions = mentions(row, 10)?;
    let emoji = emoji.and_then(|emoji| Emoji::try_from(emoji).ok());
    let kind = match (kind.as_str(), by, ClientId::try_from(client_id).ok(), target.map(seq_of)) {
        ("posted", Some(author), Some(client_id), _) => {
            let quote = target.map(quote).transpose()?.flatten();
            posted(author, client_id, StoredBody { body: text, mentions }, quote, None).unwrap_or(EventKind::Unknown)
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
    Ok(Event { seq: seq_of(row_id), at, hash, kind })
}

/// The text of a message and the people mentioned in it; empty if the text has been erased.
#[derive(Debug, Default)]
pub(super) struct StoredBody {
    pub(super) body: Option<String>,
    pub(super) mentions: Option<Vec<Mention>>,
}

/// Encodes the mentions of a text for storage, as JSON.
pub(super) fn encode_mentions(mentions: &[Mention]) -> String {
    // Numbers and strings always have a JSON form.
    serde_json::to_string(mentions).unwrap_or_default()
}

/// Decodes the mentions of a text from a column.
pub(super) fn mentions<C: RowIndex>(row: &Row<'_>, column: C) -> rusqlite::Result<Option<Vec<Mention>>> {
    let stored: Option<String> = row.get(column)?;
    Ok(stored.and_then(|stored| serde_json::from_str(&stored).ok()))
}

/// Decodes a row of `messages` into a `posted` event without reactions. The row's columns are those of
/// [`messages`](super::messages).
pub(super) fn message(row: &Row<'_>, body: StoredBody, edited_at: Option<UnixMillis>) -> rusqlite::Result<Event> {
    let client_id: String = row.get("client_id")?;
    let kind = match (author(row, "author", "name")?, ClientId::try_from(client_id)) {
        (Some(author), Ok(client_id)) => {
            let reply_to: Option<i64> = row.get("reply_to")?;
            let quote = reply_to.map(|row_id| quote(row, row_id)).transpose()?;
            posted(author, client_id, body, quote, edited_at)
        }
        _ => None,
    };
    Ok(Event {
        seq: seq_of(row.get("place")?),
        at: row.get("at")?,
        hash: ChainHash::from_bytes(row.get("link")?).mark(),
        kind: kind.unwrap_or(EventKind::Unknown),
    })
}

/// A `posted` event without reactions; `None` if the text is not a valid body any more.
fn posted(
    author: Author,
    client_id: ClientId,
    StoredBody { body, mentions }: StoredBody,
    reply_to: Option<Quote>,
    edited_at: Option<UnixMillis>,
) -> Option<EventKind> {
    let body = body.map(Body::try_from).transpose().ok()?;
    Some(EventKind::Posted { author, client_id, body, mentions, reply_to, edited_at, reactions: Vec::new() })
}

/// The quote of the message with this row id, from the `quoted_` columns of a row.
pub(super) fn quote(row: &Row<'_>, row_id: i64) -> rusqlite::Result<Quote> {
    let author = author(row, "quoted_author", "quoted_name")?;
    Ok(Quote { seq: seq_of(row_id), author, excerpt: row.get("quoted_body")?, client_id: None })
}

/// The person in these columns; `None` if there is none, or if the name is not valid any more.
pub(super) fn author<C: RowIndex>(row: &Row<'_>, id: C, name: C) -> rusqlite::Result<Option<Author>> {
    let (id, name): (Option<String>, Option<String>) = (row.get(id)?, row.get(name)?);
    Ok(id
        .zip(name.and_then(|name| Name::try_from(name).ok()))
        .map(|(id, name)| Author { id: AuthorId(id.into()), name }))
}
