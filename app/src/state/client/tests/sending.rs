//! Submissions: sent, resent, acknowledged, stored.

use super::*;

#[test]
fn hello_resumes_from_the_page_and_is_the_first_message() {
    let mut client = started(None);
    assert_eq!(client.take_effects().first(), Some(&Effect::Connect));
    client.on_connected(at(1));
    let messages = sent(&mut client);
    assert!(
        matches!(&messages[..], [ClientMessage::Hello { token: None, rooms }] if rooms[0].cursor == Some(cursor(3)))
    );
}

#[test]
fn a_message_is_visible_stored_and_sent_at_once_and_keeps_its_key_when_confirmed() {
    let mut client = online(Some("Mo"));
    client.post("hello", id(1), at(5)).unwrap();
    let key = rows(&client).last().unwrap().key.clone();
    let effects = client.take_effects();
    assert!(matches!(&effects[..], [Effect::StoreSubmission(_), Effect::Send(ClientMessage::Post { .. })]));
    client.on_message(mine(4, id(1), "hello"), at(6));
    assert_eq!(client.take_effects(), [Effect::RemoveSubmission(id(1))]);
    assert_eq!(rows(&client).last().unwrap().key, key);
    assert_eq!(bodies(&client).len(), 4);
}

#[test]
fn ack_and_event_may_arrive_in_either_order() {
    for ack_first in [true, false] {
        let mut client = online(Some("Mo"));
        client.post("hello", id(1), at(5)).unwrap();
        let ack = ServerMessage::Ack { room: RoomName::default(), client_id: id(1), seq: 4, at: 9 };
        let mut answers = vec![mine(4, id(1), "hello"), ack];
        if ack_first {
            answers.reverse();
        }
        for answer in answers {
            client.on_message(answer, at(6));
            assert_eq!(bodies(&client).iter().filter(|body| *body == "hello").count(), 1);
        }
        assert!(client.outbox().entries().is_empty());
    }
}

#[test]
fn a_new_connection_resends_everything_unanswered_in_order() {
    let mut client = online(Some("Mo"));
    client.post("one", id(1), at(5)).unwrap();
    client.on_disconnected(CloseCode::ABNORMAL, at(6));
    client.post("two", id(2), at(7)).unwrap();
    client.take_effects();
    client.tick(at(1_000));
    assert_eq!(client.take_effects(), [Effect::Connect]);
    client.on_connected(at(1_001));
    client.on_message(welcome(Some("Mo")), at(1_002));
    let posts: Vec<_> = sent(&mut client)
        .into_iter()
        .filter_map(|message| if let ClientMessage::Post { body, .. } = message { Some(body) } else { None })
        .collect();
    assert_eq!(posts, ["one", "two"]);
}

#[test]
fn a_gap_in_the_events_makes_the_client_resume_from_its_cursor() {
    let mut client = online(None);
    client.on_message(of_ana(5), at(5));
    assert_eq!(client.take_effects(), [Effect::Disconnect]);
    client.tick(at(1_000));
    client.on_connected(at(1_001));
    assert!(
        matches!(&sent(&mut client)[..], [ClientMessage::Hello { rooms, .. }] if rooms[0].cursor == Some(cursor(3)))
    );
}

#[test]
fn another_build_reloads_the_page_when_nothing_can_be_lost() {
    let mut client = started(Some("Mo"));
    client.on_connected(at(1));
    client.post("hello", id(1), at(1)).unwrap();
    client.on_message(welcome_of_build(Some("Mo"), "two"), at(2));
    assert!(!client.take_effects().iter().any(|effect| matches!(effect, Effect::Reload(_))));
    client.on_message(mine(4, id(1), "hello"), at(3));
    assert!(client.take_effects().contains(&Effect::Reload("two".to_owned())));
}

#[test]
fn another_build_waits_while_a_message_is_edited() {
    let mut client = online(Some("Mo"));
    client.on_message(mine(4, id(1), "hello"), at(3));
    client.start_edit(Some(4));
    client.on_disconnected(CloseCode::ABNORMAL, at(4));
    client.on_connected(at(5));
    client.on_message(welcome_of_build(Some("Mo"), "two"), at(6));
    client.set_visible(false, at(7));
    assert!(!client.take_effects().contains(&Effect::Reload("two".to_owned())));
    client.set_composing(None);
    client.set_visible(true, at(8));
    assert!(client.take_effects().contains(&Effect::Reload("two".to_owned())));
}

