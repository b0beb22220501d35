//! The socket and the browser platform, against a fake WebSocket.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

mod fake_socket;

use fake_socket::{FakeServer, js, next_event};
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use leptos::prelude::Owner;
use parlor::{AuthorId, ChainMark, Cursor, Epoch};
use parlor_app::{ChatHandle, InitialPage, i18n::ENGLISH, state::initial_state::InitialState};
use parlor_frontend::{
    browser,
    socket::{SocketEvent, SocketHandle},
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const WELCOME: &str = r#"{"type":"welcome","session":"me","limits":{"body_bytes":16384,"name_graphemes":32,
    "post_burst":40,"posts_per_second":10},"heartbeat_ms":25000,"build":"b"}"#;

#[wasm_bindgen_test]
async fn nothing_is_sent_to_a_server_that_does_not_choose_the_subprotocol() {
    let server = FakeServer::install();
    let (seen, mut events) = unbounded();
    let socket = SocketHandle::open("ws://fake/ws/chat", move |event| drop(seen.unbounded_send(event)));
    assert_eq!(js("sockets[0].asked"), "parlor.v1");
    socket.send("too early".to_owned());
    js("sockets[0].accept('')");
    assert_eq!(events.next().await, Some(SocketEvent::WrongProtocol));
    assert_eq!(js("sockets[0].sent.length"), "0");
    assert_eq!(js("sockets[0].readyState"), "3");
    drop(server);
}

#[wasm_bindgen_test]
async fn texts_arrive_in_order_followed_by_the_close_code() {
    let server = FakeServer::install();
    let (seen, mut events) = unbounded();
    let socket = SocketHandle::open("ws://fake/ws/chat", move |event| drop(seen.unbounded_send(event)));
    js("sockets[0].accept('parlor.v1')");
    assert_eq!(events.next().await, Some(SocketEvent::Opened));
    let sent = next_event("sent");
    socket.send("one".to_owned());
    sent.await;
    js("sockets[0].say('a'); sockets[0].say('b'); sockets[0].end(4008)");
    for expected in [SocketEvent::Text("a".to_owned()), SocketEvent::Text("b".to_owned()), SocketEvent::Closed(4008)] {
        assert_eq!(events.next().await, Some(expected));
    }
    assert_eq!(js("sockets[0].sent.join()"), "one");
    drop(server);
}

#[wasm_bindgen_test]
async fn dropping_the_handle_closes_the_socket() {
    let server = FakeServer::install();
    let socket = SocketHandle::open("ws://fake/ws/chat", |_| {});
    js("sockets[0].accept('parlor.v1')");
    let closed = next_event("closed");
    drop(socket);
    closed.await;
    drop(server);
}

#[wasm_bindgen_test]
async fn after_an_abnormal_close_the_page_resumes_from_its_cursor() {
    let server = FakeServer::install();
    let owner = Owner::new();
    owner.set();
    // The page and its timers live as long as the tab, beyond this test.
    std::mem::forget(owner);
    let first = next_event("opening");
    browser::attach(ChatHandle::new(initial_page()));
    first.await;
    for attempt in 0..3 {
        let hello = next_event("sent");
        js(&format!("sockets[{attempt}].accept('parlor.v1')"));
        hello.await;
        let first_frame = js(&format!("sockets[{attempt}].sent[0]"));
        assert!(first_frame.contains(r#""type":"hello""#) && first_frame.contains(r#""seq":7"#), "{first_frame}");
        js(&format!("sockets[{attempt}].say(`{WELCOME}`)"));
        let again = next_event("opening");
        js(&format!("sockets[{attempt}].end(1006)"));
        again.await;
    }
    // The last close is final: no attempt follows.
    js("sockets[3].accept('parlor.v1'); sockets[3].end(4500)");
    drop(server);
}

fn initial_page() -> InitialPage {
    let state = InitialState {
        session: AuthorId("me".into()),
        as_of: Cursor { epoch: Epoch("e".to_owned()), seq: 7, hash: ChainMark("h".to_owned()) },
        build: "b".to_owned(),
        ..InitialState::default()
    };
    InitialPage { state, now: 0, texts: ENGLISH, hour12: false, server: Default::default(), form_id: String::new() }
}
