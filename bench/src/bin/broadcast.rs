//! The common design in Rust: axum's `WebSocket`, one task per connection, and one tokio broadcast channel per room.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{
        Query, State,
        ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    routing::get,
};
use tokio::sync::broadcast;

/// Number of messages by which a receiver may lag.
const CHANNEL_CAPACITY: usize = 1024;

type Rooms = Arc<Mutex<HashMap<String, broadcast::Sender<Utf8Bytes>>>>;

#[tokio::main]
async fn main() -> io::Result<()> {
    let route = get(
        async |upgrade: WebSocketUpgrade, Query(query): Query<HashMap<String, String>>, State(rooms): State<Rooms>| {
            let name = query.get("room").cloned().unwrap_or_default();
            let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
            let room = rooms.entry(name).or_insert_with(|| broadcast::channel(CHANNEL_CAPACITY).0).clone();
            upgrade.on_upgrade(move |socket| serve_client(socket, room))
        },
    );
    let app = Router::new().route("/ws/chat", route).with_state(Rooms::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("ready: {}", listener.local_addr()?);
    axum::serve(listener, app).await
}

async fn serve_client(mut socket: WebSocket, room: broadcast::Sender<Utf8Bytes>) {
    let mut receiver = room.subscribe();
    let mut name: Option<String> = None;
    loop {
        tokio::select! {
            broadcast = receiver.recv() => {
                let Ok(text) = broadcast else { return };
                if socket.send(Message::Text(text)).await.is_err() {
                    return;
                }
            }
            received = socket.recv() => {
                let Some(Ok(message)) = received else { return };
                let Message::Text(text) = message else { continue };
                let message = match &name {
                    Some(_) => text.to_string(),
                    None => {
                        name = Some(text.to_string());
                        format!("{text} has joined the chat")
                    }
                };
                let frame = serde_json::json!({ "username": name, "message": message });
                let _ = room.send(frame.to_string().into());
            }
        }
    }
}
