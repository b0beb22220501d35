//! What events make of messages: kept in the message's row, and written with the event.

use parlor::{Author, AuthorId, Emoji, Name, Quote, limits};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::chain::{self, Digest, Salt};
use super::log::{Joined, StoredText};

/// A message as it is now.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) author: AuthorId,
    pub(super) client_id: String,
    name: String,
    /// Nothing if it has been deleted.
    pub(super) text: Option<String>,
    /// The seq of its last edit.
    pub(super) edited: Option<u64>,
    /// The seq of its deletion.
    pub(super) deleted: Option<u64>,
}

impl Message {
    pub(super) fn find(database: &Connection, place: i64) -> rusqlite::Result<Option<Self>> {
        let mut find = database.prepare_cached(
            "SELECT author, name, coalesce(text, body), edited, deleted, client_id FROM messages WHERE place = ?1",
        )?;
        let found = find.query_row([place], |row| {
            Ok(Self {
                author: AuthorId(row.get::<_, String>(0)?.into()),
                name: row.get(1)?,
                text: row.get(2)?,
                edited: row.get(3)?,
                deleted: row.get(4)?,
                client_id: row.get(5)?,
            })
        });
        found.optional()
    }

    /// As it is shown above one that answers it.
    pub(super) fn quote(self, seq: u64) -> Quote {
        let author = Name::try_from(self.name).ok().map(|name| Author { id: self.author, name });
        Quote { seq, author, excerpt: self.text.map(|text| Quote::excerpt(&text)), client_id: None }
    }
}

/// A message has another text.
pub(super) fn edit(database: &Connection, place: i64, joined: &Joined, text: &StoredText<'_>) -> rusqlite::Result<()> {
    let mut update = database.prepare_cached(
        "UPDATE messages SET text = ?2, text_mentions = ?3, edited = ?4, edited_at = ?5 WHERE place = ?1",
    )?;
    update.execute(params![place, text.body, text.mentions, joined.seq, joined.at])?;
    Ok(())
}

/// A message is gone: its text, that of all its edits, and what people put on it. The chain keeps the hashes of the
/// texts, so that the log can still be proved.
pub(super) fn delete(database: &Connection, place: i64, joined: &Joined) -> rusqlite::Result<()> {
    let mut edits = database.prepare_cached(
        "SELECT place, salt, body, mentions FROM changes WHERE target = ?1 AND kind = 'edited' AND body IS NOT NULL",
    )?;
    let edits = edits.query_map([place], |row| Ok((row.get(0)?, erased(row, 1)?)))?;
    let edits: Vec<(i64, Digest)> = edits.collect::<Result<_, _>>()?;
    let mut erase = database
        .prepare_cached("UPDATE changes SET salt = NULL, body = NULL, mentions = NULL, digest = ?2 WHERE place = ?1")?;
    for (place, digest) in edits {
        erase.execute(params![place, digest])?;
    }
    let mut posted = database.prepare_cached("SELECT salt, body, mentions FROM messages WHERE place = ?1")?;
    let digest = posted.query_row([place], |row| erased(row, 0))?;
    let mut erase = database.prepare_cached(
        "UPDATE messages SET salt = NULL, body = NULL, mentions = NULL, text = NULL, text_mentions = NULL,
             digest = ?2, deleted = ?3 WHERE place = ?1",
    )?;
    erase.execute(params![place, digest, joined.seq])?;
    database.prepare_cached("DELETE FROM reactions WHERE message = ?1")?.execute([place])?;
    Ok(())
}

// What the chain keeps of a text: its salt, the text and its mentions are in three columns from `first` on.
fn erased(row: &Row<'_>, first: usize) -> rusqlite::Result<Digest> {
    let (salt, text): (Salt, String) = (row.get(first)?, row.get(first + 1)?);
    let mentions: Option<String> = row.get(first + 2)?;
    Ok(chain::digest(&salt, &text, mentions.as_deref()))
}

/// The seq with which somebody put an emoji on a message, if it is there.
pub(super) fn reaction(
    database: &Connection,
    place: i64,
    emoji: &Emoji,
    who: &AuthorId,
) -> rusqlite::Result<Option<u64>> {
    let mut find =
        database.prepare_cached("SELECT seq FROM reactions WHERE message = ?1 AND emoji = ?2 AND author = ?3")?;
    find.query_row(params![place, emoji.as_str(), who.as_str()], |row| row.get(0)).optional()
}

/// Whether a message can have this emoji: it has it already, from others, or not too many different ones.
pub(super) fn has_room_for(database: &Connection, place: i64, emoji: &Emoji) -> rusqlite::Result<bool> {
    let mut others =
        database.prepare_cached("SELECT count(DISTINCT emoji) FROM reactions WHERE message = ?1 AND emoji <> ?2")?;
    let others: usize = others.query_row(params![place, emoji.as_str()], |row| row.get(0))?;
    if others < limits::REACTIONS_PER_MESSAGE {
        return Ok(true);
    }
    let mut has = database.prepare_cached("SELECT 1 FROM reactions WHERE message = ?1 AND emoji = ?2 LIMIT 1")?;
    has.exists(params![place, emoji.as_str()])
}

/// Somebody put an emoji on a message.
pub(super) fn react(
    database: &Connection,
    place: i64,
    joined: &Joined,
    emoji: &Emoji,
    who: &Author,
) -> rusqlite::Result<()> {
    // All of one emoji know when the first of them came, so that its place among the others stays when that one goes.
    let mut insert = database.prepare_cached(
        "INSERT INTO reactions (message, emoji, author, name, seq, began) VALUES (?1, ?2, ?3, ?4, ?5,
         coalesce((SELECT began FROM reactions WHERE message = ?1 AND emoji = ?2 LIMIT 1), ?5))",
    )?;
    insert.execute(params![place, emoji.as_str(), who.id.as_str(), who.name.as_str(), joined.seq])?;
    Ok(())
}

/// Somebody took their emoji off a message.
pub(super) fn unreact(database: &Connection, place: i64, emoji: &Emoji, who: &AuthorId) -> rusqlite::Result<()> {
    let mut delete =
        database.prepare_cached("DELETE FROM reactions WHERE message = ?1 AND emoji = ?2 AND author = ?3")?;
    delete.execute(params![place, emoji.as_str(), who.as_str()])?;
    Ok(())
}
