//! The rooms that people have joined, and the people of a room.

use parlor::{RoomName, limits};
use parlor_server::access::RoomKind;
use parlor_server::engine::{Directory, NameHolder, RoomChange};

use super::records::{account, author, permit_of, private_room, public_room, room};
use crate::support::engine::permit;

pub(super) async fn joined_rooms_are_in_order_of_their_names_with_the_titles_of_private_ones(
    directory: &dyn Directory,
) {
    directory.create_room(private_room(7, "Family", "ana")).await.unwrap();
    directory.create_room(public_room("kitchen", RoomKind::Open, "ana")).await.unwrap();
    let ana = author("ana", "Ana");
    // Nobody has created the attic yet. A room that is joined twice is one.
    for name in [RoomName::private(7), room("kitchen"), room("attic"), room("kitchen")] {
        directory.join_room(&ana, &name).await.unwrap();
    }
    directory.join_room(&author("bo", "Bo"), &room("cellar")).await.unwrap();
    let titled = |name: &str, title: &str| (room(name), title.to_owned());
    let family = (RoomName::private(7), "Family".to_owned());
    let joined = directory.joined_rooms(&ana.id).await.unwrap();
    assert_eq!(joined, [titled("attic", ""), titled("kitchen", ""), family.clone()]);
    directory.change_room(&family.0, RoomChange::Title("Family and friends".to_owned())).await.unwrap();
    assert_eq!(directory.joined_rooms(&ana.id).await.unwrap()[2].1, "Family and friends");
}

pub(super) async fn rooms_are_left_one_by_one_or_all_at_once(directory: &dyn Directory) {
    for id in ["ana", "bo"] {
        for name in ["attic", "cellar", "kitchen"] {
            directory.join_room(&author(id, "Somebody"), &room(name)).await.unwrap();
        }
    }
    directory.leave_room(&account("ana"), &room("cellar")).await.unwrap();
    directory.leave_room(&account("ana"), &room("never-joined")).await.unwrap();
    let joined = directory.joined_rooms(&account("ana")).await.unwrap();
    assert_eq!(joined, [(room("attic"), String::new()), (room("kitchen"), String::new())]);
    directory.leave_all_rooms(&account("ana")).await.unwrap();
    assert_eq!(directory.joined_rooms(&account("ana")).await, Ok(vec![]));
    assert_eq!(directory.joined_rooms(&account("bo")).await.unwrap().len(), 3);
}

pub(super) async fn of_too_many_joined_rooms_the_one_that_was_joined_first_is_removed(directory: &dyn Directory) {
    let ana = author("ana", "Ana");
    let name = |number: usize| room(&format!("r{number:03}"));
    for number in 0..limits::ROOMS_PER_CONNECTION {
        directory.join_room(&ana, &name(number)).await.unwrap();
    }
    // The first one is joined anew, so that the second one was joined first.
    directory.leave_room(&ana.id, &name(0)).await.unwrap();
    directory.join_room(&ana, &name(0)).await.unwrap();
    directory.join_room(&ana, &name(limits::ROOMS_PER_CONNECTION)).await.unwrap();
    let numbers = (0..=limits::ROOMS_PER_CONNECTION).filter(|number| *number != 1);
    let expected: Vec<_> = numbers.map(|number| (name(number), String::new())).collect();
    assert_eq!(directory.joined_rooms(&ana.id).await.unwrap(), expected);
}

pub(super) async fn the_people_of_a_room_are_in_order_of_their_last_names(directory: &dyn Directory) {
    for (id, name, joined) in
        [("1", "Cy", "kitchen"), ("2", "Ana", "kitchen"), ("3", "Bo", "kitchen"), ("4", "Dee", "attic")]
    {
        directory.claim_name(&author(id, name), NameHolder::Account).await.unwrap();
        directory.join_room(&author(id, name), &room(joined)).await.unwrap();
    }
    directory.claim_name(&author("2", "Zoe"), NameHolder::Account).await.unwrap();
    directory.release_names(vec![account("3")]).await.unwrap();
    let people = directory.joined_people(&permit(&room("kitchen"))).await.unwrap();
    assert_eq!(people, [author("3", "Bo"), author("1", "Cy"), author("2", "Zoe")]);
    directory.leave_room(&account("1"), &room("kitchen")).await.unwrap();
    assert_eq!(directory.joined_people(&permit(&room("kitchen"))).await.unwrap().len(), 2);
    assert_eq!(directory.joined_people(&permit(&room("empty"))).await, Ok(vec![]));
}

pub(super) async fn a_name_key_finds_the_latest_person_of_a_room_with_that_last_name(directory: &dyn Directory) {
    for (who, name) in [
        (author("1", "Ana"), "kitchen"),
        (author("2", "Mary Ann"), "kitchen"),
        (author("3", "ANA"), "kitchen"),
        (author("4", "Bo"), "art"),
    ] {
        directory.join_room(&who, &room(name)).await.unwrap();
    }
    let named = async |name: &str, keys: &[&str]| {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let found = directory.joined_people_named(&permit(&room(name)), keys).await.unwrap().into_iter();
        let mut found: Vec<_> = found.map(|(key, author)| format!("{key}: {}", author.as_str())).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(named("kitchen", &["ana", "bo", "mary", "mary ann"]).await, ["ana: 3", "mary ann: 2"]);
    directory.claim_name(&author("2", "Maria"), NameHolder::Account).await.unwrap();
    assert_eq!(named("kitchen", &["maria", "mary ann"]).await, ["maria: 2"]);
    directory.leave_room(&account("3"), &room("kitchen")).await.unwrap();
    assert_eq!(named("kitchen", &["ana"]).await, ["ana: 1"]);
    assert_eq!(named("art", &["ana", "bo"]).await, ["bo: 4"]);
}

pub(super) async fn a_private_room_has_people_like_any_other(directory: &dyn Directory) {
    let name = RoomName::private(7);
    directory.create_room(private_room(7, "Family", "ana")).await.unwrap();
    directory.join_room(&author("ana", "Ana"), &name).await.unwrap();
    let permit = permit_of(directory, &name, &account("ana")).await;
    assert_eq!(directory.joined_people(&permit).await.unwrap(), [author("ana", "Ana")]);
    let named = directory.joined_people_named(&permit, vec!["ana".to_owned()]).await.unwrap();
    assert_eq!(named, [("ana".to_owned(), account("ana"))]);
}

pub(super) async fn a_private_room_is_in_the_list_only_of_those_who_have_access(directory: &dyn Directory) {
    let name = RoomName::private(7);
    directory.create_room(private_room(7, "Family", "owner")).await.unwrap();
    // Their access may end while they join it.
    for joined in [&name, &room("attic")] {
        directory.join_room(&author("ana", "Ana"), joined).await.unwrap();
    }
    assert_eq!(directory.joined_rooms(&account("ana")).await, Ok(vec![(room("attic"), String::new())]));
}
