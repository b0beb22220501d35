//! Bot tokens, and the rooms that each of them is for. Rooms are stored by name, since they need not exist yet.

use parlor::{AuthorId, RoomName, UnixMillis, limits};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::{AuditAction, BotToken, BotTokenId, EngineError, NewBotToken, Right, SecretHash};
use super::{audit_log, ended_rights};

/// The columns of [`read`], of tokens `t`.
const COLUMNS: &str = "t.id, t.secret, t.account, t.name, t.created, t.used,
    CASE WHEN t.author = '' THEN NULL ELSE coalesce((SELECT name FROM accounts WHERE id = t.author), '') END";

/// Stores a token.
pub(super) fn add(
    database: &Connection,
    token: &NewBotToken,
    at: UnixMillis,
) -> rusqlite::Result<Result<(), EngineError>> {
    let NewBotToken { secret, account, name, rooms, by } = token;
    let author = by.as_ref().map_or("", AuthorId::as_str);
    // Those of the command line do not count: the host can always make one.
    if by.is_some() {
        let mut count = database.prepare_cached(
            "SELECT count(*), count(*) FILTER (WHERE author = ?1) FROM bot_tokens WHERE author <> ''",
        )?;
        let (all, own): (usize, usize) = count.query_row([author], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if all >= limits::BOT_TOKENS || own >= limits::BOT_TOKENS_PER_PERSON {
            return Ok(Err(EngineError::TooManyBotTokens));
        }
    }
    let mut insert = database.prepare_cached(
        "INSERT INTO bot_tokens (secret, account, name, author, created) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    insert.execute(params![secret.0, account.as_str(), name, author, at])?;
    let id = database.last_insert_rowid();
    let mut insert = database.prepare_cached("INSERT OR IGNORE INTO bot_token_rooms (token, room) VALUES (?1, ?2)")?;
    for room in rooms {
        insert.execute(params![id, room.as_str()])?;
    }
    audit_log::add(database, by.as_ref(), AuditAction::BotTokenMade, [name, ""], at)?;
    Ok(Ok(()))
}

/// The token with this hash.
pub(super) fn find(database: &Connection, secret: SecretHash) -> rusqlite::Result<Option<BotToken>> {
    let sql = format!("SELECT {COLUMNS} FROM bot_tokens t WHERE t.secret = ?1");
    let token = database.prepare_cached(&sql)?.query_row([secret.0], read).optional()?;
    token.map(|token| with_rooms(database, token)).transpose()
}

/// Records that a token is used at a time.
pub(super) fn mark_used(database: &Connection, id: BotTokenId, at: UnixMillis) -> rusqlite::Result<()> {
    database.prepare_cached("UPDATE bot_tokens SET used = ?2 WHERE id = ?1")?.execute(params![id.0, at]).map(drop)
}

/// The tokens, or those that are for a room; the newest first.
pub(super) fn list(database: &Connection, room: Option<&RoomName>) -> rusqlite::Result<Vec<BotToken>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bot_tokens t
         WHERE ?1 IS NULL OR t.id IN (SELECT token FROM bot_token_rooms WHERE room = ?1) ORDER BY t.id DESC"
    );
    let mut select = database.prepare_cached(&sql)?;
    let tokens = select.query_map([room.map(RoomName::as_str)], read)?.collect::<Result<Vec<_>, _>>()?;
    tokens.into_iter().map(|token| with_rooms(database, token)).collect()
}

