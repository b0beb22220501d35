//! Messages: order, resuming on another node, joins before the first event.

use std::collections::HashMap;

use parlor::{EventKind, ServerMessage};

use super::fixture::Cluster;
use crate::support::RichClient;

/// The seqs and texts of the next messages that a client receives.
async fn receive(client: &mut RichClient, count: usize) -> Vec<(u64, String)> {
    let mut received = Vec::new();
    while received.len() < count {
        let message = client.next_matching(|message| match message {
            ServerMessage::Event { event, .. } => match event.kind {
                EventKind::Posted { body: Some(body), .. } => Some((event.seq, body.as_str().to_owned())),
                _ => None,
            },
            _ => None,
        });
        received.push(message.await);
    }
    received
}

#[tokio::test]
async fn people_on_different_nodes_see_the_same_messages_in_the_same_order() {
    let cluster = Cluster::start(3).await;
    let mut clients = Vec::new();
    for (node, name) in cluster.nodes.iter().zip(["ana", "bo", "cy"]) {
        clients.push(node.join_rich(name).await);
    }
    for round in 0..20 {
        for (number, client) in clients.iter_mut().enumerate() {
            client.post(&format!("{number}-{round}"), &format!("text {number} {round}")).await;
        }
    }
    let mut seen = Vec::new();
    for client in &mut clients {
        seen.push(receive(client, 60).await);
    }
    assert_eq!(seen[0].iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), (1..=60).collect::<Vec<_>>());
    assert!(seen.iter().all(|other| *other == seen[0]));
    let texts: HashMap<_, _> = seen[0].iter().map(|(seq, text)| (text.clone(), *seq)).collect();
    for number in 0..3 {
        let own: Vec<_> = (0..20).map(|round| texts[&format!("text {number} {round}")]).collect();
        assert!(own.is_sorted(), "everybody's own messages keep their order: {own:?}");
    }
}

#[tokio::test]
async fn a_client_resumes_on_another_node() {
    let cluster = Cluster::start(2).await;
    let mut ana = cluster.nodes[0].join_rich("ana").await;
    let (mut bo, _) = cluster.nodes[0].enter_lobby().await;
    ana.post("1", "one").await;
    ana.expect_ack("1").await;
    let cursor = bo
        .next_matching(|message| match message {
            ServerMessage::Event { epoch, event, .. } => {
                Some(parlor::Cursor { epoch, seq: event.seq, hash: event.hash })
            }
            _ => None,
        })
        .await;
    drop(bo);
    ana.post("2", "two").await;
    ana.expect_ack("2").await;
    let (_bo, missed) = cluster.nodes[1].enter_lobby_as(None, Some(cursor)).await;
    let ServerMessage::Missed { events, .. } = missed else { panic!("{missed:?} is not what was missed") };
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn an_empty_room_has_the_same_epoch_on_all_nodes() {
    let cluster = Cluster::start(2).await;
    let mut epochs = Vec::new();
    let mut clients = Vec::new();
    for node in &cluster.nodes {
        let (client, room) = node.enter_lobby().await;
        let ServerMessage::Snapshot { as_of: cursor, .. } = room else { panic!("{room:?} is no snapshot") };
        epochs.push(cursor.epoch);
        clients.push(client);
    }
    assert_eq!(epochs[0], epochs[1]);
    clients[0].claim_name("ana").await;
    clients[0].post("1", "first").await;
    assert_eq!(receive(&mut clients[1], 1).await, [(1, "first".to_owned())], "the room goes on where it was");
}

#[tokio::test]
async fn a_join_is_announced_before_the_first_message_on_every_node() {
    let cluster = Cluster::start(2).await;
    let (mut ana, mut bo) = (cluster.nodes[0].join_plain("ana").await, cluster.nodes[1].connect_plain().await);
    bo.send("bo").await;
    bo.send("hello").await;
    ana.expect_message("bo", "bo has joined the chat").await;
    ana.expect_message("bo", "hello").await;
    ana.send("hi").await;
    bo.expect_message("bo", "bo has joined the chat").await;
    bo.expect_message("bo", "hello").await;
    bo.expect_message("ana", "hi").await;
}
