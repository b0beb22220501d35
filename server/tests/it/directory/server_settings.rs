//! The settings of the server, and the roles of its people.

use parlor_server::access::{Admission, RoomCreation, ServerPolicy, ServerRole};
use parlor_server::engine::{Directory, EngineError, NameHolder, Right};

use super::records::{account, author, server_invitation, session};
use crate::support::fixture::Fixture;

/// Stores accounts with these names, and makes the first of them an owner of the server.
pub(super) async fn store_people(directory: &dyn Directory, names: &[&str]) {
    for name in names {
        let id = name.to_lowercase();
        directory.store_account(session(&id, &id)).await.unwrap();
        directory.claim_name(&author(&id, name), NameHolder::Account).await.unwrap();
    }
    let owner = account(&names[0].to_lowercase());
    directory.set_server_role(&owner, Some(ServerRole::Owner), &owner).await.unwrap();
}

async fn role(directory: &dyn Directory, id: &str) -> Option<ServerRole> {
    directory.server_role(&account(id)).await.unwrap()
}

pub(super) async fn a_new_server_is_open_to_everybody(directory: &dyn Directory) {
    let policy = directory.server_policy().await.unwrap();
    assert_eq!(policy, ServerPolicy::default());
    assert_eq!((policy.admission, policy.room_creation), (Admission::Open, RoomCreation::Everyone));
    assert_eq!(directory.server_roles().await, Ok(vec![]));
    assert_eq!(directory.people("", 9).await, Ok(vec![]));
}

pub(super) async fn settings_are_kept_over_a_restart(fixture: &mut impl Fixture) {
    store_people(fixture.directory(), &["Ana", "Bo"]).await;
    let policy = ServerPolicy {
        name: "Família 👪".to_owned(),
        welcome: "two\nlines".to_owned(),
        admission: Admission::Invited,
        room_creation: RoomCreation::Owners,
    };
    fixture.directory().set_server_policy(policy.clone(), false, &account("ana")).await.unwrap();
    fixture.reopen().await;
    assert_eq!(fixture.directory().server_policy().await, Ok(policy));
    assert_eq!(fixture.directory().server_roles().await, Ok(vec![(account("ana"), ServerRole::Owner)]));
}

pub(super) async fn everybody_who_has_had_a_name_is_kept_as_a_member_if_the_owner_wants_it(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo", "Cy"]).await;
    directory.store_account(session("nameless", "nameless")).await.unwrap();
    directory.set_server_role(&account("cy"), Some(ServerRole::Moderator), &account("ana")).await.unwrap();
    assert_eq!(directory.people_without_role().await, Ok(1));
    let closed = ServerPolicy { admission: Admission::Invited, ..ServerPolicy::default() };
    directory.set_server_policy(closed.clone(), false, &account("ana")).await.unwrap();
    assert_eq!(role(directory, "bo").await, None);
    directory.set_server_policy(closed, true, &account("ana")).await.unwrap();
    assert_eq!(role(directory, "ana").await, Some(ServerRole::Owner));
    assert_eq!(role(directory, "bo").await, Some(ServerRole::Member));
    assert_eq!(role(directory, "cy").await, Some(ServerRole::Moderator));
    assert_eq!(role(directory, "nameless").await, None);
    assert_eq!(directory.people_without_role().await, Ok(0));
}

pub(super) async fn somebody_whose_role_was_taken_is_not_kept(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo", "Cy"]).await;
    directory.set_server_role(&account("bo"), None, &account("ana")).await.unwrap();
    assert_eq!(directory.people_without_role().await, Ok(1));
    let closed = ServerPolicy { admission: Admission::Invited, ..ServerPolicy::default() };
    directory.set_server_policy(closed, true, &account("ana")).await.unwrap();
    assert_eq!((role(directory, "bo").await, role(directory, "cy").await), (None, Some(ServerRole::Member)));
    assert!(directory.people("Bo", 1).await.unwrap()[0].role.is_none());
}

