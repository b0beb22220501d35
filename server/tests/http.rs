//! The page and what comes with it, over plain HTTP.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use support::Server;

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)))
        .map(|(_, v)| v)
}

#[tokio::test]
async fn the_page_shows_what_was_said_before_any_script_runs() {
    let server = Server::start().await;
    let mut ana = server.plain("ana").await;
    ana.says("<script>alert(1)</script> & \"quotes\"").await;
    ana.hears("ana", "<script>alert(1)</script> & \"quotes\"").await;
    let (status, head, body) = server.get("/", "").await;
    let page = String::from_utf8(body).unwrap();
    assert_eq!(status, 200);
    assert!(page.contains("ana"));
    assert!(page.contains("&lt;script&gt;alert(1)"), "the text is there, as text");
    assert!(!page.contains("<script>alert(1)"), "and not as markup");
    assert_eq!(header(&head, "cache-control"), Some("no-store, no-transform"));
}

#[tokio::test]
async fn the_page_has_a_policy_with_a_nonce_of_its_own() {
    let server = Server::start().await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let (_, head, body) = server.get("/", "").await;
        let page = String::from_utf8(body).unwrap();
        let policy = header(&head, "content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"));
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(page.contains(&format!("nonce=\"{nonce}\"")));
        assert_eq!(header(&head, "x-content-type-options"), Some("nosniff"));
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn the_page_of_no_room_knows_nobody_and_nothing_that_was_said() {
    let server = Server::start().await;
    let mut ana = server.plain("Anastasia").await;
    ana.says("said in the lobby").await;
    ana.hears("Anastasia", "said in the lobby").await;
    let (status, head, body) = server.get("/offline", "Accept-Language: de\r\n").await;
    let page = String::from_utf8(body).unwrap();
    assert_eq!((status, header(&head, "set-cookie")), (200, None));
    assert!(page.contains("<html lang=\"de\"") && page.contains("id=\"boot\""));
    assert!(!page.contains("Anastasia") && !page.contains("said in the lobby"));
    let policy = header(&head, "content-security-policy").unwrap();
    assert!(policy.contains("worker-src 'self'"), "{policy}");
}

#[tokio::test]
async fn in_development_nothing_is_kept() {
    let server = Server::start().await;
    let (status, _, body) = server.get("/service-worker.js", "").await;
    let script = String::from_utf8(body).unwrap();
    assert_eq!(status, 200, "it shows notifications");
    assert!(script.contains("const SHELL = null\nconst FILES = []\n"), "{script}");
}

