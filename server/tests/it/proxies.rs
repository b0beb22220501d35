//! Limits per client behind a trusted proxy, and hosts and cookies with `--public-url`.

use parlor::limits;

use crate::support::client_host::{ClientHost, form_request, session_cookie};
use crate::support::http_response::HttpResponse;
use crate::support::open_files;
use crate::support::{Server, refused_upgrade, wait_until};

/// Addresses of two clients behind the proxy.
const A: &str = "192.0.2.1";
const B: &str = "192.0.2.2";

/// A server that trusts 127.0.0.1 as a proxy, and that proxy's host.
async fn behind_proxy() -> (Server, ClientHost) {
    open_files::raise_limit();
    let server = Server::start_with(|config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let proxy = ClientHost::new(&server, 1);
    (server, proxy)
}

/// The status for a client's form, forwarded by the proxy, with the session of this number.
async fn status_of_form(proxy: ClientHost, client: &str, number: usize) -> u16 {
    let headers = format!("Cookie: {}\r\nX-Forwarded-For: {client}\r\n", session_cookie(number));
    let body = format!("name={}-{number}", client.replace('.', "-"));
    proxy.send(&form_request(&proxy.server.to_string(), "/", &headers, &body)).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rate_limit_of_forms_counts_per_client_behind_a_proxy() {
    let (_server, proxy) = behind_proxy().await;
    let burst = limits::POST_BURST as usize;
    // All at once, so that the bucket refills little meanwhile.
    let forms = (0..3 * burst).map(|number| status_of_form(proxy, A, number));
    let statuses = futures_util::future::join_all(forms).await;
    assert!(statuses.iter().filter(|status| **status == 303).count() >= burst, "{statuses:?}");
    assert!(statuses.contains(&429), "{statuses:?}");
    for number in 0..burst {
        assert_eq!(status_of_form(proxy, B, 1_000 + number).await, 303, "another client of the proxy");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_count_the_address_added_by_the_proxy_and_not_one_sent_by_the_client() {
    let (server, proxy) = behind_proxy().await;
    let burst = limits::POST_BURST as usize;
    // The client sends a different forged address each time.
    let claims: Vec<_> = (0..3 * burst).map(|number| format!("198.51.100.{number}, {A}")).collect();
    let forms = claims.iter().enumerate().map(|(number, client)| async move {
        let headers = format!("Cookie: {}\r\nX-Forwarded-For: {client}\r\n", session_cookie(number));
        proxy.send(&form_request(&proxy.server.to_string(), "/", &headers, &format!("name=n{number}"))).await.status
    });
    assert!(futures_util::future::join_all(forms).await.contains(&429));
    // Headers of an untrusted peer are ignored: all of these count for 127.0.0.2.
    let untrusted = ClientHost::new(&server, 2);
    let forms = (0..3 * burst).map(|number| {
        let client = format!("203.0.113.{number}");
        async move { status_of_form(untrusted, &client, 2_000 + number).await }
    });
    assert!(futures_util::future::join_all(forms).await.contains(&429));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websockets_are_counted_per_client_behind_a_proxy() {
    let (_server, proxy) = behind_proxy().await;
    let mut held = Vec::new();
    for _ in 0..open_files::connections_per_address() {
        held.push(proxy.upgrade("", &[("X-Forwarded-For", A)]).await.unwrap());
    }
    assert_eq!(refused_upgrade(proxy.upgrade("", &[("X-Forwarded-For", A)]).await), 429);
    let (socket, _) = proxy.upgrade("?room=b", &[("X-Forwarded-For", B)]).await.unwrap();
    let mut other = crate::support::PlainClient { socket, name: String::new() };
    other.join("b").await;
    drop(held);
    wait_until("the connections are free again", || async {
        proxy.upgrade("", &[("X-Forwarded-For", A)]).await.is_ok()
    })
    .await;
}

/// The response to a GET with this `Host` header.
async fn get_from(host: ClientHost, name: &str, path: &str) -> HttpResponse {
    host.send(&format!("GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n")).await
}

/// A server with the public URL `https://talk.example.org`, and a client on this machine.
async fn with_public_url() -> (Server, ClientHost) {
    let server = Server::start_with(|config| config.public_urls = vec!["https://talk.example.org".to_owned()]).await;
    let host = ClientHost::new(&server, 1);
    (server, host)
}

#[tokio::test]
async fn a_server_with_a_public_url_rejects_other_hosts() {
    let (server, host) = with_public_url().await;
    for own in ["talk.example.org", "TALK.example.org.:443", &server.address.to_string(), "localhost:3000"] {
        assert_eq!(get_from(host, own, "/robots.txt").await.status, 200, "{own}");
    }
    for other in ["example.org", "evil.example", "talk.example.org.evil.example", "nas.local", "talk"] {
        for path in ["/", "/robots.txt", "/ws/chat"] {
            assert_eq!(get_from(host, other, path).await.status, 421, "{other}{path}");
        }
        assert_eq!(get_from(host, other, "/healthz").await.status, 200, "health checks pass under any name");
    }
}

#[tokio::test]
async fn cookies_and_device_links_follow_the_public_url() {
    let (server, host) = with_public_url().await;
    let page = get_from(host, "talk.example.org", "/").await;
    let set = page.header("set-cookie").unwrap();
    assert!(set.contains("; Secure"), "{set}");
    let session = set.split(';').next().unwrap();
    let post = |path: &'static str, body: &'static str| async move {
        // The origin of the page is https, even if the proxy connects by HTTP.
        let request = form_request("talk.example.org", path, &format!("Cookie: {session}\r\n"), body);
        host.send(&request.replace("Origin: http://", "Origin: https://")).await
    };
    assert_eq!(post("/", "name=Ana").await.status, 303);
    let created = post("/device", "").await;
    assert_eq!(created.status, 200);
    let page = created.text();
    let (_, link) = page.split_once("href=\"https://talk.example.org/device/").expect("a link of the public URL");
    let code = link.split_once('"').unwrap().0;
    assert_eq!(get_from(host, "talk.example.org", &format!("/device/{code}")).await.status, 200);
    // The machine's own address is plain HTTP, where browsers drop Secure cookies.
    let page = get_from(host, &server.address.to_string(), "/").await;
    let set = page.header("set-cookie").unwrap();
    assert!(!set.contains("Secure"), "{set}");
}

#[tokio::test]
async fn forms_of_other_origins_are_rejected_with_a_public_url() {
    let (_server, host) = with_public_url().await;
    let request = form_request("talk.example.org", "/", &format!("Cookie: {}\r\n", session_cookie(1)), "name=Ana");
    for origin in ["http://talk.example.org", "https://evil.example", "https://talk.example.org:8443", "null"] {
        let foreign = request.replace("Origin: http://talk.example.org", &format!("Origin: {origin}"));
        assert_eq!(host.send(&foreign).await.status, 403, "{origin}");
    }
}
