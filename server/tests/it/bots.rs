//! Bot tokens: what a client with one may do, and what ends it.

use parlor::message::RoomAt;
use parlor::{ClientId, ClientMessage, ErrorCode, RoomName, ServerMessage};
use tokio_tungstenite::tungstenite;

use crate::support::client_host::ClientHost;
use crate::support::visitor::{Visitor, text_after};
use crate::support::{PlainClient, RichClient, Server, refused_upgrade};

fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

async fn plain(server: &Server, query: &str, token: &str) -> Result<PlainClient, tungstenite::Error> {
    let authorization = format!("Bearer {token}");
    let (socket, _) = ClientHost::new(server, 1).upgrade(query, &[("Authorization", &authorization)]).await?;
    Ok(PlainClient { socket, name: String::new() })
}

/// A rich connection with a token in its query.
async fn rich(server: &Server, token: &str, rooms: &[RoomName]) -> RichClient {
    let headers = [("Sec-WebSocket-Protocol", "parlor.v1")];
    let (socket, _) = ClientHost::new(server, 1).upgrade(&format!("?token={token}"), &headers).await.unwrap();
    let mut client = RichClient { socket, token: String::new(), session: String::new() };
    let rooms = rooms.iter().map(|room| RoomAt { room: room.clone(), cursor: None }).collect();
    client.send(&ClientMessage::Hello { token: None, rooms }).await;
    let ServerMessage::Welcome { session, token, .. } = client.next().await else { panic!("no welcome") };
    assert_eq!(token, None, "a bot gets no session");
    client.session = session.as_str().to_owned();
    client
}

/// A closed server with a private room and a token for it, made by the owner of both.
async fn closed_server(server: &Server) -> (Visitor<'_>, RoomName, String) {
    let mut owner = Visitor::owner(server, "ana").await;
    owner.close_server("invited").await;
    let created = owner.submit("/rooms/new", "kind=private&name=Alerts").await;
    let path = created.header("location").unwrap().to_owned();
    let page = owner.submit(&format!("{path}/settings"), "do=token&name=deployments").await.text();
    let token = format!("bot_{}", text_after(&page, "bot_"));
    (owner, room(&path.replace("/p/", "~")), token)
}

#[tokio::test]
async fn a_plain_bot_enters_a_private_room_of_a_closed_server_with_its_name_as_first_frame() {
    let server = Server::start().await;
    let (mut owner, private, token) = closed_server(&server).await;
    let query = format!("?room={private}");
    let mut bot = plain(&server, &query, &token).await.unwrap();
    bot.send("deployer").await;
    bot.expect_message("deployer", "deployer has joined the chat").await;
    bot.send("version 7 is live").await;
    bot.expect_message("deployer", "version 7 is live").await;
    assert!(owner.get(&private.path()).await.contains("version 7 is live"));
    // In the query it is the same.
    let host = ClientHost::new(&server, 1);
    assert!(host.upgrade(&format!("{query}&token={token}"), &[]).await.is_ok());
}

#[tokio::test]
async fn a_rich_bot_posts_and_owns_its_messages_over_connections_and_no_room() {
    let server = Server::start().await;
    let (_, private, token) = closed_server(&server).await;
    let mut bot = rich(&server, &token, std::slice::from_ref(&private)).await;
    bot.claim_name("deployer").await;
    bot.post_in(private.clone(), "1", "version 7").await;
    let seq = bot.expect_ack("1").await;
    let account = bot.session.clone();
    let mut again = rich(&server, &token, std::slice::from_ref(&private)).await;
    assert_eq!(again.session, account);
    let (room, client_id) = (private.clone(), ClientId::parse("2").unwrap());
    again.send(&ClientMessage::Edit { room, client_id, target: seq.into(), body: "version 8".to_owned() }).await;
    again.expect_ack("2").await;

    let new = room_of_bot(&server).await;
    let host = ClientHost::new(&server, 1).get(&format!("/r/{new}/settings")).await;
    assert!(host.contains("has no owner"), "{}", host.text());
}

/// Lets a rich bot begin a room, and returns its name.
async fn room_of_bot(server: &Server) -> RoomName {
    let mut owner = Visitor::owner(server, "zoe").await;
    owner.close_server("open").await;
    let token = server.bot_token(&[room("feed")]);
    let mut bot = rich(server, &token, &[room("feed")]).await;
    bot.claim_name("feeder").await;
    bot.post_in(room("feed"), "1", "first").await;
    bot.expect_ack("1").await;
    room("feed")
}