pub(super) async fn a_role_is_given_changed_and_taken(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo"]).await;
    for new in [Some(ServerRole::Member), Some(ServerRole::Owner), Some(ServerRole::Moderator), None, None] {
        directory.set_server_role(&account("bo"), new, &account("ana")).await.unwrap();
        assert_eq!(role(directory, "bo").await, new);
    }
    let refused = directory.set_server_role(&account("nobody"), Some(ServerRole::Owner), &account("ana")).await;
    assert_eq!(refused, Err(EngineError::NoSuchAccount));
    assert_eq!(directory.server_roles().await.unwrap().len(), 1);
}

pub(super) async fn the_server_keeps_its_last_owner(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo"]).await;
    for new in [None, Some(ServerRole::Member), Some(ServerRole::Moderator)] {
        let refused = directory.set_server_role(&account("ana"), new, &account("ana")).await;
        assert_eq!(refused, Err(EngineError::LastOwner));
    }
    directory.set_server_role(&account("bo"), Some(ServerRole::Owner), &account("ana")).await.unwrap();
    let (ana, bo) = (account("ana"), account("bo"));
    let (first, second) =
        tokio::join!(directory.set_server_role(&ana, None, &ana), directory.set_server_role(&bo, None, &bo));
    assert_eq!(first.is_ok(), second.is_err(), "{first:?} {second:?}");
    assert_eq!(directory.server_roles().await.unwrap().len(), 1);
}

pub(super) async fn people_are_listed_by_role_and_found_by_a_part_of_their_name(directory: &dyn Directory) {
    store_people(directory, &["Zoe", "Bo", "Éric", "Ana"]).await;
    directory.store_account(session("nameless", "nameless")).await.unwrap();
    directory.set_server_role(&account("ana"), Some(ServerRole::Member), &account("zoe")).await.unwrap();
    directory.set_server_role(&account("bo"), Some(ServerRole::Moderator), &account("zoe")).await.unwrap();
    let names = async |text: &str, count| {
        let people = directory.people(text, count).await.unwrap();
        people.into_iter().map(|person| person.name).collect::<Vec<_>>()
    };
    assert_eq!(names("", 9).await, ["Zoe", "Bo", "Ana", "Éric"]);
    assert_eq!(names("", 2).await, ["Zoe", "Bo"]);
    assert_eq!(names("éRi", 9).await, ["Éric"]);
    assert_eq!(names("o", 9).await, ["Zoe", "Bo"]);
    assert!(names("%", 9).await.is_empty() && names("nobody", 9).await.is_empty());
    let zoe = &directory.people("zoe", 9).await.unwrap()[0];
    assert_eq!((zoe.role, zoe.sessions), (Some(ServerRole::Owner), 1));
}

pub(super) async fn an_owner_ends_all_sessions_of_somebody(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo"]).await;
    directory.end_sessions_of(&account("bo"), false, &account("ana")).await.unwrap();
    assert_eq!(directory.sessions(&account("bo")).await, Ok((vec![], None)));
    assert_eq!(directory.sessions(&account("ana")).await.unwrap().0.len(), 1);
    let refused = directory.end_sessions_of(&account("nobody"), true, &account("ana")).await;
    assert_eq!(refused, Err(EngineError::NoSuchAccount));
    let ended: Vec<_> = directory.ended_rights(0).await.unwrap().into_iter().map(|ended| ended.right).collect();
    assert!(ended.contains(&Right::AllSessions(account("bo"))), "{ended:?}");
}

pub(super) async fn what_changes_access_is_an_ended_right(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo"]).await;
    let seen = directory.ended_rights(0).await.unwrap().last().map_or(0, |ended| ended.counter);
    directory.set_server_role(&account("bo"), None, &account("ana")).await.unwrap();
    directory.set_server_policy(ServerPolicy::default(), false, &account("ana")).await.unwrap();
    directory.add_invitation(server_invitation("code", "ana", None)).await.unwrap();
    directory.accept_invitation(super::records::secret("code"), &account("bo")).await.unwrap();
    let ended: Vec<_> = directory.ended_rights(seen).await.unwrap().into_iter().map(|ended| ended.right).collect();
    assert_eq!(ended, [Right::ServerRole(account("bo")), Right::Server, Right::ServerRole(account("bo"))]);
}

pub(super) async fn the_storage_has_a_size(directory: &dyn Directory) {
    assert!(directory.storage_bytes().await.unwrap() > 0);
}
