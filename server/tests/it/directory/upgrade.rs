//! The upgrade of a database from before there were accounts. The id of an author was the hash of a secret then, which
//! all devices of a person shared.

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;
use parlor::RoomName;
use parlor_server::access::{RoomKind, RoomRole, ServerPolicy};
use parlor_server::engine::{
    Deliveries, Directory as _, EmbeddedEngine, EventLog as _, InvitationScope, LogHistory as _, NameDirectory as _,
    RoomChange, SecretLookup, ServerDirectory as _, SimilarRoom,
};
use rusqlite::Connection;

use super::records::{account, author, message, permit_of, policy, private_room, room, secret, session};
use crate::support::engine::{TempDir, ana, append, open, permit, unix_millis};

/// The people at browsers, each with the name that they had last. `None` for those who never had one.
const PEOPLE: [(&str, Option<&str>); 9] = [
    ("ana-id", Some("Ana Maria")),
    ("bo-id", Some("Bo")),
    ("cy-id", Some("Cy")),
    ("dee-id", Some("Dee")),
    ("eve-id", Some("Eve")),
    ("finn-id", None),
    ("gus-id", None),
    ("hal-id", Some("Hal")),
    ("ida-id", Some("Ida")),
];

const PLAIN: [&str; 2] = ["plain-1", "plain-2"];

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

struct Upgraded {
    engine: EmbeddedEngine,
    _deliveries: Deliveries,
    temp_dir: TempDir,
}

/// Opens a database of schema version 6.
fn upgrade() -> Upgraded {
    let temp_dir = TempDir::new();
    let old = Connection::open(temp_dir.0.join("parlor.db")).unwrap();
    old.execute_batch(include_str!("../../fixtures/schema-6.sql")).unwrap();
    drop(old);
    let (engine, deliveries) = open(&temp_dir.0);
    Upgraded { engine, _deliveries: deliveries, temp_dir }
}

#[tokio::test]
async fn people_at_browsers_have_accounts_whose_old_secret_is_valid_for_90_days_and_plain_clients_have_none() {
    let before = unix_millis();
    let Upgraded { engine, .. } = &upgrade();
    for (id, _) in PEOPLE {
        let (sessions, old_secret_until) = engine.sessions(&account(id)).await.unwrap();
        assert_eq!(sessions, []);
        let until = old_secret_until.unwrap_or_else(|| panic!("{id} has no old secret"));
        assert!((before + 90 * DAY_MS..=unix_millis() + 90 * DAY_MS).contains(&until), "{id} {until}");
        let found = engine.look_up_secret(secret("new"), account(id)).await.unwrap();
        assert_eq!(found, SecretLookup::AccountOnly, "{id}");
    }
    for id in PLAIN {
        assert_eq!(engine.sessions(&account(id)).await.unwrap(), (vec![], None), "{id}");
        let found = engine.look_up_secret(secret("new"), account(id)).await.unwrap();
        assert_eq!(found, SecretLookup::Unknown, "{id}");
        assert_eq!(engine.add_session_by_old_secret(session(id, id)).await, Ok(false), "{id}");
    }
}

#[tokio::test]
async fn names_are_still_held_and_every_account_has_its_last_name() {
    let Upgraded { engine, .. } = &upgrade();
    let holders: HashSet<_> = engine.holders().await.unwrap().into_iter().collect();
    assert_eq!(holders, HashSet::from([author("ana-id", "Ana Maria"), author("hal-id", "Hal")]));
    engine.create_room(private_room(7, "All", "ana-id")).await.unwrap();
    let name = RoomName::private(7);
    for (id, _) in &PEOPLE[1..] {
        engine.change_room(&name, RoomChange::Role(account(id), Some(RoomRole::Member))).await.unwrap();
    }
    let members = engine.room_members(&permit_of(engine, &name, &account("ana-id")).await).await.unwrap();
    let names: HashMap<_, _> = members.iter().map(|member| (member.account.as_str(), member.name.as_str())).collect();
    for (id, name) in PEOPLE {
        assert_eq!(names[id], name.unwrap_or_default(), "{id}");
    }
}

