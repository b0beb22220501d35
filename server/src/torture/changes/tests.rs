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

/// A message, an edit of it, a reaction to it: each made by the request with the number of its place.
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

fn react(number: u64, answer: Option<Result<u64, ErrorCode>>) -> Asked {
    let (room, client_id, emoji) = (RoomName::default(), id(number), "👍".to_owned());
    let message = ClientMessage::React { room, client_id: client_id.clone(), target: 1.into(), emoji, on: true };
    Asked { client_id, message, answer, known: 0, in_flight: 0 }
}

fn set_topic(number: u64, topic: &str, answer: u64) -> Asked {
    let (room, client_id, topic) = (RoomName::default(), id(number), topic.to_owned());
    let message = ClientMessage::Topic { room, client_id: client_id.clone(), topic };
    Asked { client_id, message, answer: Some(Ok(answer)), known: 0, in_flight: 0 }
}

fn topic_event(seq: u64, number: u64, topic: &str) -> Event {
    event(seq, EventKind::Topic { by: ana(), client_id: id(number), topic: topic.to_owned() })
}

fn ledger(asked: Vec<Asked>) -> ChangerLedger {
    let (who, author) = ("ana".into(), "a".into());
    ChangerLedger { who, author, asked, seen: log(), ..ChangerLedger::default() }
}

fn wrong(log: &[Event], pages: &[Event], ledger: ChangerLedger) -> String {
    check(log, pages, &[ledger]).join("\n")
}

#[test]
fn all_is_well_where_log_pages_and_people_agree() {
    let asked = vec![react(3, Some(Ok(3))), react(4, Some(Ok(3))), react(5, Some(Err(ErrorCode::NotYours)))];
    assert_eq!(wrong(&log(), &pages(), ledger(asked)), "");
}

#[test]
fn a_page_that_differs_from_the_log_is_found() {
    let mut other = pages();
    if let EventKind::Posted { reactions, .. } = &mut other[0].kind {
        reactions.clear();
    }
    assert!(wrong(&log(), &other, ledger(vec![])).contains("in a page"));
    assert!(wrong(&log(), &[], ledger(vec![])).contains("in a page"));
}

#[test]
fn what_is_there_twice_or_not_where_it_was_acknowledged_is_found() {
    let mut twice = log();
    twice.push(event(4, EventKind::Reacted { by: ana(), client_id: id(3), target: 1, emoji: thumb() }));
    assert!(wrong(&twice, &pages(), ledger(vec![])).contains("again"));
    assert!(wrong(&log(), &pages(), ledger(vec![react(3, Some(Ok(2)))])).contains("acknowledged at #2"));
    assert!(wrong(&log(), &pages(), ledger(vec![react(9, Some(Ok(2)))])).contains("nothing has made it so"));
    assert!(wrong(&log(), &pages(), ledger(vec![react(9, None)])).contains("never answered"));
    let refused = react(3, Some(Err(ErrorCode::MessageDeleted)));
    assert!(wrong(&log(), &pages(), ledger(vec![refused])).contains("refused with"));
}

#[test]
fn who_saw_another_log_or_not_all_of_it_is_found() {
    let mut less = ledger(vec![]);
    less.seen.pop();
    assert!(wrong(&log(), &pages(), less).contains("saw 2 of 3"));
    let mut other = ledger(vec![]);
    other.seen[1].hash = ChainMark("x".into());
    assert!(wrong(&log(), &pages(), other).contains("another log from #2"));
}

#[test]
fn a_request_acknowledged_with_0_that_made_an_event_later_is_found() {
    let empty = set_topic(4, "", 0);
    assert_eq!(wrong(&log(), &pages(), ledger(vec![empty.clone()])), "");
    let mut acted = log();
    acted.push(topic_event(4, 4, ""));
    assert!(
        wrong(&acted, &pages(), ledger(vec![empty])).contains("acknowledged with 0 as changing nothing, and at #4")
    );
}

#[test]
fn an_acknowledgement_with_0_of_something_else_than_the_empty_topic_is_found() {
    for asked in [set_topic(4, "Tea", 0), react(4, Some(Ok(0)))] {
        assert!(wrong(&log(), &pages(), ledger(vec![asked])).contains("acknowledged at #0, where nothing"));
    }
}

#[test]
fn a_topic_that_was_set_otherwise_before_it_was_acknowledged_as_set_is_found() {
    let mut log = log();
    log.extend([topic_event(4, 4, "Tea"), topic_event(5, 5, "")]);
    let seen_by = |known| {
        let mut ledger = ledger(vec![Asked { known, ..set_topic(9, "Tea", 4) }]);
        ledger.seen.clone_from(&log);
        wrong(&log, &pages(), ledger)
    };
    assert_eq!(seen_by(4), "");
    assert!(seen_by(5).contains("though the topic had been set at #5"));
}

#[test]
fn requests_that_were_accepted_without_an_event_are_counted() {
    let asked = vec![
        react(3, Some(Ok(3))),
        react(4, Some(Ok(3))),
        set_topic(5, "", 0),
        react(6, Some(Err(ErrorCode::NotYours))),
    ];
    assert_eq!(count_no_ops(&log(), &[ledger(asked)]), 2);
}

#[test]
fn a_repeat_of_what_changed_nothing_that_is_answered_otherwise_is_found() {
    let mut ledger = ledger(vec![set_topic(4, "", 0)]);
    ledger.answered(&id(4), Ok(0));
    assert!(ledger.trouble.is_empty());
    ledger.answered(&id(4), Ok(4));
    assert!(wrong(&log(), &pages(), ledger).contains("answered Ok(0) and then Ok(4)"));
}

#[test]
fn a_refused_request_is_open_again_when_the_connection_of_a_copy_is_lost() {
    let in_flight = |answer| Asked { in_flight: 1, ..react(4, Some(answer)) };
    let mut refused = ledger(vec![in_flight(Err(ErrorCode::NoSuchMessage))]);
    assert!(!refused.is_settled());
    refused.disconnected();
    assert_eq!(refused.unanswered().count(), 1);
    let mut accepted = ledger(vec![in_flight(Ok(3))]);
    accepted.disconnected();
    assert!(accepted.is_settled());
}

#[test]
fn a_ledger_is_settled_when_all_copies_are_answered() {
    let mut ledger = ledger(vec![Asked { in_flight: 2, ..react(3, None) }]);
    ledger.answered(&id(3), Ok(3));
    assert!(!ledger.is_settled());
    ledger.postponed(&id(3));
    assert!(ledger.is_settled());
}

#[test]
fn an_answer_that_changes_is_found() {
    let mut ledger = ledger(vec![react(3, None)]);
    ledger.answered(&id(3), Err(ErrorCode::Unavailable));
    ledger.answered(&id(3), Ok(3));
    ledger.answered(&id(3), Ok(3));
    assert!(ledger.trouble.is_empty());
    ledger.answered(&id(3), Ok(4));
    ledger.answered(&id(8), Ok(4));
    assert_eq!(ledger.trouble.len(), 2);
}
