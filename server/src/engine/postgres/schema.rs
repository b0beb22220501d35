//! The schema of the database, and the migrations from older schema versions.
//!
//! Nodes of different versions run during an update. A migration therefore first adds what a new version needs, in a
//! way that older versions can still use (expand). A later one removes what no supported version needs any more
//! (contract); it [`excludes_older`](Migration::excludes_older) versions.

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, GenericClient};

use super::super::postgres_error::describe;
use super::super::sql::connection::{SqlConnection, SqlResult};
use super::advisory_lock::AdvisoryLock;
use crate::random;

/// The oldest supported version of PostgreSQL, as `server_version_num` has it.
const OLDEST_SERVER: i32 = 150_000;

/// A step from one schema version to the next.
struct Migration {
    sql: &'static str,
    /// Whether programs that do not know this version can't use the database any more.
    excludes_older: bool,
}

/// The migrations. The version of a database is the number of its migrations. A released migration is never changed.
const MIGRATIONS: &[Migration] =
    &[Migration { sql: include_str!("migrations/0001_initial.sql"), excludes_older: true }];

/// The schema version of this program.
const SUPPORTED: i32 = MIGRATIONS.len() as i32;

/// Why the database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database was changed by a newer Parlor, and this one would damage it.
    #[error("the database has schema version {found}, and this Parlor knows up to {supported}: use a newer one")]
    Newer {
        /// The database's schema version.
        found: i32,
        /// The newest schema version that this program supports.
        supported: i32,
    },
    /// The database has not had all migrations.
    #[error("the database has schema version {found}: start a server of this version ({supported}) once")]
    Older {
        /// The database's schema version, 0 if it has no tables.
        found: i32,
        /// The schema version of this program.
        supported: i32,
    },
    /// The database server is too old.
    #[error("the database server is PostgreSQL {0}, and at least version 15 is needed")]
    OldServer(String),
    /// The database's encoding can't store every text.
    #[error("the database has the encoding {0}: create one with ENCODING 'UTF8'")]
    NotUtf8(String),
    /// The database accepts no writes.
    #[error("the database is read-only: it is a standby, or was configured so")]
    ReadOnly,
    /// There are tables with the same names already.
    #[error("the database has tables of another program: use a database of its own")]
    NotParlorDatabase,
    /// The connection was closed.
    #[error("the database has closed the connection")]
    Closed,
    /// A statement failed.
    #[error("{}", describe(.0))]
    Postgres(tokio_postgres::Error),
}

/// Runs the migrations that the database has not had, all or none. Several nodes may do so at the same time.
///
/// # Errors
/// [`SchemaError`].
pub(super) async fn migrate(client: &mut Client) -> Result<(), SchemaError> {
    check_server(client).await?;
    let transaction = client.transaction().await?;
    // Another node's migrations may take longer than a usual statement.
    transaction.batch_execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = '10min'").await?;
    transaction.batch_execute(&AdvisoryLock::Schema.exclusive()).await?;
    let found = version(&transaction).await?;
    let [found, mut min_compatible] = found.map_or([0, 0], |(version, min_compatible)| [version, min_compatible]);
    if min_compatible > SUPPORTED {
        return Err(SchemaError::Newer { found, supported: SUPPORTED });
    }
    if found >= SUPPORTED {
        return Ok(transaction.rollback().await?);
    }
    for (migration, version) in MIGRATIONS.iter().zip(1..).skip(usize::try_from(found).unwrap_or(0)) {
        tracing::info!(version, "migrating the database");
        transaction.batch_execute(migration.sql).await?;
        if migration.excludes_older {
            min_compatible = version;
        }
    }
    let keys = "INSERT INTO server_keys (purpose, key) VALUES ('secrets', $1) ON CONFLICT DO NOTHING";
    transaction.execute(keys, &[&random::bytes::<32>().as_slice()]).await?;
    let update = "UPDATE schema_version SET version = $1, min_compatible = $2";
    transaction.execute(update, &[&SUPPORTED, &min_compatible]).await?;
    Ok(transaction.commit().await?)
}

/// Checks that this program can use the schema of the database. A running node calls this when it has connected again,
/// since a newer version may have migrated the database meanwhile.
///
/// # Errors
/// [`SchemaError::Newer`], [`SchemaError::Older`] and [`SchemaError::Postgres`].
pub(super) async fn check_version(client: &Client) -> Result<(), SchemaError> {
    match version(client).await? {
        Some((found, min_compatible)) if min_compatible > SUPPORTED => {
            Err(SchemaError::Newer { found, supported: SUPPORTED })
        }
        Some((found, _)) if found >= SUPPORTED => Ok(()),
        found => Err(SchemaError::Older { found: found.map_or(0, |(found, _)| found), supported: SUPPORTED }),
    }
}

/// Checks for a running node that no newer version has migrated the database in a way that this program can't use.
pub(super) fn check_compatible(database: &dyn SqlConnection) -> SqlResult<Result<(), SchemaError>> {
    let sql = "SELECT CAST(version AS BIGINT), CAST(min_compatible AS BIGINT) FROM schema_version";
    let found = database.query_row(sql, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
    Ok(match found {
        Some((found, min_compatible)) if min_compatible > SUPPORTED.into() => {
            Err(SchemaError::Newer { found: i32::try_from(found).unwrap_or(i32::MAX), supported: SUPPORTED })
        }
        _ => Ok(()),
    })
}

/// The schema version of the database, and the version that a program has to know to use it. `None` without tables.
async fn version(client: &impl GenericClient) -> Result<Option<(i32, i32)>, SchemaError> {
    let exists = client.query_one("SELECT to_regclass('schema_version') IS NOT NULL", &[]).await?;
    if !exists.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let row = client.query_opt("SELECT version, min_compatible FROM schema_version", &[]).await?;
    let row = row.ok_or(SchemaError::NotParlorDatabase)?;
    Ok(Some((row.try_get(0)?, row.try_get(1)?)))
}

/// Checks that the database server can be used.
async fn check_server(client: &Client) -> Result<(), SchemaError> {
    let settings = "SELECT current_setting('server_version_num')::INT, current_setting('server_version'),
                    current_setting('server_encoding'),
                    pg_is_in_recovery() OR current_setting('transaction_read_only')::BOOLEAN";
    let row = client.query_one(settings, &[]).await?;
    let encoding: String = row.try_get(2)?;
    if row.try_get::<_, i32>(0)? < OLDEST_SERVER {
        Err(SchemaError::OldServer(row.try_get(1)?))
    } else if encoding != "UTF8" {
        Err(SchemaError::NotUtf8(encoding))
    } else if row.try_get(3)? {
        Err(SchemaError::ReadOnly)
    } else {
        Ok(())
    }
}

impl From<tokio_postgres::Error> for SchemaError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(&SqlState::DUPLICATE_TABLE | &SqlState::UNDEFINED_COLUMN) => Self::NotParlorDatabase,
            _ => Self::Postgres(error),
        }
    }
}
