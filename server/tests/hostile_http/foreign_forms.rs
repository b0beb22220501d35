//! Forms that pages of other sites send with the reader's cookie: refused, and nothing is changed by them.

use super::case::{Case, run, status};
use super::own_forms::join;
use super::routes::{FORMS, get, post, request, session};
use crate::support::Server;

/// The session of the browser that shows the foreign page.
const SESSION: usize = 1;

/// The session for `/device`, where a session without a name gets a 403 too. No other form could sign it out.
const NAMED: usize = 2;

/// Headers that identify the sender of a form as a foreign page.
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

/// The cases, with the code of a device link that could be used.
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
    let offered = server.raw(&String::from_utf8(post("/device", closing(), "")).unwrap()).await;
    assert_eq!(offered.0, 200);
    let page = String::from_utf8(offered.2).unwrap();
    let code = page.split("/device/").nth(1).unwrap().split('"').next().unwrap();
    let before = look(&server, "/rooms").await;
    assert!(before.contains("Ana"));

    run(&server, "foreign forms", cases(code)).await;

    assert_eq!(look(&server, "/rooms").await, before, "Ana is signed in, under her name");
    for path in ["/", "/r/kitchen"] {
        assert!(!look(&server, path).await.contains("forged by another site"));
    }
    let take = post(&format!("/device/{code}"), "Connection: close\r\n", "");
    let (status, head, _) = server.raw(&String::from_utf8(take).unwrap()).await;
    assert_eq!(status, 303, "the link is still unused");
    assert!(head.contains(&super::routes::secret(SESSION)));
}

fn closing() -> String {
    format!("{}Connection: close\r\n", session(SESSION))
}

/// A page as Ana sees it.
async fn look(server: &Server, path: &str) -> String {
    let (status, _, body) = server.raw(&String::from_utf8(get(path, closing())).unwrap()).await;
    assert_eq!(status, 200);
    String::from_utf8(body).unwrap()
}
