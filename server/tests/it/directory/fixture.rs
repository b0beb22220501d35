//! What a case of the suite runs with.

use parlor_server::engine::{Directory, EventLog};

/// An empty directory with its logs. One implementation of the storage provides one of these.
pub(super) trait Fixture: Sized {
    /// Creates the storage, without any records.
    async fn create() -> Self;

    /// The directory under test.
    fn directory(&self) -> &dyn Directory;

    /// The logs of the same rooms.
    fn log(&self) -> &dyn EventLog;

    /// Closes the storage and opens it again, as a restart of the server does.
    async fn reopen(&mut self);

    /// Reopens it with the stored times by which links and secrets expire moved back, as if so many milliseconds had
    /// passed.
    async fn pass_time(&mut self, millis: u64);

    /// Reopens it with so many more accounts that never had a name, used now. The directory would take long to store
    /// thousands of them.
    async fn store_nameless_accounts(&mut self, count: usize);
}
