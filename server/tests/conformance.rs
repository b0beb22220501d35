//! The plain dialect beside the server that it comes from: the scenes of `reference/conformance.py` played to both,
//! and the client of `docs/protocol.md`, unmodified, against Parlor.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use parlor_server::{Config, run};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const HOW_TO_GET_PYTHON: &str =
    "PARLOR_PYTHON must name a Python with FastAPI and websockets: run `bin/test host`, which sets it up";

/// A Python program of `reference/`, ended with the test.
struct Script {
    child: Child,
    says: BufReader<ChildStdout>,
    hears: ChildStdin,
}

impl Script {
    fn start(name: &str, args: &[&str]) -> Self {
        let mut child =
            python(name, args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect(HOW_TO_GET_PYTHON);
        let says = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let hears = child.stdin.take().expect("stdin is piped");
        Self { child, says, hears }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.says.read_line(&mut line).expect("the script's output is readable");
        line.trim_end().to_owned()
    }

    fn type_line(&mut self, line: &str) {
        writeln!(self.hears, "{line}").expect("the script reads its input");
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about it then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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

/// Runs what waits for a script while the server goes on.
async fn beside<T: Send + 'static>(waits: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(waits).await.expect("the script's side does not panic")
}

#[tokio::test]
async fn every_scene_goes_as_with_the_server_that_the_dialect_comes_from() {
    let parlor = Parlor::start("conformance").await;
    let url = parlor.url.clone();
    beside(move || {
        let mut reference = Script::start("chat_server.py", &["0"]);
        let ready = reference.line();
        let reference_url = ready.strip_prefix("ready: ").expect("the reference server starts");
        let outcome = python("conformance.py", &[reference_url, &url]).output().expect(HOW_TO_GET_PYTHON);
        let told = String::from_utf8_lossy(&outcome.stdout);
        assert!(outcome.status.success(), "{told}\n{}", String::from_utf8_lossy(&outcome.stderr));
        println!("{told}");
    })
    .await;
}

#[tokio::test]
async fn the_client_of_the_documentation_talks() {
    let parlor = Parlor::start("documented-client").await;
    let url = parlor.url.clone();
    beside(move || {
        let mut ana = Script::start("client.py", &[&url, "ana"]);
        assert_eq!(ana.line(), "ana: ana has joined the chat");
        let mut ben = Script::start("client.py", &[&url, "ben"]);
        assert_eq!(ben.line(), "ben: ben has joined the chat");
        assert_eq!(ana.line(), "ben: ben has joined the chat");
        ana.type_line("hello, ben");
        assert_eq!(ben.line(), "ana: hello, ben");
        assert_eq!(ana.line(), "ana: hello, ben");
        let mut second = Script::start("client.py", &[&url, "ana"]);
        assert_eq!(second.line(), "Username already taken");
    })
    .await;
}
