//! The settings of the server and the roles of its people.

use parlor::{AuthorId, UnixMillis, limits};

use super::super::{AuditAction, EngineError, Right, ServerPerson};
use super::connection::{Row, SqlConnection, SqlError, SqlResult};
use super::value::params;
use super::{accounts, audit_log, bot_tokens, ended_rights, recovery_codes};
use crate::access::{Admission, RoomCreation, ServerPolicy, ServerRole};

/// The role of an account from which an owner took one, in the database and in the audit log. Such accounts are not among
/// those that have never had a role, whom an owner can keep when the server is closed.
const GUEST: &str = "guest";

/// Number of accounts that [`people`] reads at once.
const PEOPLE_CHUNK: usize = 1_000;

/// The settings.
pub(in crate::engine) fn policy(database: &dyn SqlConnection) -> SqlResult<ServerPolicy> {
    let sql = "SELECT name, welcome, admission, room_creation FROM server_policy";
    let policy = database.query_row(sql, params![], |row| {
        // A value of a newer version lets nobody in or create rooms whom it may not.
        let admission = Admission::parse(row.text(2)?.unwrap_or_default()).unwrap_or(Admission::Invited);
        let room_creation = RoomCreation::parse(row.text(3)?.unwrap_or_default()).unwrap_or(RoomCreation::Owners);
        Ok(ServerPolicy { name: row.get(0)?, welcome: row.get(1)?, admission, room_creation })
    })?;
    policy.ok_or(SqlError::UnexpectedValue { column: 0, expected: "text" })
}

/// Replaces the settings. With `keep_people`, every account that has had a name and never a role becomes a member.
pub(in crate::engine) fn set_policy(
    database: &dyn SqlConnection,
    new: &ServerPolicy,
    keep_people: bool,
    by: &AuthorId,
    at: UnixMillis,
) -> SqlResult<Result<(), EngineError>> {
    if keep_people && people_with_role(database)? + people_without_role(database)? > limits::SERVER_MEMBERS {
        return Ok(Err(EngineError::TooManyMembers));
    }
    let old = policy(database)?;
    let ServerPolicy { name, welcome, admission, room_creation } = new;
    database.execute(
        "UPDATE server_policy SET name = $1, welcome = $2, admission = $3, room_creation = $4",
        params![name, welcome, admission.as_str(), room_creation.as_str()],
    )?;
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
        let keep = "UPDATE accounts SET role = $1 WHERE role IS NULL AND name IS NOT NULL";
        if database.execute(keep, params![ServerRole::Member.as_str()])? > 0 {
            audit_log::add(database, Some(by), AuditAction::RoleChanged, ["", ServerRole::Member.as_str()], at)?;
        }
    }
    ended_rights::add(database, &Right::Server, at)?;
    Ok(Ok(()))
}

/// All accounts with a role.
pub(in crate::engine) fn roles(database: &dyn SqlConnection) -> SqlResult<Vec<(AuthorId, ServerRole)>> {
    let sql = "SELECT id, role FROM accounts WHERE role IS NOT NULL";
    let roles = database.query_map(sql, params![], |row| Ok((account(row, 0)?, role_in(row, 1)?)))?;
    Ok(roles.into_iter().filter_map(|(id, role)| Some((id, role?))).collect())
}

/// The role of an account.
pub(in crate::engine) fn role(database: &dyn SqlConnection, account: &AuthorId) -> SqlResult<Option<ServerRole>> {
    let sql = "SELECT role FROM accounts WHERE id = $1";
    Ok(database.query_row(sql, params![account.as_str()], |row| role_in(row, 0))?.flatten())
}

