//! A server on a free port, and WebSocket clients of both dialects: `ana.send("hi")`, `bo.expect_message("ana", "hi")`.
//!
//! Nothing here sleeps: everything waits for a frame, for at most [`TIMEOUT`].

pub(crate) mod client_host;
pub(crate) mod embedded_fixture;
pub(crate) mod engine;
pub(crate) mod fixture;
pub(crate) mod http_response;
pub(crate) mod log;
pub(crate) mod open_files;
pub(crate) mod postgres;
pub(crate) mod postgres_fixture;
pub(crate) mod raw;
pub(crate) mod secrets;
pub(crate) mod sql_session;
pub(crate) mod suite;
pub(crate) mod visitor;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use parlor::message::RoomAt;
use parlor::{ClientId, ClientMessage, Cursor, RoomName, ServerMessage};
use parlor_server::chat::{new_bot_token, owner_link};
use parlor_server::engine::AdminDatabase;
use parlor_server::{Config, run};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;

use self::postgres::TestDatabase;

/// Longer than anything takes on a busy machine; only a failing test waits this long.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How often [`wait_until`] checks its condition.
const CHECK_INTERVAL: Duration = Duration::from_millis(10);

/// Waits for a future.
///
/// # Panics
/// After [`TIMEOUT`], with `what` in the message.
pub(crate) async fn wait_for<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(TIMEOUT, future).await.unwrap_or_else(|_| panic!("did not happen in time: {what}"))
}

/// Checks a condition every [`CHECK_INTERVAL`] until it holds.
///
/// # Panics
/// After [`TIMEOUT`], with `what` in the message.
pub(crate) async fn wait_until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    wait_for(what, async {
        let mut checks = tokio::time::interval(CHECK_INTERVAL);
        while !holds().await {
            checks.tick().await;
        }
    })
    .await;
}

