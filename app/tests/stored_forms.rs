//! What the pages of earlier builds have stored in browsers is read for good.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use parlor::{ClientId, Event, EventKind, Quote, message::MessageRef};
use parlor_app::{
    state::drafts::{Composing, StoredDraft},
    unsent_store::{ItemStore, MemoryItems, UnsentStore},
    wire,
};

/// Without versions, client ids of targets and mentions; one draft per room for all tabs.
const COMMIT_1728C87: &str = include_str!("stored_forms/1728c87.tsv");
/// The last form without versions.
const COMMIT_E2D7357: &str = include_str!("stored_forms/e2d7357.tsv");

fn stored_by(form: &str) -> MemoryItems {
    let items = MemoryItems::new();
    for line in form.lines().filter(|line| !line.starts_with('#')) {
        let (key, value) = line.split_once('\t').unwrap();
        items.set(key, value);
    }
    items
}

/// The requests that the stored submissions become, without type, room and client id.
fn requests(items: &MemoryItems) -> Vec<serde_json::Value> {
    let adopted = UnsentStore::new("new".to_owned()).adopt_submissions(items, "tab");
    let mut requests = Vec::new();
    for (number, entry) in (0x101..).zip(adopted) {
        assert_eq!(entry.submission.client_id, ClientId::from_random(number));
        assert_eq!((entry.submission.author.id.as_str(), entry.submission.author.name.as_str()), ("me", "Mo"));
        assert_eq!(entry.submission.at, 5_002 + (number as u64 - 0x101));
        let text = wire::client_message_text(&entry.submission.request(entry.room.clone()));
        let mut request: serde_json::Value = serde_json::from_str(&text).unwrap();
        let fields = request.as_object_mut().unwrap();
        assert_eq!(fields.remove("room").unwrap(), "lobby");
        fields.remove("client_id");
        requests.push(request);
    }
    requests
}

fn client_id(number: u128) -> String {
    ClientId::from_random(number).as_str().to_owned()
}

#[test]
fn submissions_without_client_ids_of_their_targets_are_sent() {
    let items = stored_by(COMMIT_1728C87);
    assert_eq!(
        requests(&items),
        [
            serde_json::json!({ "type": "post", "body": "hello **all** @ana 👍\n\"second\" line\\" }),
            serde_json::json!({ "type": "post", "body": "indeed", "reply_to": 2 }),
            serde_json::json!({ "type": "edit", "target": 4, "body": "first, @edited" }),
            serde_json::json!({ "type": "react", "target": 3, "emoji": "🎉", "on": true }),
            serde_json::json!({ "type": "react", "target": 2, "emoji": "👍", "on": true }),
            serde_json::json!({ "type": "react", "target": 2, "emoji": "👍", "on": false }),
            serde_json::json!({ "type": "topic", "topic": "Plans" }),
            serde_json::json!({ "type": "delete", "target": 4 }),
        ]
    );
}

#[test]
fn submissions_without_a_version_are_sent() {
    let items = stored_by(COMMIT_E2D7357);
    let (two, three, four) = (client_id(2), client_id(3), client_id(4));
    assert_eq!(
        requests(&items),
        [
            serde_json::json!({ "type": "post", "body": "hello **all** @ana 👍\n\"second\" line\\" }),
            serde_json::json!({ "type": "post", "body": "indeed", "reply_to": 2, "reply_to_client_id": two }),
            serde_json::json!({ "type": "edit", "target": 4, "target_client_id": four, "body": "first, @edited" }),
            serde_json::json!({ "type": "react", "target": 3, "target_client_id": three, "emoji": "🎉", "on": true }),
            serde_json::json!({ "type": "react", "target": 2, "target_client_id": two, "emoji": "👍", "on": true }),
            serde_json::json!({ "type": "react", "target": 2, "target_client_id": two, "emoji": "👍", "on": false }),
            serde_json::json!({ "type": "topic", "topic": "Plans" }),
            serde_json::json!({ "type": "delete", "target": 4, "target_client_id": four }),
        ]
    );
}

