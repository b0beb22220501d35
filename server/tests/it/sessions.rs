//! Signing out, and device links.

use parlor::{ClientMessage, RoomName, ServerMessage};

use crate::support::Server;

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Posts an empty form of our own page.
async fn post_form(server: &Server, path: &str, headers: &str) -> (u16, String, String) {
    post_form_with(server, path, &format!("Origin: http://{}\r\n{headers}", server.address)).await
}

/// Posts an empty form with these headers, which may say that another page sent it.
async fn post_form_with(server: &Server, path: &str, headers: &str) -> (u16, String, String) {
    let host = server.address;
    let request =
        format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n");
    let (status, head, body) = server.raw(&request).await;
    (status, head, String::from_utf8(body).unwrap())
}

/// The cookie header of a session.
fn cookie_header(token: &str) -> String {
    format!("Cookie: parlor_session={token}\r\n")
}

/// Creates a device link for this session and returns its path.
async fn create_link(server: &Server, token: &str) -> String {
    let (status, head, page) = post_form(server, "/device", &cookie_header(token)).await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("<svg"), "{page}");
    let policy = header(&head, "content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src") && !policy.contains("unsafe"));
    let origin = format!("href=\"http://{}", server.address);
    page.split_once(&origin).unwrap().1.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn signing_out_releases_the_name_and_closes_all_connections_of_the_session() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    let (mut tab, _) = server.enter_lobby_as(Some(&ana.token), None).await;
    let link = create_link(&server, &ana.token).await;
    let (status, head, _) = post_form(&server, "/sign-out", &cookie_header(&ana.token)).await;
    assert_eq!((status, header(&head, "location")), (303, Some("/")));
    let cookie = header(&head, "set-cookie").unwrap();
    assert!(cookie.starts_with("parlor_session=;") && cookie.contains("Max-Age=0"), "{cookie}");
    assert_eq!((ana.expect_close().await, tab.expect_close().await), (4501, 4501));
    assert_eq!(server.get(&link, "").await.0, 410, "its device link is no longer valid");
    server.join_plain("ana").await;
    assert_eq!(post_form(&server, "/sign-out", "").await.0, 303, "a browser without a session");
}

#[tokio::test]
async fn forms_of_other_sites_are_rejected() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    let link = create_link(&server, &ana.token).await;
    for path in ["/sign-out", "/device", &link] {
        for foreign in ["Sec-Fetch-Site: cross-site", "Origin: https://evil.example", "Origin: null"] {
            let cross = format!("{}{foreign}\r\n", cookie_header(&ana.token));
            assert_eq!(post_form_with(&server, path, &cross).await.0, 403, "{path} {foreign}");
        }
    }
    ana.post("1", "still here").await;
    ana.expect_ack("1").await;
    assert_eq!(server.get(&link, "").await.0, 200);
    let (_, head, _) = server.get("/", "").await;
    assert!(header(&head, "content-security-policy").unwrap().contains("form-action 'self'"));
}

#[tokio::test]
async fn a_device_link_transfers_the_session_once() {
    let server = Server::start().await;
    let mut phone = server.join_rich("a<b>&\"c").await;
    phone.post("1", "x").await;
    phone.expect_ack("1").await;
    let link = create_link(&server, &phone.token).await;
    // A GET of a link, as for a link preview, does not use it up.
    for _ in 0..2 {
        let (status, head, page) = server.get(&link, "").await;
        let page = String::from_utf8(page).unwrap();
        assert_eq!((status, header(&head, "set-cookie")), (200, None));
        assert!(page.contains("Continue as a&lt;b&gt;&amp;") && !page.contains("<b>"), "{page}");
    }
    let (status, head, _) = post_form(&server, &link, "").await;
    assert_eq!((status, header(&head, "location")), (303, Some("/")));
    let cookie = header(&head, "set-cookie").unwrap();
    let token = cookie.strip_prefix("parlor_session=").unwrap().split(';').next().unwrap();
    let mut laptop = server.connect_rich(Some(token)).await;
    assert_eq!(laptop.send_hello(None).await.as_deref(), Some("a<b>&\"c"), "the session keeps its name");
    assert_eq!(laptop.session, phone.session);
    laptop.claim_name("a<b>&\"c").await;
    phone.send(&ClientMessage::Read { room: RoomName::default(), seq: 1 }).await;
    let read = |message| if let ServerMessage::Read { seq, .. } = message { Some(seq) } else { None };
    assert_eq!(laptop.next_matching(read).await, 1);
    assert_eq!(post_form(&server, &link, "").await.0, 410, "a link works once");
    let (status, _, page) = server.get(&link, "").await;
    assert_eq!(status, 410);
    assert!(String::from_utf8(page).unwrap().contains("This link has expired"));
}

#[tokio::test]
async fn a_session_without_name_gets_no_device_link() {
    let server = Server::start().await;
    let (guest, _) = server.enter_lobby().await;
    assert_eq!(post_form(&server, "/device", &cookie_header(&guest.token)).await.0, 403);
    assert_eq!(post_form(&server, "/device", "").await.0, 403);
}
