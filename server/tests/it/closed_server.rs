//! A server that its owner closes to others, and the people who are in it then.

use parlor::{ClientMessage, ErrorCode, ServerMessage};
use serde_json::json;

use crate::support::visitor::{Visitor, text_after};
use crate::support::{PlainClient, RichClient, Server};

/// The next error, whatever other people do meanwhile.
async fn next_error(client: &mut PlainClient) -> String {
    loop {
        if let Some(error) = client.next().await["error"].as_str() {
            return error.to_owned();
        }
    }
}

#[tokio::test]
async fn those_who_are_not_invited_are_disconnected_when_a_server_is_closed() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let mut plain = server.join_plain("cy").await;
    let mut guest = server.join_rich("ben").await;
    let mut reader = server.connect_plain().await;
    let mut own = owner.connect().await;
    owner.close_server("invited").await;
    assert_eq!(guest.expect_close().await, 4501);
    for client in [&mut plain, &mut reader] {
        assert_eq!(next_error(client).await, ErrorCode::MembersOnly.to_string());
        assert_eq!(client.expect_close().await, 1000);
    }
    own.post("1", "still here").await;
    own.expect_ack("1").await;
}

#[tokio::test]
async fn guests_read_on_without_a_name_when_writing_needs_an_invitation() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let mut plain = server.join_plain("cy").await;
    let mut guest = server.join_rich("ben").await;
    owner.close_server("guests_read").await;
    guest.next_matching(|message| matches!(message, ServerMessage::Unnamed).then_some(())).await;
    guest.send(&ClientMessage::Claim { name: "ben".to_owned() }).await;
    let code = guest.next_matching(|message| match message {
        ServerMessage::Refused { error, .. } => Some(error.code),
        _ => None,
    });
    assert_eq!(code.await, ErrorCode::MembersOnly);
    plain.send("hello?").await;
    assert_eq!(next_error(&mut plain).await, ErrorCode::MembersOnly.to_string());
    let mut own = owner.connect().await;
    own.post("1", "you can read this").await;
    while plain.next().await["message"] != json!("you can read this") {}
    let event = guest
        .next_matching(|message| if let ServerMessage::Event { event, .. } = message { Some(event) } else { None });
    assert_eq!(event.await.seq, 1);
    let mut late = server.connect_plain().await;
    late.send("dee").await;
    assert_eq!(late.expect_error().await, ErrorCode::MembersOnly.to_string());
    assert_eq!(late.expect_close().await, 1000);
}

#[tokio::test]
async fn the_people_of_an_open_server_are_kept_if_its_owner_wants_it() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let mut ben = server.join_rich("ben").await;
    let form = "do=settings&name=Club&welcome=&admission=invited&creation=everyone&keep=on";
    owner.submit("/server", form).await;
    ben.post("1", "still here").await;
    ben.expect_ack("1").await;
    assert!(owner.get("/server/people").await.contains("ben"));
}

#[tokio::test]
async fn an_invitation_lets_somebody_in_and_its_end_does_not_throw_them_out() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    owner.close_server("invited").await;
    let invitation = owner.invite("/server").await;
    let mut ben = Visitor::new(&server);
    assert_eq!(ben.get("/").await.status, 403);
    assert!(ben.get(&invitation).await.contains("Club"));
    assert_eq!(ben.get("/").await.status, 403, "a look uses nothing up and lets nobody in");
    ben.accept(&invitation).await;
    ben.join("ben").await;
    let page = owner.get("/server").await.text();
    let id = text_after(&page, "name=\"invitation\" value=\"");
    owner.submit("/server", &format!("do=revoke&invitation={id}")).await;
    assert_eq!(Visitor::new(&server).get(&invitation).await.status, 410);
    assert_eq!(ben.get("/").await.status, 200);
}

#[tokio::test]
async fn somebody_whose_role_ends_is_out_at_once() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    owner.close_server("invited").await;
    let mut ben = Visitor::new(&server);
    ben.accept(&owner.invite("/server").await).await;
    ben.join("ben").await;
    let mut socket = ben.connect().await;
    let account = socket.session.clone();
    owner.submit("/server/people", &format!("do=role&account={account}&role=guest")).await;
    assert_eq!(socket.expect_close().await, 4501);
    let refused = ben.get("/").await;
    assert_eq!(refused.status, 403);
    assert!(refused.contains("/app/erase.js"), "the browser deletes what it has");
    assert!(!Visitor::new(&server).get("/").await.contains("/app/erase.js"), "a stranger's browser has nothing");
    assert_eq!(ben.post("/", "text=hello").await.status, 403);
    owner.submit("/server/people", &format!("do=role&account={account}&role=member")).await;
    assert_eq!(ben.get("/").await.status, 200);
}

#[tokio::test]
async fn an_owner_ends_the_sessions_of_somebody() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let mut ben = server.join_rich("ben").await;
    owner.submit("/server/people", &format!("do=sign_out&account={}", ben.session)).await;
    assert_eq!(ben.expect_close().await, 4501);
    let log = owner.get("/server/log").await.text();
    assert!(log.contains("ben") && log.contains("out everywhere"), "{log}");
}

