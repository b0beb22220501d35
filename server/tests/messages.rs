//! What an engine makes of messages: edits, deletions, reactions, answers and topics.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "support/engine.rs"]
mod support;

use std::fs;
use std::sync::Arc;

use parlor::message::PageOf;
use parlor::{
    Author, AuthorId, ClientId, Cursor, Emoji, Epoch, Event, EventKind, Mention, Name, Quote, Reaction, RoomName,
    limits,
};
use parlor_server::engine::{
    Append, Delivery, EmbeddedEngine, Engine, EngineError, Operation, Page, Reading, Receipt, Since,
};
use rusqlite::Connection;
use support::{Scratch, ana, append, append_all, body, message, open, reading, room, seqs};

fn bo() -> Author {
    Author { id: AuthorId("bo-id".into()), name: Name::parse("Bo").unwrap() }
}

fn post(text: &str, reply_to: Option<u64>) -> Operation {
    Operation::Post { body: body(text), mentions: None, reply_to: reply_to.map(Into::into) }
}

fn edit(target: u64, text: &str) -> Operation {
    Operation::Edit { target: target.into(), body: body(text), mentions: None }
}

fn delete(target: u64) -> Operation {
    Operation::Delete { target: target.into() }
}

fn react(target: u64, emoji: &str, on: bool) -> Operation {
    Operation::React { target: target.into(), emoji: Emoji::parse(emoji).unwrap(), on }
}

fn topic(topic: &str) -> Operation {
    Operation::Topic { topic: topic.to_owned() }
}

fn asked(who: &Author, id: &str, operation: Operation) -> Append {
    Append { author: who.clone(), client_id: ClientId::parse(id).unwrap(), operation, ..message(0) }
}

async fn ask(engine: &EmbeddedEngine, who: &Author, id: &str, what: Operation) -> Result<Receipt, EngineError> {
    append(engine, asked(who, id, what)).await
}

/// The seq of what was done.
async fn does(engine: &EmbeddedEngine, who: &Author, id: &str, what: Operation) -> u64 {
    ask(engine, who, id, what).await.unwrap().seq
}

async fn newest(engine: &EmbeddedEngine) -> Page {
    let up_to = engine.end(&room()).await.unwrap().unwrap().seq;
    engine.newest(&room(), reading(up_to)).await.unwrap()
}

/// The whole log, as it happened.
async fn log(engine: &EmbeddedEngine) -> Vec<Event> {
    let end = engine.end(&room()).await.unwrap().unwrap();
    match engine.since(&room(), &Cursor::start(end.epoch), end.seq).await.unwrap() {
        Since::Events(page) => page.events,
        Since::Reset(reason) => panic!("{reason:?}"),
    }
}

fn text(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Posted { body, .. } | EventKind::Edited { body, .. } => body.as_ref().map(|body| body.as_str()),
        other => panic!("it has no text: {other:?}"),
    }
}

fn texts(events: &[Event]) -> Vec<Option<&str>> {
    events.iter().map(text).collect()
}

fn quote(event: &Event) -> &Quote {
    let EventKind::Posted { reply_to: Some(quote), .. } = &event.kind else { panic!("no answer: {event:?}") };
    quote
}

/// Each emoji of a message with how many put it there and the ids of those named.
fn reactions(event: &Event) -> Vec<(&str, u32, Vec<&str>)> {
    let EventKind::Posted { reactions, .. } = &event.kind else { panic!("no message: {event:?}") };
    reactions
        .iter()
        .map(|Reaction { emoji, count, people }| {
            (emoji.as_str(), *count, people.iter().map(|who| who.id.as_str()).collect())
        })
        .collect()
}

