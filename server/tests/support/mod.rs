//! A server on a free port, and clients that read like the protocol: `ana.says("hi")`, `bo.hears("ana", "hi")`.
//!
//! Nothing here sleeps: everything waits for a frame, for at most [`PATIENCE`].
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part of this; a test may fail by panicking"
)]

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use parlor::message::RoomAt;
use parlor::{ClientId, ClientMessage, Cursor, RoomName, ServerMessage};
use parlor_server::{Config, run};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;

/// Longer than anything takes on a busy machine; only a failing test waits this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for something that has to happen.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("did not happen in time: {what}"))
}

/// Looks again and again until a condition holds.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    soon(what, async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// A running server.
pub struct Server {
    pub address: SocketAddr,
    pub shutdown: CancellationToken,
    pub task: JoinHandle<()>,
    /// What it keeps, to be removed with it.
    data: Option<std::path::PathBuf>,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A server with another configuration than the default.
    pub async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let data = std::env::temp_dir().join(format!("parlor-test-{}-{}", std::process::id(), address.port()));
        let mut config = Config::new(&data);
        configure(&mut config);
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        let task = tokio::spawn(async move { run(listener, config, token).await.unwrap() });
        Self { address, shutdown, task, data: Some(data) }
    }

    /// A server that somebody else runs.
    pub fn elsewhere(address: SocketAddr) -> Self {
        Self { address, shutdown: CancellationToken::new(), task: tokio::spawn(async {}), data: None }
    }

    pub fn url(&self, query: &str) -> String {
        format!("ws://{}/ws/chat{query}", self.address)
    }

    /// An upgrade request, to be changed before it is sent.
    pub fn request(&self, query: &str) -> Request {
        self.url(query).into_client_request().unwrap()
    }

    /// A plain connection that has not named itself.
    pub async fn nobody(&self) -> Plain {
        self.nobody_in("").await
    }

    pub async fn nobody_in(&self, query: &str) -> Plain {
        Plain { socket: connect_async(self.url(query)).await.unwrap().0, name: String::new() }
    }

    /// A plain connection whose kernel keeps little of what is not read.
    pub async fn nobody_with_little_room(&self) -> Plain {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let stream = MaybeTlsStream::Plain(socket.connect(self.address).await.unwrap());
        let (socket, _) = tokio_tungstenite::client_async(self.url(""), stream).await.unwrap();
        Plain { socket, name: String::new() }
    }

    /// A plain client that has joined the lobby and heard so.
    pub async fn plain(&self, name: &str) -> Plain {
        let mut client = self.nobody().await;
        client.joins(name).await;
        client
    }

    /// A rich connection that has said nothing, with the session of `cookie` if there is one.
    pub async fn rich_socket(&self, cookie: Option<&str>) -> Rich {
        let mut request = self.request("");
        request.headers_mut().insert("Sec-WebSocket-Protocol", "parlor.v1".parse().unwrap());
        if let Some(token) = cookie {
            request.headers_mut().insert("Cookie", format!("parlor_session={token}").parse().unwrap());
        }
        let (socket, response) = connect_async(request).await.unwrap();
        assert_eq!(response.headers()["Sec-WebSocket-Protocol"], "parlor.v1");
        Rich { socket, token: cookie.unwrap_or_default().to_owned(), session: String::new() }
    }

    /// A rich client in the lobby, without a name; returns its snapshot too.
    pub async fn reader(&self) -> (Rich, ServerMessage) {
        self.reader_as(None, None).await
    }

    pub async fn reader_as(&self, cookie: Option<&str>, cursor: Option<Cursor>) -> (Rich, ServerMessage) {
        let mut client = self.rich_socket(cookie).await;
        client.greets(cursor).await;
        let room = client.next().await;
        (client, room)
    }

    /// A rich client in the lobby that holds a name.
    pub async fn rich(&self, name: &str) -> Rich {
        let (mut client, _) = self.reader().await;
        client.claims(name).await;
        client
    }

    /// Status, headers and body of a page, as text.
    pub async fn get(&self, path: &str, headers: &str) -> (u16, String, Vec<u8>) {
        self.raw(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n", self.address)).await
    }

    pub async fn raw(&self, request: &str) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        soon("the answer ends", stream.read_to_end(&mut answer)).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("an HTTP answer") + 4;
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head, answer.split_off(end))
    }

    /// Ends the server as Ctrl-C does.
    pub async fn stop(mut self) {
        self.shutdown.cancel();
        soon("the server ends", &mut self.task).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(data) = &self.data {
            let _ = std::fs::remove_dir_all(data);
        }
    }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn frame(socket: &mut Socket) -> Message {
    loop {
        match soon("a frame comes", socket.next()).await {
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(message)) => return message,
            Some(Err(error)) => panic!("the connection broke: {error}"),
            None => panic!("the connection ended"),
        }
    }
}

