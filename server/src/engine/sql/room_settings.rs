//! Settings of rooms: kind, title, members and names.

use std::collections::{HashMap, HashSet};

use parlor::{AuthorId, RoomName, UnixMillis, limits};

use super::super::room_names::{self, Resemblance, RoomNameKeys};
use super::super::{EngineError, NewRoom, Right, RoomChange, RoomMember, RoomStatus, SimilarRoom};
use super::connection::{Row, SqlConnection, SqlResult};
use super::log::LogEnd;
use super::row_id::RoomId;
use super::store::WriteContext;
use super::value::{ToParam, params};
use super::{bot_tokens, ended_rights, rooms};
use crate::access::{RoomKind, RoomPolicy, RoomRole};

/// What is known of a room.
pub(in crate::engine) fn status(database: &dyn SqlConnection, name: &RoomName) -> SqlResult<RoomStatus> {
    if let Some(policy) = policy(database, name)? {
        return Ok(RoomStatus::Exists(policy));
    }
    Ok(match retired(database, name)? {
        Some(moved_to) => RoomStatus::Retired { moved_to },
        None => RoomStatus::Unknown,
    })
}

/// The policy of a room; `None` if it does not exist.
pub(in crate::engine) fn policy(database: &dyn SqlConnection, name: &RoomName) -> SqlResult<Option<RoomPolicy>> {
    let find = "SELECT id, kind, title, archived, announcements_only FROM rooms WHERE name = $1";
    let found = database.query_row(find, params![name.as_str()], |row| {
        let id: i64 = row.get(0)?;
        // A kind of a newer version is closed to everybody but its members.
        let kind = RoomKind::parse(row.text(1)?.unwrap_or_default()).unwrap_or(RoomKind::Private);
        let (title, archived, announcements_only) = (row.get(2)?, row.get(3)?, row.get(4)?);
        Ok((id, RoomPolicy { kind, title, archived, announcements_only, roles: HashMap::new() }))
    })?;
    let Some((id, mut policy)) = found else { return Ok(None) };
    let select = "SELECT account, role FROM room_members WHERE room = $1";
    let roles = database.query_map(select, params![id], |row| Ok((account(row, 0)?, role_in(row, 1)?)))?;
    policy.roles = roles.into_iter().collect();
    Ok(Some(policy))
}

/// The role of an account in a room; `None` also if there is no such room.
pub(in crate::engine) fn role(
    database: &dyn SqlConnection,
    room: &RoomName,
    account: &AuthorId,
) -> SqlResult<Option<RoomRole>> {
    let find = "SELECT m.role FROM room_members m JOIN rooms r ON r.id = m.room WHERE r.name = $1 AND m.account = $2";
    database.query_row(find, params![room.as_str(), account.as_str()], |row| role_in(row, 0))
}

/// What a retired name leads to: `Some(None)` if its room was deleted, `None` if the name is not retired.
pub(in crate::engine) fn retired(database: &dyn SqlConnection, name: &RoomName) -> SqlResult<Option<Option<RoomName>>> {
    let find = "SELECT r.name FROM retired_names n LEFT JOIN rooms r ON r.id = n.moved_to WHERE n.name = $1";
    let found = database.query_row(find, params![name.as_str()], |row| row.get::<Option<String>>(0))?;
    // The row of a deleted room has no valid name.
    Ok(found.map(|moved_to| moved_to.and_then(|name| RoomName::parse(&name).ok())))
}

