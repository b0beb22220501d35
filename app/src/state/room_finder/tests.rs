use proptest::prelude::*;

use super::*;

fn name(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

fn own(names: &[&str]) -> Vec<RoomListItem> {
    let item = |room: &&str| RoomListItem {
        title: (*room).to_owned(),
        name: name(room),
        shown: *room == "lobby",
        unread: String::new(),
        highlighted: false,
        notification_level: Default::default(),
    };
    names.iter().map(item).collect()
}

fn listed(names: &[&str]) -> Vec<RoomSummary> {
    names
        .iter()
        .map(|room| RoomSummary { room: name(room), topic: String::new(), people: 1, title: String::new() })
        .collect()
}

/// The items for a text: `>` for the chosen one, the room, and `+` for one that would be created.
fn items(finder: &RoomFinder, own: &[RoomListItem], listed: &[RoomSummary]) -> Vec<String> {
    let item = |choice: &Choice| {
        let chosen = if choice.chosen { ">" } else { "" };
        let new = if choice.status == RoomStatus::New { "+" } else { "" };
        format!("{chosen}{}{new}", choice.room.as_str())
    };
    finder.choices(own, listed).list.iter().map(item).collect()
}

fn found(text: &str, own: &[RoomListItem], listed: &[RoomSummary]) -> Vec<String> {
    let mut finder = RoomFinder::default();
    finder.type_text(text);
    items(&finder, own, listed)
}

#[test]
fn the_beginning_of_a_name_chooses_the_room_and_creates_none() {
    let own = own(&["lobby", "art"]);
    assert_eq!(found("lobb", &own, &[]), [">lobby", "lobb+"]);
    assert_eq!(found(" #LOBB ", &own, &[]), [">lobby", "lobb+"]);
    assert_eq!(found("lobby", &own, &[]), [">lobby"]);
}

#[test]
fn without_text_all_rooms_are_listed_and_none_is_chosen() {
    let (own, listed) = (own(&["lobby", "art"]), listed(&["lobby", "music", "art", "zoo"]));
    assert_eq!(found("", &own, &listed), ["art", "lobby", "music", "zoo"]);
    assert_eq!(found(" # ", &own, &listed), ["art", "lobby", "music", "zoo"]);
}

#[test]
fn own_rooms_come_before_others_and_prefixes_before_other_matches() {
    let (own, listed) = (own(&["smart", "art-club"]), listed(&["part", "artists", "zoo"]));
    assert_eq!(found("art", &own, &listed), [">art-club", "smart", "artists", "part", "art+"]);
}

#[test]
fn a_room_of_exactly_this_name_comes_first_even_if_the_reader_has_not_joined_it() {
    let (own, listed) = (own(&["artists"]), listed(&["art"]));
    assert_eq!(found("Art", &own, &listed), [">art", "artists"]);
}

#[test]
fn names_of_all_scripts_are_compared_without_case() {
    let own = own(&["книги", "éclair", "本の部屋", "book-club"]);
    assert_eq!(found("КНИ", &own, &[])[0], ">книги");
    assert_eq!(found("Écl", &own, &[])[0], ">éclair");
    assert_eq!(found("部屋", &own, &[])[0], ">本の部屋");
    assert_eq!(found("Book C", &own, &[])[0], ">book-club");
}

#[test]
fn only_an_arrow_key_chooses_a_new_room() {
    let own = own(&["lobby"]);
    let mut finder = RoomFinder::default();
    finder.type_text("garden");
    assert_eq!(items(&finder, &own, &[]), ["garden+"]);
    finder.step(&finder.choices(&own, &[]), true);
    assert_eq!(items(&finder, &own, &[]), [">garden+"]);
    // It turns out to exist.
    assert_eq!(items(&finder, &own, &listed(&["garden"])), [">garden"]);
    finder.type_text("gardens");
    assert_eq!(items(&finder, &own, &[]), ["gardens+"]);
}

#[test]
fn arrow_keys_wrap_around_and_the_choice_stays_when_the_list_grows() {
    let own = own(&["art", "artists"]);
    let mut finder = RoomFinder::default();
    finder.type_text("art");
    let go = |finder: &mut RoomFinder, down| {
        finder.step(&finder.choices(&own, &[]), down);
        items(finder, &own, &[])
    };
    assert_eq!(go(&mut finder, true), ["art", ">artists"]);
    assert_eq!(items(&finder, &own, &listed(&["art-school"])), ["art", ">artists", "art-school"]);
    assert_eq!(go(&mut finder, true), [">art", "artists"]);
    assert_eq!(go(&mut finder, false), ["art", ">artists"]);
    let mut finder = RoomFinder::default();
    assert_eq!(go(&mut finder, false), ["art", ">artists"]);
}

#[test]
fn an_invalid_room_name_gives_the_reason_and_no_items() {
    let mut finder = RoomFinder::default();
    for text in ["no/such?room", "a!", &"x".repeat(500)] {
        finder.type_text(text);
        let choices = finder.choices(&own(&["lobby"]), &[]);
        assert_eq!((choices.list.len(), choices.refused), (0, Some(ErrorCode::RoomNameInvalid)), "{text}");
        finder.step(&choices, true);
        assert!(finder.choices(&own(&["lobby"]), &[]).list.is_empty());
    }
}

proptest! {
    #[test]
    fn every_item_contains_the_text_and_only_the_last_creates_a_room(
        text in "[a-cA-C#/ -]{0,4}",
        names in prop::collection::vec("[a-c-]{1,5}", 0..8),
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (own, listed) = (own(&names[..names.len() / 2]), listed(&names));
        let mut finder = RoomFinder::default();
        finder.type_text(&text);
        let Choices { list, refused } = finder.choices(&own, &listed);
        let wanted = room_name::normalize(&text);
        for (index, choice) in list.iter().enumerate() {
            prop_assert!(choice.room.as_str().contains(&wanted));
            let is_new = choice.status == RoomStatus::New;
            prop_assert!(!is_new || (index + 1 == list.len() && !choice.chosen && !names.contains(&wanted.as_str())));
        }
        prop_assert!(list.iter().filter(|choice| choice.chosen).count() <= 1);
        prop_assert!(refused.is_none() || list.is_empty());
    }
}

#[test]
fn private_rooms_are_found_by_title_and_their_ids_create_no_room() {
    let mut own = own(&["lobby", "art"]);
    let secret = RoomName::private(11);
    (own[1].name, own[1].title) = (secret.clone(), "Book Club".to_owned());
    let id = secret.as_str();
    assert_eq!(found("book c", &own, &[]), [format!(">{id}"), "book-c+".to_owned()]);
    assert_eq!(found("book club", &own, &[]), [format!(">{id}"), "book-club+".to_owned()]);
    assert!(found(id, &own, &[]).is_empty());
    let mut listed = listed(&["zoo"]);
    (listed[0].room, listed[0].title) = (RoomName::private(12), "Plans".to_owned());
    assert_eq!(found("plan", &[], &listed), [format!(">{}", RoomName::private(12)), "plan+".to_owned()]);
}
