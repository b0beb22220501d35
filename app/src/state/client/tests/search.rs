//! Searches, on the server and in the page.

use super::*;

#[test]
fn only_the_latest_search_gets_results() {
    let mut client = online(Some("Mo"));
    client.search("one", false, 10_000);
    client.search("two", true, 10_000);
    let asked = sent(&mut client);
    assert!(matches!(&asked[1], ClientMessage::Search { request: 2, room: None, words, .. } if words == "two"));
    let found = |request, seq| ServerMessage::Found {
        request,
        hits: vec![Hit { room: RoomName::default(), event: event(seq) }],
        more: false,
    };
    client.on_message(found(1, 1), at(5));
    assert!(client.lookup().results.as_ref().is_some_and(|found| found.pending && found.hits.is_empty()));
    client.on_message(found(2, 2), at(6));
    assert!(client.lookup().results.as_ref().is_some_and(|found| !found.pending && found.hits[0].event.seq == 2));
    client.search(" ", true, 10_000);
    assert_eq!(client.lookup().results, None);
}

#[test]
fn without_a_connection_local_messages_are_searched_newest_first() {
    let mut client = in_rooms(&["art", "lobby"]);
    client.on_disconnected(CloseCode::ABNORMAL, at(2));
    client.restore_replica(replica_of("art", 1..=100));
    let found = |client: &mut Client, words: &str, everywhere| {
        client.search(words, everywhere, 10_000);
        let found = client.lookup().results.clone().unwrap();
        let places: Vec<_> = found.hits.iter().map(|hit| format!("{} {}", hit.room, hit.event.seq)).collect();
        (places, found.more, found.refused, found.local_only)
    };
    let none = |code| (Vec::<String>::new(), false, code, true);
    assert_eq!(found(&mut client, "SAGE 2", false), (vec!["lobby 2".to_owned()], false, None, true));
    assert_eq!(found(&mut client, "age 99", false), none(None));
    assert_eq!(found(&mut client, "age 99", true), (vec!["art 99".to_owned()], false, None, true));
    assert_eq!(found(&mut client, "on:someday", true), none(Some(ErrorCode::BadSearch)));
    let (places, more, ..) = found(&mut client, "message", true);
    assert_eq!((places.len(), more, places[0].as_str()), (SEARCH_HITS, true, "art 100"));
}
