use parlor::{Author, AuthorId, Body, ChainMark, ClientId, Emoji, ErrorCode, Name, Reaction, RoomName};

use super::*;

fn ana() -> Author {
    Author { id: AuthorId("a".into()), name: Name::parse("Ana").unwrap() }
}

fn id(number: u64) -> ClientId {
    ClientId::from_random(number.into())
}

fn event(seq: u64, kind: EventKind) -> Event {
    Event { seq, at: seq, hash: ChainMark(format!("h{seq}")), kind }
}

fn body(text: &str) -> Body {
    Body::parse(text).unwrap()
}

fn thumb() -> Emoji {
    Emoji::parse("👍").unwrap()
}

/// A message, an edit of it and a reaction to it. The request of each has the number of its seq.
fn log() -> Vec<Event> {
    vec![
        event(1, EventKind::posted(ana(), id(1), body("one"))),
        event(2, EventKind::Edited { by: ana(), client_id: id(2), target: 1, body: Some(body("two")), mentions: None }),
        event(3, EventKind::Reacted { by: ana(), client_id: id(3), target: 1, emoji: thumb() }),
    ]
}

fn pages() -> Vec<Event> {
    let reactions = vec![Reaction { emoji: thumb(), count: 1, people: vec![ana()] }];
    let (author, client_id, body) = (ana(), id(1), Some(body("two")));
    let kind =
        EventKind::Posted { author, client_id, body, mentions: None, reply_to: None, edited_at: Some(2), reactions };
    vec![event(1, kind)]
}

fn react(number: u64, reply: Option<Result<u64, ErrorCode>>) -> EditRequest {
    let (room, client_id, emoji) = (RoomName::default(), id(number), "👍".to_owned());
    let message = ClientMessage::React { room, client_id: client_id.clone(), target: 1.into(), emoji, on: true };
    EditRequest { client_id, message, reply, known_events: 0, in_flight: 0 }
}

fn set_topic(number: u64, topic: &str, acked: u64) -> EditRequest {
    let (room, client_id, topic) = (RoomName::default(), id(number), topic.to_owned());
    let message = ClientMessage::Topic { room, client_id: client_id.clone(), topic };
    EditRequest { client_id, message, reply: Some(Ok(acked)), known_events: 0, in_flight: 0 }
}

fn topic_event(seq: u64, number: u64, topic: &str) -> Event {
    event(seq, EventKind::Topic { by: ana(), client_id: id(number), topic: topic.to_owned() })
}

fn history(requests: Vec<EditRequest>) -> EditorHistory {
    let (label, author_id) = ("ana".into(), "a".into());
    EditorHistory { label, author_id, requests, events: log(), ..EditorHistory::default() }
}

fn problems(log: &[Event], pages: &[Event], history: EditorHistory) -> String {
    check(log, pages, &[history]).join("\n")
}

#[test]
fn there_is_no_problem_if_log_pages_and_histories_agree() {
    let requests = vec![react(3, Some(Ok(3))), react(4, Some(Ok(3))), react(5, Some(Err(ErrorCode::NotYours)))];
    assert_eq!(problems(&log(), &pages(), history(requests)), "");
}

#[test]
fn a_page_that_differs_from_the_log_is_found() {
    let mut other = pages();
    if let EventKind::Posted { reactions, .. } = &mut other[0].kind {
        reactions.clear();
    }
    assert!(problems(&log(), &other, history(vec![])).contains("in a page"));
    assert!(problems(&log(), &[], history(vec![])).contains("in a page"));
}

#[test]
fn an_event_twice_in_the_log_or_at_another_seq_than_acknowledged_is_found() {
    let mut duplicated = log();
    duplicated.push(event(4, EventKind::Reacted { by: ana(), client_id: id(3), target: 1, emoji: thumb() }));
    assert!(problems(&duplicated, &pages(), history(vec![])).contains("again"));
    assert!(problems(&log(), &pages(), history(vec![react(3, Some(Ok(2)))])).contains("acknowledged at #2"));
    assert!(
        problems(&log(), &pages(), history(vec![react(9, Some(Ok(2)))]))
            .contains("does not make the request redundant")
    );
    assert!(problems(&log(), &pages(), history(vec![react(9, None)])).contains("never answered"));
    let refused = react(3, Some(Err(ErrorCode::MessageDeleted)));
    assert!(problems(&log(), &pages(), history(vec![refused])).contains("refused with"));
}

