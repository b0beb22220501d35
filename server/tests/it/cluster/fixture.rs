//! Nodes that share a database.

use parlor_server::Config;
use parlor_server::engine::PostgresConfig;

use crate::support::Server;
use crate::support::postgres::TestDatabase;

/// Running nodes with a database of their own.
pub(super) struct Cluster {
    pub(super) nodes: Vec<Server>,
    pub(super) database: TestDatabase,
}

impl Cluster {
    /// Starts so many nodes.
    pub(super) async fn start(count: usize) -> Self {
        Self::start_with(count, |_| {}).await
    }

    /// Starts so many nodes with a changed configuration.
    pub(super) async fn start_with(count: usize, configure: impl Fn(&mut Config)) -> Self {
        let database = TestDatabase::create();
        let mut nodes = Vec::new();
        for _ in 0..count {
            nodes.push(start_node(&database, &configure).await);
        }
        Self { nodes, database }
    }

    /// Starts another node.
    pub(super) async fn add_node(&mut self) -> &Server {
        self.nodes.push(start_node(&self.database, |_| {}).await);
        &self.nodes[self.nodes.len() - 1]
    }
}

async fn start_node(database: &TestDatabase, configure: impl FnOnce(&mut Config)) -> Server {
    let mut config = PostgresConfig::parse(&database.url).unwrap();
    config.pool_size = 4;
    let node = Server::start_with(|server| {
        server.postgres = Some(config);
        configure(server);
    })
    .await;
    // It accepts connections only when it has registered.
    assert_eq!(node.get("/readyz", "").await.0, 200);
    node
}
