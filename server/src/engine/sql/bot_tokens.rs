//! Bot tokens, and the rooms that each of them is for. Rooms are stored by name, since they need not exist yet.

use parlor::{AuthorId, RoomName, UnixMillis, limits};

use super::super::{AuditAction, BotToken, BotTokenId, EngineError, NewBotToken, Right, SecretHash};
use super::connection::{Row, SqlConnection, SqlResult};
use super::value::params;
use super::{audit_log, ended_rights};

/// The columns of [`read`], of tokens `t`.
const COLUMNS: &str = "t.id, t.secret, t.account, t.name, t.created, t.used,
    CASE WHEN t.author = '' THEN NULL ELSE coalesce((SELECT name FROM accounts WHERE id = t.author), '') END";

/// Stores a token.
pub(in crate::engine) fn add(
    database: &dyn SqlConnection,
    token: &NewBotToken,
    at: UnixMillis,
) -> SqlResult<Result<(), EngineError>> {
    let NewBotToken { secret, account, name, rooms, by } = token;
    let author = by.as_ref().map_or("", AuthorId::as_str);
    // Those of the command line do not count: the host can always make one.
    if by.is_some() {
        let sql = "SELECT count(*), count(*) FILTER (WHERE author = $1) FROM bot_tokens WHERE author <> ''";
        let counts =
            database.query_row(sql, params![author], |row| Ok((row.get::<usize>(0)?, row.get::<usize>(1)?)))?;
        let (all, own) = counts.unwrap_or_default();
        if all >= limits::BOT_TOKENS || own >= limits::BOT_TOKENS_PER_PERSON {
            return Ok(Err(EngineError::TooManyBotTokens));
        }
    }
    let id = database.query_row(
        "INSERT INTO bot_tokens (secret, account, name, author, created) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        params![secret.0, account.as_str(), name, author, at],
        |row| row.get::<i64>(0),
    )?;
    for room in rooms {
        let sql = "INSERT INTO bot_token_rooms (token, room) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        database.execute(sql, params![id, room.as_str()])?;
    }
    audit_log::add(database, by.as_ref(), AuditAction::BotTokenMade, [name, ""], at)?;
    Ok(Ok(()))
}

/// The token with this hash.
pub(in crate::engine) fn find(database: &dyn SqlConnection, secret: SecretHash) -> SqlResult<Option<BotToken>> {
    let sql = format!("SELECT {COLUMNS} FROM bot_tokens t WHERE t.secret = $1");
    let token = database.query_row(&sql, params![secret.0], read)?;
    token.map(|token| with_rooms(database, token)).transpose()
}

/// Records that a token is used at a time.
pub(in crate::engine) fn mark_used(database: &dyn SqlConnection, id: BotTokenId, at: UnixMillis) -> SqlResult<()> {
    database.execute("UPDATE bot_tokens SET used = $2 WHERE id = $1", params![id.0, at]).map(drop)
}

/// The tokens, or those that are for a room; the newest first.
pub(in crate::engine) fn list(database: &dyn SqlConnection, room: Option<&RoomName>) -> SqlResult<Vec<BotToken>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bot_tokens t
         WHERE CAST($1 AS TEXT) IS NULL OR t.id IN (SELECT token FROM bot_token_rooms WHERE room = $1)
         ORDER BY t.id DESC"
    );
    let tokens = database.query_map(&sql, params![room.map(RoomName::as_str)], read)?;
    tokens.into_iter().map(|token| with_rooms(database, token)).collect()
}

