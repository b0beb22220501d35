//! A WebSocket as a series of events.

use std::pin::Pin;

use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::{
    Sink, StreamExt,
    future::{Either, poll_fn, select},
};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};
use parlor::{CloseCode, SUBPROTOCOL};
use parlor_app::task::spawn;

/// An event of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// It is open, and the server has chosen the subprotocol [`SUBPROTOCOL`].
    Opened,
    /// The server has not chosen the subprotocol. Nothing was sent, and the socket is closed.
    WrongProtocol,
    /// A text frame.
    Text(String),
    /// It is closed with this code, or could not be opened. The last event.
    Closed(u16),
}

/// A handle of a socket. Dropping it closes the socket and ends its events.
pub struct SocketHandle {
    outgoing: UnboundedSender<String>,
}

impl SocketHandle {
    /// Opens a socket to this URL. `event` is called with each event, never during this call.
    pub fn open(address: &str, event: impl Fn(SocketEvent) + 'static) -> Self {
        let (outgoing, mut texts) = unbounded::<String>();
        let socket = WebSocket::open_with_protocol(address, SUBPROTOCOL);
        spawn(async move {
            let Ok(mut socket) = socket else {
                event(SocketEvent::Closed(CloseCode::ABNORMAL.0));
                return;
            };
            let opened = poll_fn(|context| Pin::new(&mut socket).poll_ready(context));
            // The state sends nothing before `Opened`, so only a dropped handle can end this wait early.
            if let Either::Left((None, _)) = select(texts.next(), opened).await {
                return;
            }
            if matches!(socket.state(), State::Open) {
                if socket.protocol() != SUBPROTOCOL {
                    drop(socket);
                    event(SocketEvent::WrongProtocol);
                    return;
                }
                event(SocketEvent::Opened);
            }
            loop {
                match select(texts.next(), socket.next()).await {
                    Either::Left((Some(text), _)) => {
                        // A closing socket drops it without an error. Only the server's answer shows that it arrived.
                        let _ = Pin::new(&mut socket).start_send(Message::Text(text));
                    }
                    Either::Left((None, _)) => return,
                    Either::Right((Some(Ok(Message::Text(text))), _)) => event(SocketEvent::Text(text)),
                    // The protocol has no binary frames. An error is followed by the close that it causes.
                    Either::Right((Some(Ok(Message::Bytes(_)) | Err(WebSocketError::ConnectionError)), _)) => {}
                    Either::Right((Some(Err(WebSocketError::ConnectionClose(close))), _)) => {
                        event(SocketEvent::Closed(close.code));
                        return;
                    }
                    Either::Right(_) => {
                        event(SocketEvent::Closed(CloseCode::ABNORMAL.0));
                        return;
                    }
                }
            }
        });
        Self { outgoing }
    }

    /// Sends a text. Texts keep the order of the calls.
    pub fn send(&self, text: String) {
        let _ = self.outgoing.unbounded_send(text);
    }
}