/// Another public room with the same name, or a listed one whose name looks the same.
pub(in crate::engine) fn similar(database: &dyn SqlConnection, name: &RoomName) -> SqlResult<Option<SimilarRoom>> {
    if name.is_private() {
        return Ok(None);
    }
    let lobby = RoomName::default();
    if let Some(resemblance) = room_names::compare(name, &lobby).filter(|_| *name != lobby) {
        return Ok(Some(SimilarRoom { room: lobby, same_name: resemblance == Resemblance::Same }));
    }
    let keys = RoomNameKeys::of(name);
    let select = "SELECT r.name, r.kind FROM room_names n JOIN rooms r ON r.id = n.room
         WHERE (n.folded = $1 OR n.look = $2) AND r.name <> $3 ORDER BY (n.folded = $1) DESC, r.id";
    let rows = database.query_map(select, params![keys.folded, keys.look, name.as_str()], |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?))
    })?;
    for (other, kind) in rows {
        let Ok(room) = RoomName::parse(&other) else { continue };
        match room_names::compare(name, &room) {
            Some(Resemblance::Same) => return Ok(Some(SimilarRoom { room, same_name: true })),
            // The refusal names the other room, so it must not be one that is in no list.
            Some(Resemblance::LookAlike) if kind == RoomKind::Open.as_str() => {
                return Ok(Some(SimilarRoom { room, same_name: false }));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// Checks whether a room can be created under this name.
pub(in crate::engine) fn check_new_name(
    database: &dyn SqlConnection,
    name: &RoomName,
) -> SqlResult<Result<(), EngineError>> {
    let retired = "SELECT 1 FROM retired_names WHERE folded = $1";
    let is_retired = database.exists(retired, params![RoomNameKeys::of(name).folded])?;
    // The lobby belongs to everybody, also before its first message.
    if is_retired
        || *name == RoomName::default()
        || rooms::find(database, name)?.is_some()
        || similar(database, name)?.is_some()
    {
        return Ok(Err(EngineError::RoomNameTaken));
    }
    if rooms::count(database)? >= limits::ROOMS {
        return Ok(Err(EngineError::TooManyRooms));
    }
    Ok(Ok(()))
}

/// Stores the keys of a room's public name.
pub(in crate::engine) fn add_public_name(database: &dyn SqlConnection, room: RoomId, name: &RoomName) -> SqlResult<()> {
    let keys = RoomNameKeys::of(name);
    let insert = "INSERT INTO room_names (room, folded, look) VALUES ($1, $2, $3)
         ON CONFLICT (room) DO UPDATE SET folded = excluded.folded, look = excluded.look";
    database.execute(insert, params![room.0, keys.folded, keys.look]).map(drop)
}

/// Stores the keys of rooms that have none yet.
pub(in crate::engine) fn name_rooms(database: &dyn SqlConnection) -> SqlResult<()> {
    let select = "SELECT id, name FROM rooms WHERE kind <> 'private' AND id NOT IN (SELECT room FROM room_names)";
    for row in database.query(select, params![])? {
        if let Ok(name) = RoomName::parse(row.text(1)?.unwrap_or_default()) {
            add_public_name(database, RoomId(row.get(0)?), &name)?;
        }
    }
    Ok(())
}

/// Creates a room without events.
pub(in crate::engine) fn create(context: &mut WriteContext<'_>, room: &NewRoom) -> SqlResult<Result<(), EngineError>> {
    let database = context.database;
    if let Err(error) = check_new_name(database, &room.name)? {
        return Ok(Err(error));
    }
    let end = LogEnd::create(database, &room.name, &room.epoch)?;
    let update = "UPDATE rooms SET kind = $2, title = $3 WHERE id = $1";
    database.execute(update, params![end.room.0, room.kind.as_str(), room.title])?;
    if room.kind != RoomKind::Private {
        add_public_name(database, end.room, &room.name)?;
    }
    set_role(database, end.room, &room.owner, RoomRole::Owner, context.at)?;
    context.changed_logs.push(room.name.clone());
    Ok(Ok(()))
}

/// Gives an account a role.
pub(in crate::engine) fn set_role(
    database: &dyn SqlConnection,
    room: RoomId,
    account: &AuthorId,
    role: RoomRole,
    at: UnixMillis,
) -> SqlResult<()> {
    let insert = "INSERT INTO room_members (room, account, role, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (room, account) DO UPDATE SET role = excluded.role";
    database.execute(insert, params![room.0, account.as_str(), role.as_str(), at]).map(drop)
}

/// Checks whether a room can have one more member.
pub(in crate::engine) fn check_member_count(
    database: &dyn SqlConnection,
    room: RoomId,
) -> SqlResult<Result<(), EngineError>> {
    let count = "SELECT count(*) FROM room_members WHERE room = $1";
    let members = database.query_row(count, params![room.0], |row| row.get::<usize>(0))?;
    Ok(if members.unwrap_or_default() < limits::ROOM_MEMBERS { Ok(()) } else { Err(EngineError::TooManyMembers) })
}

/// Changes settings of a room and returns its new policy.
pub(in crate::engine) fn change(
    context: &mut WriteContext<'_>,
    name: &RoomName,
    change: &RoomChange,
) -> SqlResult<Result<RoomPolicy, EngineError>> {
    let database = context.database;
    let (Some((room, _)), Some(policy_before)) = (rooms::find(database, name)?, policy(database, name)?) else {
        return Ok(Err(EngineError::NoSuchRoom));
    };
    let set = |sql: &str, value: &dyn ToParam| database.execute(sql, params![room.0, value]).map(drop);
    let mut current_name = name;
    match change {
        RoomChange::Listed(listed) => {
            let kind = if *listed { RoomKind::Open } else { RoomKind::Unlisted };
            set("UPDATE rooms SET kind = $2 WHERE id = $1 AND kind <> 'private'", &kind.as_str())?;
        }
        RoomChange::Title(title) => set("UPDATE rooms SET title = $2 WHERE id = $1 AND kind = 'private'", title)?,
        RoomChange::Archived(archived) => set("UPDATE rooms SET archived = $2 WHERE id = $1", archived)?,
        RoomChange::AnnouncementsOnly(only) => set("UPDATE rooms SET announcements_only = $2 WHERE id = $1", only)?,
        RoomChange::Role(account, role) => {
            if let Err(error) = change_role(database, (name, room), account, *role, context.at)? {
                return Ok(Err(error));
            }
        }
        RoomChange::Rename { to, kind, title, members } => {
            if let Err(error) = check_new_name(database, to)? {
                return Ok(Err(error));
            }
            let added: HashSet<_> =
                members.iter().filter(|account| !policy_before.roles.contains_key(*account)).collect();
            if *kind == RoomKind::Private && policy_before.roles.len() + added.len() > limits::ROOM_MEMBERS {
                return Ok(Err(EngineError::TooManyMembers));
            }
            let update = "UPDATE rooms SET name = $2, kind = $3, title = $4 WHERE id = $1";
            database.execute(update, params![room.0, to.as_str(), kind.as_str(), title])?;
            retire(context, name, room, true)?;
            context.changed_logs.push(to.clone());
            if *kind == RoomKind::Private {
                for account in added {
                    set_role(database, room, account, RoomRole::Member, context.at)?;
                }
            } else {
                add_public_name(database, room, to)?;
                // They are only of use in a private room, and would give access if it became one again.
                for sql in [
                    "DELETE FROM room_members WHERE room = $1 AND role <> 'owner'",
                    "DELETE FROM invitations WHERE room = $1",
                ] {
                    database.execute(sql, params![room.0])?;
                }
            }
            // Those who may not follow leave the room's name behind.
            let follow = "UPDATE memberships AS m SET room = $2 WHERE m.room = $1
                 AND ($4 OR m.author IN (SELECT account FROM room_members WHERE room = $3))
                 AND NOT EXISTS (SELECT 1 FROM memberships joined WHERE joined.author = m.author AND joined.room = $2)";
            database.execute(follow, params![name.as_str(), to.as_str(), room.0, *kind != RoomKind::Private])?;
            database.execute("DELETE FROM memberships WHERE room = $1", params![name.as_str()])?;
            current_name = to;
        }
    }
    let policy = policy(database, current_name)?;
    Ok(policy.ok_or(EngineError::NoSuchRoom))
}

/// Gives an account another role, or none. The room keeps at least one owner.
fn change_role(
    database: &dyn SqlConnection,
    (name, room): (&RoomName, RoomId),
    account: &AuthorId,
    new: Option<RoomRole>,
    at: UnixMillis,
) -> SqlResult<Result<(), EngineError>> {
    let current = role(database, name, account)?;
    if current == Some(RoomRole::Owner) && new != Some(RoomRole::Owner) {
        let others = "SELECT 1 FROM room_members WHERE room = $1 AND role = 'owner' AND account <> $2";
        if !database.exists(others, params![room.0, account.as_str()])? {
            return Ok(Err(EngineError::LastOwner));
        }
    }
    match new {
        Some(role) => {
            if current.is_none()
                && let Err(error) = check_member_count(database, room)?
            {
                return Ok(Err(error));
            }
            set_role(database, room, account, role, at)?;
        }
        None => {
            let delete = "DELETE FROM room_members WHERE room = $1 AND account = $2";
            if database.execute(delete, params![room.0, account.as_str()])? == 0 {
                return Ok(Ok(()));
            }
            if name.is_private() {
                let leave = "DELETE FROM memberships WHERE room = $1 AND author = $2";
                database.execute(leave, params![name.as_str(), account.as_str()])?;
            }
        }
    }
    if new.is_none() || current == Some(RoomRole::Owner) && new != current {
        ended_rights::add(database, &Right::RoomMember(name.clone(), account.clone()), at)?;
    }
    if current == Some(RoomRole::Owner) && new != current {
        bot_tokens::end_those_of(database, account, at)?;
    }
    Ok(Ok(()))
}

/// Deletes a room with everything in it. Its row and number stay, under a name that is no name.
pub(in crate::engine) fn delete(context: &mut WriteContext<'_>, name: &RoomName) -> SqlResult<Result<(), EngineError>> {
    let database = context.database;
    let Some((room, _)) = rooms::find(database, name)? else { return Ok(Err(EngineError::NoSuchRoom)) };
    let [first, last] = room.row_ids();
    for sql in [
        "DELETE FROM messages WHERE place BETWEEN $1 AND $2",
        "DELETE FROM changes WHERE place BETWEEN $1 AND $2",
        "DELETE FROM reactions WHERE message BETWEEN $1 AND $2",
    ] {
        database.execute(sql, params![first, last])?;
    }
    for sql in [
        "DELETE FROM receipts WHERE room = $1",
        "DELETE FROM read WHERE room = $1",
        "DELETE FROM room_members WHERE room = $1",
        "DELETE FROM invitations WHERE room = $1",
        "UPDATE retired_names SET moved_to = NULL WHERE moved_to = $1",
        "UPDATE rooms SET name = '!' || CAST(id AS TEXT), title = '', topic = '', kind = 'private' WHERE id = $1",
    ] {
        database.execute(sql, params![room.0])?;
    }
    database.execute("DELETE FROM memberships WHERE room = $1", params![name.as_str()])?;
    retire(context, name, room, false)?;
    context.erased.push(room);
    Ok(Ok(()))
}

/// Retires the name of a room that was deleted or has moved to another name: nothing can have it again, and everybody's
/// access under it ends.
fn retire(context: &mut WriteContext<'_>, name: &RoomName, room: RoomId, moved: bool) -> SqlResult<()> {
    let database = context.database;
    let retire = "INSERT INTO retired_names (name, folded, moved_to) VALUES ($1, $2, $3)";
    database.execute(retire, params![name.as_str(), RoomNameKeys::of(name).folded, moved.then_some(room.0)])?;
    database.execute("DELETE FROM room_names WHERE room = $1", params![room.0])?;
    context.changed_logs.push(name.clone());
    bot_tokens::end_those_for_room(database, name, context.at)?;
    ended_rights::add(database, &Right::Room(name.clone()), context.at)
}

/// The room members with their last names, owners first.
pub(in crate::engine) fn members(database: &dyn SqlConnection, room: &RoomName) -> SqlResult<Vec<RoomMember>> {
    let select = "SELECT m.account, coalesce(a.name, ''), m.role FROM room_members m JOIN rooms r ON r.id = m.room
         LEFT JOIN accounts a ON a.id = m.account WHERE r.name = $1
         ORDER BY (m.role = 'owner') DESC, a.name NULLS FIRST, m.account";
    database.query_map(select, params![room.as_str()], |row| {
        Ok(RoomMember { account: account(row, 0)?, name: row.get(1)?, role: role_in(row, 2)? })
    })
}

/// The private rooms that are open to an account, each with its title.
pub(in crate::engine) fn private_rooms(
    database: &dyn SqlConnection,
    account: &AuthorId,
) -> SqlResult<Vec<(RoomName, String)>> {
    let select = "SELECT r.name, r.title FROM room_members m JOIN rooms r ON r.id = m.room
         WHERE m.account = $1 AND r.kind = 'private' ORDER BY r.title, r.id";
    let rows = database.query_map(select, params![account.as_str()], |row| Ok((row.get::<String>(0)?, row.get(1)?)))?;
    Ok(rows.into_iter().filter_map(|(name, title)| Some((RoomName::parse(&name).ok()?, title))).collect())
}

fn account(row: &Row, column: usize) -> SqlResult<AuthorId> {
    Ok(AuthorId(row.get::<String>(column)?.into()))
}

/// A role of a newer version counts as that of a member.
fn role_in(row: &Row, column: usize) -> SqlResult<RoomRole> {
    Ok(RoomRole::parse(row.text(column)?.unwrap_or_default()).unwrap_or(RoomRole::Member))
}
