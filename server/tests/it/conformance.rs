//! Conformance of the plain dialect with the reference server: `reference/conformance.py` runs the same scenarios
//! against both. Also runs the unmodified client and bots of `docs/protocol.md` against Parlor.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use parlor_server::{Config, run};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::Server;
use crate::support::visitor::{Visitor, text_after};

const HOW_TO_GET_PYTHON: &str =
    "PARLOR_PYTHON must name a Python with FastAPI and websockets: run `bin/test host`, which sets it up";

/// A running Python program of `reference/`, which is killed when this is dropped.
struct Script {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stdin: ChildStdin,
}

impl Script {
    fn start(name: &str, args: &[&str]) -> Self {
        Self::spawn(python(name, args))
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect(HOW_TO_GET_PYTHON);
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let stdin = child.stdin.take().expect("stdin is piped");
        Self { child, stdout, stdin }
    }

    fn read_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("the script's output is readable");
        line.trim_end().to_owned()
    }

    fn write_line(&mut self, line: &str) {
        writeln!(self.stdin, "{line}").expect("the script reads its input");
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // Fails if the program has already ended, which needs no handling.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a documented bot with a token for a private room of a closed server.
fn start_bot(name: &str, args: &[&str], token: &str) -> Script {
    let mut command = python(name, args);
    command.env("PARLOR_TOKEN", token);
    Script::spawn(command)
}

fn python(script: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("PARLOR_PYTHON").expect(HOW_TO_GET_PYTHON));
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(script))
        .args(args.iter().map(OsStr::new));
    command
}

/// Parlor on a free port, until it is dropped.
struct Parlor {
    url: String,
    shutdown: CancellationToken,
}

impl Parlor {
    async fn start(name: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("ws://{}/ws/chat", listener.local_addr().expect("the port is known"));
        let shutdown = CancellationToken::new();
        let config = Config::new(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        tokio::spawn(run(listener, config, shutdown.clone()));
        Self { url, shutdown }
    }
}

impl Drop for Parlor {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// Runs blocking code, which waits for a script, while the server continues to run.
async fn run_blocking<T: Send + 'static>(blocking: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(blocking).await.expect("the script's side does not panic")
}

/// Runs the scenarios against the reference server and the server at `url`.
pub(crate) async fn compare_with_reference(url: String) {
    run_blocking(move || {
        let mut reference = Script::start("chat_server.py", &["0"]);
        let ready = reference.read_line();
        let reference_url = ready.strip_prefix("ready: ").expect("the reference server starts");
        let result = python("conformance.py", &[reference_url, &url]).output().expect(HOW_TO_GET_PYTHON);
        let output = String::from_utf8_lossy(&result.stdout);
        assert!(result.status.success(), "{output}\n{}", String::from_utf8_lossy(&result.stderr));
        println!("{output}");
    })
    .await;
}

#[tokio::test]
async fn every_scenario_has_the_same_outcome_as_with_the_reference_server() {
    let parlor = Parlor::start("conformance").await;
    compare_with_reference(parlor.url.clone()).await;
}

#[tokio::test]
async fn the_documented_client_exchanges_messages() {
    let parlor = Parlor::start("documented-client").await;
    let url = parlor.url.clone();
    run_blocking(move || {
        let mut ana = Script::start("client.py", &[&url, "ana"]);
        assert_eq!(ana.read_line(), "ana: ana has joined the chat");
        let mut ben = Script::start("client.py", &[&url, "ben"]);
        assert_eq!(ben.read_line(), "ben: ben has joined the chat");
        assert_eq!(ana.read_line(), "ben: ben has joined the chat");
        ana.write_line("hello, ben");
        assert_eq!(ben.read_line(), "ana: hello, ben");
        assert_eq!(ana.read_line(), "ana: hello, ben");
        let mut second = Script::start("client.py", &[&url, "ana"]);
        assert_eq!(second.read_line(), "Username already taken");
    })
    .await;
}

#[tokio::test]
async fn the_documented_bots_answer_in_a_private_room_of_a_closed_server() {
    let server = Server::start().await;
    let mut owner = Visitor::owner(&server, "ana").await;
    owner.close_server("invited").await;
    let path = owner.submit("/rooms/new", "kind=private&name=Alerts").await.header("location").unwrap().to_owned();
    let page = owner.submit(&format!("{path}/settings"), "do=token&name=bots").await.text();
    let token = format!("bot_{}", text_after(&page, "bot_"));
    let room = path.replace("/p/", "~");

    let (url, started_token) = (format!("{}?room={room}", server.url("")), token.clone());
    let mut plain = run_blocking(move || {
        let mut bot = start_bot("bot.py", &[&url, "helper"], &started_token);
        assert_eq!(bot.read_line(), "helper: helper has joined the chat");
        bot
    })
    .await;
    owner.submit(&path, "text=!ping").await;
    let mut plain = run_blocking(move || {
        assert_eq!(plain.read_line(), "ana: !ping");
        assert_eq!(plain.read_line(), "helper: pong, ana");
        plain
    })
    .await;

    let (url, started_room) = (server.url(""), room.clone());
    let mut rich = run_blocking(move || {
        let mut bot = start_bot("rich_bot.py", &[&url, &started_room, "answerer"], &token);
        assert_eq!(bot.read_line(), "welcome");
        assert_eq!(bot.read_line(), "snapshot");
        while bot.read_line() != "claimed" {}
        bot
    })
    .await;
    owner.submit(&path, "text=!ping&id=2").await;
    run_blocking(move || {
        while rich.read_line() != "ack" {}
        while plain.read_line() != "answerer: pong" {}
    })
    .await;
}
