//! The replicas in the browser's database.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use js_sys::Promise;
use parlor::RoomName;
use parlor_app::{state::replica::ReplicaUpdate, wire};
use parlor_frontend::replicas;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn update(room: &RoomName, title: &str) -> ReplicaUpdate {
    let header = format!(
        r#"{{"version":2,"room":"{room}","as_of":{{"epoch":"e","seq":2,"hash":"h"}},"first":1,"has_older":false,"topic":"","read":2,"title":"{title}"}}"#
    );
    let message = |seq: u64| {
        format!(
            r#"{{"seq":{seq},"at":{seq},"hash":"","kind":"posted","author":{{"id":"a","name":"Ana"}},"client_id":"{seq:032x}","body":"hello"}}"#
        )
    };
    wire::replica_update(&[header, "-".to_owned(), "full".to_owned(), message(1), message(2)].join("\n")).unwrap()
}

/// Waits until the tasks of this turn have started their transactions, which then run in this order.
async fn started() {
    drop(JsFuture::from(Promise::resolve(&JsValue::NULL)).await);
}

#[wasm_bindgen_test]
async fn a_replica_is_read_as_it_was_written_until_it_is_deleted() {
    replicas::open().await;
    replicas::delete_all().await;
    let (art, secret) = (RoomName::parse("art").unwrap(), RoomName::private(11));
    replicas::update(update(&art, ""));
    replicas::update(update(&secret, "Plans"));
    started().await;
    assert_eq!(replicas::rooms().await, [art.clone(), secret.clone()]);
    let replica = replicas::read(&secret).await.unwrap();
    assert_eq!((replica.header, replica.events.len()), (update(&secret, "Plans").header, 2));
    replicas::delete(&secret);
    started().await;
    assert_eq!((replicas::read(&secret).await, replicas::rooms().await), (None, vec![art.clone()]));
    assert_eq!(replicas::read(&art).await.unwrap().events.len(), 2);
    replicas::delete_all().await;
    assert!(replicas::rooms().await.is_empty());
}