#[test]
fn adopted_submissions_are_stored_with_the_current_version() {
    for form in [COMMIT_1728C87, COMMIT_E2D7357] {
        let items = stored_by(form);
        UnsentStore::new("new".to_owned()).adopt_submissions(&items, "tab");
        let adopted: Vec<_> = items.keys().into_iter().filter(|key| key.starts_with("outbox/")).collect();
        assert_eq!(adopted.len(), 8);
        for key in adopted {
            assert!(key.starts_with("outbox/new/"), "{key}");
            assert!(items.get(&key).unwrap().contains("\"version\":2"), "{key}");
        }
    }
}

#[test]
fn a_submission_of_a_newer_version_is_neither_read_nor_removed() {
    let items = MemoryItems::default();
    let key = format!("outbox/tab/{}", client_id(1));
    let newer = r#"{"version":3,"room":"lobby","client_id":"00000000000000000000000000000001","author":{"id":"me","name":"Mo"},"at":1,"body":"hello"}"#;
    items.set(&key, newer);
    assert_eq!(UnsentStore::new("new".to_owned()).adopt_submissions(&items, "tab"), []);
    assert_eq!(items.get(&key).as_deref(), Some(newer));
}

fn drafts(form: &str, tab: &str) -> Vec<StoredDraft> {
    UnsentStore::drafts_of(&stored_by(form), tab).into_iter().map(|(_, draft)| draft).collect()
}

#[test]
fn the_draft_that_a_room_had_for_all_tabs_belongs_to_the_tab_with_the_empty_id() {
    let draft = StoredDraft {
        room: parlor::RoomName::default(),
        composing: None,
        text: "half a \"thou\"".to_owned(),
        at: 0,
        offered: false,
    };
    assert_eq!(drafts(COMMIT_1728C87, ""), [draft]);
}

#[test]
fn drafts_without_a_version_keep_what_they_are_for() {
    let drafts = drafts(COMMIT_E2D7357, "tab");
    let [reply, edit] = &drafts[..] else { panic!("{drafts:?}") };
    assert_eq!((&*reply.text, reply.at), ("because", 10_021));
    let Some(Composing::Reply(Quote { seq: 3, excerpt: Some(excerpt), client_id: Some(target), .. })) =
        &reply.composing
    else {
        panic!("{reply:?}")
    };
    assert_eq!((&**excerpt, target), ("message 3", &ClientId::from_random(3)));
    assert_eq!((&*edit.text, edit.at), ("first, longer", 10_022));
    let Some(Composing::Edit { target, text }) = &edit.composing else { panic!("{edit:?}") };
    assert_eq!(target, &MessageRef { seq: 4, client_id: Some(ClientId::from_random(4)) });
    assert_eq!(text.as_str(), "first, @edited");
}

#[test]
fn replicas_of_older_builds_are_read() {
    for form in [COMMIT_1728C87, COMMIT_E2D7357] {
        let items = stored_by(form);
        let header = wire::replica_header(&items.get("replica/lobby").unwrap()).unwrap();
        assert_eq!((header.as_of.seq, header.first, header.has_older, header.read), (9, 3, true, 8));
        assert_eq!((header.room.as_str(), &*header.topic, &*header.as_of.epoch.0), ("lobby", "tea", "e"));
        let message =
            |seq: u64| -> Event { wire::posted(&items.get(&format!("replica/lobby/{seq}")).unwrap()).unwrap() };
        let EventKind::Posted { body: Some(body), reactions, .. } = message(2).kind else { panic!() };
        assert_eq!(
            (body.as_str(), reactions[0].count, &*reactions[0].people[0].name.to_string()),
            ("message 2", 1, "Zoë")
        );
        let EventKind::Posted { body: None, edited_at: Some(4_000), .. } = message(4).kind else { panic!() };
    }
}
