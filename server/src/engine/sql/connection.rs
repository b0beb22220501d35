//! A connection to a database, as the statements in this module use it. They are written in the SQL that SQLite and
//! PostgreSQL share: parameters are `$1`, `$2` and so on, and `IS NOT DISTINCT FROM` compares with null.

use super::super::postgres_error::describe;
use super::value::{FromValue, Param, Value};

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// SQLite's error.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL's error.
    #[error("{}", describe(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// PostgreSQL did not answer in time.
    #[error("the database did not answer in time")]
    Timeout,
    /// A column has a value of another type than expected: the database is damaged.
    #[error("column {column} of a row is not {expected}")]
    UnexpectedValue {
        /// The index of the column.
        column: usize,
        /// The Rust type that was expected.
        expected: &'static str,
    },
}

/// The result of a statement.
pub(crate) type SqlResult<T> = Result<T, SqlError>;

/// Runs statements, which are prepared once per connection.
pub(crate) trait SqlConnection {
    /// Runs a statement and returns the number of rows that it changed.
    ///
    /// # Errors
    /// [`SqlError`]. A transaction has to be rolled back then.
    fn execute(&self, sql: &str, params: &[Param<'_>]) -> SqlResult<usize>;

    /// Runs a statement and returns its rows.
    ///
    /// # Errors
    /// [`SqlError`]. A transaction has to be rolled back then.
    fn query(&self, sql: &str, params: &[Param<'_>]) -> SqlResult<Vec<Row>>;

    /// Runs a statement once for each of these lists of parameters, and returns the rows of each run. The requests are
    /// pipelined, if there is a connection to another process.
    ///
    /// # Errors
    /// [`SqlError`]. A transaction has to be rolled back then.
    fn query_each(&self, sql: &str, params: &[Vec<Param<'_>>]) -> SqlResult<Vec<Vec<Row>>> {
        params.iter().map(|params| self.query(sql, params)).collect()
    }
}

impl dyn SqlConnection + '_ {
    /// The first row of a query, read by `read`; `None` if it has no rows.
    pub(in crate::engine) fn query_row<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnOnce(&Row) -> SqlResult<T>,
    ) -> SqlResult<Option<T>> {
        self.query(sql, params)?.first().map(read).transpose()
    }

    /// The rows of a query, each read by `read`.
    pub(in crate::engine) fn query_map<T>(
        &self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnMut(&Row) -> SqlResult<T>,
    ) -> SqlResult<Vec<T>> {
        self.query(sql, params)?.iter().map(read).collect()
    }

    /// Whether a query has a row.
    pub(in crate::engine) fn exists(&self, sql: &str, params: &[Param<'_>]) -> SqlResult<bool> {
        Ok(!self.query(sql, params)?.is_empty())
    }
}

/// A row of a query's result.
#[derive(Clone, Debug)]
pub(crate) struct Row(pub(in crate::engine) Vec<Value>);

impl Row {
    /// The value of a column, counted from 0.
    ///
    /// # Errors
    /// [`SqlError::UnexpectedValue`].
    pub(in crate::engine) fn get<T: FromValue>(&self, column: usize) -> SqlResult<T> {
        let value = self.0.get(column).and_then(T::from_value);
        value.ok_or(SqlError::UnexpectedValue { column, expected: std::any::type_name::<T>() })
    }

    /// The text in a column; `None` if it is null.
    ///
    /// # Errors
    /// [`SqlError::UnexpectedValue`].
    pub(in crate::engine) fn text(&self, column: usize) -> SqlResult<Option<&str>> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(SqlError::UnexpectedValue { column, expected: "text" }),
        }
    }
}
