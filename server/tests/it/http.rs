//! Pages, assets and headers over HTTP.

use crate::support::Server;

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)))
        .map(|(_, v)| v)
}

#[tokio::test]
async fn the_server_renders_messages_as_escaped_text() {
    let server = Server::start().await;
    let mut ana = server.join_plain("ana").await;
    ana.send("<script>alert(1)</script> & \"quotes\"").await;
    ana.expect_message("ana", "<script>alert(1)</script> & \"quotes\"").await;
    let (status, head, body) = server.get("/", "").await;
    let page = String::from_utf8(body).unwrap();
    assert_eq!(status, 200);
    assert!(page.contains("ana"));
    assert!(page.contains("&lt;script&gt;alert(1)"), "the message is on the page as text");
    assert!(!page.contains("<script>alert(1)"), "the message is not markup");
    assert_eq!(header(&head, "cache-control"), Some("no-store, no-transform"));
}

#[tokio::test]
async fn each_page_has_a_content_security_policy_with_its_own_nonce() {
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
async fn the_application_shell_contains_no_names_and_no_messages() {
    let server = Server::start().await;
    let mut ana = server.join_plain("Anastasia").await;
    ana.send("posted in the lobby").await;
    ana.expect_message("Anastasia", "posted in the lobby").await;
    let (status, head, body) = server.get("/offline", "Accept-Language: de\r\n").await;
    let page = String::from_utf8(body).unwrap();
    assert_eq!((status, header(&head, "set-cookie")), (200, None));
    assert!(page.contains("<html lang=\"de\"") && page.contains("id=\"initial-page\""));
    assert!(!page.contains("Anastasia") && !page.contains("posted in the lobby"));
    let policy = header(&head, "content-security-policy").unwrap();
    assert!(policy.contains("worker-src 'self'"), "{policy}");
}

#[tokio::test]
async fn the_service_worker_caches_nothing_in_development() {
    let server = Server::start().await;
    let (status, _, body) = server.get("/service-worker.js", "").await;
    let script = String::from_utf8(body).unwrap();
    assert_eq!(status, 200, "it is still needed for notifications");
    assert!(script.contains("const OFFLINE_DOCUMENT = null\nconst FILES = []\n"), "{script}");
}

#[tokio::test]
async fn a_browser_gets_a_session_cookie_once() {
    let server = Server::start().await;
    let (_, head, _) = server.get("/", "").await;
    let cookie = header(&head, "set-cookie").unwrap();
    assert!(cookie.starts_with("parlor_session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    let cookie = cookie.split(';').next().unwrap();
    let (_, head, _) = server.get("/", &format!("Cookie: {cookie}\r\n")).await;
    assert_eq!(header(&head, "set-cookie"), None);
}

#[tokio::test]
async fn rooms_have_paths_and_invalid_paths_are_not_found() {
    let server = Server::start().await;
    let (status, _, body) = server.get("/r/kitchen", "").await;
    assert_eq!(status, 200);
    assert!(String::from_utf8(body).unwrap().contains("kitchen"));
    assert_eq!(server.get("/r/No%20Room", "").await.0, 404);
    assert_eq!(server.get("/nothing/here", "").await.0, 404);
    assert_eq!(server.get("/pkg/../Cargo.toml", "").await.0, 404);
}

#[tokio::test]
async fn the_health_check_responds_with_ok() {
    let server = Server::start().await;
    let (status, _, body) = server.get("/healthz", "").await;
    assert_eq!((status, body.as_slice()), (200, &b"ok"[..]));
}

#[tokio::test]
async fn a_websocket_path_without_upgrade_gets_426() {
    let server = Server::start().await;
    let (status, head, _) = server.get("/ws/chat", "").await;
    assert_eq!(status, 426);
    assert_eq!(header(&head, "upgrade"), Some("websocket"));
}

#[tokio::test]
async fn too_large_bodies_are_rejected() {
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
async fn every_response_has_the_security_headers() {
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
async fn a_page_is_compressed_only_with_an_accepted_encoding() {
    let server = Server::start().await;
    for (accepted, expected) in
        [("br, gzip", Some("br")), ("br;Q=0, gzip", Some("gzip")), ("br ; q=0.0, gzip;Q=0", None), ("br;q=x", None)]
    {
        let (_, head, _) = server.get("/", &format!("Accept-Encoding: {accepted}\r\n")).await;
        assert_eq!(header(&head, "content-encoding"), expected, "{accepted}");
    }
}

#[tokio::test]
async fn pages_are_no_transform_and_still_compressed_by_the_server() {
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
async fn the_page_is_installable() {
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
            // The IHDR chunk of a PNG starts with width and height (RFC 2083 §4.1.1).
            let side = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
            assert_eq!(icon["sizes"], format!("{}x{}", side(16), side(20)));
        }
    }
    assert_eq!(server.get("/app/none.png", "").await.0, 404);
}
