//! The room's log was deleted, or restored from an older copy: seqs belong to other messages than before.

use parlor::message::MessageRef;

use super::*;

/// Own message 4 is known; `act` happens without a connection. Then the log is another one, in which 4 is another own
/// message and 2 another one of Ana's.
fn reconnect_to_another_log(act: impl FnOnce(&mut Client)) -> Client {
    reconnect_to_another_log_with(4, act)
}

/// The same with a log of this many messages.
fn reconnect_to_another_log_with(count: usize, act: impl FnOnce(&mut Client)) -> Client {
    let mut client = online(Some("Mo"));
    client.on_message(mine(4, id(4), "first"), at(4));
    client.on_disconnected(CloseCode::ABNORMAL, at(5));
    act(&mut client);
    client.take_effects();
    client.tick(at(9_000));
    client.on_connected(at(9_001));
    client.on_message(welcome(Some("Mo")), at(9_002));
    let kind = |seq: u64, who: &str, body: &str| {
        EventKind::posted(author(who), id(500 + u128::from(seq)), Body::parse(body).unwrap())
    };
    let log = [(1, "ana"), (2, "ana"), (3, "ana"), (4, "me")];
    let events = log.into_iter().take(count).map(|(seq, who)| Event { kind: kind(seq, who, "new"), ..event(seq) });
    client.on_message(
        ServerMessage::Snapshot {
            room: RoomName::default(),
            as_of: Cursor { epoch: Epoch("other".into()), ..cursor(count as u64) },
            events: events.collect(),
            has_older: false,
            roster: Roster::default(),
            topic: String::new(),
            title: String::new(),
            read: None,
        },
        at(9_003),
    );
    client
}

fn refuse(client: &mut Client, number: u128) {
    let error = Refusal::from(ErrorCode::NoSuchMessage);
    client.on_message(ServerMessage::Nack { room: RoomName::default(), client_id: id(number), error }, at(9_004));
}

#[test]
fn a_change_is_applied_only_to_the_message_with_its_client_id() {
    let mut client = reconnect_to_another_log(|client| {
        client.start_edit(Some(4));
        client.post("changed", id(21), at(6)).unwrap();
        client.toggle_reaction(2, "👍", id(22), at(7)).unwrap();
        client.delete(4, id(23), at(8));
    });
    let mut highlighted: Vec<_> = sent(&mut client)
        .into_iter()
        .filter_map(|message| match message {
            ClientMessage::Edit { target, .. }
            | ClientMessage::React { target, .. }
            | ClientMessage::Delete { target, .. } => Some(target),
            _ => None,
        })
        .collect();
    highlighted.sort_by_key(|target| target.seq);
    let old = |seq: u64| MessageRef {
        seq,
        client_id: Some(message(&online(None), 2).client_id.clone()).filter(|_| seq == 2).or(Some(id(4))),
    };
    assert_eq!(highlighted, [old(2), old(4), old(4)]);
    assert_eq!(bodies(&client), ["new"; 4]);
    assert!(message(&client, 2).reactions.is_empty());
    for number in [21, 22, 23] {
        refuse(&mut client, number);
    }
    assert_eq!(client.unsent_count(), 0, "there is no row at which to ask what to do");
    let offered = client.offered_drafts();
    assert_eq!(offered.iter().map(|draft| (&*draft.excerpt, draft.edit)).collect::<Vec<_>>(), [("changed", false)]);
}

#[test]
fn an_edit_that_is_being_typed_becomes_a_message() {
    let room = RoomName::default();
    let client = reconnect_to_another_log(|client| {
        client.start_edit(Some(4));
        client.update_draft(&room, client.draft(), "first, longer", at(6));
    });
    assert_eq!((client.composing(), client.draft_text()), (None, "first, longer"));
}

#[test]
fn an_edit_or_reply_of_a_message_beyond_the_end_of_a_shorter_log_becomes_a_message() {
    let room = RoomName::default();
    for start in [|client: &mut Client| client.start_edit(Some(4)), |client: &mut Client| client.start_reply(4)] {
        let mut client = reconnect_to_another_log_with(2, |client| {
            start(client);
            client.update_draft(&room, client.draft(), "first, longer", at(6));
        });
        assert_eq!((client.composing(), client.draft_text()), (None, "first, longer"));
        client.on_message(
            ServerMessage::Event { room: room.clone(), epoch: Epoch("other".into()), event: event(3) },
            at(9_004),
        );
        assert_eq!((client.composing(), client.draft_text()), (None, "first, longer"));
    }
}

#[test]
fn a_reply_loses_its_target_and_keeps_its_text() {
    let room = RoomName::default();
    let client = reconnect_to_another_log(|client| {
        client.start_reply(2);
        client.update_draft(&room, client.draft(), "I agree", at(6));
    });
    assert_eq!((client.composing(), client.draft_text()), (None, "I agree"));

    let mut client = reconnect_to_another_log(|client| {
        client.start_reply(2);
        client.post("I agree", id(21), at(6)).unwrap();
    });
    let answers = |client: &mut Client| {
        let posts = sent(client).into_iter().filter_map(|message| match message {
            ClientMessage::Post { reply_to, reply_to_client_id, .. } => Some((reply_to, reply_to_client_id)),
            _ => None,
        });
        posts.collect::<Vec<_>>()
    };
    assert_eq!(answers(&mut client), [(Some(2), Some(message(&online(None), 2).client_id.clone()))]);
    refuse(&mut client, 21);
    client.retry_submission(&id(21), at(9_005));
    assert_eq!(answers(&mut client), [(None, None)]);
}

#[test]
fn a_stored_edit_of_a_message_that_the_log_has_lost_is_a_message() {
    let mut client = reconnect_to_another_log(|_| {});
    let target = MessageRef { seq: 4, client_id: Some(id(4)) };
    let composing = Some(Composing::Edit { target, text: Body::parse("new").unwrap() });
    let draft = StoredDraft { room: RoomName::default(), composing, text: "typed".to_owned(), at: 6, offered: false };
    client.adopt_drafts(vec![draft], Origin::SameTab);
    assert_eq!(client.composing(), None);
    let offered = client.offered_drafts();
    assert!(client.draft_text() == "typed" || offered.iter().any(|draft| !draft.edit && draft.excerpt == "typed"));
}
