//! The projection of a room's events into its messages: the current text, deletion and reactions of each message. It is
//! stored with the messages, and written in the same transaction as the event.

use parlor::{Author, AuthorId, Emoji, Name, Quote};

use super::super::rules::{MessageState, ReactionState};
use super::chain::{self, BodyDigest, Salt};
use super::connection::{Row, SqlConnection, SqlResult};
use super::log::{AppendedEvent, EncodedBody};
use super::row_id::seq_of;
use super::value::params;

/// A message as it is now, with the name that its author had.
#[derive(Debug)]
pub(in crate::engine) struct Message {
    pub(in crate::engine) state: MessageState,
    pub(in crate::engine) name: String,
}

impl Message {
    /// Reads the message with this row id; `None` if there is no such message.
    pub(in crate::engine) fn find(database: &dyn SqlConnection, row_id: i64) -> SqlResult<Option<Self>> {
        let select =
            "SELECT author, name, coalesce(text, body), edited, deleted, client_id FROM messages WHERE place = $1";
        database.query_row(select, params![row_id], |row| {
            let state = MessageState {
                author: AuthorId(row.get::<String>(0)?.into()),
                client_id: row.get(5)?,
                body: row.get(2)?,
                edited: row.get(3)?,
                deleted: row.get(4)?,
            };
            Ok(Self { state, name: row.get(1)? })
        })
    }

    /// The quote that replies to this message contain.
    pub(in crate::engine) fn quote(self, seq: u64) -> Quote {
        let MessageState { author: id, body, .. } = self.state;
        let author = Name::try_from(self.name).ok().map(|name| Author { id, name });
        Quote { seq, author, excerpt: body.map(|body| Quote::excerpt(&body)), client_id: None }
    }
}

/// Sets the current text of a message, with the seq and time of the edit.
pub(in crate::engine) fn edit(
    database: &dyn SqlConnection,
    row_id: i64,
    appended: &AppendedEvent,
    body: &EncodedBody<'_>,
) -> SqlResult<()> {
    database.execute(
        "UPDATE messages SET text = $2, text_mentions = $3, edited = $4, edited_at = $5 WHERE place = $1",
        params![row_id, body.body, body.mentions, appended.seq, appended.at],
    )?;
    Ok(())
}

/// Erases the text of a message, the texts of all its edits, and its reactions. The hashes of the texts are kept, so
/// that the chain can still be verified.
pub(in crate::engine) fn delete(database: &dyn SqlConnection, row_id: i64, appended: &AppendedEvent) -> SqlResult<()> {
    let edits: Vec<(i64, BodyDigest)> = database.query_map(
        "SELECT place, salt, body, mentions FROM changes WHERE target = $1 AND kind = 'edited' AND body IS NOT NULL",
        params![row_id],
        |row| Ok((row.get(0)?, stored_digest(row, 1)?)),
    )?;
    for (edit, digest) in edits {
        database.execute(
            "UPDATE changes SET salt = NULL, body = NULL, mentions = NULL, digest = $2 WHERE place = $1",
            params![edit, digest],
        )?;
    }
    let digest =
        database.query_row("SELECT salt, body, mentions FROM messages WHERE place = $1", params![row_id], |row| {
            stored_digest(row, 0)
        })?;
    database.execute(
        "UPDATE messages SET salt = NULL, body = NULL, mentions = NULL, text = NULL, text_mentions = NULL,
             digest = $2, deleted = $3 WHERE place = $1",
        params![row_id, digest, appended.seq],
    )?;
    database.execute("DELETE FROM reactions WHERE message = $1", params![row_id])?;
    Ok(())
}

/// The hash of the text in a row, whose salt, text and mentions are in three columns from `first` on.
fn stored_digest(row: &Row, first: usize) -> SqlResult<BodyDigest> {
    let salt: Salt = row.get(first)?;
    let body: String = row.get(first + 1)?;
    Ok(chain::body_digest(&salt, &body, row.text(first + 2)?))
}

/// The reactions to a message, as they matter to a person who adds or removes this emoji.
pub(in crate::engine) fn reaction_state(
    database: &dyn SqlConnection,
    row_id: i64,
    emoji: &Emoji,
    author: &AuthorId,
) -> SqlResult<ReactionState> {
    let (emoji, author) = (emoji.as_str(), author.as_str());
    let counts = database.query_row(
        "SELECT count(CASE WHEN emoji = $2 THEN 1 END) > 0, count(DISTINCT CASE WHEN emoji <> $2 THEN emoji END),
             max(CASE WHEN emoji = $2 AND author = $3 THEN seq END) FROM reactions WHERE message = $1",
        params![row_id, emoji, author],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let (has_emoji, other_emoji, own) = counts.unwrap_or_default();
    let last_removal = database.query_row(
        "SELECT place FROM changes WHERE target = $1 AND kind = 'unreacted' AND emoji = $2 AND author = $3
         ORDER BY place DESC LIMIT 1",
        params![row_id, emoji, author],
        |row| Ok(seq_of(row.get(0)?)),
    )?;
    Ok(ReactionState { own, last_removal, has_emoji, other_emoji })
}

/// Adds a person's reaction to a message.
pub(in crate::engine) fn add_reaction(
    database: &dyn SqlConnection,
    row_id: i64,
    appended: &AppendedEvent,
    emoji: &Emoji,
    author: &Author,
) -> SqlResult<()> {
    // `began` is the seq of the first reaction with this emoji. All reactions with the emoji store it, so that the
    // order of the emoji does not change when the first reaction is removed.
    database.execute(
        "INSERT INTO reactions (message, emoji, author, name, seq, began) VALUES ($1, $2, $3, $4, $5,
         coalesce((SELECT began FROM reactions WHERE message = $1 AND emoji = $2 LIMIT 1), $5))",
        params![row_id, emoji.as_str(), author.id.as_str(), author.name.as_str(), appended.seq],
    )?;
    Ok(())
}

/// Removes a person's reaction from a message.
pub(in crate::engine) fn remove_reaction(
    database: &dyn SqlConnection,
    row_id: i64,
    emoji: &Emoji,
    author: &AuthorId,
) -> SqlResult<()> {
    database.execute(
        "DELETE FROM reactions WHERE message = $1 AND emoji = $2 AND author = $3",
        params![row_id, emoji.as_str(), author.as_str()],
    )?;
    Ok(())
}
