//! Connections to SQLite databases.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// How long a statement waits for another connection's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens a connection with the settings that every database of Parlor needs.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let database = Connection::open(path)?;
    database.pragma_update(None, "synchronous", "FULL")?;
    // Checkpoints have a thread of their own. Within a commit they would delay every queued request.
    database.pragma_update(None, "wal_autocheckpoint", 0)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    // Deleted content is overwritten, so that it can't be found in the file.
    database.pragma_update(None, "secure_delete", true)?;
    // A statement is compiled once, and not again for each value that is bound to it.
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    database.set_prepared_statement_cache_capacity(64);
    Ok(database)
}
