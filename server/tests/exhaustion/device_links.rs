//! Links to a second device.

use parlor::limits;

use super::stage::Stage;
use crate::client_host::{ClientHost, form_request};
use crate::support::Rich;

/// A session that holds this name.
async fn named(host: ClientHost, name: &str) -> Rich {
    let mut client = host.rich_in(Vec::new()).await;
    client.claims(name).await;
    client
}

/// The path of a new link to a session.
async fn link(host: ClientHost, client: &Rich) -> String {
    let headers = format!("Cookie: parlor_session={}\r\n", client.token);
    let answer = host.sends(&form_request(&host.server.to_string(), "/device", &headers, "")).await;
    assert_eq!(answer.status, 200);
    let (page, origin) = (answer.text(), format!("href=\"http://{}", host.server));
    page.split_once(&origin).unwrap().1.split_once('"').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_with_too_many_device_links_loses_its_own_oldest() {
    let mut stage = Stage::open().await;
    let (host, elsewhere) = (stage.attacker, stage.honest.host);
    let other = named(elsewhere, "other").await;
    let other_link = link(elsewhere, &other).await;
    let (mut sessions, mut links) = (Vec::new(), Vec::new());
    for number in 0..=limits::DEVICE_LINKS_PER_ADDRESS {
        let session = named(host, &format!("device {number}")).await;
        links.push(link(host, &session).await);
        sessions.push(session);
    }
    assert_eq!(host.gets(&links[0]).await.status, 410, "the oldest");
    for link in &links[1..] {
        assert_eq!(host.gets(link).await.status, 200);
    }
    assert_eq!(elsewhere.gets(&other_link).await.status, 200, "one of another address");
    stage.honest.is_served("when an address has all device links it may have").await;
}
