//! Accounts and their sessions.

use parlor::{AuthorId, UnixMillis, limits};

use super::super::{EngineError, NewSession, Right, SecretHash, SecretLookup, SessionId, SessionRecord};
use super::connection::{Row, SqlConnection, SqlError, SqlResult};
use super::ended_rights;
use super::value::params;

/// The part of new accounts after which nameless ones are counted: one in this many, by the milliseconds of the clock.
const NAMELESS_CHECK_INTERVAL: u64 = 64;

/// The columns of [`read_session`].
const COLUMNS: &str = "id, account, secret, device, created, used";

/// The key with which the server signs secrets.
pub(in crate::engine) fn secret_key(database: &dyn SqlConnection) -> SqlResult<[u8; 32]> {
    let key =
        database.query_row("SELECT key FROM server_keys WHERE purpose = 'secrets'", params![], |row| row.get(0))?;
    key.ok_or(SqlError::UnexpectedValue { column: 0, expected: "[u8; 32]" })
}

/// The session of a secret, or whether the account that its visitor would have is stored.
pub(in crate::engine) fn look_up(
    database: &dyn SqlConnection,
    secret: SecretHash,
    account: &AuthorId,
) -> SqlResult<SecretLookup> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE secret = $1");
    if let Some(session) = database.query_row(&sql, params![secret.0], read_session)? {
        return Ok(SecretLookup::Session(session));
    }
    Ok(if is_stored(database, account)? { SecretLookup::AccountOnly } else { SecretLookup::Unknown })
}

/// Whether there is an account with this id.
pub(in crate::engine) fn is_stored(database: &dyn SqlConnection, account: &AuthorId) -> SqlResult<bool> {
    database.exists("SELECT 1 FROM accounts WHERE id = $1", params![account.as_str()])
}

/// The last name of an account for the audit log; a dash if it never had one.
pub(in crate::engine) fn name_or_dash(database: &dyn SqlConnection, account: &AuthorId) -> SqlResult<String> {
    Ok(Some(name(database, account)?).filter(|name| !name.is_empty()).unwrap_or_else(|| "–".to_owned()))
}

/// The last name of an account; empty if it never had one.
pub(in crate::engine) fn name(database: &dyn SqlConnection, account: &AuthorId) -> SqlResult<String> {
    let sql = "SELECT name FROM accounts WHERE id = $1";
    let name = database.query_row(sql, params![account.as_str()], |row| row.get::<Option<String>>(0))?;
    Ok(name.flatten().unwrap_or_default())
}

/// Stores a visitor's account with its first session, unless it is stored.
pub(in crate::engine) fn store(
    database: &dyn SqlConnection,
    session: &NewSession,
    at: UnixMillis,
) -> SqlResult<Result<(), EngineError>> {
    match look_up(database, session.secret, &session.account)? {
        SecretLookup::Session(_) => Ok(Ok(())),
        SecretLookup::AccountOnly => Ok(Err(EngineError::SessionEnded)),
        SecretLookup::Unknown => {
            let sql = "INSERT INTO accounts (id, created, used) VALUES ($1, $2, $2)";
            database.execute(sql, params![session.account.as_str(), at])?;
            add_session(database, session, at)?;
            // Not each time, since it reads the whole index of such accounts.
            if at.is_multiple_of(NAMELESS_CHECK_INTERVAL) {
                remove_unused_nameless(database)?;
            }
            Ok(Ok(()))
        }
    }
}

/// Removes the nameless account that was unused the longest while there are more than
/// [`NAMELESS_ACCOUNTS`](limits::NAMELESS_ACCOUNTS). Nothing but sessions and read markers belongs to such an account:
/// one that was given a role or access to a private room stays.
fn remove_unused_nameless(database: &dyn SqlConnection) -> SqlResult<()> {
    let unused = database.query_map(
        "SELECT id FROM accounts WHERE name IS NULL AND old_secret_until IS NULL AND role IS NULL
             AND id NOT IN (SELECT account FROM room_members) ORDER BY used DESC LIMIT $2 OFFSET $1",
        params![limits::NAMELESS_ACCOUNTS, i64::MAX],
        |row| row.get::<String>(0),
    )?;
    for id in unused {
        for delete in [
            "DELETE FROM accounts WHERE id = $1",
            "DELETE FROM sessions WHERE account = $1",
            "DELETE FROM read WHERE author = $1",
        ] {
            database.execute(delete, params![id])?;
        }
    }
    Ok(())
}

