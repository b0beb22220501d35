//! The rights that have ended, which other processes follow.

use std::cell::Cell;

use futures_util::future::join_all;
use parlor::RoomName;
use parlor_server::access::{RoomKind, RoomRole};
use parlor_server::engine::{Directory, EngineError, Right, RoomChange, SessionId};

use super::records::{account, private_room, public_room, room, secret, session};

/// The rights that ended after this counter, which is advanced to the last of them.
async fn ended(directory: &dyn Directory, counter: &mut u64) -> Vec<Right> {
    let mut rights = Vec::new();
    for ended in directory.ended_rights(*counter).await.unwrap() {
        assert!(ended.counter > *counter, "{ended:?} after {counter}");
        *counter = ended.counter;
        rights.push(ended.right);
    }
    rights
}

async fn only_session(directory: &dyn Directory, id: &str) -> SessionId {
    directory.sessions(&account(id)).await.unwrap().0[0].id
}

async fn set_role(directory: &dyn Directory, name: &RoomName, id: &str, role: Option<RoomRole>) {
    directory.change_room(name, RoomChange::Role(account(id), role)).await.unwrap();
}

pub(super) async fn each_right_that_ends_is_recorded_once(directory: &dyn Directory) {
    let (counter, private) = (&mut 0, RoomName::private(7));
    for id in ["ana", "bo"] {
        directory.store_account(session(id, id)).await.unwrap();
    }
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    directory.create_room(public_room("kitchen", RoomKind::Open, "owner")).await.unwrap();
    set_role(directory, &private, "ana", Some(RoomRole::Member)).await;
    assert_eq!(ended(directory, counter).await, []);

    directory.end_session(&account("ana"), only_session(directory, "ana").await).await.unwrap();
    assert_eq!(ended(directory, counter).await, [Right::Session(account("ana"), secret("ana"))]);

    directory.end_all_sessions(&account("bo")).await.unwrap();
    assert_eq!(ended(directory, counter).await, [Right::AllSessions(account("bo"))]);

    set_role(directory, &private, "ana", None).await;
    assert_eq!(ended(directory, counter).await, [Right::RoomMember(private.clone(), account("ana"))]);

    set_role(directory, &private, "bo", Some(RoomRole::Owner)).await;
    set_role(directory, &private, "bo", Some(RoomRole::Member)).await;
    assert_eq!(ended(directory, counter).await, [Right::RoomMember(private.clone(), account("bo"))]);

    let change = RoomChange::Rename { to: room("family"), kind: RoomKind::Open, title: String::new(), members: vec![] };
    directory.change_room(&private, change).await.unwrap();
    assert_eq!(ended(directory, counter).await, [Right::Room(private)]);

    directory.delete_room(&room("kitchen")).await.unwrap();
    assert_eq!(ended(directory, counter).await, [Right::Room(room("kitchen"))]);

    assert_eq!(ended(directory, counter).await, []);
    let all = directory.ended_rights(0).await.unwrap();
    assert_eq!(all.len(), 6);
    assert_eq!(directory.ended_rights(all[2].counter).await.unwrap(), all[3..]);
}

pub(super) async fn what_ends_nothing_is_not_recorded(directory: &dyn Directory) {
    let private = RoomName::private(7);
    directory.store_account(session("ana", "ana")).await.unwrap();
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    set_role(directory, &private, "ana", Some(RoomRole::Member)).await;
    for change in [RoomChange::Archived(true), RoomChange::AnnouncementsOnly(true), RoomChange::Title("T".to_owned())] {
        directory.change_room(&private, change).await.unwrap();
    }
    directory.end_all_sessions(&account("unknown")).await.unwrap();
    let id = only_session(directory, "ana").await;
    assert_eq!(directory.end_session(&account("bo"), id).await, Ok(None));
    let left = directory.change_room(&private, RoomChange::Role(account("owner"), None)).await;
    assert_eq!(left, Err(EngineError::LastOwner));
    assert_eq!(directory.delete_room(&room("unknown")).await, Err(EngineError::NoSuchRoom));
    assert_eq!(directory.ended_rights(0).await, Ok(vec![]));
}

pub(super) async fn the_removal_of_somebody_who_is_no_member_is_not_recorded(directory: &dyn Directory) {
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    set_role(directory, &RoomName::private(7), "nobody", None).await;
    assert_eq!(directory.ended_rights(0).await, Ok(vec![]));
}

pub(super) async fn rights_that_end_at_once_have_different_counters(directory: &dyn Directory) {
    let ids: Vec<_> = (0..20).map(|number| format!("{number:02}")).collect();
    for id in &ids {
        directory.store_account(session(id, id)).await.unwrap();
    }
    let accounts: Vec<_> = ids.iter().map(|id| account(id)).collect();
    let finished = Cell::new(false);
    let end = async {
        let ended = join_all(accounts.iter().map(|id| directory.end_all_sessions(id))).await;
        finished.set(true);
        assert!(ended.iter().all(Result::is_ok));
    };
    // A process that follows them meanwhile misses none.
    let follow = async {
        let (mut counter, mut followed) = (0, Vec::new());
        loop {
            let last = finished.get();
            followed.extend(ended(directory, &mut counter).await);
            if last {
                return followed;
            }
        }
    };
    let ((), mut followed) = tokio::join!(end, follow);
    assert_eq!(ended(directory, &mut 0).await, followed);
    followed.sort_unstable_by_key(|right| match right {
        Right::AllSessions(account) => account.as_str().to_owned(),
        other => panic!("{other:?}"),
    });
    assert_eq!(followed, accounts.into_iter().map(Right::AllSessions).collect::<Vec<_>>());
}
