//! Recovery codes: with the code of an account a person gets a session of it on any device.

use parlor::{AuthorId, Name, UnixMillis};

use super::super::{NewSession, SecretHash};
use super::accounts;
use super::connection::{SqlConnection, SqlResult};
use super::value::params;

/// Stores the code of an account, in place of the earlier one.
pub(in crate::engine) fn set(
    database: &dyn SqlConnection,
    account: &AuthorId,
    code: SecretHash,
    at: UnixMillis,
) -> SqlResult<()> {
    let sql = "INSERT INTO recovery_codes (account, code, created) VALUES ($1, $2, $3)
        ON CONFLICT (account) DO UPDATE SET code = excluded.code, created = excluded.created";
    database.execute(sql, params![account.as_str(), code.0, at]).map(drop)
}

/// Removes the code of an account.
pub(in crate::engine) fn remove(database: &dyn SqlConnection, account: &AuthorId) -> SqlResult<()> {
    database.execute("DELETE FROM recovery_codes WHERE account = $1", params![account.as_str()]).map(drop)
}

/// When the code of an account was made.
pub(in crate::engine) fn created(database: &dyn SqlConnection, account: &AuthorId) -> SqlResult<Option<UnixMillis>> {
    let sql = "SELECT created FROM recovery_codes WHERE account = $1";
    database.query_row(sql, params![account.as_str()], |row| row.get(0))
}

/// Adds a session to the account of a code. Returns the account and its last name.
pub(in crate::engine) fn redeem(
    database: &dyn SqlConnection,
    code: SecretHash,
    session: &NewSession,
    at: UnixMillis,
) -> SqlResult<Option<(AuthorId, Option<Name>)>> {
    let sql = "SELECT account FROM recovery_codes WHERE code = $1";
    let account = database.query_row(sql, params![code.0], |row| row.get::<String>(0))?;
    let Some(account) = account else { return Ok(None) };
    let account = AuthorId(account.into());
    accounts::add_session(database, &NewSession { account: account.clone(), ..session.clone() }, at)?;
    let name = Name::try_from(accounts::name(database, &account)?).ok();
    Ok(Some((account, name)))
}
