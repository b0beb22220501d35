//! Read markers: how far each account has read each room.

use futures_util::future::join_all;
use parlor_server::access::RoomKind;
use parlor_server::engine::Directory;

use super::records::{account, public_room, room};

async fn create_rooms(directory: &dyn Directory) {
    for name in ["attic", "kitchen"] {
        directory.create_room(public_room(name, RoomKind::Open, "owner")).await.unwrap();
    }
}

pub(super) async fn reading_never_moves_a_read_marker_back(directory: &dyn Directory) {
    create_rooms(directory).await;
    let ana = account("ana");
    assert_eq!(directory.read_up_to(&ana, &room("kitchen")).await, Ok(None));
    for (seq, expected) in [(7, 7), (5, 7), (7, 7), (8, 8), (0, 8)] {
        directory.mark_read(&ana, &room("kitchen"), seq).await.unwrap();
        assert_eq!(directory.read_up_to(&ana, &room("kitchen")).await, Ok(Some(expected)), "after {seq}");
    }
}

pub(super) async fn marking_as_unread_moves_a_read_marker_before_the_event(directory: &dyn Directory) {
    create_rooms(directory).await;
    let ana = account("ana");
    directory.mark_unread(&ana, &room("attic"), 3).await.unwrap();
    assert_eq!(directory.read_up_to(&ana, &room("attic")).await, Ok(Some(2)), "there was no marker");
    directory.mark_read(&ana, &room("kitchen"), 7).await.unwrap();
    for (seq, expected) in [(5, 4), (1, 0), (9, 8)] {
        directory.mark_unread(&ana, &room("kitchen"), seq).await.unwrap();
        assert_eq!(directory.read_up_to(&ana, &room("kitchen")).await, Ok(Some(expected)), "unread from {seq} on");
    }
    directory.mark_unread(&ana, &room("kitchen"), 3).await.unwrap();
    directory.mark_read(&ana, &room("kitchen"), 4).await.unwrap();
    assert_eq!(directory.read_up_to(&ana, &room("kitchen")).await, Ok(Some(4)), "reading goes on from there");
}

pub(super) async fn each_account_has_a_read_marker_in_each_room(directory: &dyn Directory) {
    create_rooms(directory).await;
    for (id, name, seq) in [("ana", "kitchen", 3), ("ana", "attic", 4), ("bo", "kitchen", 5)] {
        directory.mark_read(&account(id), &room(name), seq).await.unwrap();
    }
    for (id, name, expected) in
        [("ana", "kitchen", Some(3)), ("ana", "attic", Some(4)), ("bo", "kitchen", Some(5)), ("bo", "attic", None)]
    {
        assert_eq!(directory.read_up_to(&account(id), &room(name)).await, Ok(expected), "{id} in {name}");
    }
}

pub(super) async fn of_markers_set_at_once_the_last_event_counts(directory: &dyn Directory) {
    create_rooms(directory).await;
    let (ana, kitchen) = (account("ana"), room("kitchen"));
    let marked = join_all([3, 9, 1, 7, 2].map(|seq| directory.mark_read(&ana, &kitchen, seq))).await;
    assert!(marked.iter().all(Result::is_ok));
    assert_eq!(directory.read_up_to(&ana, &kitchen).await, Ok(Some(9)));
}

pub(super) async fn a_room_that_nobody_has_created_has_no_read_marker(directory: &dyn Directory) {
    let ana = account("ana");
    directory.mark_read(&ana, &room("nowhere"), 0).await.unwrap();
    directory.mark_unread(&ana, &room("nowhere"), 1).await.unwrap();
    assert_eq!(directory.read_up_to(&ana, &room("nowhere")).await, Ok(None));
}
