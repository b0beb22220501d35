//! The audit log: who changed what on the server, and when. Entries keep the names that people had then. Somebody who had
//! none appears under the name that they have had since.

use parlor::{AuthorId, UnixMillis, limits};

use super::super::{AuditAction, AuditEntry};
use super::accounts;
use super::connection::{Row, SqlConnection, SqlResult};
use super::value::params;

/// The part of new entries after which old ones are removed: one in this many.
const EXPIRY_INTERVAL: u64 = 64;

/// Adds an entry. Without `by` it is of the command line.
pub(in crate::engine) fn add(
    database: &dyn SqlConnection,
    by: Option<&AuthorId>,
    action: AuditAction,
    [subject, detail]: [&str; 2],
    at: UnixMillis,
) -> SqlResult<()> {
    let name = by.map(|account| accounts::name(database, account)).transpose()?.unwrap_or_default();
    let id = database.query_row(
        "INSERT INTO audit_log (at, actor, actor_name, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)
         RETURNING id",
        params![at, by.map(AuthorId::as_str), name, action.as_str(), subject, detail],
        |row| row.get::<u64>(0),
    )?;
    if let Some(id) = id.filter(|id| id.is_multiple_of(EXPIRY_INTERVAL)) {
        let oldest = id.saturating_sub(limits::AUDIT_ENTRIES);
        database.execute("DELETE FROM audit_log WHERE id <= $1", params![oldest])?;
    }
    Ok(())
}

/// The newest entries before the one with this id, the newest first.
pub(in crate::engine) fn page(
    database: &dyn SqlConnection,
    before: Option<u64>,
    count: usize,
) -> SqlResult<Vec<AuditEntry>> {
    let entries = database.query_map(
        "SELECT l.id, l.at, CASE WHEN l.actor IS NULL THEN NULL ELSE coalesce(nullif(l.actor_name, ''), a.name, '') END,
             l.action, l.subject, l.detail
         FROM audit_log l LEFT JOIN accounts a ON a.id = l.actor WHERE l.id < $1 ORDER BY l.id DESC LIMIT $2",
        params![before.map_or(i64::MAX, u64::cast_signed), count],
        read,
    )?;
    Ok(entries.into_iter().flatten().collect())
}

/// Reads an entry; `None` for one of an action that is unknown here.
fn read(row: &Row) -> SqlResult<Option<AuditEntry>> {
    let Some(action) = AuditAction::parse(row.text(3)?.unwrap_or_default()) else { return Ok(None) };
    let (id, at, actor) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Some(AuditEntry { id, at, actor, action, subject: row.get(4)?, detail: row.get(5)? }))
}
