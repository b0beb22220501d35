//! Invitation links of private rooms.

use parlor::{AuthorId, RoomName, UnixMillis, limits};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{EngineError, Invitation, InvitationId, NewInvitation, SecretHash};
use super::room_settings;
use super::rooms;
use super::row_id::RoomId;
use crate::access::RoomRole;

/// Whether an invitation `i` can be used at the time `?1`.
const USABLE: &str = "i.expires > ?1 AND (i.uses_left IS NULL OR i.uses_left > 0)";

/// Stores an invitation, and removes those of the room that can't be used any more.
pub(super) fn add(
    database: &Connection,
    invitation: &NewInvitation,
    at: UnixMillis,
) -> rusqlite::Result<Result<(), EngineError>> {
    let room = rooms::find(database, &invitation.room)?.filter(|_| invitation.room.is_private());
    let Some((room, _)) = room else { return Ok(Err(EngineError::NoSuchRoom)) };
    let sql = format!("DELETE FROM invitations AS i WHERE room = ?2 AND NOT ({USABLE})");
    database.prepare_cached(&sql)?.execute(params![at, room.0])?;
    let mut count = database.prepare_cached("SELECT count(*) FROM invitations WHERE room = ?1")?;
    if count.query_row([room.0], |row| row.get::<_, usize>(0))? >= limits::INVITATIONS_PER_ROOM {
        return Ok(Err(EngineError::TooManyInvitations));
    }
    let NewInvitation { code, by, expires, uses, .. } = invitation;
    let mut insert = database.prepare_cached(
        "INSERT INTO invitations (code, room, author, created, expires, uses_left) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    insert.execute(params![code.0, room.0, by.as_str(), at, expires, uses])?;
    Ok(Ok(()))
}

/// The usable invitations of a room, the newest first.
pub(super) fn list(database: &Connection, room: &RoomName, at: UnixMillis) -> rusqlite::Result<Vec<Invitation>> {
    let sql = format!(
        "SELECT i.id, i.expires, i.uses_left, i.used FROM invitations i JOIN rooms r ON r.id = i.room
         WHERE r.name = ?2 AND {USABLE} ORDER BY i.id DESC"
    );
    let mut select = database.prepare_cached(&sql)?;
    let rows = select.query_map(params![at, room.as_str()], |row| {
        Ok(Invitation {
            id: InvitationId(row.get(0)?),
            expires: row.get(1)?,
            uses_left: row.get(2)?,
            used: row.get(3)?,
        })
    })?;
    rows.collect()
}

/// Removes an invitation of a room.
pub(super) fn revoke(database: &Connection, room: &RoomName, id: InvitationId) -> rusqlite::Result<()> {
    let mut delete = database
        .prepare_cached("DELETE FROM invitations WHERE id = ?1 AND room = (SELECT id FROM rooms WHERE name = ?2)")?;
    delete.execute(params![id.0, room.as_str()]).map(drop)
}

/// The room of a usable invitation, with its title.
pub(super) fn find(
    database: &Connection,
    code: SecretHash,
    at: UnixMillis,
) -> rusqlite::Result<Option<(RoomId, RoomName, String)>> {
    let sql = format!(
        "SELECT r.id, r.name, r.title FROM invitations i JOIN rooms r ON r.id = i.room WHERE i.code = ?2 AND {USABLE}"
    );
    let found = database
        .prepare_cached(&sql)?
        .query_row(params![at, code.0], |row| Ok((RoomId(row.get(0)?), row.get::<_, String>(1)?, row.get(2)?)));
    Ok(found.optional()?.and_then(|(id, name, title)| Some((id, RoomName::parse(&name).ok()?, title))))
}

/// Makes an account a member of the invitation's room, and counts a use unless it is one already.
pub(super) fn accept(
    database: &Connection,
    code: SecretHash,
    account: &AuthorId,
    at: UnixMillis,
) -> rusqlite::Result<Result<Option<RoomName>, EngineError>> {
    let Some((room, name, _)) = find(database, code, at)? else { return Ok(Ok(None)) };
    if room_settings::role(database, &name, account)?.is_none() {
        if let Err(error) = room_settings::check_member_count(database, room)? {
            return Ok(Err(error));
        }
        room_settings::set_role(database, room, account, RoomRole::Member, at)?;
        let mut count = database
            .prepare_cached("UPDATE invitations SET uses_left = uses_left - 1, used = used + 1 WHERE code = ?1")?;
        count.execute([code.0])?;
    }
    Ok(Ok(Some(name)))
}
