//! Nodes that share a PostgreSQL database: the order of their events, notifications that are lost, and their leases.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join_all};
use parlor::{Author, RoomName};
use parlor_server::engine::{
    Append, Deliveries, EventLog, LogHistory as _, NameDirectory as _, NameHolder, PostgresEngine,
};

use super::records::{
    claim_names, client_id, enter_and_leave_often, last_seq, log_of, next_event, person, post, room_named, submission,
    subscribe,
};
use crate::support::engine::{ana, room, seqs};
use crate::support::fixture::commit;
use crate::support::postgres::TestDatabase;
use crate::support::wait_until;

/// Messages of each author in each room.
const MESSAGES: usize = 10;

/// Ends the connections on which nodes receive notifications.
const CUT_NOTIFICATIONS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";

/// The ids of so many events by room, in the order of their delivery, which is that of their seqs.
async fn receive(deliveries: &mut Deliveries, count: usize) -> HashMap<RoomName, Vec<String>> {
    let mut received = HashMap::<_, Vec<_>>::new();
    for _ in 0..count {
        let (room, event) = next_event(deliveries).await;
        let ids = received.entry(room).or_default();
        ids.push(client_id(&event).to_owned());
        assert_eq!(event.seq, ids.len() as u64);
    }
    received
}

/// A message whose sender knows of all failures.
fn message(author: &Author, room: &RoomName, id: &str) -> Append {
    Append { room: room.clone(), known_failures: u64::MAX, ..submission(author, id, post(id, None)) }
}

#[tokio::test]
async fn the_events_of_all_nodes_are_delivered_by_each_in_one_order() {
    let database = TestDatabase::create();
    let mut nodes = [database.open().await, database.open().await];
    let rooms = ["attic", "cellar", "kitchen"].map(room_named);
    let authors: Vec<Vec<_>> = (0..2).map(|node| (0..4).map(|number| person(4 * node + number)).collect()).collect();
    for ((engine, _), authors) in nodes.iter().zip(&authors) {
        claim_names(engine, authors).await;
        for room in &rooms {
            subscribe(engine, room).await;
        }
    }
    let send_all = async |engine: &PostgresEngine, author: &Author| {
        for number in 0..MESSAGES {
            let id = format!("{}-{number}", author.id.as_str());
            try_join_all(rooms.iter().map(|room| commit(engine, message(author, room, &id)))).await.unwrap();
        }
    };
    let sending = nodes.iter().zip(&authors).flat_map(|((engine, _), authors)| {
        let send_all = &send_all;
        authors.iter().map(move |author| send_all(engine, author))
    });
    join_all(sending).await;
    let mut received = Vec::new();
    for (_, deliveries) in &mut nodes {
        received.push(receive(deliveries, 8 * MESSAGES * rooms.len()).await);
    }
    assert_eq!(received[0], received[1]);
    for room in &rooms {
        assert_eq!(received[0][room].len(), 8 * MESSAGES);
        assert_eq!(nodes[0].0.first_break(room).await, Ok(None));
    }
}

#[tokio::test]
async fn no_event_is_missing_after_an_end_that_is_read_while_two_nodes_append() {
    let database = TestDatabase::create();
    let (mut followed, other) = (database.open().await, database.open().await);
    let is_done = std::cell::Cell::new(false);
    claim_names(&followed.0, &[person(0)]).await;
    claim_names(&other.0, &[person(1)]).await;
    let (engine, deliveries) = (&followed.0, &mut followed.1);
    let append = async |engine: &PostgresEngine, author: Author| {
        for number in 0.. {
            commit(engine, message(&author, &room(), &number.to_string())).await.unwrap();
            if is_done.get() {
                break;
            }
        }
    };
    let follow = async {
        enter_and_leave_often(engine, deliveries).await;
        is_done.set(true);
    };
    tokio::join!(follow, append(engine, person(0)), append(&other.0, person(1)));
}

#[tokio::test]
async fn a_room_is_delivered_only_while_it_is_subscribed() {
    let database = TestDatabase::create();
    let (engine, mut deliveries) = database.open().await;
    claim_names(&engine, &[ana()]).await;
    let [kitchen, attic, cellar] = ["kitchen", "attic", "cellar"].map(room_named);
    for room in [&kitchen, &attic] {
        assert_eq!(subscribe(&engine, room).await, 0);
    }
    for (id, rooms) in [("1", [&kitchen, &cellar, &attic]), ("2", [&kitchen, &cellar, &attic])] {
        for room in rooms {
            commit(&engine, message(&ana(), room, id)).await.unwrap();
        }
        engine.unsubscribe(&kitchen);
    }
    assert_eq!(subscribe(&engine, &kitchen).await, 2);
    commit(&engine, message(&ana(), &kitchen, "3")).await.unwrap();
    let mut delivered = Vec::new();
    for _ in 0..4 {
        let (room, event) = next_event(&mut deliveries).await;
        delivered.push((room, event.seq));
    }
    assert_eq!(delivered, [(kitchen.clone(), 1), (attic.clone(), 1), (attic, 2), (kitchen, 3)]);
}

#[tokio::test]
async fn a_node_whose_notifications_are_cut_delivers_everything_soon() {
    let database = TestDatabase::create();
    let (mut first, mut second) = (database.open().await, database.open().await);
    let mut session = database.session();
    for (engine, _) in [&first, &second] {
        subscribe(engine, &room()).await;
    }
    claim_names(&first.0, &[person(1)]).await;
    claim_names(&second.0, &[person(2)]).await;
    for number in 0..20 {
        let id = number.to_string();
        commit(&first.0, message(&person(1), &room(), &id)).await.unwrap();
        session.run(CUT_NOTIFICATIONS);
        commit(&second.0, message(&person(2), &room(), &id)).await.unwrap();
    }
    let sent = Instant::now();
    let received = receive(&mut first.1, 40).await;
    assert_eq!(receive(&mut second.1, 40).await, received);
    assert!(sent.elapsed() < Duration::from_secs(4), "it took {:?}", sent.elapsed());
    // They are connected again.
    commit(&first.0, message(&person(1), &room(), "last")).await.unwrap();
    assert_eq!(next_event(&mut second.1).await.1.seq, 41);
}

#[tokio::test]
async fn a_node_whose_lease_was_deleted_gets_another_and_goes_on() {
    let database = TestDatabase::create();
    let (engine, mut deliveries) = database.open().await;
    claim_names(&engine, &[ana(), person(1)]).await;
    subscribe(&engine, &room()).await;
    commit(&engine, message(&ana(), &room(), "before")).await.unwrap();
    let node = database.query("DELETE FROM nodes RETURNING id");
    wait_until("the node has another lease", async || commit(&engine, message(&ana(), &room(), "after")).await.is_ok())
        .await;
    assert_ne!(database.query("SELECT id FROM nodes"), node);
    commit(&engine, message(&person(1), &room(), "other")).await.unwrap();
    for seq in 1..=3 {
        assert_eq!(next_event(&mut deliveries).await.1.seq, seq);
    }
    let log = log_of(&engine, &room()).await;
    assert_eq!((seqs(&log), last_seq(&engine, &room()).await), (vec![1, 2, 3], 3));
    // The names of the node's people are theirs, and nobody's when they are released.
    let (other, _deliveries) = database.open().await;
    let namesake = Author { name: ana().name, ..person(2) };
    assert!(other.claim_name(&namesake, NameHolder::Connection).await.is_err());
    engine.release_names(vec![ana().id]).await.unwrap();
    assert_eq!(other.claim_name(&namesake, NameHolder::Connection).await, Ok(()));
}
