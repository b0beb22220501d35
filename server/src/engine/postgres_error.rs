//! Texts of the database's errors, for the log.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

/// Describes an error with its cause. The text contains no value of a parameter or column: the details of the
/// database's message are left out, and the whole message if it is about a value.
pub(in crate::engine) fn describe(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        // Class 22 are data exceptions, such as `invalid input syntax for type integer: "…"`.
        (Some(database), _) if database.code().code().starts_with("22") => {
            format!("{} {}", database.severity(), database.code().code())
        }
        (Some(database), _) => format!("{} {}: {}", database.severity(), database.code().code(), database.message()),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

/// Whether the prepared statements of a connection can't be used any more, because the schema has changed or a proxy
/// has removed them. The connection has to be closed.
pub(in crate::engine) fn is_stale_statement(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::FEATURE_NOT_SUPPORTED | &SqlState::INVALID_SQL_STATEMENT_NAME))
}
