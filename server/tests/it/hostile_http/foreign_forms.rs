//! Forms that pages of other sites send with the visitor's cookie are rejected and change nothing (CSRF).

use super::case::{Case, run, status};
use super::own_forms::join;
use super::routes::{FORMS, get, post, request, session};
use crate::support::Server;

/// Number of the session of the browser that shows the foreign page.
const SESSION: usize = 1;

/// Number of the session for `/device`, where a session without a name would get a 403 too. No other case could sign it
/// out.
const NAMED: usize = 2;

/// Headers by which a foreign page is recognised.
const FOREIGN: [&[u8]; 25] = [
    b"Origin: http://evil.example\r\n",
    b"Origin: https://evil.example\r\n",
    b"Origin: http://localhost.evil.example\r\n",
    b"Origin: http://evil.localhost\r\n",
    b"Origin: http://localhost:8080\r\n",
    b"Origin: http://127.0.0.1\r\n",
    b"Origin: https://localhost\r\n",
    b"Origin: http://user@localhost\r\n",
    b"Origin: http://localhost@evil.example\r\n",
    b"Origin: http://localhost/\r\n",
    b"Origin: //localhost\r\n",
    b"Origin: localhost\r\n",
    b"Origin: file://\r\n",
    b"Origin: javascript:localhost\r\n",
    b"Origin: chrome-extension://localhost\r\n",
    b"Origin: null\r\n",
    b"Origin:\r\n",
    b"Origin: http://local\xfehost\r\n",
    b"Origin: http://localhost http://localhost\r\n",
    b"Origin: http://localhost\r\nOrigin: http://evil.example\r\n",
    b"Origin: http://evil.example\r\nOrigin: http://localhost\r\n",
    b"Origin: http://localhost\r\nOrigin: http://localhost\r\n",
    b"Sec-Fetch-Site: cross-site\r\n",
    b"Sec-Fetch-Site: same-site\r\n",
    b"Origin: http://evil.example\r\nSec-Fetch-Site: same-origin\r\n",
];

/// The cases. `code` is that of a valid device link.
pub(crate) fn cases(code: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let link = format!("/device/{code}");
    for path in FORMS.into_iter().chain([link.as_str()]) {
        for lines in FOREIGN {
            let shown = String::from_utf8_lossy(lines).trim_end().replace("\r\n", " and ");
            let session = session(if path == "/device" { NAMED } else { SESSION });
            let headers = [session.as_bytes(), lines].concat();
            let sent = post(path, headers, "name=Mallory&text=forged+by+another+site&theme=dark");
            let case = Case::new(format!("POST {path} with {shown}"), sent, status(403));
            cases.push(case.without_header("set-cookie").without_header("location"));
        }
    }
    for lines in &FOREIGN[..22] {
        let shown = String::from_utf8_lossy(lines).trim_end().replace("\r\n", " and ");
        let handshake = "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
        let sent = request("GET", "/ws/chat", [handshake.as_bytes(), lines].concat(), None);
        cases.push(Case::new(format!("a WebSocket with {shown}"), sent, status(403)));
    }
    cases
}

#[tokio::test]
async fn forms_of_other_sites_change_nothing() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    join(&server, SESSION, "Ana").await;
    join(&server, NAMED, "Ben").await;
    let created = server.raw(&String::from_utf8(post("/device", closing(), "")).unwrap()).await;
    assert_eq!(created.0, 200);
    let page = String::from_utf8(created.2).unwrap();
    let code = page.split("/device/").nth(1).unwrap().split('"').next().unwrap();
    let before = page_of_ana(&server, "/rooms").await;
    assert!(before.contains("Ana"));

    run(&server, "foreign forms", cases(code)).await;

    assert_eq!(page_of_ana(&server, "/rooms").await, before, "Ana is still signed in with her name");
    for path in ["/", "/r/kitchen"] {
        assert!(!page_of_ana(&server, path).await.contains("forged by another site"));
    }
    let redeem = post(&format!("/device/{code}"), "Connection: close\r\n", "");
    let (status, head, _) = server.raw(&String::from_utf8(redeem).unwrap()).await;
    assert_eq!(status, 303, "the link is still unused");
    let (_, cookie) = head.split_once("set-cookie: ").unwrap();
    let headers = format!("Cookie: {}\r\nConnection: close\r\n", cookie.split(';').next().unwrap());
    let (_, _, page) = server.raw(&String::from_utf8(get("/rooms", headers)).unwrap()).await;
    assert!(String::from_utf8(page).unwrap().contains("Ana"), "it leads to a session of Ana");
}

/// Header lines with Ana's session that close the connection.
fn closing() -> String {
    format!("{}Connection: close\r\n", session(SESSION))
}

/// A page for Ana's session.
async fn page_of_ana(server: &Server, path: &str) -> String {
    let (status, _, body) = server.raw(&String::from_utf8(get(path, closing())).unwrap()).await;
    assert_eq!(status, 200);
    String::from_utf8(body).unwrap()
}
