//! Accounts and their sessions.

use parlor::{AuthorId, UnixMillis, limits};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::{EngineError, NewSession, Right, SecretHash, SecretLookup, SessionId, SessionRecord};
use super::ended_rights;

/// The part of new accounts after which nameless ones are counted: one in this many, by the milliseconds of the clock.
const NAMELESS_CHECK_INTERVAL: u64 = 64;

/// The columns of [`read_session`].
const COLUMNS: &str = "id, account, secret, device, created, used";

/// The key with which the server signs secrets.
pub(super) fn secret_key(database: &Connection) -> rusqlite::Result<[u8; 32]> {
    database.query_row("SELECT key FROM server_keys WHERE purpose = 'secrets'", [], |row| row.get(0))
}

/// The session of a secret, or whether the account that its visitor would have is stored.
pub(super) fn look_up(database: &Connection, secret: SecretHash, account: &AuthorId) -> rusqlite::Result<SecretLookup> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE secret = ?1");
    let session = database.prepare_cached(&sql)?.query_row([secret.0], read_session).optional()?;
    if let Some(session) = session {
        return Ok(SecretLookup::Session(session));
    }
    Ok(if is_stored(database, account)? { SecretLookup::AccountOnly } else { SecretLookup::Unknown })
}

/// Whether there is an account with this id.
pub(super) fn is_stored(database: &Connection, account: &AuthorId) -> rusqlite::Result<bool> {
    database.prepare_cached("SELECT 1 FROM accounts WHERE id = ?1")?.exists([account.as_str()])
}

/// The last name of an account for the audit log; a dash if it never had one.
pub(super) fn name_or_dash(database: &Connection, account: &AuthorId) -> rusqlite::Result<String> {
    Ok(Some(name(database, account)?).filter(|name| !name.is_empty()).unwrap_or_else(|| "–".to_owned()))
}

/// The last name of an account; empty if it never had one.
pub(super) fn name(database: &Connection, account: &AuthorId) -> rusqlite::Result<String> {
    let mut find = database.prepare_cached("SELECT name FROM accounts WHERE id = ?1")?;
    Ok(find
        .query_row([account.as_str()], |row| row.get::<_, Option<String>>(0))
        .optional()?
        .flatten()
        .unwrap_or_default())
}