#[tokio::test]
async fn a_bot_finds_only_the_rooms_of_its_token() {
    let server = Server::start().await;
    let (mut owner, private, token) = closed_server(&server).await;
    owner.submit("/rooms/new", "kind=open&name=kitchen").await;
    for query in ["", "?room=kitchen", "?room=nothing"] {
        assert_eq!(refused_upgrade(plain(&server, query, &token).await.map(|bot| bot.name)), 404, "{query}");
    }
    let mut bot = rich(&server, &token, &[private.clone(), room("kitchen")]).await;
    let refused = bot.next_matching(|message| match message {
        ServerMessage::Refused { room, error, .. } => Some((room.unwrap(), error.code)),
        _ => None,
    });
    assert_eq!(refused.await, (room("kitchen"), ErrorCode::NoSuchRoom));
    bot.send(&ClientMessage::Rooms).await;
    let listed = bot.next_matching(|message| match message {
        ServerMessage::Rooms { rooms } => {
            Some(rooms.into_iter().map(|room| (room.room, room.title)).collect::<Vec<_>>())
        }
        _ => None,
    });
    assert_eq!(listed.await, [(private, "Alerts".to_owned())]);
}

#[tokio::test]
async fn a_bot_has_no_administrative_rights() {
    let server = Server::start().await;
    let (mut owner, private, token) = closed_server(&server).await;
    let mut bot = rich(&server, &token, std::slice::from_ref(&private)).await;
    bot.claim_name("deployer").await;
    let (room, client_id) = (private.clone(), ClientId::parse("topic").unwrap());
    bot.send(&ClientMessage::Topic { room, client_id, topic: "mine".to_owned() }).await;
    let code = bot
        .next_matching(|message| if let ServerMessage::Nack { error, .. } = message { Some(error.code) } else { None });
    assert_eq!(code.await, ErrorCode::OwnersOnly);
    // Nobody makes it a member by its name.
    let settings = format!("{}/settings", private.path());
    assert_eq!(owner.post(&settings, "do=add&name=deployer").await.status, 422);
    // Its token is no session, neither in a cookie nor in `hello`.
    let page = server.get(&private.path(), &format!("Cookie: parlor_session={token}\r\n")).await;
    assert_eq!(page.0, 403);
}

#[tokio::test]
async fn a_revoked_token_ends_its_connections_and_is_unknown() {
    let server = Server::start().await;
    let (mut owner, private, token) = closed_server(&server).await;
    let mut bots = [plain(&server, &format!("?room={private}"), &token).await.unwrap()];
    bots[0].send("plain bot").await;
    bots[0].expect_message("plain bot", "plain bot has joined the chat").await;
    let mut bot = rich(&server, &token, std::slice::from_ref(&private)).await;
    let settings = format!("{}/settings", private.path());
    let page = owner.get(&settings).await.text();
    let id = text_after(&page, "name=\"token\" value=\"");
    owner.submit(&settings, &format!("do=revoke_token&token={id}")).await;
    assert_eq!(bots[0].expect_close().await, 4500);
    assert_eq!(bot.expect_close().await, 4500);
    let refused = plain(&server, &format!("?room={private}"), &token).await.map(|bot| bot.name);
    assert_eq!(refused_upgrade(refused), 401);
}

#[tokio::test]
async fn session_secrets_and_unknown_tokens_are_refused() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let session = owner.token.clone();
    let token = server.bot_token(&[RoomName::default()]);
    for secret in [session.as_str(), "bot_unknown", "", &token[..token.len() - 1], &token.to_uppercase()] {
        assert_eq!(refused_upgrade(plain(&server, "", secret).await.map(|bot| bot.name)), 401, "{secret:?}");
        let query = format!("?token={secret}");
        let headers = [("Sec-WebSocket-Protocol", "parlor.v1")];
        let refused = ClientHost::new(&server, 1).upgrade(&query, &headers).await;
        assert_eq!(refused_upgrade(refused), 401, "{secret:?}");
    }
    let other = server.bot_token(&[RoomName::default()]);
    let refused = plain(&server, &format!("?token={other}"), &token).await.map(|bot| bot.name);
    assert_eq!(refused_upgrade(refused), 400, "two tokens");
    assert!(plain(&server, "", &token).await.is_ok());
    owner.close_server("invited").await;
    assert_eq!(refused_upgrade(ClientHost::new(&server, 1).upgrade("", &[]).await), 401);
    assert!(plain(&server, "", &token).await.is_ok(), "a token opens a closed server");
}

