//! Device links.

use parlor::limits;

use super::attack::Attack;
use crate::support::RichClient;
use crate::support::client_host::{ClientHost, form_request};

/// A session with this name.
async fn named_session(host: ClientHost, name: &str) -> RichClient {
    let mut client = host.enter_rooms(Vec::new()).await;
    client.claim_name(name).await;
    client
}

/// Creates a device link for a session and returns its path.
async fn create_link(host: ClientHost, client: &RichClient) -> String {
    let headers = format!("Cookie: parlor_session={}\r\n", client.token);
    let response = host.send(&form_request(&host.server.to_string(), "/device", &headers, "")).await;
    assert_eq!(response.status, 200);
    let (page, origin) = (response.text(), format!("href=\"http://{}", host.server));
    page.split_once(&origin).unwrap().1.split_once('"').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_with_too_many_device_links_loses_its_oldest_one() {
    let mut attack = Attack::prepare().await;
    let (host, other_host) = (attack.attacker, attack.honest.host);
    let other = named_session(other_host, "other").await;
    let other_link = create_link(other_host, &other).await;
    let (mut sessions, mut links) = (Vec::new(), Vec::new());
    for number in 0..=limits::DEVICE_LINKS_PER_ADDRESS {
        let session = named_session(host, &format!("device {number}")).await;
        links.push(create_link(host, &session).await);
        sessions.push(session);
    }
    assert_eq!(host.get(&links[0]).await.status, 410, "the oldest");
    for link in &links[1..] {
        assert_eq!(host.get(link).await.status, 200);
    }
    assert_eq!(other_host.get(&other_link).await.status, 200, "a link of another address");
    attack.honest.assert_served("when an address has its maximum of device links").await;
}
