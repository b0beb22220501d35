//! Private rooms: added, moved and removed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::state::{initial_state::RoomTitle, notification_level::NotificationLevel};

fn secret() -> RoomName {
    RoomName::private(11)
}

fn moved(from: &str) -> ServerMessage {
    ServerMessage::Moved { room: room(from), to: secret(), title: "Plans".to_owned() }
}

fn refused(room: &RoomName) -> ServerMessage {
    let (to, room, error) = (Some(Request::Join), Some(room.clone()), Refusal::from(ErrorCode::NoSuchRoom));
    ServerMessage::Refused { to, room, error }
}

/// A member of a private room, which is shown.
fn in_secret() -> Client {
    let titles = vec![RoomTitle { room: secret(), title: "Plans".to_owned() }];
    let rooms = vec![RoomName::default(), secret()];
    let mut client = Client::new(InitialState { room: secret(), rooms, titles, ..initial_state(Some("Mo")) });
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.set_visible(true, at(0));
    client.on_replicas_restored(true, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.take_effects();
    client
}

fn titles(client: &Client) -> Vec<String> {
    client.rooms().into_iter().map(|item| item.title).collect()
}

fn excerpts(client: &Client) -> Vec<String> {
    client.offered_drafts().into_iter().map(|draft| draft.excerpt).collect()
}

fn posts(messages: &[ClientMessage]) -> Vec<(RoomName, ClientId)> {
    let post = |message: &ClientMessage| match message {
        ClientMessage::Post { room, client_id, .. } => Some((room.clone(), client_id.clone())),
        _ => None,
    };
    messages.iter().filter_map(post).collect()
}

fn messages(effects: &[Effect]) -> Vec<ClientMessage> {
    let message = |effect: &Effect| if let Effect::Send(message) = effect { Some(message.clone()) } else { None };
    effects.iter().filter_map(message).collect()
}

/// The rooms under which drafts and submissions are stored.
fn stored_rooms(effects: &[Effect]) -> Vec<RoomName> {
    let stored = |effect: &Effect| match effect {
        Effect::StoreSubmission(entry) => Some(entry.room.clone()),
        Effect::Draft(DraftEffect::Store { draft, .. }) => Some(draft.room.clone()),
        _ => None,
    };
    effects.iter().filter_map(stored).collect()
}

#[test]
fn a_room_that_the_reader_is_added_to_is_joined_and_not_shown() {
    let mut client = online(Some("Mo"));
    let added = |title: &str| ServerMessage::Room { room: secret(), title: title.to_owned() };
    client.on_message(added("Plans"), at(5));
    assert_eq!(sent(&mut client), [ClientMessage::Join(RoomAt { room: secret(), cursor: None })]);
    assert_eq!((client.room().as_str(), titles(&client)), ("lobby", vec!["lobby".to_owned(), "Plans".to_owned()]));
    client.on_message(added("Better plans"), at(6));
    assert_eq!((sent(&mut client), titles(&client)[1].as_str()), (Vec::new(), "Better plans"));
}

#[test]
fn a_private_room_is_called_by_its_title_in_notifications_and_announcements() {
    let mut client = in_secret();
    client.show_room(&RoomName::default());
    client.take_effects();
    let kind = EventKind::posted(author("ana"), id(4), Body::parse("@mo: look").unwrap());
    let event = Event { kind, ..event(4) };
    client.on_message(ServerMessage::Event { room: secret(), epoch: cursor(0).epoch, event }, at(6));
    let effects = client.take_effects();
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Notify(notice) if notice.label == "Plans")));
    let room = Some("Plans".to_owned());
    let heard = |effect: &Effect| matches!(effect, Effect::Announce(announcement) if announcement.room == room);
    assert!(effects.iter().any(heard), "{effects:?}");
}