#[tokio::test]
async fn pages_have_messages_as_they_have_become_and_count_nothing_else() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=60).await;
    for number in 0..30 {
        does(&engine, &bo(), &format!("r{number}"), react(60, "👍", number % 2 == 0)).await;
    }
    let edited = ask(&engine, &ana(), "e", edit(60, "better")).await.unwrap();
    does(&engine, &ana(), "d", delete(59)).await;
    append_all(&engine, 61..=62).await;
    let page = newest(&engine).await;
    let there: Vec<u64> = (13..=60).chain(93..=94).collect();
    assert_eq!(seqs(&page.events), there);
    assert!(page.has_older && !page.has_newer);
    let [.., deleted, changed, _, last] = &page.events[..] else { panic!("{page:?}") };
    assert_eq!((text(deleted), text(changed), text(last)), (None, Some("better"), Some("message 62")));
    let EventKind::Posted { edited_at, .. } = &changed.kind else { panic!("{changed:?}") };
    assert_eq!(*edited_at, Some(edited.at));
    // The hash is that of the event itself, as resuming from it needs.
    assert_eq!(last.hash, engine.end(&room()).await.unwrap().unwrap().hash);
    let first = engine.page(&room(), PageOf::Before(13), reading(94)).await.unwrap();
    assert_eq!((seqs(&first.events), first.has_older, first.has_newer), ((1..=12).collect(), false, true));
    let after = engine.page(&room(), PageOf::After(60), reading(92)).await.unwrap();
    assert!(after.events.is_empty() && after.has_older && !after.has_newer, "only reactions follow");
}

#[tokio::test]
async fn a_place_that_is_no_message_has_messages_around_it() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=40).await;
    let place = does(&engine, &bo(), "r", react(3, "👍", true)).await;
    append_all(&engine, 41..=80).await;
    let around = engine.page(&room(), PageOf::Around(place), reading(81)).await.unwrap();
    assert_eq!(seqs(&around.events), (16..=40).chain(42..=66).collect::<Vec<_>>());
    assert!(around.has_older && around.has_newer);
    let beyond = engine.page(&room(), PageOf::Around(1000), reading(81)).await.unwrap();
    assert_eq!((beyond.events.last().unwrap().seq, beyond.has_newer), (81, false));
}

/// What a page around a time has, where the messages' times are those given: the message whose time it is, and the seqs.
async fn page_at(times: &[u64], time: u64) -> Vec<u64> {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=times.len() as u64).await;
    let database = Connection::open(scratch.0.join("parlor.db")).unwrap();
    for (seq, time) in (1..).zip(times) {
        database.execute("UPDATE messages SET at = ?1 WHERE place & 0xFFFFFFFF = ?2", [*time, seq]).unwrap();
    }
    seqs(&engine.page(&room(), PageOf::At(time), reading(times.len() as u64)).await.unwrap().events)
}

#[tokio::test]
async fn a_time_finds_what_was_said_around_it() {
    let half = limits::PAGE_EVENTS as u64 / 2;
    let times: Vec<_> = (1..=200).map(|seq| seq * 10).collect();
    let around = |seq: u64| (seq.saturating_sub(half - 1).max(1)..=seq + half).collect::<Vec<_>>();
    assert_eq!(page_at(&times, 1_000).await, around(100), "the very moment");
    assert_eq!(page_at(&times, 995).await, around(100), "a moment before");
    assert_eq!(page_at(&times, 0).await, around(1), "before everything");
    assert_eq!(page_at(&times, 2_001).await, (151..=200).collect::<Vec<_>>(), "after everything, the newest");
    assert_eq!(page_at(&[], 5).await, [0; 0]);
    assert_eq!(page_at(&[10, 20, 15, 30], u64::MAX).await, [1, 2, 3, 4], "with a clock that went back");
}

#[tokio::test]
async fn a_page_is_as_of_its_place() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=2).await;
    does(&engine, &ana(), "e1", edit(1, "second")).await;
    does(&engine, &bo(), "r1", react(1, "👍", true)).await;
    let then = does(&engine, &ana(), "r2", react(1, "👍", true)).await;
    let before = engine.newest(&room(), reading(then)).await.unwrap();
    does(&engine, &ana(), "e2", edit(1, "third")).await;
    does(&engine, &ana(), "e3", edit(2, "changed")).await;
    does(&engine, &bo(), "r3", react(1, "👍", false)).await;
    does(&engine, &bo(), "r4", react(1, "👍", true)).await;
    does(&engine, &ana(), "r5", react(1, "👍", false)).await;
    does(&engine, &bo(), "r6", react(2, "🎉", true)).await;
    does(&engine, &bo(), "r7", react(2, "🎉", false)).await;
    append_all(&engine, 3..=3).await;
    let mut again = engine.newest(&room(), reading(then)).await.unwrap();
    assert_eq!(reactions(&again.events[0]), [("👍", 2, vec!["ana-id", "bo-id"])]);
    assert_eq!(reactions(&before.events[0]), reactions(&again.events[0]));
    assert_eq!(again, before);
    // Except for what has been erased.
    does(&engine, &ana(), "d", delete(1)).await;
    again = engine.newest(&room(), reading(then)).await.unwrap();
    assert_eq!(texts(&again.events), [None, Some("message 2")]);
    assert!(reactions(&again.events[0]).is_empty());
}

