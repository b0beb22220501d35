//! What a case of a conformance suite runs with.

use parlor_server::engine::{Append, Deliveries, Directory, EngineError, EventLog, NameHolder, Receipt};

/// A storage, empty at first: a directory with its logs. Each implementation of the storage provides one of these.
pub(crate) trait Fixture: Sized {
    /// Creates the storage, without any records.
    async fn create() -> Self;

    /// The directory under test.
    fn directory(&self) -> &dyn Directory;

    /// The logs of the same rooms.
    fn log(&self) -> &dyn EventLog;

    /// The logs with the ordered stream of what they deliver.
    fn log_and_deliveries(&mut self) -> (&dyn EventLog, &mut Deliveries);

    /// Closes the storage, changes its tables by SQL, and opens it again.
    async fn reopen_after(&mut self, sql: &str);

    /// Closes the storage and opens it again, as a restart of the server does.
    async fn reopen(&mut self) {
        self.reopen_after("SELECT 1").await;
    }

    /// Reopens it with the stored times by which links and secrets expire moved back, as if so many milliseconds had
    /// passed.
    async fn pass_time(&mut self, millis: u64) {
        let columns = [("device_links", "created"), ("invitations", "expires"), ("accounts", "old_secret_until")];
        let sql = columns.map(|(table, column)| format!("UPDATE {table} SET {column} = {column} - {millis};"));
        self.reopen_after(&sql.concat()).await;
    }

    /// Reopens it with so many more accounts that never had a name, used now. The directory would take long to store
    /// thousands of them.
    async fn store_nameless_accounts(&mut self, count: usize);

    /// Changes the stored tables without the storage's knowledge, by SQL that all implementations understand.
    fn execute(&self, sql: &str);

    /// The integer that a query of the stored tables returns.
    fn query_integer(&self, sql: &str) -> i64;
}

/// Appends an operation of an author who holds their name, as all authors do.
pub(crate) async fn append(fixture: &impl Fixture, append: Append) -> Result<Receipt, EngineError> {
    fixture.directory().claim_name(&append.author, NameHolder::Connection).await.unwrap();
    commit(fixture.log(), append).await
}

/// Appends an operation of an author who holds their name already.
pub(crate) async fn commit(log: &dyn EventLog, append: Append) -> Result<Receipt, EngineError> {
    log.append(append).await?.committed().await
}
