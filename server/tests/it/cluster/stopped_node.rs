//! A node that is stopped while it holds the locks of rooms: the process does nothing more, and its connections stay open.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use parlor::message::RoomAt;
use parlor::{ClientMessage, EventKind, RoomName, ServerMessage};
use rustix::process::{Pid, Signal, kill_process};

use super::fixture::Cluster;
use crate::support::engine::TempDir;
use crate::support::sql_session::SqlSession;
use crate::support::{RichClient, Server, wait_until};

/// The documented time within which rooms go on that the stopped node has not locked.
const OTHER_ROOMS: Duration = Duration::from_secs(1);

/// The documented time within which the others go on.
const LOCKED_ROOMS: Duration = Duration::from_secs(6);

/// A node as a process of its own. It is killed when this is dropped.
struct Node {
    process: Child,
    server: Server,
    _data: TempDir,
}

impl Node {
    fn start(cluster: &Cluster) -> Self {
        let data = TempDir::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlor"));
        command.args(["--listen", "127.0.0.1:0", "--limits", "off", "--data"]).arg(&data.0);
        let mut process = command.env("PARLOR_POSTGRES", &cluster.database.url).stdout(Stdio::piped()).spawn().unwrap();
        let first = BufReader::new(process.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        let address = first.rsplit_once("http://").expect("the program prints its address").1.parse().unwrap();
        Self { process, server: Server::external(address), _data: data }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Stops the node between the lock of a room and the commit of what `post` writes there: the transaction waits for the name
/// of the author, which another one has locked.
async fn stop_before_commit(node: &Node, cluster: &Cluster, author: &str, post: impl AsyncFnOnce()) {
    let mut session = cluster.database.session();
    lock_name(&mut session, author);
    post().await;
    // The state of the transaction, and what it waits for.
    let transaction = |column: &str| {
        cluster.database.query(&format!(
            "SELECT {column} FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
             AND query LIKE '%FROM names WHERE%FOR SHARE%' AND state <> 'idle'"
        ))
    };
    loop {
        wait_until("it waits for the name", async || transaction("wait_event_type") == "Lock").await;
        node.signal(Signal::STOP);
        session.run("COMMIT");
        wait_until("it has the name or has given up", async || transaction("wait_event_type") != "Lock").await;
        if transaction("state") == "idle in transaction" {
            return;
        }
        // On a busy machine its wait may have timed out before the node was stopped. The node tries again.
        lock_name(&mut session, author);
        node.signal(Signal::CONT);
    }
}

fn lock_name(session: &mut SqlSession, author: &str) {
    session.run("BEGIN");
    let locked = session.run(&format!("SELECT name FROM names WHERE name = '{author}' FOR UPDATE"));
    assert_eq!(locked, [author]);
}

/// Joins the rooms, and waits until the client is in them.
async fn enter(client: &mut RichClient, rooms: &[&RoomName]) {
    for room in rooms {
        client.send(&ClientMessage::Join(RoomAt { room: (*room).clone(), cursor: None })).await;
        client
            .next_matching(|message| match message {
                ServerMessage::Snapshot { room: of, .. } if of == **room => Some(()),
                _ => None,
            })
            .await;
    }
}

/// The texts of the next messages in a room that a client receives.
async fn texts(client: &mut RichClient, count: usize) -> Vec<String> {
    let mut received = Vec::new();
    while received.len() < count {
        let text = client.next_matching(|message| match message {
            ServerMessage::Event { room, event, .. } if room == RoomName::default() => match event.kind {
                EventKind::Posted { body: Some(body), .. } => Some(body.as_str().to_owned()),
                _ => None,
            },
            _ => None,
        });
        received.push(text.await);
    }
    received
}

// Asking the database blocks the thread of the test, but not those of the node in this process.
#[tokio::test(flavor = "multi_thread")]
async fn rooms_go_on_when_a_node_is_stopped_between_lock_and_commit() {
    let cluster = Cluster::start(1).await;
    let stopped = Node::start(&cluster);
    let mut ana = stopped.server.join_rich("ana").await;
    let (mut bo, mut reader) = (cluster.nodes[0].join_rich("bo").await, cluster.nodes[0].enter_lobby().await.0);
    let other = RoomName::parse("other").unwrap();
    enter(&mut bo, &[&other]).await;
    // One after the other: receipts of different rooms have no order.
    bo.post("1", "first").await;
    bo.expect_ack("1").await;
    bo.post_in(other.clone(), "2", "first there").await;
    bo.expect_ack("2").await;

    stop_before_commit(&stopped, &cluster, "ana", async || ana.post("3", "stuck").await).await;
    let start = Instant::now();
    bo.post("4", "waits").await;
    bo.post_in(other.clone(), "5", "goes on").await;
    bo.expect_ack("5").await;
    assert!(start.elapsed() < OTHER_ROOMS, "another room waited for {:?}", start.elapsed());
    let still_locked = cluster.database.query("SELECT count(*) FROM messages WHERE body = 'waits'");
    assert_eq!(still_locked, "0", "the node holds the lock of the lobby");
    bo.expect_ack("4").await;
    assert!(start.elapsed() < LOCKED_ROOMS, "the locked room waited for {:?}", start.elapsed());

    stopped.signal(Signal::CONT);
    assert_eq!(ana.expect_ack("3").await, 3, "what was stuck comes after what went on");
    assert_eq!(texts(&mut reader, 3).await, ["first", "waits", "stuck"]);
}

// Asking the database blocks the thread of the test, but not those of the node in this process.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_wakes_after_its_lease_writes_nothing_under_a_name_that_somebody_else_has() {
    let cluster = Cluster::start(1).await;
    let stopped = Node::start(&cluster);
    let mut reader = cluster.nodes[0].enter_lobby().await.0;
    let mut ana = stopped.server.join_plain("ana").await;
    ana.send("mine").await;
    ana.expect_message("ana", "mine").await;

    stop_before_commit(&stopped, &cluster, "ana", async || ana.send("stuck").await).await;
    // Of a plain client the name ends with the lease.
    wait_until("the lease has ended", async || {
        cluster.database.query("SELECT count(*) FROM nodes WHERE lease_until > clock_timestamp()") == "1"
    })
    .await;
    let mut other = cluster.nodes[0].join_plain("ana").await;
    other.send("now mine").await;
    other.expect_message("ana", "now mine").await;

    stopped.signal(Signal::CONT);
    wait_until("the node has a lease again", async || stopped.server.get("/readyz", "").await.0 == 200).await;
    let mut later = stopped.server.join_plain("late").await;
    later.send("end").await;
    assert_eq!(texts(&mut reader, 3).await, ["mine", "now mine", "end"]);
    assert_eq!(ana.expect_close().await, 4001, "she connects again, and is told that the name is taken");
}
