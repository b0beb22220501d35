//! The devices of one person at different nodes: name, read markers, sign-out.

use parlor::{ClientMessage, RoomName, ServerMessage};

use super::fixture::Cluster;

#[tokio::test]
async fn a_second_device_at_another_node_has_the_name_and_follows_a_new_one() {
    let cluster = Cluster::start(2).await;
    let mut first = cluster.nodes[0].join_rich("ana").await;
    let mut second = cluster.nodes[1].connect_rich(Some(&first.token)).await;
    assert_eq!(second.send_hello(None).await.as_deref(), Some("ana"));
    second.post("1", "from the second").await;
    second.expect_ack("1").await;
    first.claim_name("anna").await;
    second
        .next_matching(|message| match message {
            ServerMessage::Claimed { name } if name.as_str() == "anna" => Some(()),
            _ => None,
        })
        .await;
    second.post("2", "under the new name").await;
    second.expect_ack("2").await;
    drop(first);
    // The name stays theirs, wherever they are connected.
    second.post("3", "still here").await;
    second.expect_ack("3").await;
}

#[tokio::test]
async fn a_read_marker_is_shown_on_the_other_device() {
    let cluster = Cluster::start(2).await;
    let mut first = cluster.nodes[0].join_rich("ana").await;
    let mut second = cluster.nodes[1].connect_rich(Some(&first.token)).await;
    second.send_hello(None).await;
    first.post("1", "one").await;
    first.expect_ack("1").await;
    first.next_matching(|message| matches!(message, ServerMessage::Event { .. }).then_some(())).await;
    first.send(&ClientMessage::Read { room: RoomName::default(), seq: 1 }).await;
    let read = second.next_matching(|message| match message {
        ServerMessage::Read { seq, .. } => Some(seq),
        _ => None,
    });
    assert_eq!(read.await, 1);
}

#[tokio::test]
async fn signing_out_everywhere_closes_the_connections_at_all_nodes() {
    let cluster = Cluster::start(2).await;
    let first = cluster.nodes[0].join_rich("ana").await;
    let mut second = cluster.nodes[1].connect_rich(Some(&first.token)).await;
    second.send_hello(None).await;
    let request = format!(
        "POST /sessions HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: parlor_session={1}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        cluster.nodes[0].address, first.token
    );
    assert_eq!(cluster.nodes[0].raw(&request).await.0, 303);
    assert_eq!(second.expect_close().await, 4501);
}