#[tokio::test]
async fn rooms_belong_to_those_who_began_them_at_a_browser_except_the_lobby() {
    let Upgraded { engine, .. } = &upgrade();
    for (name, owner) in [
        ("lobby", None),
        ("kitchen", Some("ana-id")),
        ("fish", Some("bo-id")),
        ("ﬁsh", Some("cy-id")),
        ("garden", None),
    ] {
        let upgraded = policy(engine, &room(name)).await;
        let roles = owner.map(|id| (account(id), RoomRole::Owner)).into_iter().collect();
        assert_eq!(upgraded.roles, roles, "{name}");
        assert_eq!((upgraded.kind, upgraded.archived, upgraded.announcements_only), (RoomKind::Open, false, false));
    }
    assert_eq!(engine.open_rooms(9).await.unwrap().len(), 5);
}

#[tokio::test]
async fn similar_rooms_both_keep_their_names_and_no_third_one_gets_such_a_name() {
    let Upgraded { engine, .. } = &upgrade();
    for (name, other) in [("fish", "ﬁsh"), ("ﬁsh", "fish")] {
        let similar = SimilarRoom { room: room(other), same_name: true };
        assert_eq!(engine.similar_room(&room(name)).await, Ok(Some(similar)));
        assert_eq!(append(engine, message(&room(name), &ana(), "new")).await.unwrap().seq, 2, "{name}");
    }
    let third = engine.similar_room(&room("fi\u{17f}h")).await.unwrap().unwrap();
    assert!(third.same_name, "{third:?}");
    assert!(append(engine, message(&room("fi\u{17f}h"), &ana(), "new")).await.is_err());
}

#[tokio::test]
async fn logs_receipts_joined_rooms_and_read_markers_are_kept() {
    let Upgraded { engine, .. } = &upgrade();
    for (name, seq) in [("lobby", 6), ("kitchen", 3), ("fish", 1), ("ﬁsh", 1), ("garden", 2)] {
        assert_eq!(engine.first_break(&room(name)).await, Ok(None), "{name}");
        let end = engine.log_end(&permit(&room(name))).await.unwrap().unwrap();
        assert_eq!((end.seq, end.epoch.0.starts_with("old-")), (seq, true), "{name}");
    }
    assert_eq!(engine.topic(&permit(&room("kitchen"))).await.unwrap(), "Tea");
    assert_eq!(append(engine, message(&room("kitchen"), &ana(), "m2")).await.unwrap().seq, 1, "it is a retry");
    assert_eq!(append(engine, message(&room("nowhere"), &author("gus-id", "Gus"), "u1")).await.unwrap().seq, 0);
    let joined = engine.joined_rooms(&account("ana-id")).await.unwrap();
    assert_eq!(joined, [(room("kitchen"), String::new()), (room("lobby"), String::new())]);
    let people = engine.joined_people(&permit(&room("lobby"))).await.unwrap();
    assert_eq!(people, [author("ana-id", "Ana Maria"), author("dee-id", "Dee")]);
    for (id, name, seq) in [("ana-id", "lobby", 4), ("bo-id", "lobby", 2), ("finn-id", "kitchen", 1)] {
        assert_eq!(engine.read_up_to(&account(id), &room(name)).await, Ok(Some(seq)), "{id} in {name}");
    }
}

#[tokio::test]
async fn an_old_secret_gives_each_device_a_session_until_all_sessions_are_ended() {
    let Upgraded { engine, .. } = &upgrade();
    let texts: Vec<_> = (0..8).map(|number| format!("device {number}")).collect();
    let at_once = texts[..6].iter().map(|text| engine.add_session_by_old_secret(session("ana-id", text)));
    assert!(join_all(at_once).await.iter().all(|added| *added == Ok(true)));
    for text in &texts[6..] {
        assert_eq!(engine.add_session_by_old_secret(session("ana-id", text)).await, Ok(true));
    }
    let (sessions, old_secret_until) = engine.sessions(&account("ana-id")).await.unwrap();
    assert_eq!(sessions.len(), texts.len());
    assert!(old_secret_until.unwrap() > unix_millis());
    for text in &texts {
        let found = engine.look_up_secret(secret(text), account("visitor")).await.unwrap();
        assert!(matches!(found, SecretLookup::Session(record) if record.account == account("ana-id")), "{text}");
    }
    engine.end_session(&account("ana-id"), sessions[0].id).await.unwrap();
    assert_eq!(engine.add_session_by_old_secret(session("ana-id", "again")).await, Ok(true), "one session has ended");

    engine.end_all_sessions(&account("ana-id")).await.unwrap();
    assert_eq!(engine.add_session_by_old_secret(session("ana-id", "late")).await, Ok(false));
    let (sessions, old_secret_until) = engine.sessions(&account("ana-id")).await.unwrap();
    assert_eq!(sessions, []);
    assert!(old_secret_until.is_none_or(|until| until < unix_millis()), "{old_secret_until:?}");
    assert_eq!(engine.add_session_by_old_secret(session("bo-id", "bo's")).await, Ok(true), "others keep theirs");
}