async fn text(socket: &mut Socket) -> String {
    match frame(socket).await {
        Message::Text(text) => text.to_string(),
        other => panic!("expected a text frame, got {other:?}"),
    }
}

/// The close code, once everything before it has been read; 1006 if the connection just ended.
async fn close_code(socket: &mut Socket) -> u16 {
    loop {
        match soon("the connection is closed", socket.next()).await {
            Some(Ok(Message::Close(frame))) => return frame.map_or(1005, |frame| frame.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return 1006,
        }
    }
}

/// A client of the plain dialect.
pub struct Plain {
    pub socket: Socket,
    pub name: String,
}

impl Plain {
    pub async fn joins(&mut self, name: &str) {
        self.says(name).await;
        self.name = name.to_owned();
        self.hears(name, &format!("{name} has joined the chat")).await;
    }

    pub async fn says(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub async fn next(&mut self) -> Value {
        serde_json::from_str(&text(&mut self.socket).await).unwrap()
    }

    pub async fn hears(&mut self, username: &str, message: &str) {
        assert_eq!(self.next().await, json!({"username": username, "message": message}));
    }

    /// The error that comes next.
    pub async fn is_told(&mut self) -> String {
        let frame = self.next().await;
        frame["error"].as_str().unwrap_or_else(|| panic!("expected an error, got {frame}")).to_owned()
    }

    pub async fn is_closed(&mut self) -> u16 {
        close_code(&mut self.socket).await
    }

    /// Goes away as a program does that ends: the close handshake is finished.
    pub async fn leaves(mut self) {
        self.socket.close(None).await.unwrap();
        close_code(&mut self.socket).await;
    }
}

/// A client of the rich dialect.
pub struct Rich {
    pub socket: Socket,
    /// The session's secret.
    pub token: String,
    /// The session's public id.
    pub session: String,
}

impl Rich {
    pub async fn sends(&mut self, message: &ClientMessage) {
        self.sends_text(&serde_json::to_string(message).unwrap()).await;
    }

    pub async fn sends_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub async fn next(&mut self) -> ServerMessage {
        serde_json::from_str(&text(&mut self.socket).await).unwrap()
    }

    /// What comes next, or the code that the server closes with.
    pub async fn next_unless_closed(&mut self) -> Result<ServerMessage, u16> {
        match frame(&mut self.socket).await {
            Message::Text(text) => Ok(serde_json::from_str(&text).unwrap()),
            Message::Close(frame) => Err(frame.map_or(1005, |frame| frame.code.into())),
            other => panic!("expected a text frame, got {other:?}"),
        }
    }

    /// The next message that `pick` wants; those before it are passed over.
    pub async fn next_that<T>(&mut self, pick: impl Fn(ServerMessage) -> Option<T>) -> T {
        loop {
            if let Some(picked) = pick(self.next().await) {
                return picked;
            }
        }
    }

    /// Says hello and goes into the lobby; the welcome is read, what follows it is not.
    pub async fn greets(&mut self, cursor: Option<Cursor>) -> Option<String> {
        let rooms = vec![RoomAt { room: RoomName::default(), cursor }];
        self.sends(&ClientMessage::Hello { token: None, rooms }).await;
        let ServerMessage::Welcome { session, token, name, .. } = self.next().await else { panic!("no welcome") };
        self.session = session.as_str().to_owned();
        if let Some(token) = token {
            self.token = token.reveal().to_owned();
        }
        name.map(|name| name.as_str().to_owned())
    }

    pub async fn claims(&mut self, name: &str) {
        self.sends(&ClientMessage::Claim { name: name.to_owned() }).await;
        self.next_that(|message| match message {
            ServerMessage::Claimed { name: claimed } if claimed.as_str() == name => Some(()),
            ServerMessage::Refused { error, .. } => panic!("{name} is refused: {error:?}"),
            _ => None,
        })
        .await;
    }

    pub async fn posts(&mut self, id: &str, body: &str) {
        self.posts_in(RoomName::default(), id, body).await;
    }

    pub async fn posts_in(&mut self, room: RoomName, id: &str, body: &str) {
        self.sends(&ClientMessage::post(room, ClientId::parse(id).unwrap(), body)).await;
    }

    /// The seq with which the message is acknowledged.
    pub async fn is_acked(&mut self, id: &str) -> u64 {
        self.next_that(|message| match message {
            ServerMessage::Ack { client_id, seq, .. } if client_id.as_str() == id => Some(seq),
            ServerMessage::Nack { error, .. } => panic!("{id} is refused: {error:?}"),
            _ => None,
        })
        .await
    }

    pub async fn is_closed(&mut self) -> u16 {
        close_code(&mut self.socket).await
    }
}

/// The status with which an upgrade is refused.
pub fn refused_upgrade(outcome: Result<(Socket, Response), tungstenite::Error>) -> u16 {
    match outcome {
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}