/// A running server, which is stopped when this is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: JoinHandle<()>,
    /// The data directory, to be removed when this is dropped.
    pub(crate) data: Option<std::path::PathBuf>,
    /// The database of a server that stores everything in one.
    database: Option<Arc<TestDatabase>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server with a changed configuration.
    pub(crate) async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // Not named after the port, which another server gets while this one still closes its storage.
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let data = std::env::temp_dir().join(format!("parlor-test-{}-{number}", std::process::id()));
        let mut config = Config::new(&data);
        configure(&mut config);
        let database = if config.postgres.is_none() { TestDatabase::of_directory(&config.data) } else { None };
        match &database {
            Some(database) => {
                secrets::sign_database_with_test_key(database);
                config.postgres = Some(database.config());
            }
            None => secrets::sign_with_test_key(&config.data),
        }
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        let task = tokio::spawn(async move { run(listener, config, token).await.unwrap() });
        Self { address, shutdown, task, data: Some(data), database }
    }

    /// The path of a new link to become its owner, as `parlor owner` makes it beside the running server.
    pub(crate) fn owner_link(&self) -> String {
        let (code, invitation) = owner_link();
        match &self.database {
            Some(database) => database.add_invitation(invitation),
            None => AdminDatabase::open(self.data.as_ref().unwrap()).unwrap().add_invitation(&invitation).unwrap(),
        }
        format!("/invite/{code}")
    }

    /// A new bot token for these rooms, as `parlor token` makes it beside the running server.
    pub(crate) fn bot_token(&self, rooms: &[RoomName]) -> String {
        let (token, new) = new_bot_token("test".to_owned(), rooms.to_vec(), None);
        match &self.database {
            Some(database) => database.add_bot_token(new),
            None => AdminDatabase::open(self.data.as_ref().unwrap()).unwrap().add_bot_token(&new).unwrap(),
        }
        token
    }

    /// A handle to a server that runs outside of this process, such as the `parlor` executable.
    pub(crate) fn external(address: SocketAddr) -> Self {
        let (shutdown, task) = (CancellationToken::new(), tokio::spawn(async {}));
        Self { address, shutdown, task, data: None, database: None }
    }

    pub(crate) fn url(&self, query: &str) -> String {
        format!("ws://{}/ws/chat{query}", self.address)
    }

    /// An upgrade request, which may be changed before it is sent.
    pub(crate) fn request(&self, query: &str) -> Request {
        self.url(query).into_client_request().unwrap()
    }

    /// A plain connection to the lobby, without a name.
    pub(crate) async fn connect_plain(&self) -> PlainClient {
        self.connect_plain_to("").await
    }

    /// A plain connection without a name; `query` may select a room, such as `?room=kitchen`.
    pub(crate) async fn connect_plain_to(&self, query: &str) -> PlainClient {
        PlainClient { socket: connect_async(self.url(query)).await.unwrap().0, name: String::new() }
    }

    /// A plain connection with a small receive buffer in the kernel.
    pub(crate) async fn connect_plain_with_small_buffer(&self) -> PlainClient {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let stream = MaybeTlsStream::Plain(socket.connect(self.address).await.unwrap());
        let (socket, _) = tokio_tungstenite::client_async(self.url(""), stream).await.unwrap();
        PlainClient { socket, name: String::new() }
    }

    /// A plain client that has joined the lobby with this name.
    pub(crate) async fn join_plain(&self, name: &str) -> PlainClient {
        let mut client = self.connect_plain().await;
        client.join(name).await;
        client
    }

    /// A rich connection that has sent no hello, with a session cookie if one is given.
    pub(crate) async fn connect_rich(&self, cookie: Option<&str>) -> RichClient {
        let mut request = self.request("");
        request.headers_mut().insert("Sec-WebSocket-Protocol", "parlor.v1".parse().unwrap());
        if let Some(token) = cookie {
            request.headers_mut().insert("Cookie", format!("parlor_session={token}").parse().unwrap());
        }
        let (socket, response) = connect_async(request).await.unwrap();
        assert_eq!(response.headers()["Sec-WebSocket-Protocol"], "parlor.v1");
        RichClient { socket, token: cookie.unwrap_or_default().to_owned(), session: String::new() }
    }

    /// A rich client in the lobby without a name, and its snapshot.
    pub(crate) async fn enter_lobby(&self) -> (RichClient, ServerMessage) {
        self.enter_lobby_as(None, None).await
    }

    /// A rich client in the lobby with this session cookie, and what the room sends first after this cursor.
    pub(crate) async fn enter_lobby_as(
        &self,
        cookie: Option<&str>,
        cursor: Option<Cursor>,
    ) -> (RichClient, ServerMessage) {
        let mut client = self.connect_rich(cookie).await;
        client.send_hello(cursor).await;
        let room = client.next().await;
        (client, room)
    }

    /// A rich client in the lobby with this name.
    pub(crate) async fn join_rich(&self, name: &str) -> RichClient {
        let (mut client, _) = self.enter_lobby().await;
        client.claim_name(name).await;
        client
    }

    /// Status, head and body of the response to a GET with these further header lines.
    pub(crate) async fn get(&self, path: &str, headers: &str) -> (u16, String, Vec<u8>) {
        self.raw(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n", self.address)).await
    }

    /// Sends a request on a connection of its own. Returns status, head and body of the response.
    pub(crate) async fn raw(&self, request: &str) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        wait_for("the response ends", stream.read_to_end(&mut response)).await.unwrap();
        let end = response.windows(4).position(|four| four == b"\r\n\r\n").expect("an HTTP response") + 4;
        let head = String::from_utf8(response[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head, response.split_off(end))
    }

    /// Shuts the server down, as Ctrl-C does.
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        wait_for("the server shuts down", &mut self.task).await.unwrap();
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

/// The next frame that is neither ping nor pong.
async fn next_frame(socket: &mut Socket) -> Message {
    loop {
        match wait_for("a frame comes", socket.next()).await {
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(message)) => return message,
            Some(Err(error)) => panic!("the connection broke: {error}"),
            None => panic!("the connection ended"),
        }
    }
}

async fn next_text(socket: &mut Socket) -> String {
    match next_frame(socket).await {
        Message::Text(text) => text.to_string(),
        other => panic!("expected a text frame, got {other:?}"),
    }
}

