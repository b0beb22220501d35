//! Names, rosters, presence and typing.

use parlor::message::PresenceStatus;
use parlor::{ClientMessage, RoomName, ServerMessage};

use super::fixture::Cluster;
use crate::support::RichClient;

/// Waits until a client is told that somebody is in the lobby with this status.
async fn expect_present(client: &mut RichClient, name: &str, status: PresenceStatus) {
    client
        .next_matching(|message| match message {
            ServerMessage::Presence { joined, .. } => joined
                .iter()
                .any(|present| present.author.name.as_str() == name && present.status == status)
                .then_some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn a_name_has_one_holder_on_all_nodes() {
    let cluster = Cluster::start(2).await;
    let ana = cluster.nodes[0].join_plain("Ana").await;
    for name in ["Ana", "ana", "Аna"] {
        let mut other = cluster.nodes[1].connect_plain().await;
        other.send(name).await;
        assert_eq!(other.expect_error().await, "Username already taken", "{name}");
        assert_eq!(other.expect_close().await, 1000);
    }
    ana.leave().await;
    // It is free as soon as the node has told the database.
    crate::support::wait_until("the name is free", async || {
        let mut other = cluster.nodes[1].connect_plain().await;
        other.send("ana").await;
        other.next().await["error"].is_null()
    })
    .await;
}

#[tokio::test]
async fn people_are_in_the_rosters_of_all_nodes() {
    let cluster = Cluster::start(2).await;
    let mut ana = cluster.nodes[0].join_rich("ana").await;
    let mut bo = cluster.nodes[1].join_rich("bo").await;
    expect_present(&mut ana, "bo", PresenceStatus::Here).await;
    bo.send(&ClientMessage::Away { away: true }).await;
    expect_present(&mut ana, "bo", PresenceStatus::Away).await;
    let (_cy, room) = cluster.nodes[1].enter_lobby().await;
    let ServerMessage::Snapshot { roster, .. } = room else { panic!("{room:?} is no snapshot") };
    let mut names: Vec<_> = roster.people.iter().map(|present| present.author.name.to_string()).collect();
    names.sort();
    assert_eq!((roster.count, names), (2, vec!["ana".to_owned(), "bo".to_owned()]));
    bo.send(&ClientMessage::Part { room: RoomName::default() }).await;
    ana.next_matching(|message| match message {
        ServerMessage::Presence { left, count, .. } => {
            (left.iter().any(|author| author.name.as_str() == "bo") && count == 1).then_some(())
        }
        _ => None,
    })
    .await;
}

#[tokio::test]
async fn a_new_node_learns_who_is_at_the_others() {
    let mut cluster = Cluster::start(1).await;
    let _ana = cluster.nodes[0].join_rich("ana").await;
    let node = cluster.add_node().await;
    crate::support::wait_until("the new node knows her", async || {
        let (_visitor, room) = node.enter_lobby().await;
        matches!(room, ServerMessage::Snapshot { roster, .. } if roster.count == 1)
    })
    .await;
}

#[tokio::test]
async fn typing_is_shown_on_other_nodes() {
    let cluster = Cluster::start(2).await;
    let mut ana = cluster.nodes[0].join_rich("ana").await;
    let mut bo = cluster.nodes[1].join_rich("bo").await;
    ana.send(&ClientMessage::Typing { room: RoomName::default() }).await;
    let who = bo.next_matching(|message| match message {
        ServerMessage::Typing { who, .. } => Some(who.name.to_string()),
        _ => None,
    });
    assert_eq!(who.await, "ana");
}