#[tokio::test]
async fn an_answer_quotes_the_message_as_it_is_when_it_is_read() {
    let scratch = Scratch::new();
    let (engine, mut deliveries) = open(&scratch.0);
    let long = "é".repeat(200);
    does(&engine, &ana(), "m", post(&long, None)).await;
    does(&engine, &bo(), "a", post("answer", Some(1))).await;
    deliveries.recv().await.unwrap();
    let Delivery::Committed { event, .. } = deliveries.recv().await.unwrap() else { panic!("it was committed") };
    let first = Quote { seq: 1, author: Some(ana()), excerpt: Some("é".repeat(140)), client_id: None };
    assert_eq!(quote(&event), &first);
    assert_eq!((quote(&newest(&engine).await.events[1]), quote(&log(&engine).await[1])), (&first, &first));

    does(&engine, &ana(), "e", edit(1, "short")).await;
    let changed = Quote { excerpt: Some("short".into()), ..first.clone() };
    assert_eq!((quote(&newest(&engine).await.events[1]), quote(&log(&engine).await[1])), (&changed, &changed));

    does(&engine, &ana(), "d", delete(1)).await;
    let gone = Quote { excerpt: None, ..first };
    assert_eq!((quote(&newest(&engine).await.events[1]), quote(&log(&engine).await[1])), (&gone, &gone));
    does(&engine, &bo(), "late", post("to what is gone", Some(1))).await;
    assert_eq!(quote(newest(&engine).await.events.last().unwrap()), &gone);
}

#[tokio::test]
async fn what_is_no_message_can_be_neither_answered_nor_changed() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    let everything = |target| {
        [
            post("x", Some(target)),
            edit(target, "x"),
            delete(target),
            react(target, "👍", true),
            react(target, "👍", false),
        ]
    };
    for what in everything(1) {
        assert_eq!(ask(&engine, &ana(), "early", what).await, Err(EngineError::NoSuchMessage));
    }
    assert_eq!(engine.end(&room()).await.unwrap(), None, "a refusal begins no log");
    append_all(&engine, 1..=1).await;
    let reaction = does(&engine, &ana(), "r", react(1, "👍", true)).await;
    let kitchen = RoomName::parse("kitchen").unwrap();
    append(&engine, Append { room: kitchen.clone(), ..message(1) }).await.unwrap();
    for target in [0, reaction, 3, 1 << 40, u64::MAX] {
        for what in everything(target) {
            assert_eq!(ask(&engine, &ana(), "later", what.clone()).await, Err(EngineError::NoSuchMessage), "{what:?}");
        }
    }
    let elsewhere = Append { room: kitchen, ..asked(&ana(), "there", edit(2, "x")) };
    assert_eq!(append(&engine, elsewhere).await, Err(EngineError::NoSuchMessage));
    assert_eq!(engine.end(&room()).await.unwrap().unwrap().seq, 2);
}

#[tokio::test]
async fn a_message_is_its_authors_by_id_and_not_by_name() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=1).await;
    let namesake = Author { name: ana().name, ..bo() };
    assert_eq!(ask(&engine, &namesake, "e", edit(1, "x")).await, Err(EngineError::NotYours));
    assert_eq!(ask(&engine, &namesake, "d", delete(1)).await, Err(EngineError::NotYours));
    let renamed = Author { name: Name::parse("Ana Maria").unwrap(), ..ana() };
    assert_eq!(does(&engine, &renamed, "e", edit(1, "mine")).await, 2);
    assert_eq!(does(&engine, &renamed, "d", delete(1)).await, 3);
    assert_eq!(ask(&engine, &namesake, "d", delete(1)).await, Err(EngineError::NotYours));
}