#[test]
fn a_moved_room_continues_under_its_id_with_outbox_draft_and_notification_level() {
    let mut client = online(Some("Mo"));
    client.show_room(&room("art"));
    client.on_message(snapshot_of("art", 3), at(4));
    client.cycle_notification_level();
    client.post("hello", id(21), at(5)).unwrap();
    client.update_draft(&room("art"), client.draft(), "half a thou", at(6));
    let (draft, marker) = (client.draft(), client.rooms.shown().read_marker);
    assert_eq!(posts(&sent(&mut client)), [(room("art"), id(21))]);
    client.on_message(moved("art"), at(7));
    assert_eq!((client.room(), titles(&client)), (&secret(), vec!["lobby".to_owned(), "Plans".to_owned()]));
    assert_eq!((client.draft(), client.draft_text()), (draft, "half a thou"));
    assert_eq!((client.rooms.shown().read_marker, bodies(&client).len()), (marker, 4));
    assert_eq!(client.rooms()[1].notification_level, NotificationLevel::All);
    let effects = client.take_effects();
    let sent = messages(&effects);
    assert_eq!(sent[0], ClientMessage::Join(RoomAt { room: secret(), cursor: Some(cursor(3)) }));
    assert_eq!(posts(&sent), [(secret(), id(21))], "with the same client id");
    assert!(effects.contains(&Effect::ReplaceAddress(secret())));
    assert!(effects.contains(&Effect::DeleteReplica(room("art"))));
    assert!(effects.contains(&Effect::StoreNotificationSettings(format!("+{} ", secret()))));
    assert_eq!(stored_rooms(&effects), [secret(), secret()], "the draft and the submission, and nothing under art");
    // The server has refused the post under the old name.
    let error = Refusal::from(ErrorCode::NoSuchRoom);
    client.on_message(ServerMessage::Nack { room: room("art"), client_id: id(21), error }, at(8));
    client.on_message(ServerMessage::Ack { room: secret(), client_id: id(21), seq: 4, at: 9 }, at(9));
    assert_eq!(client.outbox().entries()[0].state, SendState::Accepted(4));
}

#[test]
fn a_room_that_moved_while_the_page_was_offline_continues_under_its_id() {
    let mut client = online(Some("Mo"));
    client.show_room(&room("art"));
    client.on_message(snapshot_of("art", 3), at(4));
    client.show_room(&RoomName::default());
    client.on_disconnected(CloseCode::ABNORMAL, at(5));
    client.show_room(&room("art"));
    client.post("hello", id(21), at(6)).unwrap();
    client.show_room(&RoomName::default());
    client.tick(at(2_000));
    client.on_connected(at(2_001));
    client.take_effects();
    client.on_message(welcome(Some("Mo")), at(2_002));
    client.on_message(moved("art"), at(2_003));
    let sent = sent(&mut client);
    assert_eq!(posts(&sent), [(room("art"), id(21)), (secret(), id(21))]);
    assert!(sent.contains(&ClientMessage::Join(RoomAt { room: secret(), cursor: Some(cursor(3)) })));
    assert_eq!((client.room().as_str(), client.rooms()[1].name.clone()), ("lobby", secret()));
}

#[test]
fn a_removed_room_is_erased_and_its_unsent_texts_are_offered_in_the_next_room() {
    let mut client = in_secret();
    client.on_disconnected(CloseCode::ABNORMAL, at(3));
    client.post("unsent", id(21), at(4)).unwrap();
    client.start_reply(2);
    client.update_draft(&secret(), client.draft(), "half a thou", at(5));
    client.tick(at(2_000));
    client.on_connected(at(2_001));
    client.on_message(welcome(Some("Mo")), at(2_002));
    client.take_effects();
    client.on_message(ServerMessage::Removed { room: secret() }, at(2_003));
    assert_eq!((client.room().as_str(), titles(&client)), ("lobby", vec!["lobby".to_owned()]));
    assert_eq!((client.draft_text(), client.composing()), ("", None));
    let mut offered = excerpts(&client);
    offered.sort();
    assert_eq!(offered, ["half a thou", "unsent"]);
    let effects = client.take_effects();
    assert!(effects.contains(&Effect::DeleteReplica(secret())));
    assert!(effects.contains(&Effect::CloseNotifications { room: secret(), up_to: u64::MAX }));
    assert!(effects.contains(&Effect::ReplaceAddress(RoomName::default())));
    assert!(effects.contains(&Effect::RemoveSubmission(id(21))));
    assert_eq!(stored_rooms(&effects), [RoomName::default(), RoomName::default()]);
    client.set_visible(false, at(2_004));
    let of_secret = |effect: &Effect| matches!(effect, Effect::UpdateReplica(update) if update.header.room == secret());
    assert!(!client.take_effects().iter().any(of_secret), "nothing of it is stored again");
    client.use_draft(client.offered_drafts()[0].id);
    assert_eq!(client.composing(), None, "the message that it answered is in another room");
}

