//! Durability: the real program is killed in the middle of a burst of messages, or its disk fails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{fs, io};

use io::BufRead as _;
use parlor::message::PageOf;
use parlor::{ClientMessage, ErrorCode, Event, EventKind, RoomName, ServerMessage};

use crate::support::{RichClient, Server, wait_for, wait_until};

/// The arguments of the program, before the path of its data directory.
const SERVE: [&str; 5] = ["--listen", "127.0.0.1:0", "--limits", "off", "--data"];

/// A running server process. It is killed when this is dropped.
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
        let address = first.rsplit_once("http://").expect("the program prints its address").1.parse().unwrap();
        Self { child, server: Server::external(address) }
    }

    /// Kills the process with SIGKILL, as the kernel does when memory is short.
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

struct TempDir(PathBuf);

impl TempDir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("parlor-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Reads the whole log, page by page.
async fn whole_log(client: &mut RichClient) -> Vec<Event> {
    let (mut log, mut after) = (Vec::new(), 0);
    loop {
        let of = PageOf::After(after);
        client.send(&ClientMessage::Page { room: RoomName::default(), request: 1, of }).await;
        let (events, has_newer) = client
            .next_matching(|message| match message {
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

/// Reads the whole log when it has everything that was acknowledged. An `ack` may arrive before its event is delivered.
async fn log_with_acked(client: &mut RichClient, acked: &BTreeMap<String, u64>) -> Vec<Event> {
    let newest = acked.values().copied().max().unwrap_or(0);
    wait_for("the log has everything that was acknowledged", async {
        loop {
            let log = whole_log(client).await;
            if log.last().map_or(0, |event| event.seq) >= newest {
                return log;
            }
        }
    })
    .await
}

/// Asserts that the log has dense seqs, no client id twice, and every acknowledged message at its seq.
fn assert_complete(log: &[Event], acked: &BTreeMap<String, u64>) {
    let seqs: Vec<_> = log.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=log.len() as u64).collect::<Vec<_>>(), "seqs without gap or repeat");
    let mut seqs = BTreeMap::new();
    for event in log {
        let EventKind::Posted { client_id, .. } = &event.kind else { panic!("only posts were made") };
        let before = seqs.insert(client_id.as_str().to_owned(), event.seq);
        assert_eq!(before, None, "{} is in the log once", client_id.as_str());
    }
    for (id, seq) in acked {
        assert_eq!(seqs.get(id), Some(seq), "{id} was acknowledged");
    }
}

/// How often the program is killed. The environment variable `PARLOR_KILLS` changes it.
fn kills() -> usize {
    std::env::var("PARLOR_KILLS").map_or(10, |kills| kills.parse().unwrap())
}

#[tokio::test]
async fn acknowledged_messages_survive_a_kill_in_the_middle_of_a_burst() {
    const BURST: usize = 200;
    let temp_dir = TempDir::new("kill");
    let mut acked = BTreeMap::new();
    for round in 0..kills() {
        let program = Program::start(&temp_dir.0, &[]);
        let mut ana = program.server.join_rich(&format!("ana {round}")).await;
        for number in 0..BURST {
            ana.post(&format!("m{round}-{number}"), "a message").await;
        }
        // At another message of the burst in each round, from its first commits to its last.
        let stop_at = 1 + round * 37 % BURST;
        let mut count = 0;
        while count < stop_at {
            if let ServerMessage::Ack { client_id, seq, .. } = ana.next().await {
                acked.insert(client_id.as_str().to_owned(), seq);
                count += 1;
            }
        }
        program.kill();

        let program = Program::start(&temp_dir.0, &[]);
        let (mut reader, _) = program.server.enter_lobby().await;
        assert_complete(&whole_log(&mut reader).await, &acked);
        program.kill();
    }
}

#[tokio::test]
async fn a_name_survives_a_kill_for_the_grace_period() {
    let temp_dir = TempDir::new("lease");
    let program = Program::start(&temp_dir.0, &[]);
    let ana = program.server.join_rich("ana").await;
    program.kill();

    let program = Program::start(&temp_dir.0, &[]);
    let mut thief = program.server.connect_plain().await;
    thief.send("ana").await;
    assert_eq!(thief.expect_error().await, "Username already taken");
    let mut again = program.server.connect_rich(Some(&ana.token)).await;
    assert_eq!(again.send_hello(None).await.as_deref(), Some("ana"));
}

/// Compiles a library for `LD_PRELOAD`. While the directory has a file `full`, writing fails. While it has a file
/// `broken`, syncing fails.
fn failing_disk(directory: &Path) -> PathBuf {
    let (source, library) = (directory.join("disk.c"), directory.join("disk.so"));
    fs::write(&source, include_str!("support/failing_disk.c")).unwrap();
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status().unwrap();
    assert!(compiled.success());
    library
}

/// Posts a message and expects that it is refused with [`ErrorCode::Unavailable`].
async fn expect_unavailable(client: &mut RichClient, id: &str) {
    client.post(id, "into a disk that fails").await;
    let error = client
        .next_matching(|message| match message {
            ServerMessage::Nack { client_id, error, .. } if client_id.as_str() == id => Some(error),
            ServerMessage::Ack { client_id, .. } if client_id.as_str() == id => panic!("{id} can't have been stored"),
            ServerMessage::Event { event, .. } => match event.kind {
                EventKind::Posted { client_id, .. } if client_id.as_str() == id => {
                    panic!("{id} was delivered, but not stored")
                }
                _ => None,
            },
            _ => None,
        })
        .await;
    assert_eq!(error.code, ErrorCode::Unavailable);
    assert!(error.retry_after_ms.is_some());
}

/// The server refuses messages while the disk fails with this fault, and accepts them again afterwards.
async fn recovers_from(fault: &str) {
    let temp_dir = TempDir::new(fault);
    let (data, switch) = (temp_dir.0.join("data"), temp_dir.0.join(fault));
    let library = failing_disk(&temp_dir.0);
    let program =
        Program::start(&data, &[("LD_PRELOAD", library.as_path()), ("PARLOR_TEST_FAULTS", temp_dir.0.as_path())]);
    let mut bo = program.server.join_plain("bo").await;
    let mut ana = program.server.join_rich("ana").await;
    bo.expect_message("ana", "ana has joined the chat").await;
    let mut acked = BTreeMap::new();
    ana.post("before", "before").await;
    acked.insert("before".to_owned(), ana.expect_ack("before").await);
    bo.expect_message("ana", "before").await;

    fs::write(&switch, "").unwrap();
    expect_unavailable(&mut ana, "lost").await;
    bo.send("plainly lost").await;
    assert_eq!(bo.expect_error().await, ErrorCode::Unavailable.to_string());
    // Later messages are refused until the lost one has been sent again.
    ana.post("later", "later").await;
    let code = ana
        .next_matching(|m| match m {
            ServerMessage::Nack { client_id, error, .. } if client_id.as_str() == "later" => Some(error.code),
            _ => None,
        })
        .await;
    assert_eq!(code, ErrorCode::Behind);
    // Stored messages can still be read.
    assert_eq!(whole_log(&mut ana).await.len(), 1);

    fs::remove_file(&switch).unwrap();
    ana.post("lost", "again").await;
    acked.insert("lost".to_owned(), ana.expect_ack("lost").await);
    ana.post("later", "later").await;
    acked.insert("later".to_owned(), ana.expect_ack("later").await);
    bo.expect_message("ana", "again").await;
    bo.expect_message("ana", "later").await;
    assert_complete(&whole_log(&mut ana).await, &acked);
    program.kill();

    let program = Program::start(&data, &[]);
    let (mut reader, _) = program.server.enter_lobby().await;
    assert_complete(&whole_log(&mut reader).await, &acked);
}

#[tokio::test]
async fn a_full_disk_refuses_and_delivers_nothing_and_recovers() {
    recovers_from("full").await;
}

#[tokio::test]
async fn a_disk_that_fails_to_sync_refuses_and_delivers_nothing_and_recovers() {
    recovers_from("broken").await;
}

/// A command that runs the program with its data on a tmpfs that only this process sees. `None` where mounting is not
/// permitted, as in some containers.
fn with_tmpfs(options: &str, directory: &Path) -> Option<Command> {
    let mount = format!("mount -t tmpfs -o {options} tmpfs '{}'", directory.display());
    let in_namespace = |then: &str| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c"]).arg(format!("{mount} && {then}"));
        command
    };
    if !in_namespace("true").status().is_ok_and(|status| status.success()) {
        eprintln!("no tmpfs can be mounted here: a full disk is tested with the preloaded library only");
        return None;
    }
    let mut command = in_namespace("exec \"$@\"");
    command.arg("sh").arg(env!("CARGO_BIN_EXE_parlor")).args(SERVE).arg(directory);
    Some(command)
}

/// Fills the disk with a file.
fn fill(file: &Path) {
    let mut file = fs::File::create(file).unwrap();
    for chunk in [65_536, 4_096, 1] {
        while io::Write::write_all(&mut file, &vec![0; chunk]).is_ok() {}
    }
}

#[tokio::test]
async fn a_small_full_disk_refuses_and_loses_nothing_and_recovers() {
    let temp_dir = TempDir::new("small");
    let Some(command) = with_tmpfs("size=8m", &temp_dir.0) else { return };
    let program = Program::run(command);
    let filler = PathBuf::from(format!("/proc/{}/root{}/filler", program.child.id(), temp_dir.0.display()));
    let mut ana = program.server.join_rich("ana").await;
    let mut acked = BTreeMap::new();
    ana.post("before", "before").await;
    acked.insert("before".to_owned(), ana.expect_ack("before").await);

    fill(&filler);
    let body = "x".repeat(parlor::limits::BODY_BYTES);
    // Space that the database has reserved may still take some messages.
    let refused = loop {
        let id = format!("m{}", acked.len());
        ana.post(&id, &body).await;
        let stored = ana
            .next_matching(|message| match message {
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
        assert!(acked.len() < 1_000, "the full disk accepts everything");
    };
    assert_complete(&log_with_acked(&mut ana, &acked).await, &acked);

    fs::remove_file(&filler).unwrap();
    ana.post(&refused, &body).await;
    acked.insert(refused.clone(), ana.expect_ack(&refused).await);
    assert_complete(&log_with_acked(&mut ana, &acked).await, &acked);
}

#[tokio::test]
async fn a_read_only_directory_is_named_in_the_error() {
    let temp_dir = TempDir::new("read-only");
    let Some(mut command) = with_tmpfs("ro", &temp_dir.0) else { return };
    let output = command.output().unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("read-only") && error.to_lowercase().contains("read-only file system"), "{error}");
}

#[tokio::test]
async fn an_unusable_directory_is_named_in_the_error() {
    let temp_dir = TempDir::new("unusable");
    let file = temp_dir.0.join("a-file");
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
async fn a_start_that_was_killed_does_not_prevent_the_next() {
    let temp_dir = TempDir::new("restart");
    for _ in 0..3 {
        Program::start(&temp_dir.0, &[]).kill();
    }
    let program = Program::start(&temp_dir.0, &[]);
    wait_until("the server answers", || async { program.server.get("/healthz", "").await.0 == 200 }).await;
}