#[tokio::test]
async fn what_changes_nothing_makes_no_event_and_has_the_place_of_what_made_it_so() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=1).await;
    assert_eq!(does(&engine, &ana(), "a1", edit(1, "message 1")).await, 1);
    assert_eq!(does(&engine, &ana(), "a2", edit(1, "other")).await, 2);
    let edited = ask(&engine, &ana(), "a3", edit(1, "other")).await.unwrap();
    assert_eq!(edited, ask(&engine, &ana(), "a2", edit(1, "other")).await.unwrap());
    assert_eq!(does(&engine, &bo(), "b1", react(1, "👍", false)).await, 1, "there was none since it was posted");
    assert_eq!(does(&engine, &bo(), "b2", react(1, "👍", true)).await, 3);
    assert_eq!(does(&engine, &bo(), "b3", react(1, "👍", true)).await, 3);
    assert_eq!(does(&engine, &bo(), "b4", react(1, "👍", false)).await, 4);
    assert_eq!(does(&engine, &bo(), "b5", react(1, "👍", false)).await, 4);
    assert_eq!(does(&engine, &bo(), "t1", topic("")).await, 0, "nobody has ever said");
    assert_eq!(does(&engine, &bo(), "t2", topic("Tea")).await, 5);
    assert_eq!(does(&engine, &ana(), "t3", topic("Tea")).await, 5);
    assert_eq!(does(&engine, &ana(), "d1", delete(1)).await, 6);
    assert_eq!(does(&engine, &ana(), "d2", delete(1)).await, 6);
    assert_eq!(engine.end(&room()).await.unwrap().unwrap().seq, 6);
}

#[tokio::test]
async fn the_same_request_is_done_once_whatever_has_happened_meanwhile() {
    let scratch = Scratch::new();
    let requests = [
        ("same", edit(1, "message 1"), 1),
        ("edit", edit(1, "other"), 2),
        ("on", react(1, "👍", true), 3),
        ("on-again", react(1, "👍", true), 3),
        ("off", react(1, "👍", false), 4),
        ("back", edit(1, "message 1"), 5),
        ("topic", topic("Tea"), 6),
        ("answer", post("answer", Some(1)), 7),
        ("delete", delete(1), 8),
    ];
    let mut receipts = Vec::new();
    {
        let (engine, _deliveries) = open(&scratch.0);
        append_all(&engine, 1..=1).await;
        for (id, what, seq) in &requests {
            let receipt = ask(&engine, &ana(), id, what.clone()).await.unwrap();
            assert_eq!(receipt.seq, *seq, "{id}");
            receipts.push(receipt);
        }
        engine.close().await;
    }
    let (engine, _deliveries) = open(&scratch.0);
    for ((id, what, _), receipt) in requests.into_iter().zip(receipts) {
        assert_eq!(ask(&engine, &ana(), id, what).await, Ok(receipt), "{id}");
        // The same id is the same again, whatever it asks for.
        assert_eq!(ask(&engine, &ana(), id, topic("Coffee")).await, Ok(receipt), "{id}");
    }
    assert_eq!(ask(&engine, &ana(), "m1", edit(1, "x")).await.unwrap().seq, 1);
    assert_eq!(engine.end(&room()).await.unwrap().unwrap().seq, 8);
    assert_eq!(engine.topic(&room()).await.unwrap(), "Tea");
}

#[tokio::test]
async fn a_reaction_of_two_tabs_counts_once_however_they_race() {
    let scratch = Scratch::new();
    let (engine, mut deliveries) = open(&scratch.0);
    append_all(&engine, 1..=1).await;
    let engine = Arc::new(engine);
    let tabs: Vec<_> = (0..20)
        .map(|tab| {
            let engine = engine.clone();
            tokio::spawn(async move { does(&engine, &bo(), &format!("tab{tab}"), react(1, "👍", true)).await })
        })
        .collect();
    for tab in tabs {
        assert_eq!(tab.await.unwrap(), 2);
    }
    append_all(&engine, 2..=2).await;
    let mut came = Vec::new();
    for _ in 0..3 {
        let Delivery::Committed { event, .. } = deliveries.recv().await.unwrap() else { panic!("it was committed") };
        came.push(event.seq);
    }
    assert_eq!(came, [1, 2, 3]);
    assert_eq!(reactions(&newest(&engine).await.events[0]), [("👍", 1, vec!["bo-id"])]);
}

