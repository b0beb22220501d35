//! Behind a trusted proxy limits count for each client; with public URLs the server answers to those names alone.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "hostile_http/answer.rs"]
#[allow(dead_code, reason = "another test program uses the rest")]
mod answer;
#[path = "support/client_host.rs"]
mod client_host;
#[path = "support/open_files.rs"]
mod open_files;
mod support;

use answer::Answer;
use client_host::{ClientHost, cookie, form_request};
use parlor::limits;
use support::{Server, refused_upgrade, until};

/// Two clients of the proxy.
const A: &str = "192.0.2.1";
const B: &str = "192.0.2.2";

/// A server that trusts 127.0.0.1, and this proxy.
async fn behind_proxy() -> (Server, ClientHost) {
    open_files::raise_limit();
    let server = Server::start_with(|config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let proxy = ClientHost::new(&server, 1);
    (server, proxy)
}

/// The status with which a form of a client is answered that the proxy passes on; each has a session of its own.
async fn status_of_form(proxy: ClientHost, client: &str, number: usize) -> u16 {
    let headers = format!("Cookie: {}\r\nX-Forwarded-For: {client}\r\n", cookie(number));
    let body = format!("name={}-{number}", client.replace('.', "-"));
    proxy.sends(&form_request(&proxy.server.to_string(), "/", &headers, &body)).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_are_paced_for_each_client_of_a_proxy() {
    let (_server, proxy) = behind_proxy().await;
    let burst = limits::POST_BURST as usize;
    // All at once, so that the bucket gains little meanwhile.
    let forms = (0..3 * burst).map(|number| status_of_form(proxy, A, number));
    let statuses = futures_util::future::join_all(forms).await;
    assert!(statuses.iter().filter(|status| **status == 303).count() >= burst, "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    for number in 0..burst {
        assert_eq!(status_of_form(proxy, B, 1_000 + number).await, 303, "another client of the proxy");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_nearest_to_the_proxy_counts_and_not_what_the_client_says() {
    let (server, proxy) = behind_proxy().await;
    let burst = limits::POST_BURST as usize;
    // The client puts another address before its own each time.
    let claims: Vec<_> = (0..3 * burst).map(|number| format!("198.51.100.{number}, {A}")).collect();
    let forms = claims.iter().enumerate().map(|(number, client)| async move {
        let headers = format!("Cookie: {}\r\nX-Forwarded-For: {client}\r\n", cookie(number));
        proxy.sends(&form_request(&proxy.server.to_string(), "/", &headers, &format!("name=n{number}"))).await.status
    });
    assert!(futures_util::future::join_all(forms).await.contains(&429));
    // Nobody else may say who they are: all of these are of 127.0.0.2.
    let stranger = ClientHost::new(&server, 2);
    let forms = (0..3 * burst).map(|number| {
        let client = format!("203.0.113.{number}");
        async move { status_of_form(stranger, &client, 2_000 + number).await }
    });
    assert!(futures_util::future::join_all(forms).await.contains(&429));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_are_counted_for_each_client_of_a_proxy() {
    let (_server, proxy) = behind_proxy().await;
    let mut held = Vec::new();
    for _ in 0..open_files::connections_per_address() {
        held.push(proxy.upgrade("", &[("X-Forwarded-For", A)]).await.unwrap());
    }
    assert_eq!(refused_upgrade(proxy.upgrade("", &[("X-Forwarded-For", A)]).await), 429);
    let (socket, _) = proxy.upgrade("?room=b", &[("X-Forwarded-For", B)]).await.unwrap();
    let mut other = support::Plain { socket, name: String::new() };
    other.joins("b").await;
    drop(held);
    until("the places are free again", || async { proxy.upgrade("", &[("X-Forwarded-For", A)]).await.is_ok() }).await;
}

/// What the server at `host`'s loopback address answers under this name.
async fn asked_as(host: ClientHost, name: &str, path: &str) -> Answer {
    host.sends(&format!("GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n")).await
}

/// A server that is called `https://talk.example.org`, and a client on this machine.
async fn with_public_url() -> (Server, ClientHost) {
    let server = Server::start_with(|config| config.public_urls = vec!["https://talk.example.org".to_owned()]).await;
    let host = ClientHost::new(&server, 1);
    (server, host)
}

#[tokio::test]
async fn a_server_with_a_public_url_answers_to_its_own_names_alone() {
    let (server, host) = with_public_url().await;
    for own in ["talk.example.org", "TALK.example.org.:443", &server.address.to_string(), "localhost:3000"] {
        assert_eq!(asked_as(host, own, "/robots.txt").await.status, 200, "{own}");
    }
    for other in ["example.org", "evil.example", "talk.example.org.evil.example", "nas.local", "talk"] {
        for path in ["/", "/robots.txt", "/ws/chat"] {
            assert_eq!(asked_as(host, other, path).await.status, 421, "{other}{path}");
        }
        assert_eq!(asked_as(host, other, "/healthz").await.status, 200, "health checks pass under any name");
    }
}

#[tokio::test]
async fn cookies_and_device_links_are_of_the_public_url() {
    let (server, host) = with_public_url().await;
    let page = asked_as(host, "talk.example.org", "/").await;
    let set = page.header("set-cookie").unwrap();
    assert!(set.contains("; Secure"), "{set}");
    let session = set.split(';').next().unwrap();
    let post = |path: &'static str, body: &'static str| async move {
        // The page's origin is https, whatever the connection that a proxy makes.
        let request = form_request("talk.example.org", path, &format!("Cookie: {session}\r\n"), body);
        host.sends(&request.replace("Origin: http://", "Origin: https://")).await
    };
    assert_eq!(post("/", "name=Ana").await.status, 303);
    let offer = post("/device", "").await;
    assert_eq!(offer.status, 200);
    let page = offer.text();
    let (_, link) = page.split_once("href=\"https://talk.example.org/device/").expect("a link of the public URL");
    let code = link.split_once('"').unwrap().0;
    assert_eq!(asked_as(host, "talk.example.org", &format!("/device/{code}")).await.status, 200);
    // By the address of this machine it is plain HTTP, where a browser would drop a Secure cookie.
    let page = asked_as(host, &server.address.to_string(), "/").await;
    let set = page.header("set-cookie").unwrap();
    assert!(!set.contains("Secure"), "{set}");
}

#[tokio::test]
async fn forms_of_other_origins_are_refused_under_the_public_url() {
    let (_server, host) = with_public_url().await;
    let request = form_request("talk.example.org", "/", &format!("Cookie: {}\r\n", cookie(1)), "name=Ana");
    for origin in ["http://talk.example.org", "https://evil.example", "https://talk.example.org:8443", "null"] {
        let foreign = request.replace("Origin: http://talk.example.org", &format!("Origin: {origin}"));
        assert_eq!(host.sends(&foreign).await.status, 403, "{origin}");
    }
}
