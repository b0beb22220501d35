//! Rooms are evicted from memory and loaded again while messages go on: nobody who enters misses one or gets one twice.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parlor::{Author, AuthorId, Body, ClientId, EventKind, Name, RoomName, ServerMessage};
use parlor_server::Config;
use parlor_server::chat::{ChatConfig, ClientAddress, ConnectionManager, Dialect, Session};
use parlor_server::engine::{Append, EmbeddedEngine, Operation};
use support::soon;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

/// Messages a second that are written while readers come and go.
const RATE: u64 = 1_000;

/// How often a reader enters.
const ENTRIES: u64 = 40;

/// Events that each reader follows.
const FOLLOWED: u64 = 25;

fn here() -> ClientAddress {
    std::net::IpAddr::from([127, 0, 0, 1]).into()
}

fn name(text: &str) -> RoomName {
    RoomName::parse(text).unwrap()
}

/// The seqs of the events in text frames of a server (RFC 6455 §5.2), as many as are whole; they are taken out.
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
async fn who_enters_a_room_that_was_evicted_misses_nothing() {
    let scratch = std::env::temp_dir().join(format!("parlor-room-cache-{}", std::process::id()));
    let (engine, deliveries) = EmbeddedEngine::open(&scratch).unwrap();
    let Config { patience, grace, .. } = Config::new(&scratch);
    let config = ChatConfig { patience, grace, limits_on: false, rooms_in_memory: 1 };
    let manager = ConnectionManager::new(Arc::new(engine), config);
    let delivering = tokio::spawn({
        let manager = manager.clone();
        async move { manager.deliver(deliveries).await }
    });
    let written = Arc::new(AtomicU64::new(0));
    let writing = tokio::spawn(write(manager.clone(), written.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut evictions = 0;
    for _ in 0..ENTRIES {
        let mut peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let stay = manager.connect(listener.accept().await.unwrap().0, here(), Dialect::Rich);
        let session = Session::new().0;
        manager.attach(&stay, &session);
        let (room, up_to) = manager.join(&stay, &session, &name("busy")).await.unwrap();
        assert!(room.go_live(&stay));
        drop(room);
        let (mut next, mut bytes) = (up_to.seq + 1, Vec::new());
        while next < up_to.seq + 1 + FOLLOWED {
            soon("an event comes", peer.read_buf(&mut bytes)).await.unwrap();
            for seq in take_seqs(&mut bytes) {
                assert_eq!(seq, next, "entered at {}", up_to.seq);
                next += 1;
            }
        }
        drop(stay);
        // Another room takes the place of the one that nobody is in any more.
        let before = manager.rooms_in_memory();
        for other in ["a", "b", "c"] {
            manager.room(&name(other)).await.unwrap();
        }
        evictions += u64::from(manager.rooms_in_memory() < before + 3);
    }
    writing.abort();
    delivering.abort();
    assert!(evictions > ENTRIES / 2, "{evictions} evictions");
    assert!(written.load(Ordering::Relaxed) > ENTRIES * FOLLOWED);
    let _ = std::fs::remove_dir_all(&scratch);
}

/// Writes messages at [`RATE`], from nowhere: no connection holds the room.
async fn write(manager: Arc<ConnectionManager>, written: Arc<AtomicU64>) {
    let author = Author { id: AuthorId("writer".into()), name: Name::parse("Ana").unwrap() };
    let mut interval = tokio::time::interval(Duration::from_secs(1) / RATE as u32);
    for number in 0_u64.. {
        interval.tick().await;
        let room = manager.room(&name("busy")).await.unwrap();
        let append = Append {
            room: room.name.clone(),
            author: author.clone(),
            client_id: ClientId::parse(&number.to_string()).unwrap(),
            operation: Operation::post(Body::parse("x").unwrap()),
            epoch: room.epoch.clone(),
            failures_known: 0,
            once: false,
        };
        manager.broadcast(&room, here(), append).await.unwrap();
        written.fetch_add(1, Ordering::Relaxed);
    }
}