#[tokio::test]
async fn a_message_has_so_many_different_reactions_and_no_more() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=1).await;
    let emoji = |number: usize| char::from_u32(0x1F600 + u32::try_from(number).unwrap()).unwrap().to_string();
    for number in 0..limits::REACTIONS_PER_MESSAGE {
        does(&engine, &bo(), &format!("r{number}"), react(1, &emoji(number), true)).await;
    }
    let more = react(1, &emoji(99), true);
    assert_eq!(ask(&engine, &bo(), "more", more.clone()).await, Err(EngineError::TooManyReactions));
    does(&engine, &ana(), "join", react(1, &emoji(0), true)).await;
    does(&engine, &bo(), "less", react(1, &emoji(1), false)).await;
    does(&engine, &bo(), "more", more).await;
    // They stand in the order in which the first of each came, also when that one has gone.
    does(&engine, &bo(), "gone", react(1, &emoji(0), false)).await;
    let page = newest(&engine).await;
    let shown: Vec<_> = reactions(&page.events[0]).iter().map(|(emoji, ..)| (*emoji).to_owned()).collect();
    let expected: Vec<_> = [0].into_iter().chain(2..20).chain([99]).map(emoji).collect();
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn of_a_crowd_all_are_counted_and_the_reader_is_among_those_named() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=1).await;
    for number in 0..30 {
        let who = Author { id: AuthorId(format!("p{number}").into()), ..bo() };
        does(&engine, &who, "r", react(1, "👍", true)).await;
    }
    let of = async |reader: &str| {
        let reading = Reading { up_to: 31, reader: AuthorId(reader.into()) };
        engine.newest(&room(), reading).await.unwrap()
    };
    let page = of("p29").await;
    let [("👍", 30, people)] = &reactions(&page.events[0])[..] else { panic!("{page:?}") };
    assert_eq!((people.len(), people[0], people[1]), (limits::REACTION_PEOPLE, "p29", "p0"));
    let page = of("nobody").await;
    let [("👍", 30, people)] = &reactions(&page.events[0])[..] else { panic!("{page:?}") };
    assert_eq!((people.len(), people[0]), (limits::REACTION_PEOPLE, "p0"));
}

/// A person who is mentioned in "@X", in front of any text.
fn mentioned(id: &str) -> Vec<Mention> {
    vec![Mention { start: 0, end: 2, author: AuthorId(id.into()) }]
}

/// The people mentioned in a message or an edit.
fn mentions(event: &Event) -> Option<&[Mention]> {
    match &event.kind {
        EventKind::Posted { mentions, .. } | EventKind::Edited { mentions, .. } => mentions.as_deref(),
        _ => None,
    }
}

#[tokio::test]
async fn mentions_are_stored_with_their_text_and_erased_with_it() {
    let scratch = Scratch::new();
    let (engine, mut deliveries) = open(&scratch.0);
    let posted = Operation::Post { body: body("@X"), mentions: Some(mentioned("first-hidden")), reply_to: None };
    does(&engine, &ana(), "m1", posted).await;
    does(&engine, &ana(), "m2", post("no mention", None)).await;
    let before = newest(&engine).await;
    assert_eq!(mentions(&before.events[0]), Some(&mentioned("first-hidden")[..]));
    assert_eq!(mentions(&before.events[1]), None);
    let edited = Operation::Edit { target: 1.into(), body: body("@Y"), mentions: Some(mentioned("second-hidden")) };
    does(&engine, &ana(), "e1", edited).await;
    assert_eq!(mentions(&newest(&engine).await.events[0]), Some(&mentioned("second-hidden")[..]));
    let then = engine.newest(&room(), reading(2)).await.unwrap();
    assert_eq!(then.events, before.events, "as it was before the edit");
    let events = log(&engine).await;
    assert_eq!(mentions(&events[0]), Some(&mentioned("first-hidden")[..]));
    assert_eq!(mentions(&events[2]), Some(&mentioned("second-hidden")[..]));
    does(&engine, &ana(), "e2", edit(1, "nobody any more")).await;
    assert_eq!(mentions(&newest(&engine).await.events[0]), None);
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);

    does(&engine, &ana(), "d", delete(1)).await;
    assert!(log(&engine).await.iter().all(|event| mentions(event).is_none()));
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    engine.close().await;
    while deliveries.recv().await.is_some() {}
    let bytes = fs::read(scratch.0.join("parlor.db")).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"hidden"), "it can be found in the file");
}

