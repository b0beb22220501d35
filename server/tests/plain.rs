//! The plain dialect over real sockets, one promise of the spec a test.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::time::Duration;

use futures_util::SinkExt;
use support::{Server, soon, until};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};

/// Waits until somebody else gets the name: the server sees a lost connection when the kernel tells it.
async fn is_free(name: &str, server: &Server) {
    until("the name is free", || async {
        let mut client = server.nobody().await;
        client.says(name).await;
        client.next().await.get("error").is_none()
    })
    .await;
}

#[tokio::test]
async fn everyone_hears_everyone_and_the_sender_hears_itself() {
    let server = Server::start().await;
    let mut ana = server.plain("ana").await;
    let mut bo = server.plain("bo").await;
    ana.hears("bo", "bo has joined the chat").await;
    ana.says("hello").await;
    for client in [&mut ana, &mut bo] {
        client.hears("ana", "hello").await;
    }
    bo.says("hi ana").await;
    for client in [&mut ana, &mut bo] {
        client.hears("bo", "hi ana").await;
    }
}

#[tokio::test]
async fn whoever_has_not_named_itself_hears_too() {
    let server = Server::start().await;
    let mut nobody = server.nobody().await;
    // Its connection is in the room as soon as a message after it is shown to it.
    let mut ana = server.plain("ana").await;
    nobody.hears("ana", "ana has joined the chat").await;
    ana.says("is anybody there?").await;
    nobody.hears("ana", "is anybody there?").await;
}

#[tokio::test]
async fn a_taken_name_is_refused_and_nobody_hears_of_it() {
    let server = Server::start().await;
    let mut ana = server.plain("ana").await;
    let mut other = server.nobody().await;
    other.says("ana").await;
    assert_eq!(other.is_told().await, "Username already taken");
    assert_eq!(other.is_closed().await, 1000);
    ana.says("still me").await;
    ana.hears("ana", "still me").await;
}

#[tokio::test]
async fn a_name_that_looks_like_a_held_one_is_taken() {
    let server = Server::start().await;
    let _ana = server.plain("Ana").await;
    for name in ["ana", "ANA", "Аna"] {
        let mut other = server.nobody().await;
        other.says(name).await;
        assert_eq!(other.is_told().await, "Username already taken", "{name}");
    }
}

