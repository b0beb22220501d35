//! Names of rooms: which can be given, and which are similar.

use parlor::RoomName;
use parlor_server::access::RoomKind;
use parlor_server::engine::{Directory, EngineError, RoomChange, RoomStatus, SimilarRoom};

use super::records::{private_room, public_room, room};

/// Pairs of names that are the same after NFKC and case folding.
const SAME: [(&str, &str); 4] = [("fish", "ﬁsh"), ("café", "cafe\u{301}"), ("straße", "strasse"), ("ｔｅａ", "tea")];

/// Pairs of names that look the same: the second ones have Cyrillic letters.
const LOOK_ALIKE: [(&str, &str); 2] = [("cop", "сор"), ("paypal", "pаypal")];

async fn create(directory: &dyn Directory, name: &str, kind: RoomKind) -> Result<(), EngineError> {
    directory.create_room(public_room(name, kind, "owner")).await
}

pub(super) async fn a_room_cannot_have_the_name_of_another_or_one_that_is_the_same_or_looks_the_same(
    directory: &dyn Directory,
) {
    for (name, similar) in SAME.into_iter().chain(LOOK_ALIKE) {
        create(directory, name, RoomKind::Open).await.unwrap();
        for taken in [name, similar] {
            for kind in [RoomKind::Open, RoomKind::Unlisted] {
                assert_eq!(create(directory, taken, kind).await, Err(EngineError::RoomNameTaken), "{name}, {taken}");
            }
        }
        assert_eq!(directory.room_status(&room(similar)).await, Ok(RoomStatus::Unknown));
    }
}

pub(super) async fn ascii_names_that_look_the_same_are_different(directory: &dyn Directory) {
    for name in ["modern", "modem", "room1", "rooml"] {
        create(directory, name, RoomKind::Open).await.unwrap();
        assert_eq!(directory.similar_room(&room(name)).await, Ok(None), "{name}");
    }
}

pub(super) async fn a_similar_room_is_another_one_with_the_same_name_or_the_same_look(directory: &dyn Directory) {
    for (pairs, same_name) in [(&SAME[..], true), (&LOOK_ALIKE[..], false)] {
        for (name, similar) in pairs {
            assert_eq!(directory.similar_room(&room(similar)).await, Ok(None));
            create(directory, name, RoomKind::Open).await.unwrap();
            let found = directory.similar_room(&room(similar)).await.unwrap();
            assert_eq!(found, Some(SimilarRoom { room: room(name), same_name }), "{similar}");
            assert_eq!(directory.similar_room(&room(name)).await, Ok(None), "a room is not similar to itself");
        }
    }
}

pub(super) async fn an_unlisted_room_is_similar_only_to_the_same_name(directory: &dyn Directory) {
    for (name, similar) in LOOK_ALIKE {
        create(directory, name, RoomKind::Unlisted).await.unwrap();
        assert_eq!(directory.similar_room(&room(similar)).await, Ok(None), "{similar} would reveal {name}");
        create(directory, similar, RoomKind::Open).await.unwrap();
    }
    for (name, similar) in SAME {
        create(directory, name, RoomKind::Unlisted).await.unwrap();
        assert_eq!(create(directory, similar, RoomKind::Open).await, Err(EngineError::RoomNameTaken));
    }
}

pub(super) async fn the_id_of_a_private_room_is_taken_by_no_other_and_similar_to_none(directory: &dyn Directory) {
    directory.create_room(private_room(0x11, "One", "owner")).await.unwrap();
    directory.create_room(private_room(0x1f, "One", "owner")).await.unwrap();
    let again = directory.create_room(private_room(0x11, "Two", "other")).await;
    assert_eq!(again, Err(EngineError::RoomNameTaken));
    for number in [0x11, 0x1f, 0xff] {
        assert_eq!(directory.similar_room(&RoomName::private(number)).await, Ok(None));
    }
}

pub(super) async fn a_retired_name_is_taken_for_ever(directory: &dyn Directory) {
    for name in ["deleted", "renamed"] {
        create(directory, name, RoomKind::Open).await.unwrap();
    }
    create(directory, "other", RoomKind::Open).await.unwrap();
    directory.delete_room(&room("deleted")).await.unwrap();
    directory.change_room(&room("renamed"), rename("new")).await.unwrap();
    for name in ["deleted", "renamed", "new"] {
        assert_eq!(create(directory, name, RoomKind::Open).await, Err(EngineError::RoomNameTaken), "{name}");
        let renamed = directory.change_room(&room("other"), rename(name)).await;
        assert_eq!(renamed, Err(EngineError::RoomNameTaken), "{name}");
    }
}

pub(super) async fn a_room_cannot_be_renamed_to_a_similar_name_of_another(directory: &dyn Directory) {
    create(directory, "other", RoomKind::Open).await.unwrap();
    for (name, similar) in SAME.into_iter().chain(LOOK_ALIKE) {
        create(directory, name, RoomKind::Open).await.unwrap();
        for taken in [name, similar] {
            let renamed = directory.change_room(&room("other"), rename(taken)).await;
            assert_eq!(renamed, Err(EngineError::RoomNameTaken), "{taken}");
        }
    }
    assert!(matches!(directory.room_status(&room("other")).await, Ok(RoomStatus::Exists(_))));
}

pub(super) async fn of_similar_rooms_created_at_once_one_is_created(directory: &dyn Directory) {
    for (name, similar) in SAME.into_iter().chain(LOOK_ALIKE) {
        let (one, other) =
            tokio::join!(create(directory, name, RoomKind::Open), create(directory, similar, RoomKind::Open));
        assert!(one.is_ok() != other.is_ok(), "{name} {one:?}, {similar} {other:?}");
    }
}

fn rename(to: &str) -> RoomChange {
    RoomChange::Rename { to: room(to), kind: RoomKind::Open, title: String::new(), members: Vec::new() }
}