#[tokio::test]
async fn a_browser_gets_its_session_once() {
    let server = Server::start().await;
    let (_, head, _) = server.get("/", "").await;
    let cookie = header(&head, "set-cookie").unwrap();
    assert!(cookie.starts_with("parlor_session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    let cookie = cookie.split(';').next().unwrap();
    let (_, head, _) = server.get("/", &format!("Cookie: {cookie}\r\n")).await;
    assert_eq!(header(&head, "set-cookie"), None);
}

#[tokio::test]
async fn rooms_have_addresses_and_bad_ones_are_not_found() {
    let server = Server::start().await;
    let (status, _, body) = server.get("/r/kitchen", "").await;
    assert_eq!(status, 200);
    assert!(String::from_utf8(body).unwrap().contains("kitchen"));
    assert_eq!(server.get("/r/No%20Room", "").await.0, 404);
    assert_eq!(server.get("/nothing/here", "").await.0, 404);
    assert_eq!(server.get("/pkg/../Cargo.toml", "").await.0, 404);
}

#[tokio::test]
async fn health_is_told() {
    let server = Server::start().await;
    let (status, _, body) = server.get("/healthz", "").await;
    assert_eq!((status, body.as_slice()), (200, &b"ok"[..]));
}

#[tokio::test]
async fn a_request_that_is_no_upgrade_is_told_so() {
    let server = Server::start().await;
    let (status, head, _) = server.get("/ws/chat", "").await;
    assert_eq!(status, 426);
    assert_eq!(header(&head, "upgrade"), Some("websocket"));
}

#[tokio::test]
async fn large_bodies_are_refused() {
    let server = Server::start().await;
    let body = "x".repeat(parlor::limits::HTTP_BODY_BYTES + 1);
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    );
    assert!((400..500).contains(&server.raw(&request).await.0));
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_it() {
    let server = Server::start().await;
    for (method, path, expected) in [
        ("GET", "/", 200),
        ("GET", "/r/kitchen", 200),
        ("GET", "/r/kitchen/1", 200),
        ("GET", "/r/No%20Room", 404),
        ("GET", "/offline", 200),
        ("GET", "/rooms", 200),
        ("GET", "/settings", 200),
        ("GET", "/device/none", 410),
        ("POST", "/device", 403),
        ("POST", "/sign-out", 303),
        ("GET", "/pkg/none.js", 404),
        ("GET", "/service-worker.js", 200),
        ("GET", "/app.webmanifest", 200),
        ("GET", "/app/icon.svg", 200),
        ("GET", "/healthz", 200),
        ("GET", "/robots.txt", 200),
        ("GET", "/ws/chat", 426),
        ("GET", "/nothing/here", 404),
        ("POST", "/healthz", 405),
        ("DELETE", "/", 405),
    ] {
        let host = server.address;
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        let (status, head, _) = server.raw(&request).await;
        assert_eq!(status, expected, "{method} {path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(header(&head, name), Some(value), "{name} of {method} {path}");
        }
        let permissions = header(&head, "permissions-policy").unwrap();
        for denied in ["camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()", "display-capture=()"] {
            assert!(permissions.contains(denied), "{denied} of {method} {path}");
        }
        for needed in ["clipboard-write", "web-share", "fullscreen", "autoplay"] {
            assert!(!permissions.contains(needed), "{needed} of {method} {path}");
        }
    }
}

#[tokio::test]
async fn a_page_is_not_compressed_in_a_way_that_its_reader_refuses() {
    let server = Server::start().await;
    for (accepted, expected) in
        [("br, gzip", Some("br")), ("br;Q=0, gzip", Some("gzip")), ("br ; q=0.0, gzip;Q=0", None), ("br;q=x", None)]
    {
        let (_, head, _) = server.get("/", &format!("Accept-Encoding: {accepted}\r\n")).await;
        assert_eq!(header(&head, "content-encoding"), expected, "{accepted}");
    }
}

#[tokio::test]
async fn nobody_on_the_way_may_change_a_page_which_the_server_compresses_itself() {
    let server = Server::start().await;
    let headers = "Accept: text/html\r\nAccept-Encoding: gzip\r\n";
    for path in ["/", "/r/kitchen", "/r/kitchen/1", "/offline", "/rooms", "/rooms?open=!", "/settings"] {
        let (_, head, _) = server.get(path, headers).await;
        assert_eq!(header(&head, "cache-control"), Some("no-store, no-transform"), "{path}");
        assert_eq!(header(&head, "content-encoding"), Some("gzip"), "{path}");
    }
    for path in ["/device/none", "/nothing/here", "/r/No%20Room", "/?before=x"] {
        let (_, head, _) = server.get(path, headers).await;
        assert_eq!(header(&head, "cache-control"), Some("no-store, no-transform"), "{path}");
    }
}

#[tokio::test]
async fn the_page_can_be_installed() {
    let server = Server::start().await;
    let (_, _, page) = server.get("/", "").await;
    assert!(String::from_utf8(page).unwrap().contains("rel=\"manifest\" href=\"/app.webmanifest\""));
    let (status, head, manifest) = server.get("/app.webmanifest", "Accept-Language: ar\r\n").await;
    assert_eq!((status, header(&head, "content-type")), (200, Some("application/manifest+json")));
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!((&manifest["lang"], &manifest["dir"]), (&"ar".into(), &"rtl".into()));
    for icon in manifest["icons"].as_array().unwrap() {
        let (status, head, picture) = server.get(icon["src"].as_str().unwrap(), "").await;
        assert_eq!((status, header(&head, "content-type")), (200, icon["type"].as_str()));
        if icon["type"] == "image/png" {
            // The header of a PNG has its width and height (RFC 2083 §4.1.1).
            let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
            assert_eq!(icon["sizes"], format!("{}x{}", side(16), side(20)));
        }
    }
    assert_eq!(server.get("/app/none.png", "").await.0, 404);
}
