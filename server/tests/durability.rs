//! The promise against the worst: the real program, killed in the middle of a burst, and a disk that fails.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{fs, io};

use io::BufRead as _;
use parlor::message::PageOf;
use parlor::{ClientMessage, ErrorCode, Event, EventKind, RoomName, ServerMessage};
use support::{Rich, Server, soon, until};

/// What the program is started with, before its data directory.
const SERVE: [&str; 5] = ["--listen", "127.0.0.1:0", "--limits", "off", "--data"];

/// The program, running.
struct Program {
    child: Child,
    server: Server,
}

impl Program {
    fn start(data: &Path, environment: &[(&str, &Path)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlor"));
        command.args(SERVE).arg(data).envs(environment.iter().copied());
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let first = io::BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        let address = first.rsplit_once("http://").expect("it says where it is").1.parse().unwrap();
        Self { child, server: Server::elsewhere(address) }
    }

    /// As the kernel does it when memory is short: without a word.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("parlor-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The whole log, read page by page.
async fn whole_log(client: &mut Rich) -> Vec<Event> {
    let (mut log, mut after) = (Vec::new(), 0);
    loop {
        let of = PageOf::After(after);
        client.sends(&ClientMessage::Page { room: RoomName::default(), request: 1, of }).await;
        let (events, has_newer) = client
            .next_that(|message| match message {
                ServerMessage::Page { events, has_newer, .. } => Some((events, has_newer)),
                _ => None,
            })
            .await;
        log.extend(events);
        match log.last() {
            Some(last) if has_newer => after = last.seq,
            _ => return log,
        }
    }
}

/// The whole log, once the room shows everything acknowledged: an `ack` may come before.
async fn shown_log(client: &mut Rich, acked: &BTreeMap<String, u64>) -> Vec<Event> {
    let newest = acked.values().copied().max().unwrap_or(0);
    soon("the room shows what was acknowledged", async {
        loop {
            let log = whole_log(client).await;
            if log.last().map_or(0, |event| event.seq) >= newest {
                return log;
            }
        }
    })
    .await
}

fn assert_holds(log: &[Event], acked: &BTreeMap<String, u64>) {
    let seqs: Vec<_> = log.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=log.len() as u64).collect::<Vec<_>>(), "seqs without gap or repeat");
    let mut places = BTreeMap::new();
    for event in log {
        let EventKind::Posted { client_id, .. } = &event.kind else { panic!("only posts were made") };
        let before = places.insert(client_id.as_str().to_owned(), event.seq);
        assert_eq!(before, None, "{} is there once", client_id.as_str());
    }
    for (id, seq) in acked {
        assert_eq!(places.get(id), Some(seq), "{id} was acknowledged");
    }
}

