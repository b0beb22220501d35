//! Clients on loopback addresses of their own, which the server's limits count apart.
#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of it")]

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

use crate::answer::{Answer, AnswerReader};
use crate::support::{Plain, Rich, Server, soon};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A host from which clients connect to a server.
#[derive(Clone, Copy, Debug)]
pub struct ClientHost {
    pub address: Ipv4Addr,
    pub server: SocketAddr,
}

/// An HTTP connection that may carry several requests.
pub struct HttpConnection {
    pub answers: AnswerReader,
    pub writer: OwnedWriteHalf,
}

impl HttpConnection {
    pub async fn sends(&mut self, request: &str) {
        self.writer.write_all(request.as_bytes()).await.unwrap();
    }

    /// The next answer; `None` when the server has closed the connection.
    pub async fn answer(&mut self) -> Option<Answer> {
        soon("an answer comes", self.answers.next(false)).await.unwrap()
    }
}

/// The cookie of a session: another one for each number.
pub fn cookie(number: usize) -> String {
    format!("parlor_session={number:021}A")
}

/// A request that sends a form of the server's own page.
pub fn form_request(host: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n{headers}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

impl ClientHost {
    /// The host 127.0.0.`last`.
    pub fn new(server: &Server, last: u8) -> Self {
        Self { address: Ipv4Addr::new(127, 0, 0, last), server: server.address }
    }

    pub async fn connect(self) -> TcpStream {
        self.connect_with(|_| {}).await
    }

    /// A connection whose socket is configured before it connects.
    pub async fn connect_with(self, configure: impl FnOnce(&TcpSocket)) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        configure(&socket);
        socket.bind((self.address, 0).into()).unwrap();
        socket.connect(self.server).await.unwrap()
    }

    pub async fn http(self) -> HttpConnection {
        let (reader, writer) = self.connect().await.into_split();
        HttpConnection { answers: AnswerReader::new(reader), writer }
    }

    /// The answer to one request on a connection of its own.
    pub async fn sends(self, request: &str) -> Answer {
        let mut connection = self.http().await;
        // A server that refuses the connection may answer, and close it, before it has read this.
        let _ = connection.writer.write_all(request.as_bytes()).await;
        connection.answer().await.expect("an answer")
    }

    pub async fn gets(self, path: &str) -> Answer {
        let host = self.server;
        self.sends(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await
    }

    /// Sends a form with the session of this number.
    pub async fn posts_form(self, path: &str, session: usize, body: &str) -> Answer {
        let headers = format!("Cookie: {}\r\n", cookie(session));
        self.sends(&form_request(&self.server.to_string(), path, &headers, body)).await
    }

    /// Asks for a WebSocket with these further header lines.
    pub async fn upgrade(
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

    /// A plain connection without a name.
    pub async fn nobody_in(self, query: &str) -> Plain {
        Plain { socket: self.upgrade(query, &[]).await.unwrap().0, name: String::new() }
    }

    /// A rich connection of a new session that has entered these rooms; the state of the last is read.
    pub async fn rich_in(self, rooms: Vec<RoomName>) -> Rich {
        let (socket, _) = self.upgrade("", &[("Sec-WebSocket-Protocol", "parlor.v1")]).await.unwrap();
        let mut client = Rich { socket, token: String::new(), session: String::new() };
        let mut left = rooms.len();
        let rooms = rooms.into_iter().map(|room| RoomAt { room, cursor: None }).collect();
        client.sends(&ClientMessage::Hello { token: None, rooms }).await;
        let ServerMessage::Welcome { session, token, .. } = client.next().await else { panic!("no welcome") };
        client.session = session.as_str().to_owned();
        client.token = token.unwrap().reveal().to_owned();
        while left > 0 {
            match client.next().await {
                ServerMessage::Snapshot { .. } => left -= 1,
                ServerMessage::Refused { error, .. } => panic!("a room is refused: {error:?}"),
                _ => {}
            }
        }
        client
    }
}

/// Bytes of text frames of a client, masked with zeros (RFC 6455 §5.3).
pub fn text_frames<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        let length = u8::try_from(text.len()).ok().filter(|length| *length < 126).expect("a short text");
        bytes.extend([0x81, 0x80 | length, 0, 0, 0, 0]);
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// The value of a form's field, with every byte escaped.
pub fn escaped(value: &str) -> String {
    value.bytes().fold(String::new(), |mut escaped, byte| {
        let _ = write!(escaped, "%{byte:02X}");
        escaped
    })
}
