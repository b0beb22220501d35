//! One WebSocket as a browser gives it to a page: sending never waits, and what happens comes as events.

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

use super::proxy::KERNEL_BYTES;

/// Events that wait for a client that does not look: then nothing more is read from the socket.
const UNREAD: usize = 4;

/// What happens to a socket.
#[derive(Debug)]
pub(super) enum SocketEvent {
    /// It is open.
    Opened,
    /// A text came.
    Text(String),
    /// It is gone, or never came to be.
    Closed(CloseCode),
}

/// A socket in use. Dropping it hangs up.
#[derive(Debug)]
pub(super) struct Line {
    outgoing: mpsc::UnboundedSender<Message>,
    events: mpsc::Receiver<SocketEvent>,
    task: JoinHandle<()>,
}

impl Line {
    /// Opens a socket of the plain dialect.
    pub(super) fn plain(address: SocketAddr, room: &str) -> Self {
        let request = format!("ws://{address}/ws/chat?room={room}").into_client_request();
        Self::open(address, request)
    }

    /// Opens a socket of the rich dialect, with the session's secret if there is one.
    pub(super) fn rich(address: SocketAddr, secret: Option<&str>) -> Self {
        let request = format!("ws://{address}/ws/chat").into_client_request().and_then(|mut request| {
            let headers = request.headers_mut();
            headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
            if let Some(secret) = secret {
                headers.insert("Cookie", HeaderValue::from_str(&format!("parlor_session={secret}"))?);
            }
            Ok(request)
        });
        Self::open(address, request)
    }

    fn open(address: SocketAddr, request: Result<Request, Error>) -> Self {
        let (outgoing, to_send) = mpsc::unbounded_channel();
        let (happens, events) = mpsc::channel(UNREAD);
        let task = tokio::spawn(async move {
            let code = match connect(address, request).await {
                Ok(socket) => converse(socket, to_send, &happens).await,
                Err(_) => CloseCode::ABNORMAL,
            };
            let _ = happens.send(SocketEvent::Closed(code)).await;
        });
        Self { outgoing, events, task }
    }

    /// Sends a text, in the order of the calls; whether it arrives is for the server to say.
    pub(super) fn send(&self, text: String) {
        let _ = self.outgoing.send(Message::text(text));
    }

    /// Asks for the end in good order: the last event says that it came.
    pub(super) fn close(&self) {
        let _ = self.outgoing.send(Message::Close(None));
    }

    /// What happens next.
    pub(super) async fn next(&mut self) -> SocketEvent {
        self.events.recv().await.unwrap_or(SocketEvent::Closed(CloseCode::ABNORMAL))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connect(address: SocketAddr, request: Result<Request, Error>) -> Result<WebSocketStream<TcpStream>, Error> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(KERNEL_BYTES)?;
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(client_async(request?, stream).await?.0)
}

/// Goes on until the socket is gone. Reading and sending do not wait for each other.
async fn converse(
    socket: WebSocketStream<TcpStream>,
    to_send: mpsc::UnboundedReceiver<Message>,
    happens: &mpsc::Sender<SocketEvent>,
) -> CloseCode {
    let (sink, stream) = socket.split();
    // Cancel safe: when reading has ended there is nothing to send any more.
    tokio::select! {
        code = read(stream, happens) => code,
        () = write(sink, to_send) => CloseCode::ABNORMAL,
    }
}

async fn read(mut stream: SplitStream<WebSocketStream<TcpStream>>, happens: &mpsc::Sender<SocketEvent>) -> CloseCode {
    let _ = happens.send(SocketEvent::Opened).await;
    let mut code = CloseCode::ABNORMAL;
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Text(text) => {
                let _ = happens.send(SocketEvent::Text(text.as_str().to_owned())).await;
            }
            Message::Close(frame) => code = frame.map_or(CloseCode(1005), |frame| CloseCode(frame.code.into())),
            _ => {}
        }
    }
    code
}

async fn write(
    mut sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    mut to_send: mpsc::UnboundedReceiver<Message>,
) {
    while let Some(message) = to_send.recv().await {
        // A broken socket is noticed by the reading side, which may still have something to read.
        let _ = sink.send(message).await;
    }
}
