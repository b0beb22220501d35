//! The rights that have ended, numbered by a counter that other processes follow.

use parlor::{AuthorId, RoomName, UnixMillis};
use rusqlite::{Connection, Row, params};

use super::super::{EndedRight, Right, SecretHash};

/// How long an ended right is stored, in milliseconds: much longer than a process that follows them may be away.
const LIFETIME_MS: u64 = 7 * 24 * 60 * 60 * 1_000;

/// Records that a right ended at a time.
pub(super) fn add(database: &Connection, right: &Right, at: UnixMillis) -> rusqlite::Result<()> {
    let (kind, account, secret, room) = match right {
        Right::Session(account, secret) => ("session", Some(account.as_str()), Some(secret.0), None),
        Right::AllSessions(account) => ("all_sessions", Some(account.as_str()), None, None),
        Right::RoomMember(room, account) => ("room_member", Some(account.as_str()), None, Some(room.as_str())),
        Right::Room(room) => ("room", None, None, Some(room.as_str())),
        Right::ServerRole(account) => ("server_role", Some(account.as_str()), None, None),
        Right::Server => ("server", None, None, None),
        Right::BotToken(secret) => ("bot_token", None, Some(secret.0), None),
    };
    let mut expire = database.prepare_cached("DELETE FROM ended_rights WHERE at < ?1")?;
    expire.execute([at.saturating_sub(LIFETIME_MS)])?;
    let mut insert = database
        .prepare_cached("INSERT INTO ended_rights (at, kind, account, secret, room) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    insert.execute(params![at, kind, account, secret, room]).map(drop)
}

/// The rights that ended after the one with this counter.
pub(super) fn after(database: &Connection, counter: u64) -> rusqlite::Result<Vec<EndedRight>> {
    let mut select = database.prepare_cached(
        "SELECT counter, kind, account, secret, room FROM ended_rights WHERE counter > ?1 ORDER BY counter",
    )?;
    let rows = select.query_map([counter], read)?;
    rows.filter_map(Result::transpose).collect()
}

/// Reads a right; `None` for one of a kind that is unknown here.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<EndedRight>> {
    let (counter, kind): (u64, String) = (row.get(0)?, row.get(1)?);
    let account = row.get::<_, Option<String>>(2)?.map(|id| AuthorId(id.into()));
    let secret = row.get::<_, Option<[u8; 32]>>(3)?.map(SecretHash);
    let room = row.get::<_, Option<String>>(4)?.and_then(|name| RoomName::parse(&name).ok());
    let right = match (kind.as_str(), account, secret, room) {
        ("session", Some(account), Some(secret), _) => Right::Session(account, secret),
        ("all_sessions", Some(account), ..) => Right::AllSessions(account),
        ("room_member", Some(account), _, Some(room)) => Right::RoomMember(room, account),
        ("room", _, _, Some(room)) => Right::Room(room),
        ("server_role", Some(account), ..) => Right::ServerRole(account),
        ("server", ..) => Right::Server,
        ("bot_token", _, Some(secret), _) => Right::BotToken(secret),
        _ => return Ok(None),
    };
    Ok(Some(EndedRight { counter, right }))
}
