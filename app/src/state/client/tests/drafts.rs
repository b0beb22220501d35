//! Drafts and the composer.

use super::*;

#[test]
fn after_an_edit_the_draft_of_a_message_is_in_the_composer_again() {
    let mut client = online(Some("Mo"));
    let room = RoomName::default();
    client.on_message(mine(4, id(1), "hello"), at(3));
    client.update_draft(&room, client.draft(), "half a thou", at(4));
    client.start_edit(None);
    client.update_draft(&room, client.draft(), "hello, all", at(5));
    client.post("hello, all", id(2), at(6)).unwrap();
    assert_eq!((client.draft_text(), client.composing()), ("half a thou", None));
    let effects = client.take_effects();
    let place = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).unwrap();
    let stored = place(|effect| matches!(effect, Effect::StoreSubmission(_)));
    assert!(
        stored < place(|effect| matches!(effect, Effect::Draft(DraftEffect::Remove { sent: Some(_), .. }))),
        "a crash loses neither"
    );
}

#[test]
fn an_edit_of_a_deleted_message_is_refused_before_it_is_sent_and_keeps_its_text() {
    let mut client = online(Some("Mo"));
    let room = RoomName::default();
    client.on_message(mine(4, id(1), "hello"), at(3));
    client.start_edit(Some(4));
    client.update_draft(&room, client.draft(), "hello, all", at(5));
    let author = Author { id: AuthorId("me".into()), name: Name::parse("Mo").unwrap() };
    let kind = EventKind::Deleted { by: author, client_id: id(9), target: 4 };
    let event = Event { kind, ..event(5) };
    client.on_message(ServerMessage::Event { room, epoch: cursor(0).epoch, event }, at(6));
    assert_eq!(client.post("hello, all", id(2), at(7)), Err(ErrorCode::MessageDeleted));
    assert_eq!((client.draft_text(), client.composing()), ("hello, all", None));
    assert!(client.outbox().entries().is_empty());
}

#[test]
fn a_refused_submission_returns_to_the_composer_as_a_draft_of_its_own() {
    let mut client = online(Some("Mo"));
    let room = RoomName::default();
    client.on_message(mine(4, id(1), "hello"), at(3));
    let refuse = |client: &mut Client, client_id: ClientId| {
        let error = Refusal::from(ErrorCode::BodyTooLong);
        client.on_message(ServerMessage::Nack { room: RoomName::default(), client_id, error }, at(8));
    };
    client.post("a message", id(2), at(4)).unwrap();
    client.start_edit(Some(4));
    client.post("an edit", id(3), at(5)).unwrap();
    refuse(&mut client, id(2));
    refuse(&mut client, id(3));
    client.update_draft(&room, client.draft(), "typed since", at(9));
    client.edit_unsent_submission(&id(2), at(10));
    assert_eq!((client.draft_text(), client.composing()), ("a message", None));
    client.edit_unsent_submission(&id(3), at(11));
    assert_eq!(client.draft_text(), "an edit");
    assert!(matches!(client.composing(), Some(Composing::Edit { target, .. }) if target.seq == 4));
    client.set_composing(None);
    assert_eq!(client.draft_text(), "a message");
    let offered: Vec<_> = client.offered_drafts().into_iter().map(|draft| draft.excerpt).collect();
    assert_eq!(offered, ["typed since"]);
    assert!(client.outbox().entries().is_empty());
}

#[test]
fn a_refused_edit_of_an_unknown_message_is_offered_as_a_draft() {
    let mut client = online(Some("Mo"));
    let stored = StoredDraft {
        room: RoomName::default(),
        composing: Some(Composing::Edit { target: 900.into(), text: Body::parse("of long ago").unwrap() }),
        text: "better".to_owned(),
        at: 1,
        offered: false,
    };
    client.adopt_drafts(vec![stored], Origin::SameTab);
    assert_eq!(client.draft_text(), "better");
    client.post("better", id(2), at(4)).unwrap();
    let error = Refusal::from(ErrorCode::NoSuchMessage);
    client.on_message(ServerMessage::Nack { room: RoomName::default(), client_id: id(2), error }, at(5));
    assert_eq!(client.offered_drafts().len(), 1);
    assert!(client.unsent_count() == 0 && client.has_drafts());
}

#[test]
fn drafts_outlive_leaving_their_room() {
    let mut client = online(Some("Mo"));
    let art = RoomName::parse("art").unwrap();
    client.show_room(&art);
    client.update_draft(&art, client.draft(), "about art", at(4));
    client.leave_room(&art);
    assert_eq!(client.draft_text(), "");
    client.show_room(&art);
    assert_eq!(client.draft_text(), "about art");
}
