//! Which operations are refused or change nothing, and topics.

use parlor::{Author, Name, RoomName};
use parlor_server::engine::{Append, EngineError};

use super::records::{append_all, apply, bo, delete, edit, last_seq, post, react, submission, submit, topic};
use crate::support::engine::{ana, message, permit, room};
use crate::support::fixture::{Fixture, append};

pub(super) async fn only_messages_can_be_answered_and_changed(fixture: &impl Fixture) {
    let operations_on = |target| {
        [
            post("x", Some(target)),
            edit(target, "x"),
            delete(target),
            react(target, "👍", true),
            react(target, "👍", false),
        ]
    };
    for operation in operations_on(1) {
        assert_eq!(submit(fixture, &ana(), "early", operation).await, Err(EngineError::NoSuchMessage));
    }
    assert_eq!(fixture.log().log_end(&permit(&room())).await.unwrap(), None, "a refusal creates no log");
    append_all(fixture, 1..=1).await;
    let reaction = apply(fixture, &ana(), "r", react(1, "👍", true)).await;
    let kitchen = RoomName::parse("kitchen").unwrap();
    append(fixture, Append { room: kitchen.clone(), ..message(1) }).await.unwrap();
    for target in [0, reaction, 3, 1 << 40, u64::MAX] {
        for operation in operations_on(target) {
            assert_eq!(
                submit(fixture, &ana(), "later", operation.clone()).await,
                Err(EngineError::NoSuchMessage),
                "{operation:?}"
            );
        }
    }
    let in_other_room = Append { room: kitchen, ..submission(&ana(), "there", edit(2, "x")) };
    assert_eq!(append(fixture, in_other_room).await, Err(EngineError::NoSuchMessage));
    assert_eq!(last_seq(fixture.log(), &room()).await, 2);
}

pub(super) async fn messages_are_owned_by_author_id_and_not_by_name(fixture: &impl Fixture) {
    append_all(fixture, 1..=1).await;
    let renamed = Author { name: Name::parse("Ana Maria").unwrap(), ..ana() };
    assert_eq!(apply(fixture, &renamed, "e", edit(1, "mine")).await, 2);
    // Somebody else has the name under which the message was posted.
    let namesake = Author { name: ana().name, ..bo() };
    assert_eq!(submit(fixture, &namesake, "e", edit(1, "x")).await, Err(EngineError::NotYours));
    assert_eq!(submit(fixture, &namesake, "d", delete(1)).await, Err(EngineError::NotYours));
    assert_eq!(apply(fixture, &renamed, "d", delete(1)).await, 3);
    assert_eq!(submit(fixture, &namesake, "d", delete(1)).await, Err(EngineError::NotYours));
}

pub(super) async fn a_deleted_message_can_only_be_answered(fixture: &impl Fixture) {
    append_all(fixture, 1..=1).await;
    apply(fixture, &bo(), "r", react(1, "👍", true)).await;
    apply(fixture, &ana(), "d", delete(1)).await;
    for operation in [edit(1, "x"), react(1, "👍", true), react(1, "👍", false), react(1, "🎉", true)] {
        assert_eq!(submit(fixture, &ana(), "late", operation).await, Err(EngineError::MessageDeleted));
    }
    assert_eq!(apply(fixture, &bo(), "a", post("what was it?", Some(1))).await, 4);
}

pub(super) async fn an_operation_without_effect_gets_the_seq_of_the_event_that_had_its_effect(fixture: &impl Fixture) {
    append_all(fixture, 1..=1).await;
    assert_eq!(apply(fixture, &ana(), "a1", edit(1, "message 1")).await, 1);
    assert_eq!(apply(fixture, &ana(), "a2", edit(1, "other")).await, 2);
    let edited = submit(fixture, &ana(), "a3", edit(1, "other")).await.unwrap();
    assert_eq!(edited, submit(fixture, &ana(), "a2", edit(1, "other")).await.unwrap());
    assert_eq!(apply(fixture, &bo(), "b1", react(1, "👍", false)).await, 1, "never added, so the seq of the message");
    assert_eq!(apply(fixture, &bo(), "b2", react(1, "👍", true)).await, 3);
    assert_eq!(apply(fixture, &bo(), "b3", react(1, "👍", true)).await, 3);
    assert_eq!(apply(fixture, &bo(), "b4", react(1, "👍", false)).await, 4);
    assert_eq!(apply(fixture, &bo(), "b5", react(1, "👍", false)).await, 4);
    assert_eq!(apply(fixture, &bo(), "t1", topic("")).await, 0, "no topic was ever set");
    assert_eq!(apply(fixture, &bo(), "t2", topic("Tea")).await, 5);
    assert_eq!(apply(fixture, &ana(), "t3", topic("Tea")).await, 5);
    assert_eq!(apply(fixture, &ana(), "d1", delete(1)).await, 6);
    assert_eq!(apply(fixture, &ana(), "d2", delete(1)).await, 6);
    assert_eq!(last_seq(fixture.log(), &room()).await, 6);
}

pub(super) async fn a_topic_survives_a_restart_and_belongs_to_one_room(fixture: &mut impl Fixture) {
    let kitchen = RoomName::parse("kitchen").unwrap();
    assert_eq!(fixture.log().topic(&permit(&room())).await.unwrap(), "");
    apply(fixture, &ana(), "t1", topic("Tea")).await;
    apply(fixture, &bo(), "t2", topic("Tea & biscuits")).await;
    append(fixture, Append { room: kitchen.clone(), ..message(1) }).await.unwrap();
    fixture.reopen().await;
    assert_eq!(fixture.log().topic(&permit(&room())).await.unwrap(), "Tea & biscuits");
    assert_eq!(fixture.log().topic(&permit(&kitchen)).await.unwrap(), "");
    assert_eq!(fixture.log().first_break(&room()).await.unwrap(), None);
    apply(fixture, &bo(), "t3", topic("")).await;
    assert_eq!(fixture.log().topic(&permit(&room())).await.unwrap(), "");
}
