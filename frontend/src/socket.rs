//! A WebSocket as a series of events.

use std::{
    cell::RefCell,
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    task::{Poll, ready},
};

use futures_util::{Sink, Stream};
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
    // `None` once the socket is closed or could not be opened.
    socket: Rc<RefCell<Option<WebSocket>>>,
}

impl SocketHandle {
    /// Opens a socket to this URL. `event` is called with each event, never during this call.
    pub fn open(address: &str, event: impl Fn(SocketEvent) + 'static) -> Self {
        let socket = Rc::new(RefCell::new(WebSocket::open_with_protocol(address, SUBPROTOCOL).ok()));
        let handle = Rc::downgrade(&socket);
        // With the handle the socket is dropped, and with the socket the wakers of this task: it is never polled again.
        spawn(async move {
            let mut opening = true;
            loop {
                let next = poll_fn(|context| {
                    let Some(socket) = handle.upgrade() else { return Poll::Ready(None) };
                    let mut socket = socket.borrow_mut();
                    let Some(socket) = &mut *socket else {
                        return Poll::Ready(Some(SocketEvent::Closed(CloseCode::ABNORMAL.0)));
                    };
                    if opening {
                        if Pin::new(&mut *socket).poll_ready(context).is_pending() {
                            return Poll::Pending;
                        }
                        opening = false;
                        if matches!(socket.state(), State::Open) {
                            let chosen = socket.protocol() == SUBPROTOCOL;
                            let opened = if chosen { SocketEvent::Opened } else { SocketEvent::WrongProtocol };
                            return Poll::Ready(Some(opened));
                        }
                    }
                    loop {
                        let code = match ready!(Pin::new(&mut *socket).poll_next(context)) {
                            Some(Ok(Message::Text(text))) => return Poll::Ready(Some(SocketEvent::Text(text))),
                            // The protocol has no binary frames. An error is followed by the close that it causes.
                            Some(Ok(Message::Bytes(_)) | Err(WebSocketError::ConnectionError)) => continue,
                            Some(Err(WebSocketError::ConnectionClose(close))) => close.code,
                            _ => CloseCode::ABNORMAL.0,
                        };
                        return Poll::Ready(Some(SocketEvent::Closed(code)));
                    }
                });
                let Some(next) = next.await else { return };
                let is_last = matches!(next, SocketEvent::WrongProtocol | SocketEvent::Closed(_));
                if is_last && let Some(socket) = handle.upgrade() {
                    *socket.borrow_mut() = None;
                }
                event(next);
                if is_last {
                    return;
                }
            }
        });
        Self { socket }
    }

    /// Sends a text. Texts keep the order of the calls. A socket that is not open drops it without an error: only the
    /// server's answer shows that a text arrived.
    pub fn send(&self, text: String) {
        if let Some(socket) = self.socket.borrow_mut().as_mut().filter(|socket| matches!(socket.state(), State::Open)) {
            let _ = Pin::new(socket).start_send(Message::Text(text));
        }
    }
}
