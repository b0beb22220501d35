//! Names: claimed by forms, by connections that close at once, and by a client that floods its room.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use parlor::limits;
use tokio::io::AsyncWriteExt;

use super::attack::{AT_ONCE, Attack};
use crate::support::PlainClient;
use crate::support::client_host::{percent_encoded, text_frames};

/// Number of the honest client's session, and of the attacker's first one.
const HONEST: usize = 1;
const FIRST_ATTACKER: usize = 1_000;

/// The error that a new connection gets for this name.
async fn refusal_of(mut client: PlainClient, name: &str) -> String {
    client.send(name).await;
    client.expect_error().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_of_one_address_claim_no_held_name_and_are_limited_per_address() {
    let mut attack = Attack::prepare().await;
    let (host, other_host) = (attack.attacker, attack.honest.host);
    let post = |text: String| async move {
        let body = format!("name=Visitor&id=1&text={}", percent_encoded(&text));
        other_host.post_form("/", HONEST, &body).await.status
    };
    assert_eq!(post("before".to_owned()).await, 303);
    let start = Instant::now();
    let claim_name = |number: usize| async move {
        host.post_form("/", FIRST_ATTACKER + number, &format!("name=form{number}")).await.status
    };
    let attempts = limits::POST_BURST as usize + 300;
    let statuses: Vec<_> = stream::iter(0..attempts).map(claim_name).buffer_unordered(AT_ONCE).collect().await;
    let taken = statuses.iter().filter(|status| **status == 303).count();
    assert!(statuses.iter().all(|status| matches!(status, 303 | 429)), "{statuses:?}");
    let refilled = f64::from(limits::POSTS_PER_SECOND) * start.elapsed().as_secs_f64();
    assert!(taken >= limits::POST_BURST as usize, "{taken} forms");
    assert!(taken <= limits::POST_BURST as usize + refilled.ceil() as usize, "{taken} forms");
    assert_eq!(post("after".to_owned()).await, 303);
    let thief = host.connect_plain_to("").await;
    assert_eq!(refusal_of(thief, "Visitor").await, "Username already taken");
    attack.honest.assert_served("after an address has sent many forms").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claiming_many_names_and_disconnecting_releases_no_name_of_others() {
    let mut attack = Attack::prepare().await;
    let (host, other_host) = (attack.attacker, attack.honest.host);
    // A session with a connection, and one without, whose name is still held.
    let mut present = other_host.enter_rooms(Vec::new()).await;
    present.claim_name("present").await;
    let mut away = other_host.enter_rooms(Vec::new()).await;
    away.claim_name("away").await;
    drop(away);
    let claim = |number: usize| async move {
        if number.is_multiple_of(8) {
            let mut plain = host.connect_plain_to("?room=names").await;
            plain.send(&format!("plain {number}")).await;
        } else {
            host.enter_rooms(Vec::new()).await.claim_name(&format!("rich {number}")).await;
        }
    };
    // More names than an address may hold, so that sessions without connection lose theirs.
    stream::iter(0..limits::NAMES_PER_ADDRESS * 8 / 7 + 100).for_each_concurrent(AT_ONCE, claim).await;
    for name in ["present", "away", "honest"] {
        assert_eq!(refusal_of(host.connect_plain_to("").await, name).await, "Username already taken", "{name}");
    }
    let mut first = other_host.connect_plain_to("?room=names").await;
    first.join("rich 1").await;
    attack.honest.assert_served("after thousands of names").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_of_a_flooding_client_is_released_when_it_disconnects() {
    let mut attack = Attack::prepare().await;
    let mut flooder = attack.attacker.connect_plain_to("").await;
    flooder.join("flooder").await;
    let texts: Vec<_> = (0..3_000).map(|number| format!("flood {number}")).collect();
    let frames = text_frames(texts.iter().map(String::as_str));
    let tokio_tungstenite::MaybeTlsStream::Plain(stream) = flooder.socket.get_mut() else { panic!("no TLS here") };
    stream.write_all(&frames).await.unwrap();
    drop(flooder);
    let disconnected = Instant::now();
    loop {
        let mut client = attack.honest.host.connect_plain_to("?room=elsewhere").await;
        client.send("flooder").await;
        let frame = client.next().await;
        if frame.get("error").is_none() {
            break;
        }
        assert!(disconnected.elapsed() < Duration::from_secs(1), "the name is still taken: {frame}");
    }
    attack.honest.assert_served("after a flood").await;
}