#[test]
fn the_lobby_replaces_the_last_room() {
    let mut client = Client::new(InitialState { room: secret(), rooms: vec![secret()], ..initial_state(Some("Mo")) });
    client.start(None, Zone::fixed(0), 10_000, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.take_effects();
    client.on_message(ServerMessage::Removed { room: secret() }, at(3));
    assert_eq!((client.room().as_str(), client.rooms().len()), ("lobby", 1));
    assert!(sent(&mut client).contains(&ClientMessage::Join(RoomAt { room: RoomName::default(), cursor: None })));
    client.on_message(ServerMessage::Removed { room: RoomName::default() }, at(4));
    assert_eq!(client.rooms().len(), 1);
}

#[test]
fn a_room_that_is_closed_to_the_reader_of_the_offline_document_is_erased_when_it_connects() {
    let initial = InitialState {
        room: secret(),
        as_of: Cursor::start(Epoch(String::new())),
        events: Vec::new(),
        ..initial_state(Some("Mo"))
    };
    let mut client = Client::new(initial);
    client.on_restoring_replicas(false);
    client.start(None, Zone::fixed(0), 10_000, at(0));
    let mut replica = replica_of("lobby", 1..=9);
    (replica.header.room, replica.header.title) = (secret(), "Plans".to_owned());
    client.restore_replica(replica);
    client.on_replicas_restored(true, at(0));
    assert_eq!((client.room_title(), client.unknown()), ("Plans", None));
    client.on_connected(at(1));
    client.on_message(welcome(Some("Mo")), at(2));
    client.take_effects();
    client.on_message(refused(&secret()), at(3));
    assert!(client.take_effects().contains(&Effect::DeleteReplica(secret())));
    assert_eq!((titles(&client), client.uses_replica_of(&secret())), (vec!["lobby".to_owned()], false));
}

#[test]
fn a_public_room_that_is_gone_is_erased_and_one_that_never_was_says_so() {
    let mut client = online(Some("Mo"));
    client.show_room(&room("art"));
    client.on_message(refused(&room("art")), at(4));
    assert_eq!((client.room().as_str(), client.unknown()), ("art", Some(Some(ErrorCode::NoSuchRoom))));
    client.on_message(snapshot_of("art", 3), at(5));
    client.on_message(refused(&room("art")), at(6));
    assert_eq!(client.room().as_str(), "lobby");
}

#[test]
fn texts_of_a_room_that_was_closed_while_the_page_was_gone_are_offered() {
    let mut client = online(Some("Mo"));
    client.take_effects();
    assert!(!client.uses_replica_of(&secret()));
    let operation = Operation::Post { body: Body::parse("unsent").unwrap(), mentions: None, reply_to: None };
    let submission = Submission { client_id: id(21), author: author("me"), operation, at: 4_000 };
    client.adopt_submissions(vec![StoredSubmission { room: secret(), submission }], at(5));
    let text = "half a thou".to_owned();
    client.adopt_drafts(
        vec![StoredDraft { room: secret(), composing: None, text, at: 9, offered: false }],
        Origin::ClosedTab,
    );
    assert_eq!((titles(&client), client.draft_text()), (vec!["lobby".to_owned()], ""));
    assert_eq!(excerpts(&client), ["unsent", "half a thou"]);
    let effects = client.take_effects();
    assert!(effects.contains(&Effect::RemoveSubmission(id(21))) && messages(&effects).is_empty());
}

#[test]
fn messages_of_another_session_are_sent_only_on_request() {
    let mut client = online(Some("Mo"));
    client.on_message(mine(4, id(4), "mine"), at(3));
    client.on_disconnected(CloseCode::ABNORMAL, at(4));
    client.post("hello", id(21), at(5)).unwrap();
    client.tick(at(2_000));
    client.on_connected(at(2_001));
    let mut welcome = welcome(Some("Mo"));
    if let ServerMessage::Welcome { session, .. } = &mut welcome {
        *session = AuthorId("other".into());
    }
    client.on_message(welcome, at(2_002));
    assert_eq!(posts(&sent(&mut client)), [], "the server cannot tell whether it has the message");
    assert!(!client.viewer().wrote(&message(&client, 4)));
    client.retry_submission(&id(21), at(2_003));
    assert_eq!(posts(&sent(&mut client)), [(RoomName::default(), id(21))]);
}

#[test]
fn a_refusal_of_the_room_is_final() {
    for code in [ErrorCode::NoSuchRoom, ErrorCode::RoomArchived, ErrorCode::OwnersOnly] {
        let mut client = online(Some("Mo"));
        client.post("hello", id(21), at(4)).unwrap();
        let error = Refusal::from(code);
        client.on_message(ServerMessage::Nack { room: RoomName::default(), client_id: id(21), error }, at(5));
        assert_eq!(client.outbox().entries()[0].state, SendState::Refused(code));
        assert_ne!(ENGLISH.explain(code), ENGLISH.refused());
    }
}

/// What a browser stores: the room and text of each draft and submission.
#[derive(Default)]
struct Stored(BTreeMap<String, (RoomName, String)>);

impl Stored {
    fn apply(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::StoreSubmission(StoredSubmission { room, submission }) => {
                    let text = submission.operation.text().unwrap().to_owned();
                    self.0.insert(submission.client_id.as_str().to_owned(), (room, text));
                }
                Effect::RemoveSubmission(client_id) => drop(self.0.remove(client_id.as_str())),
                Effect::Draft(DraftEffect::Store { id, draft }) => {
                    self.0.insert(id.to_string(), (draft.room, draft.text));
                }
                Effect::Draft(DraftEffect::Remove { id, .. }) => drop(self.0.remove(&id.to_string())),
                _ => {}
            }
        }
    }
}