/// Reads until the close frame and returns its code; 1005 if it has none, 1006 if the connection ended without one.
async fn close_code(socket: &mut Socket) -> u16 {
    loop {
        match wait_for("the connection is closed", socket.next()).await {
            Some(Ok(Message::Close(frame))) => return frame.map_or(1005, |frame| frame.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return 1006,
        }
    }
}

/// A client of the plain dialect.
pub(crate) struct PlainClient {
    pub(crate) socket: Socket,
    pub(crate) name: String,
}

impl PlainClient {
    /// Sends a name and waits for the notice that this name has joined.
    pub(crate) async fn join(&mut self, name: &str) {
        self.send(name).await;
        self.name = name.to_owned();
        self.expect_message(name, &format!("{name} has joined the chat")).await;
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Value {
        serde_json::from_str(&next_text(&mut self.socket).await).unwrap()
    }

    pub(crate) async fn expect_message(&mut self, username: &str, message: &str) {
        assert_eq!(self.next().await, json!({"username": username, "message": message}));
    }

    /// The text of the next frame, which has to be an error.
    pub(crate) async fn expect_error(&mut self) -> String {
        let frame = self.next().await;
        frame["error"].as_str().unwrap_or_else(|| panic!("expected an error, got {frame}")).to_owned()
    }

    pub(crate) async fn expect_close(&mut self) -> u16 {
        close_code(&mut self.socket).await
    }

    /// Closes the connection with a complete close handshake.
    pub(crate) async fn leave(mut self) {
        self.socket.close(None).await.unwrap();
        close_code(&mut self.socket).await;
    }
}

/// A client of the rich dialect.
pub(crate) struct RichClient {
    pub(crate) socket: Socket,
    /// The session token.
    pub(crate) token: String,
    /// The public session id.
    pub(crate) session: String,
}

impl RichClient {
    pub(crate) async fn send(&mut self, message: &ClientMessage) {
        self.send_text(&serde_json::to_string(message).unwrap()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> ServerMessage {
        serde_json::from_str(&next_text(&mut self.socket).await).unwrap()
    }

    /// The next message, or the close code of the server.
    pub(crate) async fn next_or_close_code(&mut self) -> Result<ServerMessage, u16> {
        match next_frame(&mut self.socket).await {
            Message::Text(text) => Ok(serde_json::from_str(&text).unwrap()),
            Message::Close(frame) => Err(frame.map_or(1005, |frame| frame.code.into())),
            other => panic!("expected a text frame, got {other:?}"),
        }
    }

    /// The first result of `pick` for the messages to come; messages for which it returns `None` are skipped.
    pub(crate) async fn next_matching<T>(&mut self, pick: impl Fn(ServerMessage) -> Option<T>) -> T {
        loop {
            if let Some(picked) = pick(self.next().await) {
                return picked;
            }
        }
    }

    /// Sends a hello with the lobby and reads the welcome. Returns the session's name.
    pub(crate) async fn send_hello(&mut self, cursor: Option<Cursor>) -> Option<String> {
        let rooms = vec![RoomAt { room: RoomName::default(), cursor }];
        self.send(&ClientMessage::Hello { token: None, rooms }).await;
        let welcome = self.next().await;
        let ServerMessage::Welcome { session, token, name, .. } = welcome else { panic!("{welcome:?} is no welcome") };
        self.session = session.as_str().to_owned();
        if let Some(token) = token {
            self.token = token.reveal().to_owned();
        }
        name.map(|name| name.as_str().to_owned())
    }

    /// Claims a name and waits until the server confirms it.
    pub(crate) async fn claim_name(&mut self, name: &str) {
        self.send(&ClientMessage::Claim { name: name.to_owned() }).await;
        self.next_matching(|message| match message {
            ServerMessage::Claimed { name: claimed } if claimed.as_str() == name => Some(()),
            ServerMessage::Refused { error, .. } => panic!("{name} is refused: {error:?}"),
            _ => None,
        })
        .await;
    }

    pub(crate) async fn post(&mut self, id: &str, body: &str) {
        self.post_in(RoomName::default(), id, body).await;
    }

    pub(crate) async fn post_in(&mut self, room: RoomName, id: &str, body: &str) {
        self.send(&ClientMessage::post(room, ClientId::parse(id).unwrap(), body)).await;
    }

    /// Waits until the message is acknowledged, and returns its seq.
    pub(crate) async fn expect_ack(&mut self, id: &str) -> u64 {
        self.next_matching(|message| match message {
            ServerMessage::Ack { client_id, seq, .. } if client_id.as_str() == id => Some(seq),
            ServerMessage::Nack { error, .. } => panic!("{id} is refused: {error:?}"),
            _ => None,
        })
        .await
    }

    pub(crate) async fn expect_close(&mut self) -> u16 {
        close_code(&mut self.socket).await
    }
}

/// The HTTP status of a refused upgrade.
pub(crate) fn refused_upgrade<T: std::fmt::Debug>(outcome: Result<T, tungstenite::Error>) -> u16 {
    match outcome {
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}
