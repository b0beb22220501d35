//! The projection of a room's events into its messages: the current text, deletion and reactions of each message. It is
//! stored with the messages, and written in the same transaction as the event.

use parlor::{Author, AuthorId, Emoji, Name, Quote};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::rules::{MessageState, ReactionState};
use super::chain::{self, BodyDigest, Salt};
use super::log::{AppendedEvent, EncodedBody};
use super::row_id::seq_of;

/// A message as it is now, with the name that its author had.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) state: MessageState,
    pub(super) name: String,
}

impl Message {
    /// Reads the message with this row id; `None` if there is no such message.
    pub(super) fn find(database: &Connection, row_id: i64) -> rusqlite::Result<Option<Self>> {
        let mut find = database.prepare_cached(
            "SELECT author, name, coalesce(text, body), edited, deleted, client_id FROM messages WHERE place = ?1",
        )?;
        let found = find.query_row([row_id], |row| {
            let state = MessageState {
                author: AuthorId(row.get::<_, String>(0)?.into()),
                client_id: row.get(5)?,
                body: row.get(2)?,
                edited: row.get(3)?,
                deleted: row.get(4)?,
            };
            Ok(Self { state, name: row.get(1)? })
        });
        found.optional()
    }

    /// The quote that replies to this message contain.
    pub(super) fn quote(self, seq: u64) -> Quote {
        let MessageState { author: id, body, .. } = self.state;
        let author = Name::try_from(self.name).ok().map(|name| Author { id, name });
        Quote { seq, author, excerpt: body.map(|body| Quote::excerpt(&body)), client_id: None }
    }
}

/// Sets the current text of a message, with the seq and time of the edit.
pub(super) fn edit(
    database: &Connection,
    row_id: i64,
    appended: &AppendedEvent,
    body: &EncodedBody<'_>,
) -> rusqlite::Result<()> {
    let mut update = database.prepare_cached(
        "UPDATE messages SET text = ?2, text_mentions = ?3, edited = ?4, edited_at = ?5 WHERE place = ?1",
    )?;
    update.execute(params![row_id, body.body, body.mentions, appended.seq, appended.at])?;
    Ok(())
}

/// Erases the text of a message, the texts of all its edits, and its reactions. The hashes of the texts are kept, so
/// that the chain can still be verified.
pub(super) fn delete(database: &Connection, row_id: i64, appended: &AppendedEvent) -> rusqlite::Result<()> {
    let mut edits = database.prepare_cached(
        "SELECT place, salt, body, mentions FROM changes WHERE target = ?1 AND kind = 'edited' AND body IS NOT NULL",
    )?;
    let edits = edits.query_map([row_id], |row| Ok((row.get(0)?, stored_digest(row, 1)?)))?;
    let edits: Vec<(i64, BodyDigest)> = edits.collect::<Result<_, _>>()?;
    let mut erase = database
        .prepare_cached("UPDATE changes SET salt = NULL, body = NULL, mentions = NULL, digest = ?2 WHERE place = ?1")?;
    for (edit, digest) in edits {
        erase.execute(params![edit, digest])?;
    }
    let mut posted = database.prepare_cached("SELECT salt, body, mentions FROM messages WHERE place = ?1")?;
    let digest = posted.query_row([row_id], |row| stored_digest(row, 0))?;
    let mut erase = database.prepare_cached(
        "UPDATE messages SET salt = NULL, body = NULL, mentions = NULL, text = NULL, text_mentions = NULL,
             digest = ?2, deleted = ?3 WHERE place = ?1",
    )?;
    erase.execute(params![row_id, digest, appended.seq])?;
    database.prepare_cached("DELETE FROM reactions WHERE message = ?1")?.execute([row_id])?;
    Ok(())
}

/// The hash of the text in a row, whose salt, text and mentions are in three columns from `first` on.
fn stored_digest(row: &Row<'_>, first: usize) -> rusqlite::Result<BodyDigest> {
    let (salt, body): (Salt, String) = (row.get(first)?, row.get(first + 1)?);
    let mentions: Option<String> = row.get(first + 2)?;
    Ok(chain::body_digest(&salt, &body, mentions.as_deref()))
}

/// The reactions to a message, as they matter to a person who adds or removes this emoji.
pub(super) fn reaction_state(
    database: &Connection,
    row_id: i64,
    emoji: &Emoji,
    author: &AuthorId,
) -> rusqlite::Result<ReactionState> {
    let mut counts = database.prepare_cached(
        "SELECT coalesce(max(emoji = ?2), 0), count(DISTINCT iif(emoji = ?2, NULL, emoji)),
             max(iif(emoji = ?2 AND author = ?3, seq, NULL)) FROM reactions WHERE message = ?1",
    )?;
    let (emoji, author) = (emoji.as_str(), author.as_str());
    let (has_emoji, other_emoji, own) =
        counts.query_row(params![row_id, emoji, author], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut removal = database.prepare_cached(
        "SELECT place FROM changes WHERE target = ?1 AND kind = 'unreacted' AND emoji = ?2 AND author = ?3
         ORDER BY place DESC LIMIT 1",
    )?;
    let last_removal = removal.query_row(params![row_id, emoji, author], |row| row.get(0)).optional()?.map(seq_of);
    Ok(ReactionState { own, last_removal, has_emoji, other_emoji })
}

/// Adds a person's reaction to a message.
pub(super) fn add_reaction(
    database: &Connection,
    row_id: i64,
    appended: &AppendedEvent,
    emoji: &Emoji,
    author: &Author,
) -> rusqlite::Result<()> {
    // `began` is the seq of the first reaction with this emoji. All reactions with the emoji store it, so that the
    // order of the emoji does not change when the first reaction is removed.
    let mut insert = database.prepare_cached(
        "INSERT INTO reactions (message, emoji, author, name, seq, began) VALUES (?1, ?2, ?3, ?4, ?5,
         coalesce((SELECT began FROM reactions WHERE message = ?1 AND emoji = ?2 LIMIT 1), ?5))",
    )?;
    insert.execute(params![row_id, emoji.as_str(), author.id.as_str(), author.name.as_str(), appended.seq])?;
    Ok(())
}

/// Removes a person's reaction from a message.
pub(super) fn remove_reaction(
    database: &Connection,
    row_id: i64,
    emoji: &Emoji,
    author: &AuthorId,
) -> rusqlite::Result<()> {
    let mut delete =
        database.prepare_cached("DELETE FROM reactions WHERE message = ?1 AND emoji = ?2 AND author = ?3")?;
    delete.execute(params![row_id, emoji.as_str(), author.as_str()])?;
    Ok(())
}