#[tokio::test]
async fn a_name_is_free_as_soon_as_its_connection_is_gone() {
    let server = Server::start().await;
    server.plain("ana").await.leaves().await;
    let mut again = server.plain("ana").await;
    again.says("back").await;
    again.hears("ana", "back").await;

    // Cut off without a word: the server sees the reset.
    let MaybeTlsStream::Plain(stream) = again.socket.get_mut() else { unreachable!("no TLS here") };
    socket2::SockRef::from(&*stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(again);
    is_free("ana", &server).await;
}

#[tokio::test]
async fn text_is_passed_on_byte_for_byte() {
    let server = Server::start().await;
    let mut ana = server.plain("Ana \"quoted\" \\ 👩\u{1F3FD}").await;
    let name = ana.name.clone();
    let long = "ä".repeat(parlor::limits::BODY_BYTES / 2);
    for message in [
        " two\n\tlines ",
        "one\r\ntwo\rthree\r\n",
        "</script><b>&amp;",
        "{\"error\":1}",
        "👩\u{200d}💻\u{202e}rtl",
        "\u{1F600}",
        &long,
    ] {
        ana.says(message).await;
        ana.hears(&name, message).await;
    }
}

#[tokio::test]
async fn rooms_are_apart_and_a_bad_room_name_is_no_room() {
    let server = Server::start().await;
    let mut ana = server.plain("ana").await;
    let mut kitchen = server.nobody_in("?room=kitchen").await;
    kitchen.joins("bo").await;
    kitchen.says("in here").await;
    kitchen.hears("bo", "in here").await;
    ana.says("out here").await;
    ana.hears("ana", "out here").await;

    let outcome = tokio_tungstenite::connect_async(server.url("?room=No%20Room")).await;
    assert_eq!(support::refused_upgrade(outcome), 400);
}

#[tokio::test]
async fn bad_messages_are_answered_and_the_connection_stays() {
    let server = Server::start().await;
    let mut ana = server.plain("ana").await;
    let too_long = "x".repeat(parlor::limits::BODY_BYTES + 1);
    for (bad, error) in [
        ("", "The message is empty"),
        (" \n ", "The message is empty"),
        ("bell\u{7}", "The message has control characters: U+0007 at byte 4"),
        (&too_long, "The message is longer than 16384 bytes"),
    ] {
        ana.says(bad).await;
        assert_eq!(ana.is_told().await, error);
    }
    ana.says("fine").await;
    ana.hears("ana", "fine").await;
}

#[tokio::test]
async fn bad_names_are_answered_and_the_connection_ends() {
    let server = Server::start().await;
    let mut witness = server.plain("witness").await;
    let too_long = "x".repeat(33);
    for (bad, error) in [
        ("", "The name is empty"),
        (" ana", "The name has control or invisible characters, or space at its start or end"),
        ("a\u{200b}na", "The name has control or invisible characters, or space at its start or end"),
        (&too_long, "The name is longer than 32 characters"),
    ] {
        let mut client = server.nobody().await;
        client.says(bad).await;
        assert_eq!(client.is_told().await, error);
        assert_eq!(client.is_closed().await, 1000);
    }
    witness.says("quiet here").await;
    witness.hears("witness", "quiet here").await;
}

#[tokio::test]
async fn frames_that_are_no_text_end_only_their_own_connection() {
    let server = Server::start().await;
    let mut witness = server.plain("witness").await;
    let bad_utf8 = Message::Frame(Frame::message(vec![0xC3, 0x28], OpCode::Data(Data::Text), true));
    let too_big = Message::text("x".repeat(parlor::limits::FRAME_BYTES + 1));
    let reserved = Message::Frame(Frame::message(vec![], OpCode::Data(Data::Reserved(3)), true));
    for (bad, code) in [(Message::binary(vec![1, 2]), 1003), (bad_utf8, 1007), (too_big, 1009), (reserved, 1002)] {
        let mut client = server.nobody().await;
        client.socket.send(bad).await.unwrap();
        assert_eq!(client.is_closed().await, code);
    }
    witness.says("still here").await;
    witness.hears("witness", "still here").await;
}

#[tokio::test]
async fn messages_in_one_segment_and_in_fragments_are_all_heard_in_order() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.plain("ana").await;
    for number in 0..100 {
        ana.socket.feed(Message::text(number.to_string())).await.unwrap();
    }
    for (part, opcode, last) in
        [("in ", Data::Text, false), ("three ", Data::Continue, false), ("parts", Data::Continue, true)]
    {
        let frame = Frame::message(part.as_bytes().to_vec(), OpCode::Data(opcode), last);
        ana.socket.feed(Message::Frame(frame)).await.unwrap();
    }
    ana.socket.flush().await.unwrap();
    for number in 0..100 {
        ana.hears("ana", &number.to_string()).await;
    }
    ana.hears("ana", "in three parts").await;
}

#[tokio::test]
async fn a_close_is_answered_with_its_own_code() {
    let server = Server::start().await;
    let mut ana = server.plain("ana").await;
    ana.socket.close(Some(CloseFrame { code: CloseCode::Library(4321), reason: "done".into() })).await.unwrap();
    assert_eq!(ana.is_closed().await, 4321);
}

