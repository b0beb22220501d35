//! Names: taken by forms, by connections that hang up, and by one that floods its room.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use parlor::limits;
use tokio::io::AsyncWriteExt;

use super::stage::{AT_ONCE, Stage};
use crate::client_host::{escaped, text_frames};
use crate::support::Plain;

/// Sessions of forms: the honest one, and the first of the attacker's.
const HONEST: usize = 1;
const ATTACKERS: usize = 1_000;

/// Why a new connection does not get this name.
async fn refusal_of(mut client: Plain, name: &str) -> String {
    client.says(name).await;
    client.is_told().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_of_one_address_take_no_name_of_another_and_are_paced_alone() {
    let mut stage = Stage::open().await;
    let (host, elsewhere) = (stage.attacker, stage.honest.host);
    let posts = |text: String| async move {
        let body = format!("name=Visitor&id=1&text={}", escaped(&text));
        elsewhere.posts_form("/", HONEST, &body).await.status
    };
    assert_eq!(posts("before".to_owned()).await, 303);
    let start = Instant::now();
    let take_name = |number: usize| async move {
        host.posts_form("/", ATTACKERS + number, &format!("name=form{number}")).await.status
    };
    let tried = limits::POST_BURST as usize + 300;
    let statuses: Vec<_> = stream::iter(0..tried).map(take_name).buffer_unordered(AT_ONCE).collect().await;
    let taken = statuses.iter().filter(|status| **status == 303).count();
    assert!(statuses.iter().all(|status| matches!(status, 303 | 429)), "{statuses:?}");
    let refilled = f64::from(limits::POSTS_PER_SECOND) * start.elapsed().as_secs_f64();
    assert!(taken >= limits::POST_BURST as usize, "{taken} forms");
    assert!(taken <= limits::POST_BURST as usize + refilled.ceil() as usize, "{taken} forms");
    assert_eq!(posts("after".to_owned()).await, 303);
    let stolen = host.nobody_in("").await;
    assert_eq!(refusal_of(stolen, "Visitor").await, "Username already taken");
    stage.honest.is_served("after an address has sent many forms").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_claim_names_and_hang_up_touch_no_name_of_others() {
    let mut stage = Stage::open().await;
    let (host, elsewhere) = (stage.attacker, stage.honest.host);
    // One who is there, and one who is gone and expected back.
    let mut present = elsewhere.rich_in(Vec::new()).await;
    present.claims("present").await;
    let mut expected = elsewhere.rich_in(Vec::new()).await;
    expected.claims("expected").await;
    drop(expected);
    let claim = |number: usize| async move {
        if number.is_multiple_of(8) {
            let mut plain = host.nobody_in("?room=names").await;
            plain.says(&format!("plain {number}")).await;
        } else {
            host.rich_in(Vec::new()).await.claims(&format!("rich {number}")).await;
        }
    };
    // So many that sessions which are gone have to give their names up.
    stream::iter(0..limits::NAMES_PER_ADDRESS * 8 / 7 + 100).for_each_concurrent(AT_ONCE, claim).await;
    for name in ["present", "expected", "honest"] {
        assert_eq!(refusal_of(host.nobody_in("").await, name).await, "Username already taken", "{name}");
    }
    let mut first = elsewhere.nobody_in("?room=names").await;
    first.joins("rich 1").await;
    stage.honest.is_served("after thousands of names").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_of_somebody_who_floods_and_hangs_up_is_free_at_once() {
    let mut stage = Stage::open().await;
    let mut flooder = stage.attacker.nobody_in("").await;
    flooder.joins("flooder").await;
    let texts: Vec<_> = (0..3_000).map(|number| format!("flood {number}")).collect();
    let frames = text_frames(texts.iter().map(String::as_str));
    let tokio_tungstenite::MaybeTlsStream::Plain(stream) = flooder.socket.get_mut() else { panic!("no TLS here") };
    stream.write_all(&frames).await.unwrap();
    drop(flooder);
    let hung_up = Instant::now();
    loop {
        let mut client = stage.honest.host.nobody_in("?room=elsewhere").await;
        client.says("flooder").await;
        let frame = client.next().await;
        if frame.get("error").is_none() {
            break;
        }
        assert!(hung_up.elapsed() < Duration::from_secs(1), "the name is still taken: {frame}");
    }
    stage.honest.is_served("after a flood").await;
}
