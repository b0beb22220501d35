//! The plain dialect over real sockets, with one test for each requirement of the specification.

use std::time::Duration;

use futures_util::SinkExt;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};

use crate::support::{Server, wait_for, wait_until};

/// Waits until another client gets the name. The server notices a lost connection only when the kernel reports it.
async fn wait_until_name_is_free(name: &str, server: &Server) {
    wait_until("the name is free", || async {
        let mut client = server.connect_plain().await;
        client.send(name).await;
        client.next().await.get("error").is_none()
    })
    .await;
}

#[tokio::test]
async fn all_members_receive_a_message_including_its_sender() {
    let server = Server::start().await;
    let mut ana = server.join_plain("ana").await;
    let mut bo = server.join_plain("bo").await;
    ana.expect_message("bo", "bo has joined the chat").await;
    ana.send("hello").await;
    for client in [&mut ana, &mut bo] {
        client.expect_message("ana", "hello").await;
    }
    bo.send("hi ana").await;
    for client in [&mut ana, &mut bo] {
        client.expect_message("bo", "hi ana").await;
    }
}

#[tokio::test]
async fn a_client_without_a_name_receives_messages() {
    let server = Server::start().await;
    let mut unnamed = server.connect_plain().await;
    // The connection is a member of the room once it has received any message.
    let mut ana = server.join_plain("ana").await;
    unnamed.expect_message("ana", "ana has joined the chat").await;
    ana.send("is anybody there?").await;
    unnamed.expect_message("ana", "is anybody there?").await;
}

#[tokio::test]
async fn a_taken_name_is_refused_and_not_announced() {
    let server = Server::start().await;
    let mut ana = server.join_plain("ana").await;
    let mut other = server.connect_plain().await;
    other.send("ana").await;
    assert_eq!(other.expect_error().await, "Username already taken");
    assert_eq!(other.expect_close().await, 1000);
    ana.send("still me").await;
    ana.expect_message("ana", "still me").await;
}

#[tokio::test]
async fn a_name_that_can_be_confused_with_a_held_one_is_taken() {
    let server = Server::start().await;
    let _ana = server.join_plain("Ana").await;
    for name in ["ana", "ANA", "Аna"] {
        let mut other = server.connect_plain().await;
        other.send(name).await;
        assert_eq!(other.expect_error().await, "Username already taken", "{name}");
    }
}

#[tokio::test]
async fn a_name_is_released_when_its_connection_ends() {
    let server = Server::start().await;
    server.join_plain("ana").await.leave().await;
    let mut again = server.join_plain("ana").await;
    again.send("back").await;
    again.expect_message("ana", "back").await;

    // A connection without a close frame: the server sees the TCP reset.
    let MaybeTlsStream::Plain(stream) = again.socket.get_mut() else { unreachable!("no TLS here") };
    socket2::SockRef::from(&*stream).set_linger(Some(Duration::ZERO)).unwrap();
    drop(again);
    wait_until_name_is_free("ana", &server).await;
}

#[tokio::test]
async fn text_is_delivered_byte_for_byte() {
    let server = Server::start().await;
    let mut ana = server.join_plain("Ana \"quoted\" \\ 👩\u{1F3FD}").await;
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
        ana.send(message).await;
        ana.expect_message(&name, message).await;
    }
}

#[tokio::test]
async fn rooms_are_separate_and_an_invalid_room_name_is_refused() {
    let server = Server::start().await;
    let mut ana = server.join_plain("ana").await;
    let mut kitchen = server.connect_plain_to("?room=kitchen").await;
    kitchen.join("bo").await;
    kitchen.send("in here").await;
    kitchen.expect_message("bo", "in here").await;
    ana.send("out here").await;
    ana.expect_message("ana", "out here").await;

    let outcome = tokio_tungstenite::connect_async(server.url("?room=No%20Room")).await;
    assert_eq!(crate::support::refused_upgrade(outcome), 400);
}

#[tokio::test]
async fn an_invalid_message_is_answered_with_an_error_and_the_connection_stays_open() {
    let server = Server::start().await;
    let mut ana = server.join_plain("ana").await;
    let too_long = "x".repeat(parlor::limits::BODY_BYTES + 1);
    for (bad, error) in [
        ("", "The message is empty"),
        (" \n ", "The message is empty"),
        ("bell\u{7}", "The message has control characters: U+0007 at byte 4"),
        (&too_long, "The message is longer than 16384 bytes"),
    ] {
        ana.send(bad).await;
        assert_eq!(ana.expect_error().await, error);
    }
    ana.send("fine").await;
    ana.expect_message("ana", "fine").await;
}

#[tokio::test]
async fn an_invalid_name_is_answered_with_an_error_and_the_connection_is_closed() {
    let server = Server::start().await;
    let mut observer = server.join_plain("observer").await;
    let too_long = "x".repeat(33);
    for (bad, error) in [
        ("", "The name is empty"),
        (" ana", "The name has control or invisible characters, or space at its start or end"),
        ("a\u{200b}na", "The name has control or invisible characters, or space at its start or end"),
        (&too_long, "The name is longer than 32 characters"),
    ] {
        let mut client = server.connect_plain().await;
        client.send(bad).await;
        assert_eq!(client.expect_error().await, error);
        assert_eq!(client.expect_close().await, 1000);
    }
    observer.send("no notice").await;
    observer.expect_message("observer", "no notice").await;
}