#[tokio::test]
async fn a_token_is_not_for_a_room_that_has_become_private() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    owner.submit("/rooms/new", "kind=open&name=kitchen").await;
    let token = server.bot_token(&[room("kitchen")]);
    let mut bot = plain(&server, "?room=kitchen", &token).await.unwrap();
    bot.send("bot").await;
    bot.expect_message("bot", "bot has joined the chat").await;
    let moved = owner.submit("/r/kitchen/settings", "do=private&title=Kitchen").await;
    let path = moved.header("location").unwrap().replace("/settings?saved", "");
    bot.expect_close().await;
    let id = path.replace("/p/", "~");
    for query in ["?room=kitchen".to_owned(), format!("?room={id}")] {
        assert_eq!(refused_upgrade(plain(&server, &query, &token).await.map(|bot| bot.name)), 401, "{query}");
    }
    assert!(!owner.get("/server/bots").await.contains("revoke_token"), "it was for no other room");
}

#[tokio::test]
async fn a_token_that_is_revoked_between_handshake_and_hello_enters_nothing() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let mut tokens = Vec::new();
    for rooms in [vec![room("kitchen")], vec![room("kitchen"), room("zebra")]] {
        tokens.push(server.bot_token(&rooms));
    }
    for name in ["kitchen", "zebra"] {
        owner.submit("/rooms/new", &format!("kind=open&name={name}")).await;
    }
    let mut waiting = Vec::new();
    for token in &tokens {
        let headers = [("Sec-WebSocket-Protocol", "parlor.v1")];
        let (socket, _) = ClientHost::new(&server, 1).upgrade(&format!("?token={token}"), &headers).await.unwrap();
        waiting.push(RichClient { socket, token: String::new(), session: String::new() });
    }
    // The second token stays valid, for the other room.
    for _ in &tokens {
        let page = owner.get("/r/kitchen/settings").await.text();
        let id = text_after(&page, "name=\"token\" value=\"");
        owner.submit("/r/kitchen/settings", &format!("do=revoke_token&token={id}")).await;
    }
    for mut client in waiting {
        let rooms = vec![RoomAt { room: room("kitchen"), cursor: None }];
        client.send(&ClientMessage::Hello { token: None, rooms }).await;
        assert_eq!(client.expect_close().await, 4500);
    }
}

#[tokio::test]
async fn a_bot_does_not_learn_that_another_room_has_a_similar_name() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    owner.submit("/rooms/new", "kind=unlisted&name=board").await;
    let token = server.bot_token(&[room("alerts")]);
    let similar = room("bоard");
    assert_ne!(similar, room("board"), "with a Cyrillic letter");
    let mut bot = rich(&server, &token, std::slice::from_ref(&similar)).await;
    let refused = bot.next_matching(|message| match message {
        ServerMessage::Refused { error, .. } => Some(error),
        _ => None,
    });
    let refused = refused.await;
    assert_eq!(refused.code, ErrorCode::NoSuchRoom);
    assert!(!refused.message.contains("board"), "{}", refused.message);
    assert_eq!(refused_upgrade(plain(&server, "?room=b%D0%BEard", &token).await.map(|bot| bot.name)), 404);
}

#[tokio::test]
async fn a_bot_loses_a_room_when_its_maker_owns_it_no_more() {
    let server = Server::start().await;
    let (mut owner, private, token) = closed_server(&server).await;
    let mut zoe = Visitor::at(&server, 2);
    zoe.accept(&owner.invite("/server").await).await;
    zoe.join("zoe").await;
    let settings = format!("{}/settings", private.path());
    owner.submit(&settings, "do=add&name=zoe").await;
    let account = zoe.connect().await.session;
    owner.submit(&settings, &format!("do=role&account={account}&role=owner")).await;
    let page = zoe.submit(&settings, "do=token&name=of+zoe").await.text();
    let of_zoe = format!("bot_{}", text_after(&page, "bot_"));
    let mut bot = rich(&server, &of_zoe, std::slice::from_ref(&private)).await;
    owner.submit(&settings, &format!("do=role&account={account}&role=member")).await;
    assert_eq!(bot.expect_close().await, 4500);
    let query = format!("?room={private}");
    assert_eq!(refused_upgrade(plain(&server, &query, &of_zoe).await.map(|bot| bot.name)), 401);
    assert!(plain(&server, &query, &token).await.is_ok(), "the token of another owner stays");
}
