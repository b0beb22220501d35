//! A WebSocket as a series of events.

use std::{
    cell::Cell,
    rc::{Rc, Weak},
};

use parlor::{CloseCode, SUBPROTOCOL};
use parlor_app::{dom::listen, task::spawn};
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

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
    socket: Option<WebSocket>,
    // False after the last event.
    active: Rc<Cell<bool>>,
}

impl SocketHandle {
    /// Opens a socket to this URL. `event` is called with each event, never during this call.
    pub fn open(address: &str, event: impl Fn(SocketEvent) + 'static) -> Self {
        let active = Rc::new(Cell::new(true));
        let (socket, handle) = (WebSocket::new_with_str(address, SUBPROTOCOL).ok(), Rc::downgrade(&active));
        if let Some(target) = &socket {
            let socket = target.clone();
            // An error is followed by the close that it causes.
            let on_event = move |occurred: Event| on_event(&socket, &handle, &occurred, &event);
            listen(target, &["open", "message", "close"], on_event);
        } else {
            spawn(async move {
                if handle.strong_count() > 0 {
                    event(SocketEvent::Closed(CloseCode::ABNORMAL.0));
                }
            });
        }
        Self { socket, active }
    }

    /// Sends a text. Texts keep the order of the calls. A socket that is not open drops it without an error: only the
    /// server's answer shows that a text arrived.
    pub fn send(&self, text: &str) {
        if let Some(socket) = self.socket.as_ref().filter(|socket| socket.ready_state() == WebSocket::OPEN) {
            let _ = socket.send_with_str(text);
        }
    }
}

impl Drop for SocketHandle {
    fn drop(&mut self) {
        self.active.set(false);
        self.socket.iter().for_each(close);
    }
}

fn close(socket: &WebSocket) {
    let _ = socket.close();
}

fn on_event(socket: &WebSocket, handle: &Weak<Cell<bool>>, occurred: &Event, event: &dyn Fn(SocketEvent)) {
    let Some(active) = handle.upgrade().filter(|active| active.get()) else { return };
    if let Some(message) = occurred.dyn_ref::<MessageEvent>() {
        // The protocol has no binary frames.
        if let Some(text) = message.data().as_string() {
            event(SocketEvent::Text(text));
        }
    } else if let Some(closed) = occurred.dyn_ref::<CloseEvent>() {
        active.set(false);
        event(SocketEvent::Closed(closed.code()));
    } else if socket.protocol() == SUBPROTOCOL {
        event(SocketEvent::Opened);
    } else {
        active.set(false);
        close(socket);
        event(SocketEvent::WrongProtocol);
    }
}