#[test]
fn stored_submissions_keep_their_order_even_if_the_clock_goes_back() {
    let mut client = started(Some("Mo"));
    client.post("one", id(109), at(1_000)).unwrap();
    client.post("two", id(103), at(1_000)).unwrap();
    client.post("three", id(107), at(500)).unwrap();
    client.post("four", id(101), at(1_000)).unwrap();
    let effects = client.take_effects();
    // A browser lists what it keeps by its keys.
    let mut kept: Vec<_> = effects
        .into_iter()
        .filter_map(|effect| if let Effect::StoreSubmission(kept) = effect { Some(kept) } else { None })
        .collect();
    kept.sort_by(|one, other| one.submission.client_id.cmp(&other.submission.client_id));
    let mut again = Client::new(initial_state(Some("Mo")));
    again.start(None, Zone::fixed(0), 10_000, at(2_000));
    again.adopt_submissions(kept, at(2_000));
    assert_eq!(bodies(&again)[3..], ["one", "two", "three", "four"]);
}

#[test]
fn a_message_stored_over_an_older_connection_does_not_block_later_ones() {
    let nack = || ServerMessage::Nack {
        room: RoomName::default(),
        client_id: id(101),
        error: Refusal::after(ErrorCode::TooFast, 400),
    };
    // The refusal may come before the event that an older connection brought about, or after it.
    for nack_first in [true, false] {
        let mut client = online(Some("Mo"));
        client.post("one", id(101), at(5)).unwrap();
        client.take_effects();
        let mut news = vec![mine(4, id(101), "one"), nack()];
        if nack_first {
            news.reverse();
        }
        news.into_iter().for_each(|news| client.on_message(news, at(6)));
        let discard = ClientMessage::Discard { room: RoomName::default(), client_id: id(101) };
        assert!(sent(&mut client).contains(&discard), "the server waits for it: {nack_first}");
    }
}

#[test]
fn stored_submissions_are_sent_but_those_of_another_session_only_on_request() {
    let mut client = Client::new(initial_state(Some("Mo")));
    let stored = |who: &str, number| StoredSubmission {
        room: RoomName::default(),
        submission: Submission {
            client_id: id(number),
            author: author(who),
            operation: Operation::Post { body: Body::parse(who).unwrap(), mentions: None, reply_to: None },
            at: 4_000,
        },
    };
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.adopt_submissions(vec![stored("me", 101), stored("earlier", 102), stored("ana", 1)], at(0));
    assert_eq!(bodies(&client)[3..], ["me", "earlier"]);
    assert!(client.take_effects().contains(&Effect::RemoveSubmission(id(1))), "it is in the log already");
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    let posts = |client: &mut Client| sent(client).iter().filter(|m| matches!(m, ClientMessage::Post { .. })).count();
    assert_eq!(posts(&mut client), 1);
    client.retry_submission(&id(102), at(3));
    assert_eq!(posts(&mut client), 1);
}

#[test]
fn each_room_has_its_own_outbox_in_order() {
    let mut client = online(Some("Mo"));
    client.on_disconnected(CloseCode::ABNORMAL, at(4));
    client.post("here", id(1), at(5)).unwrap();
    client.show_room(&room("art"));
    assert!(client.outbox().entries().is_empty());
    client.post("there", id(2), at(6)).unwrap();
    client.tick(at(2_000));
    client.on_connected(at(2_001));
    client.on_message(welcome(Some("Mo")), at(2_002));
    let posts: Vec<_> = sent(&mut client)
        .into_iter()
        .filter_map(|message| match message {
            ClientMessage::Post { room, body, .. } => Some((room.to_string(), body)),
            _ => None,
        })
        .collect();
    let post = |room: &str, body: &str| (room.to_owned(), body.to_owned());
    assert_eq!(posts, [post("lobby", "here"), post("art", "there")]);
}

#[test]
fn a_topic_is_visible_at_once_and_stored_until_it_is_in_the_log() {
    let mut client = online(Some("Mo"));
    client.set_topic("Plans", id(1), at(5)).unwrap();
    assert_eq!(client.topic(), "Plans");
    assert!(matches!(
        &client.take_effects()[..],
        [Effect::StoreSubmission(_), Effect::Send(ClientMessage::Topic { .. })]
    ));
    let me = Author { id: AuthorId("me".into()), name: Name::parse("Mo").unwrap() };
    let kind = EventKind::Topic { by: me, client_id: id(1), topic: "Plans".to_owned() };
    let event = Event { kind, ..event(4) };
    client.on_message(ServerMessage::Event { room: RoomName::default(), epoch: cursor(0).epoch, event }, at(6));
    assert_eq!(client.take_effects(), [Effect::RemoveSubmission(id(1))]);
    assert_eq!(client.topic(), "Plans");
}
