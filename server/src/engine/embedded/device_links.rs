//! Links with which another device gets a session of an account. Each works once and expires soon.

use parlor::{AuthorId, UnixMillis, limits};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{DeviceLink, NewSession, SecretHash};
use super::accounts;

/// How long a link is valid, in milliseconds.
const LIFETIME_MS: u64 = limits::DEVICE_LINK_SECONDS * 1_000;

/// Stores a link in place of the account's earlier one.
///
/// If the address has too many links its oldest one is removed; if there are too many in all, the oldest of all. The name
/// of the reached limit is returned.
pub(super) fn add(database: &Connection, link: &DeviceLink, at: UnixMillis) -> rusqlite::Result<Option<&'static str>> {
    let mut expire = database.prepare_cached("DELETE FROM device_links WHERE created <= ?1 OR account = ?2")?;
    expire.execute(params![at.saturating_sub(LIFETIME_MS), link.account.as_str()])?;
    let mut count = database.prepare_cached("SELECT count(*), coalesce(sum(address = ?1), 0) FROM device_links")?;
    let (all, of_address): (usize, usize) = count.query_row([&link.address], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let reached = if of_address >= limits::DEVICE_LINKS_PER_ADDRESS {
        Some("DEVICE_LINKS_PER_ADDRESS")
    } else if all >= limits::DEVICE_LINKS {
        Some("DEVICE_LINKS")
    } else {
        None
    };
    if let Some(limit) = reached {
        let address = (limit == "DEVICE_LINKS_PER_ADDRESS").then_some(&link.address);
        let mut remove_oldest = database.prepare_cached(
            "DELETE FROM device_links WHERE code = (
                 SELECT code FROM device_links WHERE address = coalesce(?1, address) ORDER BY created LIMIT 1)",
        )?;
        remove_oldest.execute([address])?;
    }
    let mut insert = database.prepare_cached(
        "INSERT INTO device_links (code, account, session, address, created) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    insert.execute(params![link.code.0, link.account.as_str(), link.session.0, link.address, at])?;
    Ok(reached)
}

/// The account of a link that is valid at a time.
pub(super) fn find(database: &Connection, code: SecretHash, at: UnixMillis) -> rusqlite::Result<Option<AuthorId>> {
    let mut find = database.prepare_cached("SELECT account FROM device_links WHERE code = ?1 AND created > ?2")?;
    let account = find.query_row(params![code.0, at.saturating_sub(LIFETIME_MS)], |row| row.get::<_, String>(0));
    Ok(account.optional()?.map(|id| AuthorId(id.into())))
}

/// Uses a link up for a session of its account. `None` if it is not valid.
pub(super) fn redeem(
    database: &Connection,
    code: SecretHash,
    session: &NewSession,
    at: UnixMillis,
) -> rusqlite::Result<Option<AuthorId>> {
    let Some(account) = find(database, code, at)? else { return Ok(None) };
    database.prepare_cached("DELETE FROM device_links WHERE code = ?1")?.execute([code.0])?;
    accounts::add_session(database, &NewSession { account: account.clone(), ..session.clone() }, at)?;
    Ok(Some(account))
}
