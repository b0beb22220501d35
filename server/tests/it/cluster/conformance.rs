//! The plain dialect's conformance test with its clients at different nodes.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use super::fixture::Cluster;
use crate::conformance::compare_with_reference;

#[tokio::test]
async fn every_scenario_has_the_same_outcome_with_its_clients_at_different_nodes() {
    let cluster = Cluster::start(2).await;
    let balancer = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/ws/chat", balancer.local_addr().unwrap());
    let addresses: Vec<_> = cluster.nodes.iter().map(|node| node.address).collect();
    let balancing = tokio::spawn(async move {
        for address in addresses.iter().cycle() {
            let (mut client, _) = balancer.accept().await.unwrap();
            let mut node = TcpStream::connect(address).await.unwrap();
            // Each message goes out at once, as without a balancer.
            client.set_nodelay(true).unwrap();
            node.set_nodelay(true).unwrap();
            tokio::spawn(async move {
                // A client that goes away in the middle is no fault.
                let _ = copy_bidirectional(&mut client, &mut node).await;
            });
        }
    });
    compare_with_reference(url).await;
    balancing.abort();
}