/// Revokes a token, or its use in one room. Returns its hash.
pub(super) fn revoke(
    database: &Connection,
    id: BotTokenId,
    room: Option<&RoomName>,
    by: &AuthorId,
    at: UnixMillis,
) -> rusqlite::Result<Option<SecretHash>> {
    let mut find = database.prepare_cached(
        "SELECT secret, name FROM bot_tokens WHERE id = ?1
         AND (?2 IS NULL OR id IN (SELECT token FROM bot_token_rooms WHERE room = ?2))",
    )?;
    let found = find.query_row(params![id.0, room.map(RoomName::as_str)], |row| {
        Ok((SecretHash(row.get(0)?), row.get::<_, String>(1)?))
    });
    let Some((secret, name)) = found.optional()? else { return Ok(None) };
    let mut delete =
        database.prepare_cached("DELETE FROM bot_token_rooms WHERE token = ?1 AND (?2 IS NULL OR room = ?2)")?;
    delete.execute(params![id.0, room.map(RoomName::as_str)])?;
    delete_unused(database, id.0)?;
    ended_rights::add(database, &Right::BotToken(secret), at)?;
    audit_log::add(database, Some(by), AuditAction::BotTokenRevoked, [&name, ""], at)?;
    Ok(Some(secret))
}

/// Ends the use of all tokens in a room that was deleted or has another name: what reads and writes in it has been
/// chosen for the room as it was.
pub(super) fn end_those_for_room(database: &Connection, room: &RoomName, at: UnixMillis) -> rusqlite::Result<()> {
    let tokens = list(database, Some(room))?;
    database.prepare_cached("DELETE FROM bot_token_rooms WHERE room = ?1")?.execute([room.as_str()])?;
    for token in tokens {
        delete_unused(database, token.id.0)?;
        ended_rights::add(database, &Right::BotToken(token.secret), at)?;
    }
    Ok(())
}

/// Ends the use of an account's tokens where it may not make them any more, after it has lost a role: an owner of the server
/// makes tokens for rooms with public names, an owner of a room for this room.
pub(super) fn end_those_of(database: &Connection, maker: &AuthorId, at: UnixMillis) -> rusqlite::Result<()> {
    let mut select = database.prepare_cached(
        "SELECT t.id, t.secret, u.room FROM bot_tokens t JOIN bot_token_rooms u ON u.token = t.id
         WHERE t.author = ?1
         AND NOT (u.room NOT LIKE '~%' AND EXISTS (SELECT 1 FROM accounts WHERE id = ?1 AND role = 'owner'))
         AND NOT EXISTS (SELECT 1 FROM room_members m JOIN rooms r ON r.id = m.room
                         WHERE r.name = u.room AND m.account = ?1 AND m.role = 'owner')",
    )?;
    let ended = select.query_map([maker.as_str()], |row| {
        Ok((row.get::<_, i64>(0)?, SecretHash(row.get(1)?), row.get::<_, String>(2)?))
    })?;
    for (id, secret, room) in ended.collect::<Result<Vec<_>, _>>()? {
        database
            .prepare_cached("DELETE FROM bot_token_rooms WHERE token = ?1 AND room = ?2")?
            .execute(params![id, room])?;
        delete_unused(database, id)?;
        ended_rights::add(database, &Right::BotToken(secret), at)?;
    }
    Ok(())
}

/// Deletes a token that is for no room any more.
fn delete_unused(database: &Connection, id: i64) -> rusqlite::Result<()> {
    let mut delete = database
        .prepare_cached("DELETE FROM bot_tokens WHERE id = ?1 AND id NOT IN (SELECT token FROM bot_token_rooms)")?;
    delete.execute([id]).map(drop)
}

fn read(row: &Row<'_>) -> rusqlite::Result<BotToken> {
    Ok(BotToken {
        id: BotTokenId(row.get(0)?),
        secret: SecretHash(row.get(1)?),
        account: AuthorId(row.get::<_, String>(2)?.into()),
        name: row.get(3)?,
        rooms: Vec::new(),
        created: row.get(4)?,
        last_used: row.get(5)?,
        maker: row.get(6)?,
    })
}

fn with_rooms(database: &Connection, token: BotToken) -> rusqlite::Result<BotToken> {
    let mut select = database.prepare_cached("SELECT room FROM bot_token_rooms WHERE token = ?1 ORDER BY room")?;
    let rooms = select.query_map([token.id.0], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(BotToken { rooms: rooms.iter().filter_map(|room| RoomName::parse(room).ok()).collect(), ..token })
}