/// Revokes a token, or its use in one room. Returns its hash.
pub(in crate::engine) fn revoke(
    database: &dyn SqlConnection,
    id: BotTokenId,
    room: Option<&RoomName>,
    by: &AuthorId,
    at: UnixMillis,
) -> SqlResult<Option<SecretHash>> {
    let found = database.query_row(
        "SELECT secret, name FROM bot_tokens WHERE id = $1
         AND (CAST($2 AS TEXT) IS NULL OR id IN (SELECT token FROM bot_token_rooms WHERE room = $2))",
        params![id.0, room.map(RoomName::as_str)],
        |row| Ok((SecretHash(row.get(0)?), row.get::<String>(1)?)),
    )?;
    let Some((secret, name)) = found else { return Ok(None) };
    database.execute(
        "DELETE FROM bot_token_rooms WHERE token = $1 AND (CAST($2 AS TEXT) IS NULL OR room = $2)",
        params![id.0, room.map(RoomName::as_str)],
    )?;
    delete_unused(database, id.0)?;
    ended_rights::add(database, &Right::BotToken(secret), at)?;
    audit_log::add(database, Some(by), AuditAction::BotTokenRevoked, [&name, ""], at)?;
    Ok(Some(secret))
}

/// Ends the use of all tokens in a room that was deleted or has another name: what reads and writes in it has been
/// chosen for the room as it was.
pub(in crate::engine) fn end_those_for_room(
    database: &dyn SqlConnection,
    room: &RoomName,
    at: UnixMillis,
) -> SqlResult<()> {
    let tokens = list(database, Some(room))?;
    database.execute("DELETE FROM bot_token_rooms WHERE room = $1", params![room.as_str()])?;
    for token in tokens {
        delete_unused(database, token.id.0)?;
        ended_rights::add(database, &Right::BotToken(token.secret), at)?;
    }
    Ok(())
}

/// Ends the use of an account's tokens where it may not make them any more, after it has lost a role: an owner of the server
/// makes tokens for rooms with public names, an owner of a room for this room.
pub(in crate::engine) fn end_those_of(database: &dyn SqlConnection, maker: &AuthorId, at: UnixMillis) -> SqlResult<()> {
    let ended = database.query_map(
        "SELECT t.id, t.secret, u.room FROM bot_tokens t JOIN bot_token_rooms u ON u.token = t.id
         WHERE t.author = $1
         AND NOT (u.room NOT LIKE '~%' AND EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND role = 'owner'))
         AND NOT EXISTS (SELECT 1 FROM room_members m JOIN rooms r ON r.id = m.room
                         WHERE r.name = u.room AND m.account = $1 AND m.role = 'owner')",
        params![maker.as_str()],
        |row| Ok((row.get::<i64>(0)?, SecretHash(row.get(1)?), row.get::<String>(2)?)),
    )?;
    for (id, secret, room) in ended {
        database.execute("DELETE FROM bot_token_rooms WHERE token = $1 AND room = $2", params![id, room])?;
        delete_unused(database, id)?;
        ended_rights::add(database, &Right::BotToken(secret), at)?;
    }
    Ok(())
}

/// Deletes a token that is for no room any more.
fn delete_unused(database: &dyn SqlConnection, id: i64) -> SqlResult<()> {
    let sql = "DELETE FROM bot_tokens WHERE id = $1 AND id NOT IN (SELECT token FROM bot_token_rooms)";
    database.execute(sql, params![id]).map(drop)
}

fn read(row: &Row) -> SqlResult<BotToken> {
    Ok(BotToken {
        id: BotTokenId(row.get(0)?),
        secret: SecretHash(row.get(1)?),
        account: AuthorId(row.get::<String>(2)?.into()),
        name: row.get(3)?,
        rooms: Vec::new(),
        created: row.get(4)?,
        last_used: row.get(5)?,
        maker: row.get(6)?,
    })
}

fn with_rooms(database: &dyn SqlConnection, token: BotToken) -> SqlResult<BotToken> {
    let sql = "SELECT room FROM bot_token_rooms WHERE token = $1 ORDER BY room";
    let rooms = database.query_map(sql, params![token.id.0], |row| row.get::<String>(0))?;
    Ok(BotToken { rooms: rooms.iter().filter_map(|room| RoomName::parse(room).ok()).collect(), ..token })
}
