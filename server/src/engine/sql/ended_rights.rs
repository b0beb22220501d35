//! The rights that have ended, numbered by a counter that other processes follow.

use parlor::{AuthorId, RoomName, UnixMillis};

use super::super::{EndedRight, Right, SecretHash};
use super::connection::{Row, SqlConnection, SqlResult};
use super::value::params;

/// How long an ended right is stored, in milliseconds: much longer than a process that follows them may be away.
const LIFETIME_MS: u64 = 7 * 24 * 60 * 60 * 1_000;

/// Records that a right ended at a time.
pub(in crate::engine) fn add(database: &dyn SqlConnection, right: &Right, at: UnixMillis) -> SqlResult<()> {
    let (kind, account, secret, room) = match right {
        Right::Session(account, secret) => ("session", Some(account.as_str()), Some(secret.0), None),
        Right::AllSessions(account) => ("all_sessions", Some(account.as_str()), None, None),
        Right::RoomMember(room, account) => ("room_member", Some(account.as_str()), None, Some(room.as_str())),
        Right::Room(room) => ("room", None, None, Some(room.as_str())),
        Right::ServerRole(account) => ("server_role", Some(account.as_str()), None, None),
        Right::Server => ("server", None, None, None),
        Right::BotToken(secret) => ("bot_token", None, Some(secret.0), None),
    };
    database.execute("DELETE FROM ended_rights WHERE at < $1", params![at.saturating_sub(LIFETIME_MS)])?;
    let insert = "INSERT INTO ended_rights (at, kind, account, secret, room) VALUES ($1, $2, $3, $4, $5)";
    database.execute(insert, params![at, kind, account, secret, room]).map(drop)
}

/// The rights that ended after the one with this counter.
pub(in crate::engine) fn after(database: &dyn SqlConnection, counter: u64) -> SqlResult<Vec<EndedRight>> {
    let sql = "SELECT counter, kind, account, secret, room FROM ended_rights WHERE counter > $1 ORDER BY counter";
    let rights = database.query_map(sql, params![counter], read)?;
    Ok(rights.into_iter().flatten().collect())
}

/// Reads a right; `None` for one of a kind that is unknown here.
fn read(row: &Row) -> SqlResult<Option<EndedRight>> {
    let (counter, kind): (u64, String) = (row.get(0)?, row.get(1)?);
    let account = row.get::<Option<String>>(2)?.map(|id| AuthorId(id.into()));
    let secret = row.get::<Option<[u8; 32]>>(3)?.map(SecretHash);
    let room = row.get::<Option<String>>(4)?.and_then(|name| RoomName::parse(&name).ok());
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