#[test]
fn an_editor_that_received_another_log_or_a_part_of_it_is_found() {
    let mut incomplete = history(vec![]);
    incomplete.events.pop();
    assert!(problems(&log(), &pages(), incomplete).contains("received 2 of 3"));
    let mut other = history(vec![]);
    other.events[1].hash = ChainMark("x".into());
    assert!(problems(&log(), &pages(), other).contains("another log from #2"));
}

#[test]
fn a_request_acknowledged_with_0_that_created_an_event_is_found() {
    let empty = set_topic(4, "", 0);
    assert_eq!(problems(&log(), &pages(), history(vec![empty.clone()])), "");
    let mut with_event = log();
    with_event.push(topic_event(4, 4, ""));
    assert!(
        problems(&with_event, &pages(), history(vec![empty]))
            .contains("acknowledged with 0 as changing nothing, and at #4")
    );
}

#[test]
fn an_acknowledgement_with_0_of_anything_but_the_empty_topic_is_found() {
    for request in [set_topic(4, "Tea", 0), react(4, Some(Ok(0)))] {
        assert!(problems(&log(), &pages(), history(vec![request])).contains("acknowledged with #0, which does not"));
    }
}

#[test]
fn a_topic_acknowledged_as_unchanged_though_it_had_changed_is_found() {
    let mut log = log();
    log.extend([topic_event(4, 4, "Tea"), topic_event(5, 5, "")]);
    let problems_knowing = |known| {
        let mut history = history(vec![EditRequest { known_events: known, ..set_topic(9, "Tea", 4) }]);
        history.events.clone_from(&log);
        problems(&log, &pages(), history)
    };
    assert_eq!(problems_knowing(4), "");
    assert!(problems_knowing(5).contains("though the topic had been set at #5"));
}

#[test]
fn accepted_requests_without_an_event_are_counted() {
    let requests = vec![
        react(3, Some(Ok(3))),
        react(4, Some(Ok(3))),
        set_topic(5, "", 0),
        react(6, Some(Err(ErrorCode::NotYours))),
    ];
    assert_eq!(count_no_ops(&log(), &[history(requests)]), 2);
}

#[test]
fn a_copy_of_a_no_op_with_another_reply_is_found() {
    let mut history = history(vec![set_topic(4, "", 0)]);
    history.on_reply(&id(4), Ok(0));
    assert!(history.problems.is_empty());
    history.on_reply(&id(4), Ok(4));
    assert!(problems(&log(), &pages(), history).contains("answered Ok(0) and then Ok(4)"));
}

#[test]
fn a_refused_request_is_unanswered_again_if_the_connection_of_a_copy_is_lost() {
    let in_flight = |reply| EditRequest { in_flight: 1, ..react(4, Some(reply)) };
    let mut refused = history(vec![in_flight(Err(ErrorCode::NoSuchMessage))]);
    assert!(!refused.is_settled());
    refused.on_disconnect();
    assert_eq!(refused.unanswered().count(), 1);
    let mut accepted = history(vec![in_flight(Ok(3))]);
    accepted.on_disconnect();
    assert!(accepted.is_settled());
}

#[test]
fn a_history_is_settled_when_all_copies_have_a_reply() {
    let mut history = history(vec![EditRequest { in_flight: 2, ..react(3, None) }]);
    history.on_reply(&id(3), Ok(3));
    assert!(!history.is_settled());
    history.on_retryable_refusal(&id(3));
    assert!(history.is_settled());
}

#[test]
fn a_reply_that_changes_is_found() {
    let mut history = history(vec![react(3, None)]);
    history.on_reply(&id(3), Err(ErrorCode::Unavailable));
    history.on_reply(&id(3), Ok(3));
    history.on_reply(&id(3), Ok(3));
    assert!(history.problems.is_empty());
    history.on_reply(&id(3), Ok(4));
    history.on_reply(&id(8), Ok(4));
    assert_eq!(history.problems.len(), 2);
}
