//! The embedded engine as a [`Fixture`].

use parlor_server::engine::{Deliveries, Directory, EmbeddedEngine, EventLog};

use super::fixture::Fixture;
use crate::support::engine::{TempDir, open};

/// An embedded engine in a temporary directory.
pub(super) struct EmbeddedFixture {
    /// `None` only while it is reopened: one process has one engine in a directory.
    opened: Option<(EmbeddedEngine, Deliveries)>,
    temp_dir: TempDir,
}

impl EmbeddedFixture {
    fn engine(&self) -> &EmbeddedEngine {
        &self.opened.as_ref().unwrap().0
    }
}

impl Fixture for EmbeddedFixture {
    async fn create() -> Self {
        let temp_dir = TempDir::new();
        Self { opened: Some(open(&temp_dir.0)), temp_dir }
    }

    fn directory(&self) -> &dyn Directory {
        self.engine()
    }

    fn log(&self) -> &dyn EventLog {
        self.engine()
    }

    async fn reopen(&mut self) {
        self.engine().close().await;
        self.opened = None;
        self.opened = Some(open(&self.temp_dir.0));
    }
}
