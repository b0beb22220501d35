//! Nodes that share a database.

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
        let database = TestDatabase::create();
        let mut nodes = Vec::new();
        for _ in 0..count {
            nodes.push(start_node(&database).await);
        }
        Self { nodes, database }
    }

    /// Starts another node.
    pub(super) async fn add_node(&mut self) -> &Server {
        self.nodes.push(start_node(&self.database).await);
        &self.nodes[self.nodes.len() - 1]
    }
}

async fn start_node(database: &TestDatabase) -> Server {
    let mut config = PostgresConfig::parse(&database.url).unwrap();
    config.pool_size = 4;
    let node = Server::start_with(|server| server.postgres = Some(config)).await;
    // It accepts connections only when it has registered.
    assert_eq!(node.get("/readyz", "").await.0, 200);
    node
}
