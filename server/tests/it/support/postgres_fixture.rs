//! The engine for PostgreSQL as a [`Fixture`].

use parlor_server::engine::{Deliveries, Directory, EventLog, PostgresEngine};

use super::engine::unix_millis;
use super::fixture::Fixture;
use super::postgres::TestDatabase;

/// An engine with a database of its own.
pub(crate) struct PostgresFixture {
    opened: (PostgresEngine, Deliveries),
    database: TestDatabase,
}

impl Fixture for PostgresFixture {
    async fn create() -> Self {
        let database = TestDatabase::create();
        Self { opened: database.open().await, database }
    }

    fn directory(&self) -> &dyn Directory {
        &self.opened.0
    }

    fn log(&self) -> &dyn EventLog {
        &self.opened.0
    }

    fn log_and_deliveries(&mut self) -> (&dyn EventLog, &mut Deliveries) {
        let (engine, deliveries) = &mut self.opened;
        (engine, deliveries)
    }

    async fn reopen_after(&mut self, sql: &str) {
        self.opened.0.close().await;
        self.execute(sql);
        self.opened = self.database.open().await;
    }

    async fn store_nameless_accounts(&mut self, count: usize) {
        let now = unix_millis();
        let sql = format!(
            "INSERT INTO accounts (id, created, used) SELECT 'nameless ' || n, {now}, {now} FROM generate_series(1, {count}) n"
        );
        self.reopen_after(&sql).await;
    }

    fn execute(&self, sql: &str) {
        self.database.query(sql);
    }

    fn query_integer(&self, sql: &str) -> i64 {
        self.database.query(sql).parse().unwrap()
    }
}
