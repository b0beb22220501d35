//! Sessions as browsers hold them: signing out, and a second device.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use parlor::{ClientMessage, RoomName, ServerMessage};
use support::Server;

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

async fn posts_form(server: &Server, path: &str, headers: &str) -> (u16, String, String) {
    posts_form_of(server, path, &format!("Origin: http://{}\r\n{headers}", server.address)).await
}

/// Posts a form of whatever page the headers tell.
async fn posts_form_of(server: &Server, path: &str, headers: &str) -> (u16, String, String) {
    let host = server.address;
    let request =
        format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n");
    let (status, head, body) = server.raw(&request).await;
    (status, head, String::from_utf8(body).unwrap())
}

fn session(token: &str) -> String {
    format!("Cookie: parlor_session={token}\r\n")
}

/// The path of a link for this session.
async fn link(server: &Server, token: &str) -> String {
    let (status, head, page) = posts_form(server, "/device", &session(token)).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("<svg"), "{page}");
    let policy = header(&head, "content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src") && !policy.contains("unsafe"));
    let origin = format!("href=\"http://{}", server.address);
    page.split_once(&origin).unwrap().1.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn whoever_signs_out_frees_their_name_and_all_their_connections_end_for_good() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    let (mut tab, _) = server.reader_as(Some(&ana.token), None).await;
    let link = link(&server, &ana.token).await;
    let (status, head, _) = posts_form(&server, "/sign-out", &session(&ana.token)).await;
    assert_eq!((status, header(&head, "location")), (303, Some("/")));
    let cookie = header(&head, "set-cookie").unwrap();
    assert!(cookie.starts_with("parlor_session=;") && cookie.contains("Max-Age=0"), "{cookie}");
    assert_eq!((ana.is_closed().await, tab.is_closed().await), (4501, 4501));
    assert_eq!(server.get(&link, "").await.0, 410, "its link leads nowhere");
    server.plain("ana").await;
    assert_eq!(posts_form(&server, "/sign-out", "").await.0, 303, "a browser without a session");
}

#[tokio::test]
async fn forms_of_other_sites_do_nothing() {
    let server = Server::start().await;
    let mut ana = server.rich("ana").await;
    let link = link(&server, &ana.token).await;
    for path in ["/sign-out", "/device", &link] {
        for foreign in ["Sec-Fetch-Site: cross-site", "Origin: https://evil.example", "Origin: null"] {
            let cross = format!("{}{foreign}\r\n", session(&ana.token));
            assert_eq!(posts_form_of(&server, path, &cross).await.0, 403, "{path} {foreign}");
        }
    }
    ana.posts("1", "still here").await;
    ana.is_acked("1").await;
    assert_eq!(server.get(&link, "").await.0, 200);
    let (_, head, _) = server.get("/", "").await;
    assert!(header(&head, "content-security-policy").unwrap().contains("form-action 'self'"));
}

#[tokio::test]
async fn two_devices_are_one_session() {
    let server = Server::start().await;
    let mut phone = server.rich("a<b>&\"c").await;
    phone.posts("1", "x").await;
    phone.is_acked("1").await;
    let link = link(&server, &phone.token).await;
    // Looking at a link, as messengers do too, uses nothing up.
    for _ in 0..2 {
        let (status, head, page) = server.get(&link, "").await;
        let page = String::from_utf8(page).unwrap();
        assert_eq!((status, header(&head, "set-cookie")), (200, None));
        assert!(page.contains("Continue as a&lt;b&gt;&amp;") && !page.contains("<b>"), "{page}");
    }
    let (status, head, _) = posts_form(&server, &link, "").await;
    assert_eq!((status, header(&head, "location")), (303, Some("/")));
    let cookie = header(&head, "set-cookie").unwrap();
    let token = cookie.strip_prefix("parlor_session=").unwrap().split(';').next().unwrap();
    let mut laptop = server.rich_socket(Some(token)).await;
    assert_eq!(laptop.greets(None).await.as_deref(), Some("a<b>&\"c"), "the name is not taken by oneself");
    assert_eq!(laptop.session, phone.session);
    laptop.claims("a<b>&\"c").await;
    phone.sends(&ClientMessage::Read { room: RoomName::default(), seq: 1 }).await;
    let read = |message| if let ServerMessage::Read { seq, .. } = message { Some(seq) } else { None };
    assert_eq!(laptop.next_that(read).await, 1);
    assert_eq!(posts_form(&server, &link, "").await.0, 410, "it works once");
    let (status, _, page) = server.get(&link, "").await;
    assert_eq!(status, 410);
    assert!(String::from_utf8(page).unwrap().contains("This link is over"));
}

#[tokio::test]
async fn only_who_holds_a_name_gets_a_link() {
    let server = Server::start().await;
    let (guest, _) = server.reader().await;
    assert_eq!(posts_form(&server, "/device", &session(&guest.token)).await.0, 403);
    assert_eq!(posts_form(&server, "/device", "").await.0, 403);
}
