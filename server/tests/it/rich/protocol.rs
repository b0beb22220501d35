//! The protocol itself: `hello`, errors, subprotocols and origins.

use std::time::Duration;

use parlor::{ClientMessage, ErrorCode, ServerMessage};

use crate::support::{Server, refused_upgrade};

#[tokio::test]
async fn invalid_input_is_answered_with_an_error_code() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    for (sent, code) in [
        ("not json", ErrorCode::Malformed),
        (r#"{"type":"haunt"}"#, ErrorCode::Malformed),
        (r#"{"type":"join","room":"No Room"}"#, ErrorCode::Malformed),
        (r#"{"type":"hello"}"#, ErrorCode::HelloExpected),
        (r#"{"type":"claim","name":""}"#, ErrorCode::NameEmpty),
        (r#"{"type":"page","room":"elsewhere","request":1,"before":3}"#, ErrorCode::NotInRoom),
    ] {
        ana.send_text(sent).await;
        let got = ana
            .next_matching(|m| if let ServerMessage::Refused { error, .. } = m { Some(error.code) } else { None })
            .await;
        assert_eq!(got, code, "{sent}");
    }
    ana.post("1", " ").await;
    let got =
        ana.next_matching(|m| if let ServerMessage::Nack { error, .. } = m { Some(error.code) } else { None }).await;
    assert_eq!(got, ErrorCode::BodyEmpty);
    ana.post("2", "fine").await;
    ana.expect_ack("2").await;
}

#[tokio::test]
async fn the_first_message_must_be_hello() {
    let server = Server::start_with(|config| config.timeouts.registration = Duration::from_secs(3)).await;
    let mut early = server.connect_rich(None).await;
    early.send(&ClientMessage::Ping).await;
    assert!(
        matches!(early.next().await, ServerMessage::Refused { error, .. } if error.code == ErrorCode::HelloExpected)
    );
    assert_eq!(early.expect_close().await, 1008);
    let mut silent = server.connect_rich(None).await;
    assert_eq!(silent.expect_close().await, 1008);
}

#[tokio::test]
async fn a_ping_is_answered_with_a_pong() {
    let server = Server::start().await;
    let (mut client, _) = server.enter_lobby().await;
    client.send(&ClientMessage::Ping).await;
    client.next_matching(|m| matches!(m, ServerMessage::Pong).then_some(())).await;
}

#[tokio::test]
async fn an_unknown_parlor_subprotocol_is_refused() {
    let server = Server::start().await;
    let mut request = server.request("");
    request.headers_mut().insert("Sec-WebSocket-Protocol", "parlor.v9".parse().unwrap());
    assert_eq!(refused_upgrade(tokio_tungstenite::connect_async(request).await), 400);
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_unless_it_is_allowed() {
    let server = Server::start_with(|config| config.allowed_origins = vec!["https://friend.example".into()]).await;
    let with_origin = |origin: &str| {
        let mut request = server.request("");
        request.headers_mut().insert("Origin", origin.parse().unwrap());
        request
    };
    for other_origin in ["https://evil.example", "null"] {
        assert_eq!(refused_upgrade(tokio_tungstenite::connect_async(with_origin(other_origin)).await), 403);
    }
    for allowed in ["https://friend.example".to_owned(), format!("http://{}", server.address)] {
        tokio_tungstenite::connect_async(with_origin(&allowed)).await.unwrap();
    }
}