#[tokio::test]
async fn rooms_are_created_by_those_whom_the_owner_lets() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let mut ben = Visitor::new(&server);
    ben.join("ben").await;
    for (creation, of_ben, of_plain) in [("everyone", 200, true), ("members", 200, false), ("owners", 404, false)] {
        owner.submit("/server", &format!("do=settings&name=Club&welcome=&admission=open&creation={creation}")).await;
        let room = format!("/r/new-{creation}");
        assert_eq!(ben.get(&room).await.status, of_ben, "{creation}");
        let form = format!("kind=open&name=form-{creation}");
        assert_eq!(ben.post("/rooms/new", &form).await.status == 303, of_ben == 200, "{creation}");
        let upgraded = crate::support::client_host::ClientHost::new(&server, 1);
        let query = format!("?room=plain-{creation}");
        assert_eq!(upgraded.upgrade(&query, &[]).await.is_ok(), of_plain, "{creation}");
        assert_eq!(owner.post("/rooms/new", &format!("kind=open&name=own-{creation}")).await.status, 303);
    }
    assert!(!ben.get("/rooms").await.contains("/rooms/new"));
    assert!(owner.get("/rooms").await.contains("/rooms/new"));
}

#[tokio::test]
async fn nobody_but_an_owner_sees_the_owners_pages() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let mut ben = Visitor::new(&server);
    ben.join("ben").await;
    for path in ["/server", "/server/people", "/server/bots", "/server/log"] {
        assert_eq!(owner.get(path).await.status, 200, "{path}");
        assert_eq!(ben.get(path).await.status, 403, "{path}");
    }
    let text = server.get("/server", "").await;
    assert_eq!(String::from_utf8(text.2).unwrap(), "Only an owner of the server can do this.\n");
}

#[tokio::test]
async fn the_name_of_the_server_is_everywhere_and_needs_no_script() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    owner
        .submit("/server", "do=settings&name=Chess+%E2%99%9E+Club&welcome=Be+kind&admission=open&creation=everyone")
        .await;
    let mut ben = Visitor::new(&server);
    for path in ["/", "/rooms", "/app.webmanifest", "/offline", "/nothing"] {
        assert!(ben.get(path).await.contains("Chess ♞ Club"), "{path}");
    }
    assert!(ben.get("/").await.contains("Be kind") && ben.get("/rooms").await.contains("Be kind"));
    let manifest: serde_json::Value = serde_json::from_str(&ben.get("/app.webmanifest").await.text()).unwrap();
    assert_eq!(manifest["name"], json!("Chess ♞ Club"));
    owner.close_server("invited").await;
    let stranger = Visitor::new(&server).get("/").await;
    assert!(!stranger.contains("Be kind") && stranger.contains("Club"));
}

#[tokio::test]
async fn a_form_whose_session_ends_while_it_arrives_changes_nothing() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let mut other = Visitor::at(&server, 2);
    other.accept(&server.owner_link()).await;
    other.join("otto").await;
    let created = other.submit("/rooms/new", "kind=private&name=Plans").await;
    let room = format!("{}/settings", created.header("location").unwrap());
    let account = other.connect().await.session;
    let mut pending = Vec::new();
    for (path, form) in [
        ("/server", "do=invite&days=7&uses=5"),
        ("/server", "do=settings&name=Taken&welcome=&admission=open&creation=everyone"),
        ("/server/bots", "do=token&name=spy&rooms=lobby"),
        ("/server/people", "do=role&account=nobody&role=owner"),
        (&room, "do=token&name=spy"),
        (&room, "do=invite&days=7&uses=5"),
        ("/recovery", "do=make&replaces="),
        ("/rooms/new", "kind=open&name=late"),
    ] {
        pending.push((path, form, other.begin_post(path, form).await));
    }
    owner.submit("/server/people", &format!("do=sign_out&account={account}")).await;
    for (path, form, send_body) in pending {
        let response = send_body().await;
        assert!([403, 404].contains(&response.status), "{path} {form}: {}", response.text());
    }
    assert!(!owner.get("/server/bots").await.contains("spy"));
    assert!(!owner.get("/server").await.contains("Taken"));
}

#[tokio::test]
async fn markup_in_the_welcome_text_stays_text() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    let welcome = "Hi</textarea></form><form method=\"post\" action=\"/server/people\"><b>&amp;";
    let typed = welcome.replace('&', "%26").replace(' ', "+").replace('=', "%3D");
    owner.submit("/server", &format!("do=settings&name=Club&welcome={typed}&admission=open&creation=everyone")).await;
    let page = owner.get("/server").await.text();
    assert!(page.contains("Hi&lt;/textarea>&lt;/form>&lt;form") && page.contains("&lt;b>&amp;amp;"), "{page}");
}

#[tokio::test]
async fn whoever_reads_the_form_for_a_new_room_for_long_still_creates_it() {
    let server = Server::start().await;
    let mut ana = Visitor::new(&server);
    ana.get("/").await;
    let mut client = ana.connect().await;
    client.claim_name("ana").await;
    // As at the end of the grace period.
    let lose_name = async |client: &mut RichClient| {
        client.send(&ClientMessage::Leave).await;
        client.next_matching(|message| matches!(message, ServerMessage::Unnamed).then_some(())).await;
    };
    lose_name(&mut client).await;
    assert_eq!(ana.post("/rooms/new", "kind=open&name=garden").await.header("location"), Some("/r/garden"));
    assert!(ana.get("/rooms").await.contains("ana"), "the last name is theirs again");

    lose_name(&mut client).await;
    let _other = server.join_rich("ana").await;
    let refused = ana.post("/rooms/new", "kind=open&name=orchard").await;
    assert_eq!(refused.status, 403);
    assert!(refused.contains("value=\"orchard\""), "what was typed is kept: {}", refused.text());
}
