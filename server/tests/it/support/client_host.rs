//! Clients with different loopback addresses, which the server's limits count separately.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use parlor::message::RoomAt;
use parlor::{ClientMessage, RoomName, ServerMessage};
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, tungstenite};

use super::http_response::{HttpResponse, ResponseReader};
use super::secrets::session_token;
use crate::support::{PlainClient, RichClient, Server, wait_for};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A client address from which connections to a server are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientHost {
    pub(crate) address: Ipv4Addr,
    pub(crate) server: SocketAddr,
}

/// An HTTP connection for several requests.
pub(crate) struct HttpConnection {
    pub(crate) responses: ResponseReader,
    pub(crate) writer: OwnedWriteHalf,
}

impl HttpConnection {
    pub(crate) async fn send(&mut self, request: &str) {
        self.writer.write_all(request.as_bytes()).await.unwrap();
    }

    /// The next response; `None` if the server has closed the connection.
    pub(crate) async fn next_response(&mut self) -> Option<HttpResponse> {
        wait_for("a response comes", self.responses.next(false)).await.unwrap()
    }
}

/// A session cookie, different for each number.
pub(crate) fn session_cookie(number: usize) -> String {
    format!("parlor_session={}", session_token(number))
}

/// A POST request with a form of the server's own page.
pub(crate) fn form_request(host: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n{headers}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

impl ClientHost {
    /// The host 127.0.0.`last`.
    pub(crate) fn new(server: &Server, last: u8) -> Self {
        Self { address: Ipv4Addr::new(127, 0, 0, last), server: server.address }
    }

    pub(crate) async fn connect(self) -> TcpStream {
        self.connect_with(|_| {}).await
    }

    /// A connection whose socket is configured before it connects.
    pub(crate) async fn connect_with(self, configure: impl FnOnce(&TcpSocket)) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        configure(&socket);
        socket.bind((self.address, 0).into()).unwrap();
        socket.connect(self.server).await.unwrap()
    }

    pub(crate) async fn http(self) -> HttpConnection {
        let (reader, writer) = self.connect().await.into_split();
        HttpConnection { responses: ResponseReader::new(reader), writer }
    }

    /// Sends one request on a connection of its own, and returns the response.
    pub(crate) async fn send(self, request: &str) -> HttpResponse {
        let mut connection = self.http().await;
        // A server that rejects the connection may respond and close it before it has read the request.
        let _ = connection.writer.write_all(request.as_bytes()).await;
        connection.next_response().await.expect("a response")
    }

    pub(crate) async fn get(self, path: &str) -> HttpResponse {
        let host = self.server;
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await
    }

    /// Posts a form with the session cookie of this number.
    pub(crate) async fn post_form(self, path: &str, session: usize, body: &str) -> HttpResponse {
        let headers = format!("Cookie: {}\r\n", session_cookie(session));
        self.send(&form_request(&self.server.to_string(), path, &headers, body)).await
    }

    /// Opens a WebSocket with these further headers.
    pub(crate) async fn upgrade(
        self,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<(Socket, Response), tungstenite::Error> {
        let mut request = format!("ws://{}/ws/chat{query}", self.server).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        client_async(request, MaybeTlsStream::Plain(self.connect().await)).await
    }

    /// A plain connection without a name; `query` may select a room.
    pub(crate) async fn connect_plain_to(self, query: &str) -> PlainClient {
        PlainClient { socket: self.upgrade(query, &[]).await.unwrap().0, name: String::new() }
    }

    /// A rich connection of a new session that has entered these rooms and read all of their snapshots.
    pub(crate) async fn enter_rooms(self, rooms: Vec<RoomName>) -> RichClient {
        let (socket, _) = self.upgrade("", &[("Sec-WebSocket-Protocol", "parlor.v1")]).await.unwrap();
        let mut client = RichClient { socket, token: String::new(), session: String::new() };
        let mut missing = rooms.len();
        let rooms = rooms.into_iter().map(|room| RoomAt { room, cursor: None }).collect();
        client.send(&ClientMessage::Hello { token: None, rooms }).await;
        let ServerMessage::Welcome { session, token, .. } = client.next().await else { panic!("no welcome") };
        client.session = session.as_str().to_owned();
        client.token = token.unwrap().reveal().to_owned();
        while missing > 0 {
            match client.next().await {
                ServerMessage::Snapshot { .. } => missing -= 1,
                ServerMessage::Refused { error, .. } => panic!("a room was refused: {error:?}"),
                _ => {}
            }
        }
        client
    }
}

/// The bytes of text frames from a client, masked with zeros (RFC 6455 §5.3).
pub(crate) fn text_frames<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 126).expect("a short text");
        bytes.extend([0x81, 0x80 | length, 0, 0, 0, 0]);
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// The value of a form field with every byte percent-encoded.
pub(crate) fn percent_encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |mut escaped, byte| {
        let _ = write!(escaped, "%{byte:02X}");
        escaped
    })
}
