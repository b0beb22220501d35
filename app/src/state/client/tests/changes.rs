//! Edits, deletions, reactions and replies.

use super::*;

#[test]
fn a_change_is_visible_at_once_and_sent_when_connected() {
    let mut client = online(Some("Mo"));
    client.on_message(mine(4, id(4), "first"), at(4));
    client.on_disconnected(CloseCode::ABNORMAL, at(5));
    client.start_edit(None);
    client.post("second", id(21), at(6)).unwrap();
    client.toggle_reaction(2, "👍", id(22), at(7)).unwrap();
    assert_eq!(message(&client, 4).text(), "second");
    assert!(message(&client, 2).has_reaction("👍", &AuthorId("me".into())));
    client.take_effects();
    client.tick(at(9_000));
    client.on_connected(at(9_001));
    client.on_message(welcome(Some("Mo")), at(9_002));
    let sent = sent(&mut client);
    assert!(
        sent.iter()
            .any(|m| matches!(m, ClientMessage::Edit { target, body, .. } if target.seq == 4 && body == "second"))
    );
    assert!(sent.iter().any(|m| matches!(m, ClientMessage::React { target, on: true, .. } if target.seq == 2)));
}

#[test]
fn a_confirmed_change_counts_once() {
    let mut client = online(Some("Mo"));
    client.toggle_reaction(2, "👍", id(22), at(7)).unwrap();
    let by = Author { id: AuthorId("me".into()), name: Name::parse("Mo").unwrap() };
    let reacted = |id| EventKind::Reacted { by: by.clone(), client_id: id, target: 2, emoji: emoji() };
    client.on_message(happens(4, reacted(id(22))), at(8));
    client.on_message(happens(4, reacted(id(22))), at(9));
    assert!(client.outbox().entries().is_empty());
    assert_eq!(message(&client, 2).reactions[0].count, 1);
    client.toggle_reaction(2, "👍", id(23), at(10)).unwrap();
    assert!(message(&client, 2).reactions.is_empty(), "the same again takes it off");
}

#[test]
fn changes_received_during_a_page_request_are_applied_once() {
    let mut first = initial_state(None);
    (first.as_of, first.events, first.has_older) = (cursor(60), events(52..=60), true);
    let mut client = Client::new(first);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(None), at(2));
    client.load_older();
    let edited = |seq, text: &str| {
        let body = Some(Body::parse(text).unwrap());
        happens(
            seq,
            EventKind::Edited { by: author("ana"), client_id: id(seq.into()), target: 50, body, mentions: None },
        )
    };
    let reacted = EventKind::Reacted { by: author("bo"), client_id: id(62), target: 50, emoji: emoji() };
    client.on_message(edited(61, "edited"), at(3));
    client.on_message(happens(62, reacted), at(3));
    // The page was read between the two.
    let mut page = events(40..=51);
    if let EventKind::Posted { body, edited_at, .. } = &mut page[10].kind {
        (*body, *edited_at) = (Some(Body::parse("edited").unwrap()), Some(9));
    }
    let (room, as_of) = (RoomName::default(), cursor(61));
    let page = ServerMessage::Page { room, request: 1, as_of, events: page, has_older: true, has_newer: true };
    client.on_message(page, at(4));
    assert_eq!(message(&client, 50).text(), "edited");
    assert_eq!(message(&client, 50).reactions.iter().map(|reaction| reaction.count).sum::<u32>(), 1);
    client.on_message(edited(63, "edited again"), at(5));
    assert_eq!(message(&client, 50).text(), "edited again");
}

#[test]
fn an_edit_starts_with_the_line_ends_of_the_text_box_and_keeps_those_of_the_message() {
    let mut client = online(Some("Mo"));
    client.on_message(mine(4, id(21), "one\r\ntwo\rthree"), at(6));
    client.start_edit(Some(4));
    assert_eq!(client.draft_text(), "one\ntwo\nthree");
    assert!(!client.has_drafts(), "nothing has been typed");
    client.post("one\ntwo\nthree", id(22), at(7)).unwrap();
    assert!(
        client.composing().is_none()
            && client.outbox().entries().iter().all(|entry| entry.submission.change().is_none())
    );
    assert_eq!(message(&client, 4).text(), "one\r\ntwo\rthree");
}

#[test]
fn a_reply_quotes_its_message_and_a_refused_change_has_its_reason() {
    let mut client = online(Some("Mo"));
    client.start_reply(2);
    client.post("indeed", id(21), at(5)).unwrap();
    assert!(client.composing().is_none());
    let with_reply = rows(&client);
    let RowContent::Message(row) = &with_reply.last().unwrap().content else { panic!("a message") };
    assert_eq!(row.message.reply_to.as_ref().unwrap().excerpt.as_deref(), Some("message 2"));
    client.delete(2, id(22), at(6));
    assert_eq!(message(&client, 2).text(), "");
    let error = Refusal::from(ErrorCode::NotYours);
    client.on_message(ServerMessage::Nack { room: RoomName::default(), client_id: id(22), error }, at(7));
    assert_eq!(message(&client, 2).text(), "message 2");
    let refused = |row: &Row| {
        matches!(&row.content, RowContent::Message(row)
            if row.message.seq == 2 && row.delivery == DeliveryStatus::Refused(ErrorCode::NotYours))
    };
    assert!(rows(&client).iter().any(refused));
}
