//! A WebSocket client with a browser's interface: sending never blocks, and everything else arrives as an event.

use std::net::SocketAddr;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use parlor::{CloseCode, SUBPROTOCOL};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::proxy::SOCKET_BUFFER_BYTES;

/// Events that are buffered for the client. While the buffer is full nothing more is read from the connection.
const EVENT_BUFFER: usize = 4;

/// An event of a WebSocket.
#[derive(Debug)]
pub(crate) enum SocketEvent {
    /// The handshake has succeeded.
    Opened,
    /// A text message arrived.
    Text(String),
    /// The connection is closed, or the handshake failed. The last event.
    Closed(CloseCode),
}

/// A WebSocket. Dropping it closes the TCP connection without a closing handshake.
#[derive(Debug)]
pub(crate) struct Socket {
    outgoing: mpsc::UnboundedSender<Message>,
    events: mpsc::Receiver<SocketEvent>,
    task: JoinHandle<()>,
}

impl Socket {
    /// Connects with the plain dialect.
    pub(crate) fn connect_plain(address: SocketAddr, room: &str) -> Self {
        let request = format!("ws://{address}/ws/chat?room={room}").into_client_request();
        Self::connect(address, request)
    }

    /// Connects with the rich dialect, and with the session's secret as a cookie if there is one.
    pub(crate) fn connect_rich(address: SocketAddr, secret: Option<&str>) -> Self {
        let request = format!("ws://{address}/ws/chat").into_client_request().and_then(|mut request| {
            let headers = request.headers_mut();
            headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
            if let Some(secret) = secret {
                headers.insert("Cookie", HeaderValue::from_str(&format!("parlor_session={secret}"))?);
            }
            Ok(request)
        });
        Self::connect(address, request)
    }

    fn connect(address: SocketAddr, request: Result<Request, Error>) -> Self {
        let (outgoing, messages) = mpsc::unbounded_channel();
        let (event_sender, events) = mpsc::channel(EVENT_BUFFER);
        let task = tokio::spawn(async move {
            let code = match handshake(address, request).await {
                Ok(stream) => run(stream, messages, &event_sender).await,
                Err(_) => CloseCode::ABNORMAL,
            };
            let _ = event_sender.send(SocketEvent::Closed(code)).await;
        });
        Self { outgoing, events, task }
    }

    /// Queues a text message. Messages are sent in the order of the calls; only the server's reply tells whether one
    /// arrived.
    pub(crate) fn send(&self, text: String) {
        let _ = self.outgoing.send(Message::text(text));
    }

    /// Starts the closing handshake. [`SocketEvent::Closed`] follows when the server has answered.
    pub(crate) fn close(&self) {
        let _ = self.outgoing.send(Message::Close(None));
    }

    /// Waits for the next event. Cancel safe.
    pub(crate) async fn next(&mut self) -> SocketEvent {
        self.events.recv().await.unwrap_or(SocketEvent::Closed(CloseCode::ABNORMAL))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn handshake(address: SocketAddr, request: Result<Request, Error>) -> Result<WebSocketStream<TcpStream>, Error> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(client_async(request?, stream).await?.0)
}

/// Reads and writes until the connection is closed. Neither waits for the other.
async fn run(
    stream: WebSocketStream<TcpStream>,
    messages: mpsc::UnboundedReceiver<Message>,
    events: &mpsc::Sender<SocketEvent>,
) -> CloseCode {
    let (sink, stream) = stream.split();
    // Cancel safe: when reading has ended nothing can be sent any more.
    tokio::select! {
        code = read(stream, events) => code,
        () = write(sink, messages) => CloseCode::ABNORMAL,
    }
}

async fn read(mut stream: SplitStream<WebSocketStream<TcpStream>>, events: &mpsc::Sender<SocketEvent>) -> CloseCode {
    let _ = events.send(SocketEvent::Opened).await;
    let mut code = CloseCode::ABNORMAL;
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Text(text) => {
                let _ = events.send(SocketEvent::Text(text.as_str().to_owned())).await;
            }
            // 1005 is reserved for a close frame without a code (RFC 6455, section 7.4.1).
            Message::Close(frame) => code = frame.map_or(CloseCode(1005), |frame| CloseCode(frame.code.into())),
            _ => {}
        }
    }
    code
}

async fn write(
    mut sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    mut messages: mpsc::UnboundedReceiver<Message>,
) {
    while let Some(message) = messages.recv().await {
        // A broken connection is reported by `read`, which may still have messages to deliver.
        let _ = sink.send(message).await;
    }
}
