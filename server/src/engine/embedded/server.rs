//! The settings of the server and the roles of its people.

use parlor::{AuthorId, UnixMillis, limits};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::{AuditAction, EngineError, Right, ServerPerson};
use super::{accounts, audit_log, bot_tokens, ended_rights, recovery_codes};
use crate::access::{Admission, RoomCreation, ServerPolicy, ServerRole};

/// The role of an account from which an owner took one, in the database and in the audit log. Such accounts are not among
/// those that have never had a role, whom an owner can keep when the server is closed.
const GUEST: &str = "guest";

/// The settings.
pub(super) fn policy(database: &Connection) -> rusqlite::Result<ServerPolicy> {
    let mut select = database.prepare_cached("SELECT name, welcome, admission, room_creation FROM server_policy")?;
    select.query_row([], |row| {
        // A value of a newer version lets nobody in or create rooms whom it may not.
        let admission = Admission::parse(row.get_ref(2)?.as_str()?).unwrap_or(Admission::Invited);
        let room_creation = RoomCreation::parse(row.get_ref(3)?.as_str()?).unwrap_or(RoomCreation::Owners);
        Ok(ServerPolicy { name: row.get(0)?, welcome: row.get(1)?, admission, room_creation })
    })
}

/// Replaces the settings. With `keep_people`, every account that has had a name and never a role becomes a member.
pub(super) fn set_policy(
    database: &Connection,
    new: &ServerPolicy,
    keep_people: bool,
    by: &AuthorId,
    at: UnixMillis,
) -> rusqlite::Result<Result<(), EngineError>> {
    if keep_people && people_with_role(database)? + people_without_role(database)? > limits::SERVER_MEMBERS {
        return Ok(Err(EngineError::TooManyMembers));
    }
    let old = policy(database)?;
    let ServerPolicy { name, welcome, admission, room_creation } = new;
    let mut update = database
        .prepare_cached("UPDATE server_policy SET name = ?1, welcome = ?2, admission = ?3, room_creation = ?4")?;
    update.execute(params![name, welcome, admission.as_str(), room_creation.as_str()])?;
    for (setting, before, after) in [
        ("name", &*old.name, &**name),
        ("welcome", &old.welcome, welcome),
        ("admission", old.admission.as_str(), admission.as_str()),
        ("room_creation", old.room_creation.as_str(), room_creation.as_str()),
    ] {
        if before != after {
            audit_log::add(database, Some(by), AuditAction::SettingChanged, [setting, after], at)?;
        }
    }
    if keep_people {
        let mut keep =
            database.prepare_cached("UPDATE accounts SET role = ?1 WHERE role IS NULL AND name IS NOT NULL")?;
        if keep.execute([ServerRole::Member.as_str()])? > 0 {
            audit_log::add(database, Some(by), AuditAction::RoleChanged, ["", ServerRole::Member.as_str()], at)?;
        }
    }
    ended_rights::add(database, &Right::Server, at)?;
    Ok(Ok(()))
}

/// All accounts with a role.
pub(super) fn roles(database: &Connection) -> rusqlite::Result<Vec<(AuthorId, ServerRole)>> {
    let mut select = database.prepare_cached("SELECT id, role FROM accounts WHERE role IS NOT NULL")?;
    let rows = select.query_map([], |row| Ok((account(row, 0)?, role_in(row, 1)?)))?;
    rows.filter_map(|row| row.map(|(id, role)| Some((id, role?))).transpose()).collect()
}

/// The role of an account.
pub(super) fn role(database: &Connection, account: &AuthorId) -> rusqlite::Result<Option<ServerRole>> {
    let mut find = database.prepare_cached("SELECT role FROM accounts WHERE id = ?1")?;
    Ok(find.query_row([account.as_str()], |row| role_in(row, 0)).optional()?.flatten())
}

/// Changes the role of an account and records it. The server keeps its last owner.
pub(super) fn change_role(
    database: &Connection,
    account: &AuthorId,
    new: Option<ServerRole>,
    by: &AuthorId,
    at: UnixMillis,
) -> rusqlite::Result<Result<(), EngineError>> {
    if !accounts::is_stored(database, account)? {
        return Ok(Err(EngineError::NoSuchAccount));
    }
    if role(database, account)? == Some(ServerRole::Owner) && new != Some(ServerRole::Owner) {
        let mut others = database.prepare_cached("SELECT 1 FROM accounts WHERE role = 'owner' AND id <> ?1")?;
        if !others.exists([account.as_str()])? {
            return Ok(Err(EngineError::LastOwner));
        }
    }
    if let Err(error) = set_role(database, account, new, at)? {
        return Ok(Err(error));
    }
    bot_tokens::end_those_of(database, account, at)?;
    let (subject, detail) = (accounts::name_or_dash(database, account)?, new.map_or(GUEST, ServerRole::as_str));
    audit_log::add(database, Some(by), AuditAction::RoleChanged, [&subject, detail], at)?;
    Ok(Ok(()))
}

