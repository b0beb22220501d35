//! Links with which another device gets a session of an account. Each works once and expires soon.

use parlor::{AuthorId, UnixMillis, limits};

use super::super::{DeviceLink, NewSession, SecretHash};
use super::accounts;
use super::connection::{SqlConnection, SqlResult};
use super::value::params;

/// How long a link is valid, in milliseconds.
const LIFETIME_MS: u64 = limits::DEVICE_LINK_SECONDS * 1_000;

/// Stores a link in place of the account's earlier one.
///
/// If the address has too many links its oldest one is removed; if there are too many in all, the oldest of all. The name
/// of the reached limit is returned.
pub(in crate::engine) fn add(
    database: &dyn SqlConnection,
    link: &DeviceLink,
    at: UnixMillis,
) -> SqlResult<Option<&'static str>> {
    let expire = "DELETE FROM device_links WHERE created <= $1 OR account = $2";
    database.execute(expire, params![at.saturating_sub(LIFETIME_MS), link.account.as_str()])?;
    let counts = database.query_row(
        "SELECT count(*), count(*) FILTER (WHERE address = $1) FROM device_links",
        params![link.address],
        |row| Ok((row.get::<usize>(0)?, row.get::<usize>(1)?)),
    )?;
    let (all, of_address) = counts.unwrap_or_default();
    let reached = if of_address >= limits::DEVICE_LINKS_PER_ADDRESS {
        Some("DEVICE_LINKS_PER_ADDRESS")
    } else if all >= limits::DEVICE_LINKS {
        Some("DEVICE_LINKS")
    } else {
        None
    };
    if let Some(limit) = reached {
        let address = (limit == "DEVICE_LINKS_PER_ADDRESS").then_some(&link.address);
        database.execute(
            "DELETE FROM device_links WHERE code = (
                 SELECT code FROM device_links WHERE address = coalesce(CAST($1 AS TEXT), address)
                 ORDER BY created LIMIT 1)",
            params![address],
        )?;
    }
    database.execute(
        "INSERT INTO device_links (code, account, session, address, created) VALUES ($1, $2, $3, $4, $5)",
        params![link.code.0, link.account.as_str(), link.session.0, link.address, at],
    )?;
    Ok(reached)
}

/// The account of a link that is valid at a time.
pub(in crate::engine) fn find(
    database: &dyn SqlConnection,
    code: SecretHash,
    at: UnixMillis,
) -> SqlResult<Option<AuthorId>> {
    let sql = "SELECT account FROM device_links WHERE code = $1 AND created > $2";
    database.query_row(sql, params![code.0, at.saturating_sub(LIFETIME_MS)], |row| {
        Ok(AuthorId(row.get::<String>(0)?.into()))
    })
}

/// Uses a link up for a session of its account. `None` if it is not valid.
pub(in crate::engine) fn redeem(
    database: &dyn SqlConnection,
    code: SecretHash,
    session: &NewSession,
    at: UnixMillis,
) -> SqlResult<Option<AuthorId>> {
    let Some(account) = find(database, code, at)? else { return Ok(None) };
    database.execute("DELETE FROM device_links WHERE code = $1", params![code.0])?;
    accounts::add_session(database, &NewSession { account: account.clone(), ..session.clone() }, at)?;
    Ok(Some(account))
}