/// Stores a visitor's account with its first session, unless it is stored.
pub(super) fn store(
    database: &Connection,
    session: &NewSession,
    at: UnixMillis,
) -> rusqlite::Result<Result<(), EngineError>> {
    match look_up(database, session.secret, &session.account)? {
        SecretLookup::Session(_) => Ok(Ok(())),
        SecretLookup::AccountOnly => Ok(Err(EngineError::SessionEnded)),
        SecretLookup::Unknown => {
            let mut insert = database.prepare_cached("INSERT INTO accounts (id, created, used) VALUES (?1, ?2, ?2)")?;
            insert.execute(params![session.account.as_str(), at])?;
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
fn remove_unused_nameless(database: &Connection) -> rusqlite::Result<()> {
    let mut select = database.prepare_cached(
        "SELECT id FROM accounts WHERE name IS NULL AND old_secret_until IS NULL AND role IS NULL
             AND id NOT IN (SELECT account FROM room_members) ORDER BY used DESC LIMIT -1 OFFSET ?1",
    )?;
    let unused = select.query_map([limits::NAMELESS_ACCOUNTS], |row| row.get::<_, String>(0))?;
    for id in unused.collect::<Result<Vec<_>, _>>()? {
        for delete in [
            "DELETE FROM accounts WHERE id = ?1",
            "DELETE FROM sessions WHERE account = ?1",
            "DELETE FROM read WHERE author = ?1",
        ] {
            database.prepare_cached(delete)?.execute([&id])?;
        }
    }
    Ok(())
}

/// Adds a session to an account. Above [`SESSIONS_PER_ACCOUNT`](limits::SESSIONS_PER_ACCOUNT) the one that was unused
/// the longest ends. A session that was never used again is the first: a browser may have lost its cookie.
pub(super) fn add_session(database: &Connection, session: &NewSession, at: UnixMillis) -> rusqlite::Result<()> {
    let NewSession { account, secret, device } = session;
    let mut insert = database
        .prepare_cached("INSERT INTO sessions (secret, account, device, created, used) VALUES (?1, ?2, ?3, ?4, ?4)")?;
    insert.execute(params![secret.0, account.as_str(), device, at])?;
    let sql = format!(
        "SELECT {COLUMNS} FROM sessions WHERE account = ?1 AND secret <> ?2 ORDER BY used > created DESC, used DESC
         LIMIT -1 OFFSET ?3"
    );
    let mut unused = database.prepare_cached(&sql)?;
    let kept = limits::SESSIONS_PER_ACCOUNT - 1;
    let unused = unused.query_map(params![account.as_str(), secret.0, kept], read_session)?;
    for session in unused.collect::<Result<Vec<_>, _>>()? {
        end(database, &session, at)?;
    }
    Ok(())
}

/// Adds a session to an account whose old secret is still valid. False if it is not.
pub(super) fn add_session_by_old_secret(
    database: &Connection,
    session: &NewSession,
    at: UnixMillis,
) -> rusqlite::Result<bool> {
    let mut valid = database.prepare_cached("SELECT 1 FROM accounts WHERE id = ?1 AND old_secret_until > ?2")?;
    let valid = valid.exists(params![session.account.as_str(), at])?;
    if valid {
        add_session(database, session, at)?;
    }
    Ok(valid)
}

/// Records that a session is used at a time.
pub(super) fn mark_used(database: &Connection, id: SessionId, at: UnixMillis) -> rusqlite::Result<()> {
    database.prepare_cached("UPDATE sessions SET used = ?2 WHERE id = ?1")?.execute(params![id.0, at])?;
    let mut account = database
        .prepare_cached("UPDATE accounts SET used = ?2 WHERE id = (SELECT account FROM sessions WHERE id = ?1)")?;
    account.execute(params![id.0, at]).map(drop)
}

/// The sessions of an account, the one that was used last first, and until when its old secret is valid.
pub(super) fn sessions(
    database: &Connection,
    account: &AuthorId,
) -> rusqlite::Result<(Vec<SessionRecord>, Option<UnixMillis>)> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE account = ?1 ORDER BY used DESC, id DESC");
    let sessions =
        database.prepare_cached(&sql)?.query_map([account.as_str()], read_session)?.collect::<Result<_, _>>()?;
    let mut old = database.prepare_cached("SELECT old_secret_until FROM accounts WHERE id = ?1")?;
    Ok((sessions, old.query_row([account.as_str()], |row| row.get(0)).optional()?.flatten()))
}

/// Ends a session of an account. Returns the hash of its secret, if there was one.
pub(super) fn end_session(
    database: &Connection,
    account: &AuthorId,
    id: SessionId,
    at: UnixMillis,
) -> rusqlite::Result<Option<SecretHash>> {
    let sql = format!("SELECT {COLUMNS} FROM sessions WHERE id = ?1 AND account = ?2");
    let session = database.prepare_cached(&sql)?.query_row(params![id.0, account.as_str()], read_session).optional()?;
    if let Some(session) = &session {
        end(database, session, at)?;
    }
    Ok(session.map(|session| session.secret))
}

fn end(database: &Connection, session: &SessionRecord, at: UnixMillis) -> rusqlite::Result<()> {
    database.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([session.id.0])?;
    database.prepare_cached("DELETE FROM device_links WHERE session = ?1")?.execute([session.secret.0])?;
    ended_rights::add(database, &Right::Session(session.account.clone(), session.secret), at)
}

/// Ends all sessions of an account, its old secret and its device links.
pub(super) fn end_all_sessions(database: &Connection, account: &AuthorId, at: UnixMillis) -> rusqlite::Result<()> {
    if !is_stored(database, account)? {
        return Ok(());
    }
    for end in [
        "DELETE FROM sessions WHERE account = ?1",
        "DELETE FROM device_links WHERE account = ?1",
        "UPDATE accounts SET old_secret_until = 0 WHERE id = ?1 AND old_secret_until IS NOT NULL",
    ] {
        database.prepare_cached(end)?.execute([account.as_str()])?;
    }
    ended_rights::add(database, &Right::AllSessions(account.clone()), at)
}

fn read_session(row: &Row<'_>) -> rusqlite::Result<SessionRecord> {
    Ok(SessionRecord {
        id: SessionId(row.get(0)?),
        account: AuthorId(row.get::<_, String>(1)?.into()),
        secret: SecretHash(row.get(2)?),
        device: row.get(3)?,
        created: row.get(4)?,
        last_used: row.get(5)?,
    })
}