/// Sets the role of an account.
pub(super) fn set_role(
    database: &Connection,
    account: &AuthorId,
    new: Option<ServerRole>,
    at: UnixMillis,
) -> rusqlite::Result<Result<(), EngineError>> {
    if new.is_some() && role(database, account)?.is_none() && people_with_role(database)? >= limits::SERVER_MEMBERS {
        return Ok(Err(EngineError::TooManyMembers));
    }
    let mut update = database.prepare_cached("UPDATE accounts SET role = ?2 WHERE id = ?1")?;
    update.execute([account.as_str(), new.map_or(GUEST, ServerRole::as_str)])?;
    ended_rights::add(database, &Right::ServerRole(account.clone()), at)?;
    Ok(Ok(()))
}

fn people_with_role(database: &Connection) -> rusqlite::Result<usize> {
    let mut count = database.prepare_cached("SELECT count(*) FROM accounts WHERE role IS NOT NULL AND role <> ?1")?;
    count.query_row([GUEST], |row| row.get(0))
}

/// Number of accounts that have had a name and never a role.
pub(super) fn people_without_role(database: &Connection) -> rusqlite::Result<usize> {
    let mut count = database.prepare_cached("SELECT count(*) FROM accounts WHERE role IS NULL AND name IS NOT NULL")?;
    count.query_row([], |row| row.get(0))
}

/// The people whose last name contains a text, whatever its case: those with the highest role first, then those that
/// were used last.
pub(super) fn people(database: &Connection, text: &str, count: usize) -> rusqlite::Result<Vec<ServerPerson>> {
    let mut select = database.prepare_cached(
        "SELECT id, coalesce(name, ''), role, used, (SELECT count(*) FROM sessions s WHERE s.account = a.id),
         EXISTS (SELECT 1 FROM recovery_codes c WHERE c.account = a.id)
         FROM accounts a WHERE name IS NOT NULL OR role IS NOT NULL
         ORDER BY CASE role WHEN 'owner' THEN 0 WHEN 'moderator' THEN 1 WHEN 'member' THEN 2 ELSE 3 END, used DESC, id",
    )?;
    let text = text.to_lowercase();
    let rows = select.query_map([], |row| {
        let (account, name, role) = (account(row, 0)?, row.get(1)?, role_in(row, 2)?);
        let (last_used, sessions, has_recovery_code) = (row.get(3)?, row.get(4)?, row.get(5)?);
        Ok(ServerPerson { account, name, role, last_used, sessions, has_recovery_code })
    })?;
    let matches = |person: &rusqlite::Result<ServerPerson>| match person {
        Ok(person) => person.name.to_lowercase().contains(&text),
        Err(_) => true,
    };
    rows.filter(matches).take(count).collect()
}

/// Ends all sessions of an account as an owner of the server does, and perhaps removes its recovery code with them.
pub(super) fn end_sessions(
    database: &Connection,
    account: &AuthorId,
    remove_recovery_code: bool,
    by: &AuthorId,
    at: UnixMillis,
) -> rusqlite::Result<Result<(), EngineError>> {
    if !accounts::is_stored(database, account)? {
        return Ok(Err(EngineError::NoSuchAccount));
    }
    accounts::end_all_sessions(database, account, at)?;
    if remove_recovery_code {
        recovery_codes::remove(database, account)?;
    }
    let subject = accounts::name_or_dash(database, account)?;
    audit_log::add(database, Some(by), AuditAction::SessionsEnded, [&subject, ""], at)?;
    Ok(Ok(()))
}

fn account(row: &Row<'_>, column: usize) -> rusqlite::Result<AuthorId> {
    Ok(AuthorId(row.get::<_, String>(column)?.into()))
}

/// A role of a newer version counts as that of a member.
fn role_in(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ServerRole>> {
    let role = row.get_ref(column)?.as_str_or_null()?;
    Ok(role.filter(|role| *role != GUEST).map(|role| ServerRole::parse(role).unwrap_or(ServerRole::Member)))
}
