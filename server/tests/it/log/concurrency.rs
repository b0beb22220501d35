//! Operations and reads at the same time.

use std::cell::Cell;
use std::collections::HashMap;

use futures_util::future::{join, join_all};
use parlor::{Author, RoomName};
use parlor_server::engine::{Append, EventLog, Receipt};

use super::records::{
    append_all, claim_names, client_id, edit, enter_and_leave_often, last_seq, next_event, next_events, person, post,
    react, room_named, submission, subscribe, topic,
};
use crate::support::engine::{ana, permit, room, seqs};
use crate::support::fixture::{Fixture, commit};

/// Messages of each author in each room.
const MESSAGES: usize = 15;

/// Sends the messages of one author to all rooms, without waiting for their receipts between them. Returns the receipts
/// by room and client id.
async fn send_all(log: &dyn EventLog, rooms: &[RoomName], author: &Author) -> Vec<(RoomName, String, Receipt)> {
    let mut pending = Vec::new();
    for number in 0..MESSAGES {
        for room in rooms {
            let id = format!("{}-{number}", author.id.as_str());
            let message = Append { room: room.clone(), ..submission(author, &id, post(&id, None)) };
            pending.push((room.clone(), id, log.append(message).await.unwrap()));
        }
    }
    let mut receipts = Vec::new();
    for (room, id, pending) in pending {
        receipts.push((room, id, pending.committed().await.unwrap()));
    }
    receipts
}

pub(super) async fn rooms_are_delivered_without_gaps_in_the_order_of_their_logs(fixture: &mut impl Fixture) {
    let rooms = ["attic", "cellar", "kitchen"].map(room_named);
    let people: Vec<_> = (0..8).map(person).collect();
    claim_names(fixture.directory(), &people).await;
    for room in &rooms {
        subscribe(fixture.log(), room).await;
    }
    let (log, deliveries) = fixture.log_and_deliveries();
    let receipts = join_all(people.iter().map(|author| send_all(log, &rooms, author))).await.concat();
    let mut delivered = HashMap::<_, Vec<_>>::new();
    for _ in 0..receipts.len() {
        let (room, event) = next_event(deliveries).await;
        delivered.entry(room).or_default().push(event);
    }
    for (room, events) in &delivered {
        assert_eq!(seqs(events), (1..=(people.len() * MESSAGES) as u64).collect::<Vec<_>>(), "{room:?}");
        assert_eq!(log.log_end(&permit(room)).await.unwrap().unwrap().hash, events.last().unwrap().hash);
        for author in &people {
            let theirs = events.iter().map(client_id).filter(|id| id.starts_with(author.id.as_str()));
            let expected: Vec<_> = (0..MESSAGES).map(|number| format!("{}-{number}", author.id.as_str())).collect();
            assert_eq!(theirs.collect::<Vec<_>>(), expected, "in the order in which they were sent");
        }
        assert_eq!(log.first_break(room).await, Ok(None));
    }
    for (room, id, receipt) in receipts {
        let event = &delivered[&room][usize::try_from(receipt.seq).unwrap() - 1];
        assert_eq!((client_id(event), event.at), (id.as_str(), receipt.at));
    }
}

pub(super) async fn an_operation_that_is_sent_several_times_at_once_has_one_event(fixture: &mut impl Fixture) {
    claim_names(fixture.directory(), &[ana()]).await;
    subscribe(fixture.log(), &room()).await;
    let operations = [
        ("none", topic(""), 0),
        ("first", post("first", None), 1),
        ("answer", post("answer", Some(1)), 2),
        ("edit", edit(1, "other"), 3),
        ("react", react(2, "👍", true), 4),
        ("topic", topic("Tea"), 5),
        ("same", topic("Tea"), 5),
    ];
    for (id, operation, seq) in operations {
        let log = fixture.log();
        let send = || commit(log, submission(&ana(), id, operation.clone()));
        let receipts = join_all((0..6).map(|_| send())).await;
        let first = receipts[0].unwrap();
        assert_eq!(first.seq, seq, "{id}");
        assert!(receipts.iter().all(|receipt| *receipt == Ok(first)), "{receipts:?}");
    }
    append_all(fixture, 1..=1).await;
    assert_eq!(seqs(&next_events(fixture, 6).await), (1..=6).collect::<Vec<_>>());
    assert_eq!(last_seq(fixture.log(), &room()).await, 6);
}

pub(super) async fn no_event_is_missing_after_the_end_of_a_log_that_is_read_while_others_append(
    fixture: &mut impl Fixture,
) {
    let people: Vec<_> = (0..3).map(person).collect();
    claim_names(fixture.directory(), &people).await;
    let is_done = Cell::new(false);
    let (log, deliveries) = fixture.log_and_deliveries();
    let append = async |author| {
        for number in 0.. {
            commit(log, submission(author, &format!("m{number}"), post("text", None))).await.unwrap();
            if is_done.get() {
                break;
            }
        }
    };
    let follow = async {
        enter_and_leave_often(log, deliveries).await;
        is_done.set(true);
    };
    join(follow, join_all(people.iter().map(append))).await;
}