#[tokio::test]
async fn what_is_deleted_is_erased_everywhere_and_the_log_still_proves_itself() {
    let scratch = Scratch::new();
    let (engine, mut deliveries) = open(&scratch.0);
    does(&engine, &bo(), "m0", post("stays", None)).await;
    does(&engine, &ana(), "m1", post("first secret", None)).await;
    does(&engine, &ana(), "e1", edit(2, "second secret")).await;
    does(&engine, &bo(), "a", post("answer", Some(2))).await;
    does(&engine, &bo(), "r", react(2, "👍", true)).await;
    does(&engine, &ana(), "e2", edit(2, "third secret")).await;
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    let before = engine.end(&room()).await.unwrap().unwrap();
    does(&engine, &ana(), "d", delete(2)).await;
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    let Since::Events(_) = engine.since(&room(), &before, 7).await.unwrap() else { panic!("cursors stay good") };

    let events = log(&engine).await;
    assert_eq!(seqs(&events), (1..=7).collect::<Vec<_>>());
    assert_eq!((text(&events[1]), text(&events[2]), text(&events[5])), (None, None, None));
    let page = newest(&engine).await;
    assert_eq!(texts(&page.events), [Some("stays"), None, Some("answer")]);
    assert!(reactions(&page.events[1]).is_empty());
    engine.close().await;
    while deliveries.recv().await.is_some() {}

    let file = scratch.0.join("parlor.db");
    let database = Connection::open(&file).unwrap();
    let kept =
        "SELECT count(*) FROM events WHERE body LIKE '%secret%' OR place & 255 IN (2, 3, 6) AND salt IS NOT NULL";
    assert_eq!(database.query_row(kept, [], |row| row.get::<_, u32>(0)).unwrap(), 0);
    let kept = "SELECT count(*) FROM messages WHERE body LIKE '%secret%' OR text LIKE '%secret%'";
    assert_eq!(database.query_row(kept, [], |row| row.get::<_, u32>(0)).unwrap(), 0);
    drop(database);
    let bytes = fs::read(&file).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"secret"), "it can be found in the file");
    assert!(bytes.windows(5).any(|window| window == b"stays"));
}

#[tokio::test]
async fn nothing_more_happens_to_a_deleted_message_but_answers() {
    let scratch = Scratch::new();
    let (engine, _deliveries) = open(&scratch.0);
    append_all(&engine, 1..=1).await;
    does(&engine, &bo(), "r", react(1, "👍", true)).await;
    does(&engine, &ana(), "d", delete(1)).await;
    for what in [edit(1, "x"), react(1, "👍", true), react(1, "👍", false), react(1, "🎉", true)] {
        assert_eq!(ask(&engine, &ana(), "late", what).await, Err(EngineError::MessageDeleted));
    }
    assert_eq!(does(&engine, &bo(), "a", post("what was it?", Some(1))).await, 4);
}

#[tokio::test]
async fn an_altered_dropped_or_moved_event_is_found() {
    let scratch = Scratch::new();
    {
        let (engine, _deliveries) = open(&scratch.0);
        append_all(&engine, 1..=3).await;
        does(&engine, &bo(), "r", react(2, "👍", true)).await;
        does(&engine, &ana(), "e", edit(2, "other")).await;
        does(&engine, &ana(), "a", post("answer", Some(1))).await;
        does(&engine, &ana(), "d", delete(3)).await;
        let mention = Operation::Post { body: body("@X"), mentions: Some(mentioned("bo")), reply_to: None };
        does(&engine, &ana(), "m8", mention).await;
        engine.close().await;
    }
    let file = scratch.0.join("parlor.db");
    let good = fs::read(&file).unwrap();
    for (sql, at) in [
        ("UPDATE messages SET body = 'message 9' WHERE place & 255 = 1", 1),
        ("UPDATE messages SET name = 'Bo' WHERE place & 255 = 2", 2),
        ("UPDATE messages SET digest = zeroblob(32) WHERE place & 255 = 3", 3),
        ("UPDATE changes SET emoji = '🎉' WHERE place & 255 = 4", 4),
        ("UPDATE changes SET target = target - 1 WHERE place & 255 = 5", 5),
        ("UPDATE messages SET reply_to = NULL WHERE place & 255 = 6", 6),
        ("DELETE FROM messages WHERE place & 255 = 2", 2),
        ("UPDATE changes SET kind = 'edited' WHERE place & 255 = 7", 7),
        ("UPDATE messages SET mentions = replace(mentions, 'bo', 'ana') WHERE place & 255 = 8", 8),
        ("UPDATE messages SET mentions = NULL WHERE place & 255 = 8", 8),
    ] {
        fs::write(&file, &good).unwrap();
        Connection::open(&file).unwrap().execute(sql, []).unwrap();
        let (engine, _deliveries) = open(&scratch.0);
        assert_eq!(engine.first_break(&room()).await.unwrap(), Some(at), "{sql}");
        engine.close().await;
    }
}

