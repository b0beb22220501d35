//! Rooms are evicted from memory and loaded again while messages are posted. Each client that joins must receive every
//! event exactly once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parlor::{Author, AuthorId, Body, ClientId, EventKind, Name, RoomName, ServerMessage};
use parlor_server::Config;
use parlor_server::access::Actor;
use parlor_server::chat::{ChatConfig, ClientAddress, ConnectionManager, Dialect};
use parlor_server::engine::{Append, EmbeddedEngine, NoBus, Operation};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::support::wait_for;

/// Rate at which messages are posted while clients join and leave.
const MESSAGES_PER_SECOND: u64 = 1_000;

/// Number of clients that join, one after another.
const JOINS: u64 = 40;

/// Number of live events that each client receives before it disconnects.
const EVENTS_PER_JOIN: u64 = 25;

/// Somebody without an account, who may enter and write in open rooms.
const WRITER: Actor<'_> = Actor::Plain { named: true };

fn localhost() -> ClientAddress {
    std::net::IpAddr::from([127, 0, 0, 1]).into()
}

fn name(text: &str) -> RoomName {
    RoomName::parse(text).unwrap()
}

/// Removes complete text frames of a server (RFC 6455 §5.2) from `bytes` and returns the seqs of their events.
fn take_seqs(bytes: &mut Vec<u8>) -> Vec<u64> {
    let mut seqs = Vec::new();
    loop {
        let (start, length) = match bytes[..] {
            [_, short @ ..=125, ..] => (2, usize::from(short)),
            [_, 126, high, low, ..] => (4, usize::from(u16::from_be_bytes([high, low]))),
            _ => return seqs,
        };
        let Some(payload) = bytes.get(start..start + length) else { return seqs };
        if let Ok(ServerMessage::Event { event, .. }) = serde_json::from_slice(payload) {
            assert!(matches!(event.kind, EventKind::Posted { .. }));
            seqs.push(event.seq);
        }
        bytes.drain(..start + length);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_joins_an_evicted_room_receives_every_event_once() {
    let temp_dir = std::env::temp_dir().join(format!("parlor-room-cache-{}", std::process::id()));
    let (engine, deliveries) = EmbeddedEngine::open(&temp_dir).unwrap();
    let Config { timeouts, grace, .. } = Config::new(&temp_dir);
    let config = ChatConfig { timeouts, grace, limits_on: false, rooms_in_memory: 1 };
    let engine = Arc::new(engine);
    let manager = ConnectionManager::new(engine.clone(), engine, Arc::new(NoBus), config).await.unwrap();
    let delivering = tokio::spawn({
        let manager = manager.clone();
        async move { manager.deliver(deliveries).await }
    });
    let posted = Arc::new(AtomicU64::new(0));
    let posting = tokio::spawn(post_messages(manager.clone(), posted.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut evictions = 0;
    for _ in 0..JOINS {
        let mut peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let guard = manager.connect(listener.accept().await.unwrap().0, localhost(), Dialect::Rich);
        let session = manager.sign_in(None, "test").await.unwrap().session;
        manager.attach_session(&guard, &session);
        let readable = manager.enter(manager.person(&session), &name("busy")).await.unwrap();
        let up_to = manager.join(&guard, &session, &readable).await.unwrap();
        assert!(readable.room.go_live(&guard));
        drop(readable);
        let (mut next, mut bytes) = (up_to.seq + 1, Vec::new());
        while next < up_to.seq + 1 + EVENTS_PER_JOIN {
            wait_for("an event arrives", peer.read_buf(&mut bytes)).await.unwrap();
            for seq in take_seqs(&mut bytes) {
                assert_eq!(seq, next, "joined at {}", up_to.seq);
                next += 1;
            }
        }
        drop(guard);
        // Other rooms evict the room, which has no members any more.
        let before = manager.rooms_in_memory();
        for other in ["a", "b", "c"] {
            manager.enter(WRITER, &name(other)).await.unwrap();
        }
        evictions += u64::from(manager.rooms_in_memory() < before + 3);
    }
    posting.abort();
    delivering.abort();
    assert!(evictions > JOINS / 2, "{evictions} evictions");
    assert!(posted.load(Ordering::Relaxed) > JOINS * EVENTS_PER_JOIN);
    let _ = std::fs::remove_dir_all(&temp_dir);
}

/// Posts messages at [`MESSAGES_PER_SECOND`] without a connection, so that nothing keeps the room in memory.
async fn post_messages(manager: Arc<ConnectionManager>, posted: Arc<AtomicU64>) {
    let author = Author { id: AuthorId("writer".into()), name: Name::parse("Ana").unwrap() };
    let mut interval = tokio::time::interval(Duration::from_secs(1) / MESSAGES_PER_SECOND as u32);
    for number in 0_u64.. {
        interval.tick().await;
        let room = manager.enter(WRITER, &name("busy")).await.unwrap().room;
        let append = Append {
            room: room.name.clone(),
            author: author.clone(),
            client_id: ClientId::parse(&number.to_string()).unwrap(),
            operation: Operation::post(Body::parse("x").unwrap()),
            epoch: room.epoch.clone(),
            known_failures: 0,
            skip_receipt: false,
            owns_new_room: true,
        };
        manager.broadcast(WRITER, &room, localhost(), append).await.unwrap();
        posted.fetch_add(1, Ordering::Relaxed);
    }
}