proptest! {
    #[test]
    fn no_unsent_text_is_lost_when_rooms_are_moved_and_removed(acts in vec(0..8, 0..40)) {
        let (mut client, mut stored, mut texts) = (online(Some("Mo")), Stored::default(), BTreeSet::new());
        for (number, act) in (1..).zip(acts) {
            let now = at(number);
            match act {
                0 => client.show_room(&RoomName::default()),
                1 => client.show_room(&room("art")),
                2 => client.on_message(snapshot_of("art", 3), now),
                3 | 4 => {
                    let (shown, text) = (client.room().clone(), format!("text {number}"));
                    texts.remove(client.draft_text());
                    client.update_draft(&shown, client.draft(), &text, now);
                    texts.insert(text);
                }
                5 => {
                    let text = client.draft_text().to_owned();
                    let _ = client.post(&text, id(number.into()), now);
                }
                6 => client.on_message(moved("art"), now),
                _ => client.on_message(ServerMessage::Removed { room: secret() }, now),
            }
            stored.apply(client.take_effects());
            let kept: BTreeSet<_> = stored.0.values().map(|(_, text)| text.clone()).collect();
            prop_assert_eq!(&kept, &texts);
            let rooms: Vec<_> = client.rooms().into_iter().map(|item| item.name).collect();
            prop_assert!(rooms.contains(client.room()));
            prop_assert!(stored.0.values().all(|(room, _)| rooms.contains(room)), "{:?} {:?}", stored.0, rooms);
        }
    }
}