#[tokio::test]
async fn an_upgraded_server_is_open_and_has_no_owner() {
    let Upgraded { engine, .. } = &upgrade();
    assert_eq!(engine.server_policy().await, Ok(ServerPolicy::default()));
    assert_eq!(engine.server_roles().await, Ok(vec![]));
    assert_eq!(engine.people_without_role().await, Ok(PEOPLE.iter().filter(|(_, name)| name.is_some()).count()));
}

#[tokio::test]
async fn an_invitation_from_before_there_were_some_to_the_server_is_still_one_to_its_room() {
    let Upgraded { engine, temp_dir, .. } = upgrade();
    engine.create_room(private_room(7, "All", "ana-id")).await.unwrap();
    engine.close().await;
    drop(engine);
    // Undo the last migration: then the database has schema version 7.
    let database = Connection::open(temp_dir.0.join("parlor.db")).unwrap();
    let sql = "DROP TABLE invitations; DROP TABLE server_policy; DROP TABLE recovery_codes; DROP TABLE bot_tokens;
        DROP TABLE bot_token_rooms; DROP TABLE audit_log; DROP INDEX accounts_by_role;
        ALTER TABLE accounts DROP COLUMN role;
        CREATE TABLE invitations (
            id INTEGER PRIMARY KEY AUTOINCREMENT, code BLOB NOT NULL UNIQUE, room INTEGER NOT NULL,
            author TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, uses_left INTEGER,
            used INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX invitations_by_room ON invitations (room);
        PRAGMA user_version = 7;";
    database.execute_batch(sql).unwrap();
    let sql = "INSERT INTO invitations (code, room, author, created, expires, uses_left, used)
        SELECT ?1, id, 'ana-id', 1, ?2, 3, 4 FROM rooms WHERE name = ?3";
    let (name, expires) = (RoomName::private(7), unix_millis() + DAY_MS);
    database.execute(sql, (secret("code").0, expires, name.as_str())).unwrap();
    drop(database);
    let (engine, _deliveries) = open(&temp_dir.0);
    let listed = engine.invitations(InvitationScope::Room(name.clone())).await.unwrap();
    assert_eq!((listed[0].uses_left, listed[0].used, listed[0].note.as_str()), (Some(3), 4, ""));
    let offer = engine.accept_invitation(secret("code"), &account("bo-id")).await.unwrap().unwrap();
    assert_eq!(offer.room, Some((name, "All".to_owned())));
}

#[tokio::test]
async fn an_old_secret_ends_by_itself() {
    let Upgraded { engine, temp_dir, .. } = upgrade();
    assert_eq!(engine.add_session_by_old_secret(session("ana-id", "in time")).await, Ok(true));
    engine.close().await;
    drop(engine);
    let database = Connection::open(temp_dir.0.join("parlor.db")).unwrap();
    let sql = "UPDATE accounts SET old_secret_until = old_secret_until - ?1";
    database.execute(sql, [90 * DAY_MS]).unwrap();
    drop(database);
    let (engine, _deliveries) = open(&temp_dir.0);
    assert_eq!(engine.add_session_by_old_secret(session("ana-id", "late")).await, Ok(false));
    let sessions = engine.sessions(&account("ana-id")).await.unwrap().0;
    assert_eq!(sessions.len(), 1, "a session that it gave stays: {sessions:?}");
}
