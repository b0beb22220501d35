//! Rooms that another session has locked delay no others.

use std::time::{Duration, Instant};

use parlor::RoomName;
use parlor_server::engine::{Append, EventLog, PendingAppend};

use super::records::{claim_names, log_of, post, room_named, submission, subscribe};
use crate::support::engine::{ana, seqs};
use crate::support::fixture::commit;
use crate::support::postgres::TestDatabase;

/// Longer than a statement waits for a lock.
const LOCKED: Duration = Duration::from_secs(3);

fn message(room: &RoomName, id: &str) -> Append {
    Append { room: room.clone(), known_failures: u64::MAX, ..submission(&ana(), id, post(id, None)) }
}

/// Appends messages to a free room while so many others are locked.
async fn append_while_locked(count: usize) {
    let database = TestDatabase::create();
    let (engine, _deliveries) = database.open().await;
    claim_names(&engine, &[ana()]).await;
    let locked: Vec<_> = (0..count).map(|number| room_named(&format!("locked-{number}"))).collect();
    let free = room_named("free");
    for room in locked.iter().chain([&free]) {
        subscribe(&engine, room).await;
        commit(&engine, message(room, "first")).await.unwrap();
    }
    let mut session = database.session();
    let lock = session.run("BEGIN; SELECT 1 FROM rooms WHERE name LIKE 'locked-%' FOR UPDATE");
    assert_eq!(lock.len(), count);
    let mut pending = Vec::<PendingAppend>::new();
    for id in ["second", "third"] {
        for room in &locked {
            pending.push(engine.append(message(room, id)).await.unwrap());
        }
    }
    let (locked_at, mut number) = (Instant::now(), 0);
    while locked_at.elapsed() < LOCKED {
        let sent = Instant::now();
        commit(&engine, message(&free, &number.to_string())).await.unwrap();
        assert!(sent.elapsed() < Duration::from_secs(1), "it took {:?}", sent.elapsed());
        number += 1;
    }
    assert_eq!(database.query("SELECT max(top) FROM rooms WHERE name LIKE 'locked-%'"), "1");
    session.run("COMMIT");
    for (pending, seq) in pending.into_iter().zip([2, 3].map(|seq| vec![seq; count]).concat()) {
        assert_eq!(pending.committed().await.unwrap().seq, seq);
    }
    for room in &locked {
        assert_eq!(seqs(&log_of(&engine, room).await), [1, 2, 3]);
    }
}

#[tokio::test]
async fn a_locked_room_delays_no_others_and_has_its_messages_afterwards() {
    append_while_locked(1).await;
}

#[tokio::test]
async fn more_locked_rooms_than_the_writer_has_connections_delay_no_others() {
    append_while_locked(8).await;
}