/// Adds a session to an account. Above [`SESSIONS_PER_ACCOUNT`](limits::SESSIONS_PER_ACCOUNT) the one that was unused
/// the longest ends. A session that was never used again is the first: a browser may have lost its cookie.
pub(in crate::engine) fn add_session(
    database: &dyn SqlConnection,
    session: &NewSession,
    at: UnixMillis,
) -> SqlResult<()> {
    let NewSession { account, secret, device } = session;
    database.execute(
        "INSERT INTO sessions (secret, account, device, created, used) VALUES ($1, $2, $3, $4, $4)",
        params![secret.0, account.as_str(), device, at],
    )?;
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions WHERE account = $1 AND secret <> $2 ORDER BY used > created DESC, used DESC
         LIMIT $4 OFFSET $3"
    );
    let kept = limits::SESSIONS_PER_ACCOUNT - 1;
    for session in database.query_map(&sql, params![account.as_str(), secret.0, kept, i64::MAX], read_session)? {
        end(database, &session, at)?;
    }
    Ok(())
}

/// Adds a session to an account whose old secret is still valid. False if it is not.
pub(in crate::engine) fn add_session_by_old_secret(
    database: &dyn SqlConnection,
    session: &NewSession,
    at: UnixMillis,
) -> SqlResult<bool> {
    let sql = "SELECT 1 FROM accounts WHERE id = $1 AND old_secret_until > $2";
    let valid = database.exists(sql, params![session.account.as_str(), at])?;
    if valid {
        add_session(database, session, at)?;
    }
    Ok(valid)
}

/// Records that a session is used at a time.
pub(in crate::engine) fn mark_used(database: &dyn SqlConnection, id: SessionId, at: UnixMillis) -> SqlResult<()> {
    database.execute("UPDATE sessions SET used = $2 WHERE id = $1", params![id.0, at])?;
    let account = "UPDATE accounts SET used = $2 WHERE id = (SELECT account FROM sessions WHERE id = $1)";
    database.execute(account, params![id.0, at]).map(drop)
}

/// The sessions of an account, the one that was used last first, and until when its old secret is valid.
pub(in crate::engine) fn sessions(
    database: &dyn SqlConnection,
    account: &AuthorId,
) -> SqlResult<(Vec<SessionRecord>, Option<UnixMillis>)> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE account = $1 ORDER BY used DESC, id DESC");
    let sessions = database.query_map(&sql, params![account.as_str()], read_session)?;
    let old = "SELECT old_secret_until FROM accounts WHERE id = $1";
    Ok((sessions, database.query_row(old, params![account.as_str()], |row| row.get(0))?.flatten()))
}

/// Ends a session of an account. Returns the hash of its secret, if there was one.
pub(in crate::engine) fn end_session(
    database: &dyn SqlConnection,
    account: &AuthorId,
    id: SessionId,
    at: UnixMillis,
) -> SqlResult<Option<SecretHash>> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE id = $1 AND account = $2");
    let session = database.query_row(&sql, params![id.0, account.as_str()], read_session)?;
    if let Some(session) = &session {
        end(database, session, at)?;
    }
    Ok(session.map(|session| session.secret))
}

fn end(database: &dyn SqlConnection, session: &SessionRecord, at: UnixMillis) -> SqlResult<()> {
    database.execute("DELETE FROM sessions WHERE id = $1", params![session.id.0])?;
    database.execute("DELETE FROM device_links WHERE session = $1", params![session.secret.0])?;
    ended_rights::add(database, &Right::Session(session.account.clone(), session.secret), at)
}

/// Ends all sessions of an account, its old secret and its device links.
pub(in crate::engine) fn end_all_sessions(
    database: &dyn SqlConnection,
    account: &AuthorId,
    at: UnixMillis,
) -> SqlResult<()> {
    if !is_stored(database, account)? {
        return Ok(());
    }
    for end in [
        "DELETE FROM sessions WHERE account = $1",
        "DELETE FROM device_links WHERE account = $1",
        "UPDATE accounts SET old_secret_until = 0 WHERE id = $1 AND old_secret_until IS NOT NULL",
    ] {
        database.execute(end, params![account.as_str()])?;
    }
    ended_rights::add(database, &Right::AllSessions(account.clone()), at)
}

fn read_session(row: &Row) -> SqlResult<SessionRecord> {
    Ok(SessionRecord {
        id: SessionId(row.get(0)?),
        account: AuthorId(row.get::<String>(1)?.into()),
        secret: SecretHash(row.get(2)?),
        device: row.get(3)?,
        created: row.get(4)?,
        last_used: row.get(5)?,
    })
}
