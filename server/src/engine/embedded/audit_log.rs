//! The audit log: who changed what on the server, and when. Entries keep the names that people had then. Somebody who had
//! none appears under the name that they have had since.

use parlor::{AuthorId, UnixMillis, limits};
use rusqlite::{Connection, Row, params};

use super::super::{AuditAction, AuditEntry};
use super::accounts;

/// The part of new entries after which old ones are removed: one in this many.
const EXPIRY_INTERVAL: u64 = 64;

/// Adds an entry. Without `by` it is of the command line.
pub(super) fn add(
    database: &Connection,
    by: Option<&AuthorId>,
    action: AuditAction,
    [subject, detail]: [&str; 2],
    at: UnixMillis,
) -> rusqlite::Result<()> {
    let name = by.map(|account| accounts::name(database, account)).transpose()?.unwrap_or_default();
    let mut insert = database.prepare_cached(
        "INSERT INTO audit_log (at, actor, actor_name, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    insert.execute(params![at, by.map(AuthorId::as_str), name, action.as_str(), subject, detail])?;
    let id = database.last_insert_rowid().unsigned_abs();
    if id.is_multiple_of(EXPIRY_INTERVAL) {
        let oldest = id.saturating_sub(limits::AUDIT_ENTRIES);
        database.prepare_cached("DELETE FROM audit_log WHERE id <= ?1")?.execute([oldest])?;
    }
    Ok(())
}

/// The newest entries before the one with this id, the newest first.
pub(super) fn page(database: &Connection, before: Option<u64>, count: usize) -> rusqlite::Result<Vec<AuditEntry>> {
    let mut select = database.prepare_cached(
        "SELECT l.id, l.at, CASE WHEN l.actor IS NULL THEN NULL ELSE coalesce(nullif(l.actor_name, ''), a.name, '') END,
             l.action, l.subject, l.detail
         FROM audit_log l LEFT JOIN accounts a ON a.id = l.actor WHERE l.id < ?1 ORDER BY l.id DESC LIMIT ?2",
    )?;
    let rows = select.query_map(params![before.map_or(i64::MAX, u64::cast_signed), count], read)?;
    rows.filter_map(Result::transpose).collect()
}

/// Reads an entry; `None` for one of an action that is unknown here.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<AuditEntry>> {
    let Some(action) = AuditAction::parse(row.get_ref(3)?.as_str()?) else { return Ok(None) };
    let (id, at, actor) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Some(AuditEntry { id, at, actor, action, subject: row.get(4)?, detail: row.get(5)? }))
}
