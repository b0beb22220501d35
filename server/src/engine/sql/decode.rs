//! Decodes database rows into events and messages. An event that this program does not know, or whose content it no
//! longer accepts, becomes [`EventKind::Unknown`] and keeps its seq.

use parlor::{Author, AuthorId, Body, ClientId, Emoji, Event, EventKind, Mention, Name, Quote, UnixMillis};

use super::chain::ChainHash;
use super::connection::{Row, SqlResult};
use super::row_id::seq_of;

/// Bytes of message texts in one page. A page of very long messages has fewer of them, so that it fits into one
/// connection's write queue.
pub(in crate::engine) const PAGE_BYTES: usize = 128 * 1024;

/// The index of the text's column, in [`EVENT_COLUMNS`] and in the columns of a message.
const BODY_COLUMN: usize = 6;

/// Length of the row's text in bytes, 0 if it has none.
pub(in crate::engine) fn body_bytes(row: &Row) -> SqlResult<usize> {
    Ok(row.text(BODY_COLUMN)?.map_or(0, str::len))
}

/// The columns of `events` that [`event`] reads, in its order.
pub(in crate::engine) const EVENT_COLUMNS: &str =
    "place, at, kind, author, name, client_id, body, link, target, emoji, mentions";

/// Decodes a row of [`EVENT_COLUMNS`] into an event. `quote` reads the quote of the message with a row id.
pub(in crate::engine) fn event(row: &Row, quote: impl FnOnce(i64) -> SqlResult<Option<Quote>>) -> SqlResult<Event> {
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
pub(in crate::engine) struct StoredBody {
    pub(in crate::engine) body: Option<String>,
    pub(in crate::engine) mentions: Option<Vec<Mention>>,
}

/// Encodes the mentions of a text for storage, as JSON.
pub(in crate::engine) fn encode_mentions(mentions: &[Mention]) -> String {
    // Numbers and strings always have a JSON form.
    serde_json::to_string(mentions).unwrap_or_default()
}

/// Decodes the mentions of a text from a column.
pub(in crate::engine) fn mentions(row: &Row, column: usize) -> SqlResult<Option<Vec<Mention>>> {
    Ok(row.text(column)?.and_then(|stored| serde_json::from_str(stored).ok()))
}

/// Decodes a row of `messages` into a `posted` event without reactions. The row's columns are those of
/// [`messages`](super::messages).
pub(in crate::engine) fn message(row: &Row, body: StoredBody, edited_at: Option<UnixMillis>) -> SqlResult<Event> {
    let client_id: String = row.get(4)?;
    let kind = match (author(row, 2, 3)?, ClientId::try_from(client_id)) {
        (Some(author), Ok(client_id)) => {
            let reply_to: Option<i64> = row.get(8)?;
            let quote = reply_to.map(|row_id| quote(row, row_id, 11)).transpose()?;
            posted(author, client_id, body, quote, edited_at)
        }
        _ => None,
    };
    Ok(Event {
        seq: seq_of(row.get(0)?),
        at: row.get(1)?,
        hash: ChainHash::from_bytes(row.get(5)?).mark(),
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

/// The quote of the message with this row id, whose author, name and excerpt are in three columns from `first` on.
pub(in crate::engine) fn quote(row: &Row, row_id: i64, first: usize) -> SqlResult<Quote> {
    let author = author(row, first, first + 1)?;
    Ok(Quote { seq: seq_of(row_id), author, excerpt: row.get(first + 2)?, client_id: None })
}

/// The person in these columns; `None` if there is none, or if the name is not valid any more.
pub(in crate::engine) fn author(row: &Row, id: usize, name: usize) -> SqlResult<Option<Author>> {
    let (id, name): (Option<String>, Option<String>) = (row.get(id)?, row.get(name)?);
    Ok(id
        .zip(name.and_then(|name| Name::try_from(name).ok()))
        .map(|(id, name)| Author { id: AuthorId(id.into()), name }))
}