/// Changes the role of an account and records it. The server keeps its last owner.
pub(in crate::engine) fn change_role(
    database: &dyn SqlConnection,
    account: &AuthorId,
    new: Option<ServerRole>,
    by: &AuthorId,
    at: UnixMillis,
) -> SqlResult<Result<(), EngineError>> {
    if !accounts::is_stored(database, account)? {
        return Ok(Err(EngineError::NoSuchAccount));
    }
    if role(database, account)? == Some(ServerRole::Owner) && new != Some(ServerRole::Owner) {
        let others = "SELECT 1 FROM accounts WHERE role = 'owner' AND id <> $1 LIMIT 1";
        if !database.exists(others, params![account.as_str()])? {
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
pub(in crate::engine) fn set_role(
    database: &dyn SqlConnection,
    account: &AuthorId,
    new: Option<ServerRole>,
    at: UnixMillis,
) -> SqlResult<Result<(), EngineError>> {
    if new.is_some() && role(database, account)?.is_none() && people_with_role(database)? >= limits::SERVER_MEMBERS {
        return Ok(Err(EngineError::TooManyMembers));
    }
    let update = "UPDATE accounts SET role = $2 WHERE id = $1";
    database.execute(update, params![account.as_str(), new.map_or(GUEST, ServerRole::as_str)])?;
    ended_rights::add(database, &Right::ServerRole(account.clone()), at)?;
    Ok(Ok(()))
}

fn people_with_role(database: &dyn SqlConnection) -> SqlResult<usize> {
    let sql = "SELECT count(*) FROM accounts WHERE role IS NOT NULL AND role <> $1";
    Ok(database.query_row(sql, params![GUEST], |row| row.get(0))?.unwrap_or_default())
}

/// Number of accounts that have had a name and never a role.
pub(in crate::engine) fn people_without_role(database: &dyn SqlConnection) -> SqlResult<usize> {
    let sql = "SELECT count(*) FROM accounts WHERE role IS NULL AND name IS NOT NULL";
    Ok(database.query_row(sql, params![], |row| row.get(0))?.unwrap_or_default())
}

/// The people whose last name contains a text, whatever its case: those with the highest role first, then those that
/// were used last.
pub(in crate::engine) fn people(
    database: &dyn SqlConnection,
    text: &str,
    count: usize,
) -> SqlResult<Vec<ServerPerson>> {
    // The accounts are read in chunks by id, since there may be many. The last column is the rank of the role.
    let sql = "SELECT id, coalesce(name, ''), role, used, (SELECT count(*) FROM sessions s WHERE s.account = a.id),
         EXISTS (SELECT 1 FROM recovery_codes c WHERE c.account = a.id),
         CAST(CASE role WHEN 'owner' THEN 0 WHEN 'moderator' THEN 1 WHEN 'member' THEN 2 ELSE 3 END AS BIGINT)
         FROM accounts a WHERE id > $1 AND (name IS NOT NULL OR role IS NOT NULL) ORDER BY id LIMIT $2";
    let text = text.to_lowercase();
    let mut found: Vec<(i64, ServerPerson)> = Vec::new();
    let mut after = AuthorId("".into());
    loop {
        let chunk = database.query_map(sql, params![after.as_str(), PEOPLE_CHUNK], |row| {
            let (account, name, role) = (account(row, 0)?, row.get(1)?, role_in(row, 2)?);
            let (last_used, sessions, has_recovery_code) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok((row.get::<i64>(6)?, ServerPerson { account, name, role, last_used, sessions, has_recovery_code }))
        })?;
        let Some((_, last)) = chunk.last() else { break };
        after = last.account.clone();
        found.extend(chunk.into_iter().filter(|(_, person)| person.name.to_lowercase().contains(&text)));
        found.sort_by(|(a_rank, a), (b_rank, b)| {
            (a_rank, b.last_used, a.account.as_str()).cmp(&(b_rank, a.last_used, b.account.as_str()))
        });
        found.truncate(count);
    }
    Ok(found.into_iter().map(|(_, person)| person).collect())
}

/// Ends all sessions of an account as an owner of the server does, and perhaps removes its recovery code with them.
pub(in crate::engine) fn end_sessions(
    database: &dyn SqlConnection,
    account: &AuthorId,
    remove_recovery_code: bool,
    by: &AuthorId,
    at: UnixMillis,
) -> SqlResult<Result<(), EngineError>> {
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

fn account(row: &Row, column: usize) -> SqlResult<AuthorId> {
    Ok(AuthorId(row.get::<String>(column)?.into()))
}

/// A role of a newer version counts as that of a member.
fn role_in(row: &Row, column: usize) -> SqlResult<Option<ServerRole>> {
    let role = row.text(column)?;
    Ok(role.filter(|role| *role != GUEST).map(|role| ServerRole::parse(role).unwrap_or(ServerRole::Member)))
}
