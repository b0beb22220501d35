//! One WebSocket, from its opening to its end, as a series of events.

use std::pin::Pin;

use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::{
    Sink, StreamExt,
    future::{Either, poll_fn, select},
};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};
use parlor::{CloseCode, SUBPROTOCOL};
use parlor_app::task::spawn;

/// What happens to a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// It is open, and the server speaks the page's protocol.
    Opened,
    /// It was open, but the server speaks another protocol: nothing was sent, and the socket is closed.
    Foreign,
    /// A text came.
    Text(String),
    /// It is gone, or never came to be, with this code.
    Closed(u16),
}

/// A socket in use. Dropping it closes the socket, and no event comes any more.
pub struct Line {
    outgoing: UnboundedSender<String>,
}

impl Line {
    /// Opens a socket to this address.
    pub fn open(address: &str, event: impl Fn(SocketEvent) + 'static) -> Self {
        let (outgoing, mut texts) = unbounded::<String>();
        let socket = WebSocket::open_with_protocol(address, SUBPROTOCOL);
        spawn(async move {
            let Ok(mut socket) = socket else {
                event(SocketEvent::Closed(CloseCode::ABNORMAL.0));
                return;
            };
            let opened = poll_fn(|context| Pin::new(&mut socket).poll_ready(context));
            // A text before the opening is none of ours: the state says nothing before it was told of it.
            if let Either::Left((None, _)) = select(texts.next(), opened).await {
                return;
            }
            if matches!(socket.state(), State::Open) {
                if socket.protocol() != SUBPROTOCOL {
                    drop(socket);
                    event(SocketEvent::Foreign);
                    return;
                }
                event(SocketEvent::Opened);
            }
            loop {
                match select(texts.next(), socket.next()).await {
                    Either::Left((Some(text), _)) => {
                        // Whether it arrived is for the server to say: a closing socket swallows it without an error.
                        let _ = Pin::new(&mut socket).start_send(Message::Text(text));
                    }
                    Either::Left((None, _)) => return,
                    Either::Right((Some(Ok(Message::Text(text))), _)) => event(SocketEvent::Text(text)),
                    // The protocol has no binary frames; an error is followed by the close that it caused.
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

    /// Sends a text, in the order of the calls.
    pub fn send(&self, text: String) {
        let _ = self.outgoing.unbounded_send(text);
    }
}
