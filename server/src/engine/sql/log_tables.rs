//! The tables of a log, as operations write them. An engine can collect rows and write many of them at once.

use parlor::{AuthorId, ClientId, UnixMillis};

use super::super::Receipt;
use super::chain::Salt;
use super::connection::{SqlConnection, SqlResult};
use super::row_id::RoomId;
use super::value::params;

/// The tables of the logs that one transaction writes to.
pub(in crate::engine) trait LogTables {
    /// The connection, on which everything that was written before can be read.
    ///
    /// # Errors
    /// Rows that were collected can't be written.
    fn connection(&mut self) -> SqlResult<&dyn SqlConnection>;

    /// Stores the receipt of an operation. False, and nothing is stored, if the operation has a receipt already.
    fn store_receipt(&mut self, room: RoomId, author: &AuthorId, id: &ClientId, receipt: Receipt) -> SqlResult<bool>;

    /// The receipt of an earlier operation with the same author and client id.
    fn find_receipt(&mut self, room: RoomId, author: &AuthorId, id: &ClientId) -> SqlResult<Option<Receipt>>;

    /// Inserts a message.
    fn insert_message(&mut self, message: NewMessage<'_>) -> SqlResult<()>;
}

/// A row of `messages` that is to be inserted.
#[derive(Clone, Debug)]
pub(in crate::engine) struct NewMessage<'a> {
    pub(in crate::engine) row_id: i64,
    pub(in crate::engine) at: UnixMillis,
    pub(in crate::engine) author: &'a str,
    pub(in crate::engine) name: &'a str,
    pub(in crate::engine) client_id: &'a str,
    /// The row id of the message that it answers.
    pub(in crate::engine) reply_to: Option<i64>,
    pub(in crate::engine) salt: Option<Salt>,
    pub(in crate::engine) body: Option<&'a str>,
    pub(in crate::engine) link: [u8; 32],
    pub(in crate::engine) mentions: Option<&'a str>,
}

/// Tables to which each row is written at once.
pub(in crate::engine) struct DirectTables<'a>(pub(in crate::engine) &'a dyn SqlConnection);

impl LogTables for DirectTables<'_> {
    fn connection(&mut self) -> SqlResult<&dyn SqlConnection> {
        Ok(self.0)
    }

    fn store_receipt(
        &mut self,
        room: RoomId,
        author: &AuthorId,
        id: &ClientId,
        Receipt { seq, at }: Receipt,
    ) -> SqlResult<bool> {
        let inserted = self.0.execute(
            "INSERT INTO receipts (client_id, author, room, seq, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            params![id.as_str(), author.as_str(), room.0, seq, at],
        )?;
        Ok(inserted > 0)
    }

    fn find_receipt(&mut self, room: RoomId, author: &AuthorId, id: &ClientId) -> SqlResult<Option<Receipt>> {
        receipt(self.0, room, author, id)
    }

    fn insert_message(&mut self, message: NewMessage<'_>) -> SqlResult<()> {
        let NewMessage { row_id, at, author, name, client_id, reply_to, salt, body, link, mentions } = message;
        let inserted = self.0.execute(
            "INSERT INTO messages (place, at, author, name, client_id, reply_to, salt, body, link, mentions)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            params![row_id, at, author, name, client_id, reply_to, salt, body, link, mentions],
        );
        inserted.map(drop)
    }
}

/// The receipt of an operation in a log, if this author has sent one with this client id before.
pub(in crate::engine) fn receipt(
    database: &dyn SqlConnection,
    room: RoomId,
    author: &AuthorId,
    id: &ClientId,
) -> SqlResult<Option<Receipt>> {
    database.query_row(
        "SELECT seq, at FROM receipts WHERE client_id = $1 AND author = $2 AND room = $3",
        params![id.as_str(), author.as_str(), room.0],
        |row| Ok(Receipt { seq: row.get(0)?, at: row.get(1)? }),
    )
}