/// How often the program is killed; `PARLOR_KILLS` asks for more.
fn kills() -> usize {
    std::env::var("PARLOR_KILLS").map_or(10, |kills| kills.parse().unwrap())
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_kill_in_the_middle_of_a_burst() {
    const BURST: usize = 200;
    let scratch = Scratch::new("kill");
    let mut acked = BTreeMap::new();
    for round in 0..kills() {
        let program = Program::start(&scratch.0, &[]);
        let mut ana = program.server.rich(&format!("ana {round}")).await;
        for number in 0..BURST {
            ana.posts(&format!("m{round}-{number}"), "a message").await;
        }
        // Another place in the burst each time, from its first commits to its last.
        let stop_at = 1 + round * 37 % BURST;
        let mut count = 0;
        while count < stop_at {
            if let ServerMessage::Ack { client_id, seq, .. } = ana.next().await {
                acked.insert(client_id.as_str().to_owned(), seq);
                count += 1;
            }
        }
        program.kill();

        let program = Program::start(&scratch.0, &[]);
        let (mut reader, _) = program.server.reader().await;
        assert_holds(&whole_log(&mut reader).await, &acked);
        program.kill();
    }
}

#[tokio::test]
async fn a_name_outlives_a_kill_for_the_grace_period() {
    let scratch = Scratch::new("lease");
    let program = Program::start(&scratch.0, &[]);
    let ana = program.server.rich("ana").await;
    program.kill();

    let program = Program::start(&scratch.0, &[]);
    let mut thief = program.server.nobody().await;
    thief.says("ana").await;
    assert_eq!(thief.is_told().await, "Username already taken");
    let mut again = program.server.rich_socket(Some(&ana.token)).await;
    assert_eq!(again.greets(None).await.as_deref(), Some("ana"));
}

/// A library to be loaded before all others, which lets writing (`full`) or syncing (`broken`) fail while a file of that
/// name stands beside it.
fn failing_disk(directory: &Path) -> PathBuf {
    let (source, library) = (directory.join("disk.c"), directory.join("disk.so"));
    fs::write(&source, include_str!("support/failing_disk.c")).unwrap();
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status().unwrap();
    assert!(compiled.success());
    library
}

/// Posts until it is refused because nothing can be stored.
async fn is_refused(client: &mut Rich, id: &str) {
    client.posts(id, "into a disk that fails").await;
    let error = client
        .next_that(|message| match message {
            ServerMessage::Nack { client_id, error, .. } if client_id.as_str() == id => Some(error),
            ServerMessage::Ack { client_id, .. } if client_id.as_str() == id => panic!("{id} can't have been stored"),
            ServerMessage::Event { event, .. } => match event.kind {
                EventKind::Posted { client_id, .. } if client_id.as_str() == id => panic!("{id} is shown, not stored"),
                _ => None,
            },
            _ => None,
        })
        .await;
    assert_eq!(error.code, ErrorCode::Unavailable);
    assert!(error.retry_after_ms.is_some());
}

async fn goes_through(fault: &str) {
    let scratch = Scratch::new(fault);
    let (data, switch) = (scratch.0.join("data"), scratch.0.join(fault));
    let library = failing_disk(&scratch.0);
    let program =
        Program::start(&data, &[("LD_PRELOAD", library.as_path()), ("PARLOR_TEST_FAULTS", scratch.0.as_path())]);
    let mut bo = program.server.plain("bo").await;
    let mut ana = program.server.rich("ana").await;
    bo.hears("ana", "ana has joined the chat").await;
    let mut acked = BTreeMap::new();
    ana.posts("before", "before").await;
    acked.insert("before".to_owned(), ana.is_acked("before").await);
    bo.hears("ana", "before").await;

    fs::write(&switch, "").unwrap();
    is_refused(&mut ana, "lost").await;
    bo.says("plainly lost").await;
    assert_eq!(bo.is_told().await, ErrorCode::Unavailable.to_string());
    // Later ones wait for the one that was refused.
    ana.posts("later", "later").await;
    let code = ana
        .next_that(|m| match m {
            ServerMessage::Nack { client_id, error, .. } if client_id.as_str() == "later" => Some(error.code),
            _ => None,
        })
        .await;
    assert_eq!(code, ErrorCode::Behind);
    // What was there can still be read.
    assert_eq!(whole_log(&mut ana).await.len(), 1);

    fs::remove_file(&switch).unwrap();
    ana.posts("lost", "again").await;
    acked.insert("lost".to_owned(), ana.is_acked("lost").await);
    ana.posts("later", "later").await;
    acked.insert("later".to_owned(), ana.is_acked("later").await);
    bo.hears("ana", "again").await;
    bo.hears("ana", "later").await;
    assert_holds(&whole_log(&mut ana).await, &acked);
    program.kill();

    let program = Program::start(&data, &[]);
    let (mut reader, _) = program.server.reader().await;
    assert_holds(&whole_log(&mut reader).await, &acked);
}

#[tokio::test]
async fn a_full_disk_refuses_shows_nothing_and_recovers() {
    goes_through("full").await;
}

#[tokio::test]
async fn a_disk_that_fails_to_sync_refuses_shows_nothing_and_recovers() {
    goes_through("broken").await;
}

/// The program with its data on a disk of its own, in memory: a mount that only it sees. None where the machine lets
/// nobody mount, as in some containers.
fn on_a_disk(options: &str, directory: &Path) -> Option<Command> {
    let mount = format!("mount -t tmpfs -o {options} tmpfs '{}'", directory.display());
    let in_namespace = |then: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c"]).arg(format!("{mount} && {then}"));
        command
    };
    if !in_namespace("true").status().is_ok_and(|status| status.success()) {
        eprintln!("no disk can be mounted here: a full one is tried with the preloaded library alone");
        return None;
    }
    let mut command = in_namespace("exec \"$@\"");
    command.arg("sh").arg(env!("CARGO_BIN_EXE_parlor")).args(SERVE).arg(directory);
    Some(command)
}