#[tokio::test]
async fn a_flood_is_refused_with_a_reason_and_others_are_not_disturbed() {
    let server = Server::start().await;
    let mut witness = server.plain("witness").await;
    let mut flood = server.plain("flood").await;
    witness.hears("flood", "flood has joined the chat").await;
    let burst = parlor::limits::POST_BURST as usize;
    for number in 0..2 * burst {
        flood.socket.feed(Message::text(number.to_string())).await.unwrap();
    }
    flood.socket.flush().await.unwrap();
    let (mut heard, mut refused) = (0, 0);
    while heard + refused < 2 * burst {
        let frame = flood.next().await;
        match frame.get("error") {
            Some(error) => {
                assert_eq!(error, "Too many messages in too short a time");
                refused += 1;
            }
            None => heard += 1,
        }
    }
    assert!(refused > 0 && heard >= burst, "{heard} heard, {refused} refused");
    witness.says("calm").await;
    loop {
        let frame = witness.next().await;
        if frame["username"] == "witness" {
            break;
        }
    }
}

#[tokio::test]
async fn a_connection_that_never_names_itself_is_closed_after_the_deadline() {
    let server = Server::start_with(|config| config.patience.introduction = Duration::from_secs(1)).await;
    let mut nobody = server.nobody().await;
    assert_eq!(nobody.is_told().await, "No name was given in time");
    assert_eq!(nobody.is_closed().await, 1008);
}

#[tokio::test]
async fn a_half_open_connection_is_dropped_and_its_name_is_free() {
    let server = Server::start_with(|config| config.patience.heartbeat = Duration::from_secs(1)).await;
    // Named by hand, for a client library would answer the pings.
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let request = format!(
        "GET /ws/chat HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        server.address
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.write_all(&[0x81, 0x83, 0, 0, 0, 0, b'a', b'n', b'a']).await.unwrap();
    is_free("ana", &server).await;
}

#[tokio::test]
async fn a_stalled_reader_is_closed_and_others_keep_receiving() {
    let server = Server::start_with(|config| {
        config.limits_on = false;
        config.patience.stuck = Duration::from_secs(1);
    })
    .await;
    let mut stalled = server.nobody_with_little_room().await;
    stalled.joins("stalled").await;
    let mut ana = server.plain("ana").await;
    let message = "x".repeat(16_000);
    // More than the kernel's buffers and the ring hold together.
    for _ in 0..200 {
        ana.says(&message).await;
        ana.hears("ana", &message).await;
    }
    assert_eq!(stalled.is_closed().await, 4008);
    is_free("stalled", &server).await;
}

#[tokio::test]
async fn shutdown_says_come_back_and_ends_in_time() {
    let server = Server::start().await;
    let mut ana = server.plain("ana").await;
    let closed = tokio::spawn(async move { ana.is_closed().await });
    soon("the server ends", server.stop()).await;
    assert_eq!(closed.await.unwrap(), 4001);
}

#[tokio::test]
async fn a_thousand_clients_miss_nothing() {
    const CLIENTS: usize = 1_000;
    const MESSAGES: usize = 100;
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut speaker = server.plain("speaker").await;
    let mut listeners = Vec::new();
    for number in 0..CLIENTS - 1 {
        let mut listener = server.nobody().await;
        listener.says(&format!("listener {number}")).await;
        listeners.push(listener);
    }
    let listening = listeners.into_iter().map(|mut listener| {
        tokio::spawn(async move {
            let mut expected = 0;
            while expected < MESSAGES {
                let frame = listener.next().await;
                if frame["username"] == "speaker" {
                    assert_eq!(frame["message"], expected.to_string(), "in order, without gap or repeat");
                    expected += 1;
                }
            }
        })
    });
    let listening: Vec<_> = listening.collect();
    // Everyone is in the room once everyone's join has been heard.
    let mut joined = 0;
    while joined < CLIENTS - 1 {
        joined += usize::from(speaker.next().await["message"].as_str().unwrap().ends_with("has joined the chat"));
    }
    // 50 a second.
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    for number in 0..MESSAGES {
        pace.tick().await;
        speaker.says(&number.to_string()).await;
    }
    for (number, listener) in listening.into_iter().enumerate() {
        soon(&format!("listener {number} has heard everything"), listener).await.unwrap();
    }
}
