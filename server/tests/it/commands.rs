//! The commands for the host of a server, beside the running program.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use parlor::RoomName;

use crate::support::client_host::ClientHost;
use crate::support::engine::TempDir;
use crate::support::visitor::Visitor;
use crate::support::{PlainClient, Server};

/// The program `parlor`, which is killed when this is dropped.
struct Program {
    child: Child,
    server: Server,
    /// What it printed at its start.
    greeting: Vec<String>,
}

impl Program {
    fn start(data: &Path, flags: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlor"));
        command.args(["--listen", "127.0.0.1:0", "--data"]).arg(data).args(flags);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut greeting = Vec::new();
        for line in lines.by_ref() {
            let is_last = line.starts_with("Stop with");
            greeting.push(line);
            if is_last {
                break;
            }
        }
        let address = greeting[0].rsplit_once("http://").unwrap().1.parse().unwrap();
        Self { child, server: Server::external(address), greeting }
    }

    /// The link to become the owner that it printed.
    fn owner_link(&self) -> Option<&str> {
        self.greeting.iter().find_map(|line| line.trim().contains("/invite/").then_some(line.trim()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parlor(command: &str, data: &Path, flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parlor")).arg(command).arg("--data").arg(data).args(flags).output().unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The path of the link in a text.
fn link_path(text: &str) -> String {
    format!("/invite/{}", text.split_once("/invite/").unwrap().1.split_whitespace().next().unwrap())
}

#[tokio::test]
async fn every_start_prints_a_link_until_there_is_an_owner() {
    let data = TempDir::new();
    let first = Program::start(&data.0, &[]);
    let old = first.owner_link().unwrap().to_owned();
    assert!(old.starts_with(&format!("http://{}/invite/", first.server.address)), "{old}");
    drop(first);
    let second = Program::start(&data.0, &["--public-url", "https://talk.example.org"]);
    let link = second.owner_link().unwrap();
    assert!(link.starts_with("https://talk.example.org/invite/"), "{link}");
    let mut ana = Visitor::new(&second.server);
    ana.accept(&link_path(link)).await;
    assert_eq!(ana.get("/server").await.status, 200);
    assert_eq!(Visitor::new(&second.server).get(&link_path(&old)).await.status, 410, "the link of the first start");
    drop(second);
    let third = Program::start(&data.0, &[]);
    assert_eq!(third.owner_link(), None, "{:?}", third.greeting);
}

#[tokio::test]
async fn somebody_becomes_an_owner_by_the_command_beside_a_busy_server() {
    let data = TempDir::new();
    let program = Program::start(&data.0, &["--limits", "off"]);
    let mut writer = program.server.join_rich("writer").await;
    let writing = tokio::spawn(async move {
        for number in 0..2_000 {
            writer.post(&number.to_string(), "busy").await;
        }
        writer.expect_ack("1999").await
    });
    for round in 0..3 {
        let path = data.0.clone();
        let flags = ["--public-url", "https://talk.example.org/"];
        let output = tokio::task::spawn_blocking(move || parlor("owner", &path, &flags)).await.unwrap();
        let text = printed(&output);
        assert!(text.contains("https://talk.example.org/invite/"), "{text}");
        let mut owner = Visitor::new(&program.server);
        owner.accept(&link_path(&text)).await;
        assert_eq!(owner.get("/server").await.status, 200, "owner {round}");
    }
    assert_eq!(writing.await.unwrap(), 2_000, "nothing that was written is lost");
}

#[tokio::test]
async fn a_token_of_the_command_is_one_at_once() {
    let data = TempDir::new();
    let program = Program::start(&data.0, &[]);
    let output = parlor("token", &data.0, &["--name", "deployments", "--room", "lobby", "--room", "alerts"]);
    let token = printed(&output).trim().to_owned();
    let authorization = format!("Bearer {token}");
    for (query, is_open) in [("", true), ("?room=alerts", true), ("?room=other", false)] {
        let upgraded = ClientHost::new(&program.server, 1).upgrade(query, &[("Authorization", &authorization)]).await;
        assert_eq!(upgraded.is_ok(), is_open, "{query}");
        if let Ok((socket, _)) = upgraded {
            let mut bot = PlainClient { socket, name: String::new() };
            bot.send("bot").await;
            bot.expect_message("bot", "bot has joined the chat").await;
        }
    }
    let mut owner = Visitor::new(&program.server);
    owner.accept(&link_path(program.owner_link().unwrap())).await;
    let page = owner.get("/server/bots").await.text();
    assert!(page.contains("deployments") && page.contains("#alerts #lobby") && page.contains("command line"), "{page}");
}

#[test]
fn a_command_says_what_is_wrong() {
    let data = TempDir::new();
    let error = |output: Output| {
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(error(parlor("owner", &data.0, &[])).contains("start the server once"));
    assert!(error(parlor("token", &data.0.join("missing"), &["--name", "x", "--room", "y"])).contains("missing"));
    assert!(error(parlor("token", &data.0, &["--name", "x", "--room", "Not a room"])).contains("--room"));
    assert!(error(parlor("token", &data.0, &["--name", "x"])).contains("--room"), "a token is limited to rooms");
    assert!(error(parlor("token", &data.0, &["--name", " ", "--room", "y"])).contains("--name"));
    std::fs::write(data.0.join("parlor.db"), [7; 200]).unwrap();
    assert!(error(parlor("owner", &data.0, &[])).contains("not a database of Parlor"));
    assert!(RoomName::parse("y").is_ok());
}
