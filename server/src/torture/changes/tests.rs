use parlor::{Author, AuthorId, Body, ChainMark, Emoji, Name, Reaction, RoomName};

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
        event(2, EventKind::Edited { by: ana(), client_id: id(2), target: 1, body: Some(body("two")) }),
        event(3, EventKind::Reacted { by: ana(), client_id: id(3), target: 1, emoji: thumb() }),
    ]
}

fn pages() -> Vec<Event> {
    let reactions = vec![Reaction { emoji: thumb(), count: 1, people: vec![ana()] }];
    let (author, client_id, body) = (ana(), id(1), Some(body("two")));
    let kind = EventKind::Posted { author, client_id, body, reply_to: None, edited_at: Some(2), reactions };
    vec![event(1, kind)]
}

fn react(number: u64, answer: Option<Result<u64, ErrorCode>>) -> Asked {
    let (room, client_id, emoji) = (RoomName::default(), id(number), "👍".to_owned());
    let message = ClientMessage::React { room, client_id: client_id.clone(), target: 1, emoji, on: true };
    Asked { client_id, message, answer }
}

fn ledger(asked: Vec<Asked>) -> ChangerLedger {
    ChangerLedger { who: "ana".into(), author: "a".into(), asked, seen: log(), trouble: vec![] }
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
