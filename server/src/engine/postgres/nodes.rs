//! The processes that share the database. Each has a row with a lease, which it renews. What a node holds counts until
//! its lease has ended by the database's clock, and its row is deleted.

use std::time::Duration;

use super::super::sql::connection::{SqlConnection, SqlResult};
use super::super::sql::value::params;
use super::super::{EngineError, NodeId};

/// How long a lease is valid after its last renewal.
pub(super) const LEASE: Duration = Duration::from_secs(12);

/// How much earlier a node regards its own lease as ended, counted from when it sent the renewal.
pub(super) const LEASE_MARGIN: Duration = Duration::from_secs(2);

/// How long an account holds its name after the end of the lease of the node that held it, in seconds: time for a
/// browser to find another node.
pub(super) const GRACE_SECONDS: u32 = 30;

/// Adds this process as a node, whose lease begins now.
pub(super) fn register(database: &dyn SqlConnection) -> SqlResult<NodeId> {
    let name = format!("parlor-{}", std::process::id());
    let id = database.query_row(
        "INSERT INTO nodes (name, started, lease_until)
         VALUES ($1, clock_timestamp(), clock_timestamp() + make_interval(secs => CAST($2 AS BIGINT))) RETURNING id",
        params![name, LEASE.as_secs()],
        |row| row.get(0),
    )?;
    Ok(NodeId(id.unwrap_or_default()))
}

/// Renews the lease of a node. False if it has ended.
pub(super) fn renew(database: &dyn SqlConnection, node: NodeId) -> SqlResult<bool> {
    // No column of a key: transactions that hold the row go on meanwhile.
    let renewed = database.execute(
        "UPDATE nodes SET lease_until = clock_timestamp() + make_interval(secs => CAST($2 AS BIGINT))
         WHERE id = $1 AND lease_until > clock_timestamp()",
        params![node.0, LEASE.as_secs()],
    )?;
    Ok(renewed > 0)
}

/// Checks within a transaction that the lease of its node is valid. The node is not ended before the transaction.
pub(super) fn check(database: &dyn SqlConnection, node: NodeId) -> SqlResult<Result<(), EngineError>> {
    let valid = database.exists(
        "SELECT 1 FROM nodes WHERE id = $1 AND lease_until > clock_timestamp() FOR KEY SHARE",
        params![node.0],
    )?;
    Ok(if valid { Ok(()) } else { Err(EngineError::Unavailable) })
}

/// The nodes whose lease is valid.
pub(super) fn live(database: &dyn SqlConnection) -> SqlResult<Vec<NodeId>> {
    let sql = "SELECT id FROM nodes WHERE lease_until > clock_timestamp()";
    database.query_map(sql, params![], |row| Ok(NodeId(row.get(0)?)))
}

/// Whether there is a node whose lease has ended.
pub(super) fn has_expired(database: &dyn SqlConnection) -> SqlResult<bool> {
    database.exists("SELECT 1 FROM nodes WHERE lease_until <= clock_timestamp() LIMIT 1", params![])
}

/// Ends the nodes whose lease has ended.
pub(super) fn end_expired(database: &dyn SqlConnection) -> SqlResult<()> {
    let sql = "SELECT id FROM nodes WHERE lease_until <= clock_timestamp() ORDER BY id";
    let expired = database.query_map(sql, params![], |row| Ok(NodeId(row.get(0)?)))?;
    expired.into_iter().try_for_each(|node| end(database, node))
}

/// Ends a node. Its accounts hold their names for [`GRACE_SECONDS`] from the end of the lease, or from now if that is
/// earlier. Names of plain connections end with the node. Waits for the node's transactions.
pub(super) fn end(database: &dyn SqlConnection, node: NodeId) -> SqlResult<()> {
    // If it has no row any more, because somebody deleted it, its names still have to be released.
    database.execute("DELETE FROM nodes WHERE id = $1", params![node.0])?;
    database.execute(
        "UPDATE names n SET held_until = clock_timestamp() + make_interval(secs => CAST($2 AS BIGINT))
         FROM name_holds h WHERE h.holder = n.holder AND h.node = $1",
        params![node.0, GRACE_SECONDS],
    )?;
    database.execute(
        "DELETE FROM names WHERE kind = 'connection' AND holder IN (SELECT holder FROM name_holds WHERE node = $1)",
        params![node.0],
    )?;
    database.execute("DELETE FROM name_holds WHERE node = $1", params![node.0])?;
    database.execute(
        "DELETE FROM name_keys k WHERE NOT EXISTS (SELECT 1 FROM names n WHERE n.holder = k.holder)",
        params![],
    )?;
    Ok(())
}
