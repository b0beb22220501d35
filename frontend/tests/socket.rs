//! The socket and what drives it, against a server that the test plays.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

mod fake_socket;

use fake_socket::{FakeServer, happens, js};
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use leptos::prelude::Owner;
use parlor::{AuthorId, ChainMark, Cursor, Epoch, RoomName, message::Roster};
use parlor_app::{Boot, Session, settings::Settings, words::ENGLISH};
use parlor_frontend::{
    browser,
    socket::{Line, SocketEvent},
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const WELCOME: &str = r#"{"type":"welcome","session":"me","limits":{"body_bytes":16384,"name_graphemes":32,
    "post_burst":40,"posts_per_second":10},"heartbeat_ms":25000,"build":"b"}"#;

#[wasm_bindgen_test]
async fn a_server_that_does_not_choose_the_protocol_hears_nothing() {
    let server = FakeServer::install();
    let (seen, mut events) = unbounded();
    let line = Line::open("ws://fake/ws/chat", move |event| drop(seen.unbounded_send(event)));
    assert_eq!(js("sockets[0].asked"), "parlor.v1");
    line.send("too early".to_owned());
    js("sockets[0].accept('')");
    assert_eq!(events.next().await, Some(SocketEvent::Foreign));
    assert_eq!(js("sockets[0].sent.length"), "0");
    assert_eq!(js("sockets[0].readyState"), "3");
    drop(server);
}

#[wasm_bindgen_test]
async fn texts_arrive_in_order_and_the_close_code_with_them() {
    let server = FakeServer::install();
    let (seen, mut events) = unbounded();
    let line = Line::open("ws://fake/ws/chat", move |event| drop(seen.unbounded_send(event)));
    js("sockets[0].accept('parlor.v1')");
    assert_eq!(events.next().await, Some(SocketEvent::Opened));
    let sent = happens("sent");
    line.send("one".to_owned());
    sent.await;
    js("sockets[0].say('a'); sockets[0].say('b'); sockets[0].end(4008)");
    for expected in [SocketEvent::Text("a".to_owned()), SocketEvent::Text("b".to_owned()), SocketEvent::Closed(4008)] {
        assert_eq!(events.next().await, Some(expected));
    }
    assert_eq!(js("sockets[0].sent.join()"), "one");
    drop(server);
}

#[wasm_bindgen_test]
async fn dropping_the_line_closes_the_socket() {
    let server = FakeServer::install();
    let line = Line::open("ws://fake/ws/chat", |_| {});
    js("sockets[0].accept('parlor.v1')");
    let closed = happens("closed");
    drop(line);
    closed.await;
    drop(server);
}

#[wasm_bindgen_test]
async fn after_an_abnormal_close_the_page_comes_back_with_its_cursor() {
    let server = FakeServer::install();
    let owner = Owner::new();
    owner.set();
    // The page and its timers live as long as the tab, and so beyond this test.
    std::mem::forget(owner);
    let first = happens("opening");
    browser::attach(Session::new(boot()));
    first.await;
    for attempt in 0..3 {
        let hello = happens("sent");
        js(&format!("sockets[{attempt}].accept('parlor.v1')"));
        hello.await;
        let said = js(&format!("sockets[{attempt}].sent[0]"));
        assert!(said.contains(r#""type":"hello""#) && said.contains(r#""seq":7"#), "{said}");
        js(&format!("sockets[{attempt}].say(`{WELCOME}`)"));
        let again = happens("opening");
        js(&format!("sockets[{attempt}].end(1006)"));
        again.await;
    }
    // The last one is refused for good: no attempt follows, and the page says so.
    js("sockets[3].accept('parlor.v1'); sockets[3].end(4500)");
    drop(server);
}

fn boot() -> Boot {
    Boot {
        room: RoomName::default(),
        session: AuthorId("me".into()),
        name: None,
        as_of: Cursor { epoch: Epoch("e".to_owned()), seq: 7, hash: ChainMark("h".to_owned()) },
        events: vec![],
        has_older: false,
        at: None,
        has_newer: false,
        roster: Roster::default(),
        topic: String::new(),
        rooms: Vec::new(),
        now: 0,
        read: None,
        utc_offsets: Vec::new(),
        build: "b".to_owned(),
        settings: Settings::default(),
        words: ENGLISH,
        half_days: false,
        form: String::new(),
        refused: None,
    }
}
