//! Recovery codes: with the code of an account a person gets a session of it on any device.

use parlor::{AuthorId, Name, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{NewSession, SecretHash};
use super::accounts;

/// Stores the code of an account, in place of the earlier one.
pub(super) fn set(database: &Connection, account: &AuthorId, code: SecretHash, at: UnixMillis) -> rusqlite::Result<()> {
    let mut insert = database
        .prepare_cached("INSERT OR REPLACE INTO recovery_codes (account, code, created) VALUES (?1, ?2, ?3)")?;
    insert.execute(params![account.as_str(), code.0, at]).map(drop)
}

/// Removes the code of an account.
pub(super) fn remove(database: &Connection, account: &AuthorId) -> rusqlite::Result<()> {
    database.prepare_cached("DELETE FROM recovery_codes WHERE account = ?1")?.execute([account.as_str()]).map(drop)
}

/// When the code of an account was made.
pub(super) fn created(database: &Connection, account: &AuthorId) -> rusqlite::Result<Option<UnixMillis>> {
    let mut find = database.prepare_cached("SELECT created FROM recovery_codes WHERE account = ?1")?;
    find.query_row([account.as_str()], |row| row.get(0)).optional()
}

/// Adds a session to the account of a code. Returns the account and its last name.
pub(super) fn redeem(
    database: &Connection,
    code: SecretHash,
    session: &NewSession,
    at: UnixMillis,
) -> rusqlite::Result<Option<(AuthorId, Option<Name>)>> {
    let mut find = database.prepare_cached("SELECT account FROM recovery_codes WHERE code = ?1")?;
    let Some(account) = find.query_row([code.0], |row| row.get::<_, String>(0)).optional()? else { return Ok(None) };
    let account = AuthorId(account.into());
    accounts::add_session(database, &NewSession { account: account.clone(), ..session.clone() }, at)?;
    let name = Name::try_from(accounts::name(database, &account)?).ok();
    Ok(Some((account, name)))
}
