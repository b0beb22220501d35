//! Runs the statements of the shared SQL code on a connection to PostgreSQL, from a thread that may block.

use std::cell::Cell;
use std::error::Error;
use std::future::Future;
use std::time::Duration;

use bytes::BytesMut;
use futures_util::future::try_join_all;
use tokio::runtime::Handle;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::super::postgres_error::is_stale_statement;
use super::super::sql::connection::{Row, SqlConnection, SqlError, SqlResult};
use super::super::sql::value::{Param, Value};
use super::pool::PooledConnection;

/// Maximum number of requests that are sent before the first reply.
const PIPELINED: usize = 256;

/// A connection that blocks the thread until a statement is done. It must not be used on a thread of the runtime that
/// runs other tasks.
#[derive(Debug)]
pub(super) struct BlockingConnection<'a> {
    connection: &'a PooledConnection,
    handle: &'a Handle,
    timeout: Duration,
    state: Cell<ConnectionState>,
}

/// What may be done with a connection after the statements that it has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionState {
    /// All statements have succeeded.
    Usable,
    /// A statement has failed: a transaction can only be rolled back.
    Failed,
    /// A statement may still be running, or the connection is closed or not usable: it has to be dropped.
    Broken,
}

impl<'a> BlockingConnection<'a> {
    /// Statements that take longer than `timeout` fail.
    pub(super) fn new(connection: &'a PooledConnection, handle: &'a Handle, timeout: Duration) -> Self {
        Self { connection, handle, timeout, state: Cell::new(ConnectionState::Usable) }
    }

    pub(super) fn state(&self) -> ConnectionState {
        self.state.get()
    }

    /// Runs statements without parameters, in one round trip.
    pub(super) fn batch(&self, sql: &str) -> SqlResult<()> {
        self.wait(self.connection.batch_execute(sql))
    }

    /// Commits the transaction, if all its statements have succeeded: otherwise the database would roll it back and
    /// report no error. False if the database warned: the wait for a synchronous standby was cancelled.
    ///
    /// # Errors
    /// [`SqlError`]. As after a warning, it is unknown whether the transaction is committed.
    pub(super) fn commit(&self) -> SqlResult<bool> {
        let warnings = self.connection.warnings();
        self.batch("COMMIT")?;
        Ok(self.connection.warnings() == warnings)
    }

    /// Runs a statement whose parameters may be arrays, and returns its rows.
    ///
    /// # Errors
    /// [`SqlError`]. A transaction has to be rolled back then.
    pub(super) fn query_arrays(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> SqlResult<Vec<Row>> {
        let rows = self.wait(async {
            let statement = self.connection.prepare_cached(sql).await?;
            self.connection.query(&statement, params).await
        })?;
        rows.iter().map(read_row).collect()
    }

    /// Waits for a request, up to the time-out.
    fn wait<T>(&self, request: impl Future<Output = Result<T, tokio_postgres::Error>>) -> SqlResult<T> {
        if self.state() == ConnectionState::Broken {
            return Err(SqlError::Timeout);
        }
        // The timer has to be made within the runtime.
        match self.handle.block_on(async { tokio::time::timeout(self.timeout, request).await }) {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) if self.connection.is_closed() || is_stale_statement(&error) => {
                Err(self.broken(error.into()))
            }
            Ok(Err(error)) => {
                self.state.set(ConnectionState::Failed);
                Err(error.into())
            }
            Err(_) => Err(self.broken(SqlError::Timeout)),
        }
    }

    fn broken(&self, error: SqlError) -> SqlError {
        self.state.set(ConnectionState::Broken);
        error
    }
}

impl SqlConnection for BlockingConnection<'_> {
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> SqlResult<usize> {
        let params: Vec<_> = params.iter().map(|param| BoundParam(*param)).collect();
        let changed = self.wait(async {
            let statement = self.connection.prepare_cached(sql).await?;
            self.connection.execute_raw(&statement, &params).await
        })?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    fn query(&self, sql: &str, params: &[Param<'_>]) -> SqlResult<Vec<Row>> {
        let params: Vec<_> = params.iter().map(|param| BoundParam(*param)).collect();
        let params: Vec<_> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
        self.query_arrays(sql, &params)
    }

    fn query_each(&self, sql: &str, params: &[Vec<Param<'_>>]) -> SqlResult<Vec<Vec<Row>>> {
        let params: Vec<Vec<_>> =
            params.iter().map(|run| run.iter().map(|param| BoundParam(*param)).collect()).collect();
        let mut found = Vec::with_capacity(params.len());
        for params in params.chunks(PIPELINED) {
            let runs = self.wait(async {
                let statement = self.connection.prepare_cached(sql).await?;
                let run = async |params: &Vec<BoundParam<'_>>| {
                    let params: Vec<_> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
                    self.connection.query(&statement, &params).await
                };
                try_join_all(params.iter().map(run)).await
            })?;
            for rows in runs {
                found.push(rows.iter().map(read_row).collect::<SqlResult<_>>()?);
            }
        }
        Ok(found)
    }
}

/// Reads a row. Columns can have the types of [`ColumnValue`].
fn read_row(row: &tokio_postgres::Row) -> SqlResult<Row> {
    let values = (0..row.len()).map(|column| Ok(row.try_get::<_, ColumnValue>(column)?.0));
    values.collect::<Result<_, tokio_postgres::Error>>().map(Row).map_err(SqlError::from)
}

/// A parameter in the database's binary format. Integers and booleans are converted to the type that the statement
/// expects.
#[derive(Debug)]
struct BoundParam<'a>(Param<'a>);

impl ToSql for BoundParam<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, ty) {
            (Param::Null, _) => Ok(IsNull::Yes),
            (Param::Integer(number), &Type::INT8) => number.to_sql(ty, out),
            (Param::Integer(number), &Type::INT4) => i32::try_from(number)?.to_sql(ty, out),
            (Param::Integer(number), &Type::BOOL) => (number != 0).to_sql(ty, out),
            (Param::Boolean(truth), &Type::BOOL) => truth.to_sql(ty, out),
            (Param::Boolean(truth), &Type::INT8) => i64::from(truth).to_sql(ty, out),
            (Param::Boolean(truth), &Type::INT4) => i32::from(truth).to_sql(ty, out),
            (Param::Text(text), &(Type::TEXT | Type::VARCHAR | Type::NAME)) => text.to_sql(ty, out),
            (Param::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(ty, out),
            (Param::Integer(_), _) => Err(format!("an integer is bound to a parameter of type {ty}").into()),
            (Param::Boolean(_), _) => Err(format!("a boolean is bound to a parameter of type {ty}").into()),
            (Param::Text(_), _) => Err(format!("a text is bound to a parameter of type {ty}").into()),
            (Param::Bytes(_), _) => Err(format!("bytes are bound to a parameter of type {ty}").into()),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::BOOL | Type::TEXT | Type::VARCHAR | Type::NAME | Type::BYTEA)
    }

    to_sql_checked!();
}

/// A value of a column: an integer, a boolean, a text or bytes.
struct ColumnValue(Value);

impl<'a> FromSql<'a> for ColumnValue {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *ty {
            Type::INT8 => Value::Integer(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Integer(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Value::Integer(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Integer(bool::from_sql(ty, raw)?.into()),
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            // Of functions such as `pg_advisory_xact_lock`.
            Type::VOID => Value::Null,
            _ => Value::Text(String::from_sql(ty, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::INT8
                | Type::INT4
                | Type::INT2
                | Type::BOOL
                | Type::TEXT
                | Type::VARCHAR
                | Type::NAME
                | Type::BYTEA
                | Type::VOID
        )
    }
}