/// Takes all the room that a disk has left.
fn fill(file: &Path) {
    let mut file = fs::File::create(file).unwrap();
    for chunk in [65_536, 4_096, 1] {
        while io::Write::write_all(&mut file, &vec![0; chunk]).is_ok() {}
    }
}

#[tokio::test]
async fn a_small_disk_that_is_full_refuses_loses_nothing_and_recovers() {
    let scratch = Scratch::new("small");
    let Some(command) = on_a_disk("size=8m", &scratch.0) else { return };
    let program = Program::run(command);
    let filler = PathBuf::from(format!("/proc/{}/root{}/filler", program.child.id(), scratch.0.display()));
    let mut ana = program.server.rich("ana").await;
    let mut acked = BTreeMap::new();
    ana.posts("before", "before").await;
    acked.insert("before".to_owned(), ana.is_acked("before").await);

    fill(&filler);
    let body = "x".repeat(parlor::limits::BODY_BYTES);
    // What the database has reserved already may still take some.
    let refused = loop {
        let id = format!("m{}", acked.len());
        ana.posts(&id, &body).await;
        let stored = ana
            .next_that(|message| match message {
                ServerMessage::Ack { client_id, seq, .. } if client_id.as_str() == id => Some(Ok(seq)),
                ServerMessage::Nack { client_id, error, .. } if client_id.as_str() == id => Some(Err(error.code)),
                _ => None,
            })
            .await;
        match stored {
            Ok(seq) => acked.insert(id, seq),
            Err(code) => {
                assert_eq!(code, ErrorCode::Unavailable);
                break id;
            }
        };
        assert!(acked.len() < 1_000, "a full disk takes everything");
    };
    assert_holds(&shown_log(&mut ana, &acked).await, &acked);

    fs::remove_file(&filler).unwrap();
    ana.posts(&refused, &body).await;
    acked.insert(refused.clone(), ana.is_acked(&refused).await);
    assert_holds(&shown_log(&mut ana, &acked).await, &acked);
}

#[tokio::test]
async fn a_directory_that_can_only_be_read_is_named_and_nothing_starts() {
    let scratch = Scratch::new("read-only");
    let Some(mut command) = on_a_disk("ro", &scratch.0) else { return };
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("read-only") && error.to_lowercase().contains("read-only file system"), "{error}");
}

#[tokio::test]
async fn a_directory_that_can_not_be_used_is_named_and_nothing_starts() {
    let scratch = Scratch::new("unusable");
    let file = scratch.0.join("a-file");
    fs::write(&file, "").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_parlor"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("a-file"), "{error}");
}

#[tokio::test]
async fn a_half_finished_start_does_not_keep_the_next_one_out() {
    let scratch = Scratch::new("restart");
    for _ in 0..3 {
        Program::start(&scratch.0, &[]).kill();
    }
    let program = Program::start(&scratch.0, &[]);
    until("it serves", || async { program.server.get("/healthz", "").await.0 == 200 }).await;
}