#[tokio::test]
async fn an_invalid_frame_closes_only_its_own_connection() {
    let server = Server::start().await;
    let mut observer = server.join_plain("observer").await;
    let bad_utf8 = Message::Frame(Frame::message(vec![0xC3, 0x28], OpCode::Data(Data::Text), true));
    let too_big = Message::text("x".repeat(parlor::limits::FRAME_BYTES + 1));
    let reserved = Message::Frame(Frame::message(vec![], OpCode::Data(Data::Reserved(3)), true));
    for (bad, code) in [(Message::binary(vec![1, 2]), 1003), (bad_utf8, 1007), (too_big, 1009), (reserved, 1002)] {
        let mut client = server.connect_plain().await;
        client.socket.send(bad).await.unwrap();
        assert_eq!(client.expect_close().await, code);
    }
    observer.send("still here").await;
    observer.expect_message("observer", "still here").await;
}

#[tokio::test]
async fn messages_in_one_segment_and_in_fragments_are_delivered_in_order() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.join_plain("ana").await;
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
        ana.expect_message("ana", &number.to_string()).await;
    }
    ana.expect_message("ana", "in three parts").await;
}

#[tokio::test]
async fn a_close_frame_is_answered_with_its_own_code() {
    let server = Server::start().await;
    let mut ana = server.join_plain("ana").await;
    ana.socket.close(Some(CloseFrame { code: CloseCode::Library(4321), reason: "done".into() })).await.unwrap();
    assert_eq!(ana.expect_close().await, 4321);
}

#[tokio::test]
async fn messages_above_the_rate_limit_are_refused_and_others_are_not_affected() {
    let server = Server::start().await;
    let mut observer = server.join_plain("observer").await;
    let mut flooder = server.join_plain("flood").await;
    observer.expect_message("flood", "flood has joined the chat").await;
    let burst = parlor::limits::POST_BURST as usize;
    for number in 0..2 * burst {
        flooder.socket.feed(Message::text(number.to_string())).await.unwrap();
    }
    flooder.socket.flush().await.unwrap();
    let (mut received, mut refused) = (0, 0);
    while received + refused < 2 * burst {
        let frame = flooder.next().await;
        match frame.get("error") {
            Some(error) => {
                assert_eq!(error, "Too many messages in too short a time");
                refused += 1;
            }
            None => received += 1,
        }
    }
    assert!(refused > 0 && received >= burst, "{received} received, {refused} refused");
    observer.send("still here").await;
    loop {
        let frame = observer.next().await;
        if frame["username"] == "observer" {
            break;
        }
    }
}

#[tokio::test]
async fn a_connection_without_a_name_is_closed_after_the_registration_timeout() {
    let server = Server::start_with(|config| config.timeouts.registration = Duration::from_secs(1)).await;
    let mut unnamed = server.connect_plain().await;
    assert_eq!(unnamed.expect_error().await, "No name was given in time");
    assert_eq!(unnamed.expect_close().await, 1008);
}

#[tokio::test]
async fn a_half_open_connection_is_closed_and_its_name_released() {
    let server = Server::start_with(|config| config.timeouts.heartbeat = Duration::from_secs(1)).await;
    // Written to a bare TCP socket, because a client library would answer the pings.
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let request = format!(
        "GET /ws/chat HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        server.address
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.write_all(&[0x81, 0x83, 0, 0, 0, 0, b'a', b'n', b'a']).await.unwrap();
    wait_until_name_is_free("ana", &server).await;
}

#[tokio::test]
async fn a_stalled_reader_is_closed_and_others_keep_receiving() {
    let server = Server::start_with(|config| {
        config.limits_on = false;
        config.timeouts.write_stall = Duration::from_secs(1);
    })
    .await;
    let mut stalled = server.connect_plain_with_small_buffer().await;
    stalled.join("stalled").await;
    let mut ana = server.join_plain("ana").await;
    let message = "x".repeat(16_000);
    // More data than the kernel's buffers and the ring hold together.
    for _ in 0..200 {
        ana.send(&message).await;
        ana.expect_message("ana", &message).await;
    }
    assert_eq!(stalled.expect_close().await, 4008);
    wait_until_name_is_free("stalled", &server).await;
}

#[tokio::test]
async fn shutdown_closes_connections_with_a_code_to_reconnect_and_ends_in_time() {
    let server = Server::start().await;
    let mut ana = server.join_plain("ana").await;
    let closed = tokio::spawn(async move { ana.expect_close().await });
    wait_for("the server ends", server.stop()).await;
    assert_eq!(closed.await.unwrap(), 4001);
}

#[tokio::test]
async fn a_thousand_clients_receive_every_message_in_order() {
    const CLIENTS: usize = 1_000;
    const MESSAGES: usize = 100;
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut sender = server.join_plain("sender").await;
    let mut receivers = Vec::new();
    for number in 0..CLIENTS - 1 {
        let mut receiver = server.connect_plain().await;
        receiver.send(&format!("receiver {number}")).await;
        receivers.push(receiver);
    }
    let receiving = receivers.into_iter().map(|mut receiver| {
        tokio::spawn(async move {
            let mut expected = 0;
            while expected < MESSAGES {
                let frame = receiver.next().await;
                if frame["username"] == "sender" {
                    assert_eq!(frame["message"], expected.to_string(), "in order, without gap or repetition");
                    expected += 1;
                }
            }
        })
    });
    let receiving: Vec<_> = receiving.collect();
    // Every client is a member of the room once its join notice has been received.
    let mut joined = 0;
    while joined < CLIENTS - 1 {
        joined += usize::from(sender.next().await["message"].as_str().unwrap().ends_with("has joined the chat"));
    }
    // 50 messages per second.
    let mut interval = tokio::time::interval(Duration::from_millis(20));
    for number in 0..MESSAGES {
        interval.tick().await;
        sender.send(&number.to_string()).await;
    }
    for (number, receiver) in receiving.into_iter().enumerate() {
        wait_for(&format!("receiver {number} has received everything"), receiver).await.unwrap();
    }
}
