//! Bot tokens, and the rooms that they are for.

use parlor::{RoomName, limits};
use parlor_server::access::{RoomKind, RoomRole, ServerRole};
use parlor_server::engine::{Directory, EngineError, NewBotToken, Right, RoomChange};

use super::records::{account, public_room, room, secret};
use super::server_settings::store_people;

fn token(text: &str, rooms: &[RoomName], by: Option<&str>) -> NewBotToken {
    NewBotToken {
        secret: secret(text),
        account: account(&format!("bot {text}")),
        name: format!("Bot {text}"),
        rooms: rooms.to_vec(),
        by: by.map(account),
    }
}

/// The names of the tokens for a room, or of all.
async fn names(directory: &dyn Directory, room: Option<&RoomName>) -> Vec<String> {
    directory.bot_tokens(room).await.unwrap().into_iter().map(|token| token.name).collect()
}

pub(super) async fn a_bot_token_is_found_by_its_secret_with_its_rooms(directory: &dyn Directory) {
    store_people(directory, &["Ana"]).await;
    let rooms = [room("alerts"), RoomName::private(7)];
    directory.add_bot_token(token("one", &rooms, Some("ana"))).await.unwrap();
    directory.add_bot_token(token("two", &rooms[..1], None)).await.unwrap();
    let found = directory.bot_token(secret("one")).await.unwrap().unwrap();
    assert_eq!((found.account, found.rooms), (account("bot one"), rooms.to_vec()));
    assert_eq!((found.maker.as_deref(), found.last_used), (Some("Ana"), None));
    directory.mark_bot_token_used(found.id).await.unwrap();
    assert!(directory.bot_token(secret("one")).await.unwrap().unwrap().last_used.is_some());
    assert_eq!(directory.bot_token(secret("two")).await.unwrap().unwrap().maker, None, "of the command line");
    assert_eq!(directory.bot_token(secret("unknown")).await, Ok(None));
    assert_eq!(names(directory, None).await, ["Bot two", "Bot one"]);
    assert_eq!(names(directory, Some(&rooms[1])).await, ["Bot one"]);
    assert!(names(directory, Some(&room("other"))).await.is_empty());
}

pub(super) async fn a_token_is_revoked_for_one_room_or_for_all(directory: &dyn Directory) {
    store_people(directory, &["Ana"]).await;
    let (alerts, lobby) = (room("alerts"), room("lobby"));
    directory.add_bot_token(token("one", &[alerts.clone(), lobby.clone()], None)).await.unwrap();
    let id = directory.bot_tokens(None).await.unwrap()[0].id;
    let revoke = async |room| directory.revoke_bot_token(id, room, &account("ana")).await.unwrap();
    let other = room("other");
    assert_eq!(revoke(Some(&other)).await, None, "it is not for that room");
    assert_eq!(revoke(Some(&alerts)).await, Some(secret("one")));
    assert_eq!(directory.bot_token(secret("one")).await.unwrap().unwrap().rooms, std::slice::from_ref(&lobby));
    assert_eq!(revoke(Some(&alerts)).await, None);
    assert_eq!(revoke(Some(&lobby)).await, Some(secret("one")), "without a room it ends");
    assert_eq!(directory.bot_token(secret("one")).await, Ok(None));
    let ended: Vec<_> = directory.ended_rights(0).await.unwrap().into_iter().map(|ended| ended.right).collect();
    assert_eq!(ended.iter().filter(|right| **right == Right::BotToken(secret("one"))).count(), 2);

    directory.add_bot_token(token("two", &[alerts, lobby], None)).await.unwrap();
    let id = directory.bot_tokens(None).await.unwrap()[0].id;
    let revoked = directory.revoke_bot_token(id, None, &account("ana")).await;
    assert_eq!(revoked, Ok(Some(secret("two"))));
    assert_eq!(directory.bot_tokens(None).await, Ok(vec![]));
}

pub(super) async fn a_token_is_not_for_a_room_that_has_another_name_or_was_deleted(directory: &dyn Directory) {
    for name in ["kitchen", "attic"] {
        directory.create_room(public_room(name, RoomKind::Open, "ana")).await.unwrap();
    }
    let rooms = [room("kitchen"), room("attic"), room("lobby")];
    directory.add_bot_token(token("one", &rooms, None)).await.unwrap();
    let (to, title) = (RoomName::private(7), "Kitchen".to_owned());
    let change = RoomChange::Rename { to, kind: RoomKind::Private, title, members: vec![] };
    directory.change_room(&room("kitchen"), change).await.unwrap();
    directory.delete_room(&room("attic")).await.unwrap();
    assert_eq!(directory.bot_token(secret("one")).await.unwrap().unwrap().rooms, [room("lobby")]);
    let ended: Vec<_> = directory.ended_rights(0).await.unwrap().into_iter().map(|ended| ended.right).collect();
    assert_eq!(ended.iter().filter(|right| **right == Right::BotToken(secret("one"))).count(), 2);
}

pub(super) async fn there_is_a_limit_for_bot_tokens(directory: &dyn Directory) {
    let add = async |text: &str, by: Option<&str>| directory.add_bot_token(token(text, &[room("lobby")], by)).await;
    for number in 0..limits::BOT_TOKENS {
        let maker = format!("maker {}", number / limits::BOT_TOKENS_PER_PERSON);
        add(&number.to_string(), Some(&maker)).await.unwrap();
        if number + 1 == limits::BOT_TOKENS_PER_PERSON {
            assert_eq!(add("one more of one person", Some(&maker)).await, Err(EngineError::TooManyBotTokens));
        }
    }
    assert_eq!(add("more", Some("another")).await, Err(EngineError::TooManyBotTokens));
    assert_eq!(directory.bot_token(secret("more")).await, Ok(None));
    assert_eq!(add("of the host", None).await, Ok(()), "the host can always make one");
}

pub(super) async fn a_token_ends_where_its_maker_may_not_make_it_any_more(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo"]).await;
    directory.set_server_role(&account("bo"), Some(ServerRole::Owner), &account("ana")).await.unwrap();
    directory.create_room(public_room("kitchen", RoomKind::Open, "bo")).await.unwrap();
    directory.create_room(public_room("garden", RoomKind::Open, "ana")).await.unwrap();
    let [kitchen, garden] = [room("kitchen"), room("garden")];
    let both = [garden.clone(), kitchen.clone()];
    directory.add_bot_token(token("of bo", &both, Some("bo"))).await.unwrap();
    directory.add_bot_token(token("of the host", &both, None)).await.unwrap();
    let rooms = async |text| directory.bot_token(secret(text)).await.unwrap().map(|token| token.rooms);
    directory.set_server_role(&account("bo"), Some(ServerRole::Member), &account("ana")).await.unwrap();
    assert_eq!(rooms("of bo").await, Some(vec![kitchen.clone()]), "bo still owns the kitchen");
    directory.change_room(&kitchen, RoomChange::Role(account("ana"), Some(RoomRole::Owner))).await.unwrap();
    directory.change_room(&kitchen, RoomChange::Role(account("bo"), None)).await.unwrap();
    assert_eq!(rooms("of bo").await, None);
    assert_eq!(rooms("of the host").await, Some(both.to_vec()));
    let ended: Vec<_> = directory.ended_rights(0).await.unwrap().into_iter().map(|ended| ended.right).collect();
    assert_eq!(ended.iter().filter(|right| **right == Right::BotToken(secret("of bo"))).count(), 2);
}