#[tokio::test]
async fn what_was_missed_comes_as_it_happened() {
    let scratch = Scratch::new();
    let (engine, mut deliveries) = open(&scratch.0);
    append_all(&engine, 1..=1).await;
    does(&engine, &bo(), "a", post("answer", Some(1))).await;
    does(&engine, &ana(), "e", edit(1, "other")).await;
    does(&engine, &bo(), "r1", react(1, "👍", true)).await;
    does(&engine, &bo(), "r2", react(1, "👍", false)).await;
    does(&engine, &bo(), "t", topic("Tea")).await;
    let mut live = Vec::new();
    for _ in 0..6 {
        let Delivery::Committed { event, .. } = deliveries.recv().await.unwrap() else { panic!("it was committed") };
        live.push(event);
    }
    let mut missed = log(&engine).await;
    assert_eq!(text(&missed[0]), Some("message 1"));
    // The quote alone is as of now.
    if let (EventKind::Posted { reply_to: now, .. }, EventKind::Posted { reply_to: then, .. }) =
        (&mut missed[1].kind, &live[1].kind)
    {
        assert_eq!(now.as_ref().unwrap().excerpt.as_deref(), Some("other"));
        now.clone_from(then);
    }
    assert_eq!(missed, live);
}

#[tokio::test]
async fn a_topic_outlives_the_process_and_is_the_rooms_own() {
    let scratch = Scratch::new();
    let kitchen = RoomName::parse("kitchen").unwrap();
    {
        let (engine, _deliveries) = open(&scratch.0);
        assert_eq!(engine.topic(&room()).await.unwrap(), "");
        does(&engine, &ana(), "t1", topic("Tea")).await;
        does(&engine, &bo(), "t2", topic("Tea & biscuits")).await;
        append(&engine, Append { room: kitchen.clone(), ..message(1) }).await.unwrap();
        engine.close().await;
    }
    let (engine, _deliveries) = open(&scratch.0);
    assert_eq!(engine.topic(&room()).await.unwrap(), "Tea & biscuits");
    assert_eq!(engine.topic(&kitchen).await.unwrap(), "");
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    does(&engine, &bo(), "t3", topic("")).await;
    assert_eq!(engine.topic(&room()).await.unwrap(), "");
}

#[tokio::test]
async fn a_database_of_the_first_form_is_taken_as_it_is() {
    let scratch = Scratch::new();
    let old = Connection::open(scratch.0.join("parlor.db")).unwrap();
    old.execute_batch(include_str!("fixtures/form-1.sql")).unwrap();
    drop(old);
    let (engine, _deliveries) = open(&scratch.0);
    let end = Cursor { epoch: Epoch("old-epoch".into()), seq: 3, hash: parlor::ChainMark("9fb3e9534c".into()) };
    assert_eq!(engine.end(&room()).await.unwrap(), Some(end.clone()));
    let page = newest(&engine).await;
    assert_eq!(page.events, log(&engine).await, "nothing has happened to these messages yet");
    assert_eq!(texts(&page.events), [Some("old hello"), Some("old hi, with an é"), Some("old bye")]);
    assert_eq!(page.events[2].hash, end.hash);
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    assert_eq!(engine.read_up_to(&ana().id, &room()).await.unwrap(), Some(2));

    assert_eq!(does(&engine, &ana(), "m1", post("again", None)).await, 1, "the same message is still the same");
    assert_eq!(does(&engine, &ana(), "e", edit(1, "new hello")).await, 4);
    assert_eq!(does(&engine, &bo(), "d", delete(2)).await, 5);
    assert_eq!(texts(&newest(&engine).await.events), [Some("new hello"), None, Some("old bye")]);
    assert_eq!(engine.first_break(&room()).await.unwrap(), None);
    let kitchen = RoomName::parse("kitchen").unwrap();
    assert_eq!(texts(&engine.newest(&kitchen, reading(1)).await.unwrap().events), [Some("old soup")]);
}
