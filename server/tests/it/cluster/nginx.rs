//! Two nodes behind nginx, with the configuration that `docs/operations.md` shows.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, iter};

use parlor::{Cursor, Event, EventKind, ServerMessage, limits};
use tokio::net::TcpStream;

use super::fixture::Cluster;
use crate::support::client_host::{ClientHost, form_request, session_cookie};
use crate::support::engine::TempDir;
use crate::support::visitor::{Visitor, text_after};
use crate::support::{RichClient, Server, wait_until};

/// The directives around those of the document, for nginx as a child process that needs no rights.
const FRAME: &str = "daemon off;\nmaster_process off;\npid nginx.pid;\nevents { worker_connections 4096; }\nhttp {\naccess_log off;\n\
    client_body_temp_path body;\nproxy_temp_path proxy;\nfastcgi_temp_path fastcgi;\nuwsgi_temp_path uwsgi;\n\
    scgi_temp_path scgi;\n";

/// The addresses of the nodes in the document.
const NODES: [&str; 2] = ["10.0.0.11:3000", "10.0.0.12:3000"];

/// nginx in front of two nodes.
struct Nginx {
    process: Child,
    /// What clients connect to.
    server: Server,
    folder: TempDir,
}

/// nginx and its nodes; `None` if these tests are left out.
async fn start() -> Option<(Nginx, Cluster)> {
    if env::var_os("PARLOR_TEST_LONG").is_none_or(|value| value != "1") {
        eprintln!("left out: nodes behind nginx, which `bin/test --long` runs alone");
        return None;
    }
    if env::var_os("PARLOR_TEST_WITHOUT_POSTGRES").is_some_and(|value| value == "1") {
        eprintln!("left out, since PARLOR_TEST_WITHOUT_POSTGRES=1: nodes behind nginx");
        return None;
    }
    let program = program().expect("nginx is neither in PATH nor in /usr/sbin: install the package nginx-light");
    let address = free_address();
    let cluster = Cluster::start_with(2, |config| {
        config.public_urls = vec![format!("http://{address}")];
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let nginx = Nginx::start(&program, address, &cluster).await;
    Some((nginx, cluster))
}

fn program() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = env::split_paths(&path).chain(iter::once(PathBuf::from("/usr/sbin")));
    folders.find_map(|folder| Some(folder.join("nginx")).filter(|program| program.is_file()))
}

/// An address that nobody listens on, with a port below those of outgoing connections.
fn free_address() -> SocketAddr {
    let ports = (0..100).map(|attempt| 12_000 + (std::process::id() * 7 + attempt * 131) % 8_000);
    let addresses = ports.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(port).unwrap())));
    addresses.into_iter().find(|address| TcpListener::bind(address).is_ok()).expect("a free port")
}

/// The configuration in the document, with the addresses of this test.
fn configuration(address: SocketAddr, cluster: &Cluster) -> String {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let document = fs::read_to_string(document).unwrap();
    let mut blocks = document.split("```nginx\n").skip(1).filter_map(|rest| rest.split("```").next());
    let block = blocks.find(|block| block.contains("upstream")).expect("a configuration with several nodes");
    let listen = ("listen 443 ssl;".to_owned(), format!("listen {address};"));
    let nodes = NODES.iter().zip(&cluster.nodes).map(|(shown, node)| (shown.to_string(), node.address.to_string()));
    iter::once(listen).chain(nodes).fold(block.to_owned(), |block, (shown, real)| {
        assert_eq!(block.matches(&shown).count(), 1, "{shown} in {block}");
        block.replace(&shown, &real)
    })
}

impl Nginx {
    async fn start(program: &Path, address: SocketAddr, cluster: &Cluster) -> Self {
        let folder = TempDir::new();
        fs::write(folder.0.join("nginx.conf"), format!("{FRAME}{}}}\n", configuration(address, cluster))).unwrap();
        let log = File::create(folder.0.join("error.log")).unwrap();
        let mut command = Command::new(program);
        command.arg("-p").arg(&folder.0).args(["-c", "nginx.conf", "-e", "stderr"]);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut nginx = Self { process, server: Server::external(address), folder };
        wait_until("nginx listens or has ended", || {
            let has_ended = nginx.process.try_wait().unwrap().is_some();
            async move { has_ended || TcpStream::connect(address).await.is_ok() }
        })
        .await;
        assert!(nginx.process.try_wait().unwrap().is_none(), "nginx has ended: {}", nginx.log());
        nginx
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.0.join("error.log")).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A client with the cursor of the last event that it has received, and the texts of all messages.
struct Reader {
    client: RichClient,
    cursor: Cursor,
    texts: Vec<String>,
}

impl Reader {
    /// Enters the lobby, after the cursor if there is one.
    async fn enter(nginx: &Nginx, token: &str, before: Option<(Cursor, Vec<String>)>) -> Self {
        let (cursor, mut texts) = before.unzip();
        let (client, room) = nginx.server.enter_lobby_as(Some(token), cursor).await;
        let (cursor, events) = match room {
            ServerMessage::Snapshot { as_of, events, .. } if texts.is_none() => (as_of, events),
            ServerMessage::Missed { as_of, events, .. } if texts.is_some() => (as_of, events),
            other => panic!("{other:?}: a snapshot to begin with, and what was missed afterwards"),
        };
        let texts = texts.get_or_insert_default();
        texts.extend(events.iter().filter_map(text));
        Self { client, cursor, texts: std::mem::take(texts) }
    }

    /// Posts a text, and receives until it comes back.
    async fn post(&mut self, text: &str) {
        self.client.post(text, text).await;
        while !self.texts.iter().any(|received| received == text) {
            self.receive(self.texts.len() + 1).await;
        }
    }

    /// Receives until there are so many texts.
    async fn receive(&mut self, count: usize) {
        while self.texts.len() < count {
            let (epoch, event) = self
                .client
                .next_matching(|message| match message {
                    ServerMessage::Event { epoch, event, .. } => Some((epoch, event)),
                    _ => None,
                })
                .await;
            assert_eq!(event.seq, self.cursor.seq + 1, "events follow each other");
            self.texts.extend(text(&event));
            self.cursor = Cursor { epoch, seq: event.seq, hash: event.hash };
        }
    }
}

fn text(event: &Event) -> Option<String> {
    match &event.kind {
        EventKind::Posted { body, .. } => body.as_ref().map(|body| body.as_str().to_owned()),
        _ => None,
    }
}

/// Posts by forms, one after the other. Each is sent twice, so that the second one reaches another node.
async fn post_by_form(visitor: &mut Visitor<'_>, texts: &[&str]) {
    for text in texts {
        let form = text_after(&visitor.get("/").await.text(), "name=\"id\" value=\"");
        for _ in 0..2 {
            assert_eq!(visitor.submit("/", &format!("id={form}&text={text}")).await.status, 303);
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_or_repeated_when_a_node_behind_nginx_stops() {
    let Some((nginx, mut cluster)) = start().await else { return };
    let mut ana = Visitor::new(&nginx.server);
    ana.join("ana").await;
    post_by_form(&mut ana, &["a1", "a2", "a3"]).await;
    let mut bo = Visitor::at(&nginx.server, 2);
    bo.join("bo").await;
    // They take turns, so that these are at different nodes.
    let mut readers = [Reader::enter(&nginx, &ana.token, None).await, Reader::enter(&nginx, &bo.token, None).await];
    for (number, reader) in readers.iter_mut().enumerate() {
        reader.post(&format!("l{number}")).await;
    }
    for reader in &mut readers {
        reader.receive(5).await;
    }

    cluster.nodes.remove(0).stop().await;
    let [first, second] = &mut readers;
    let (stopped, code) = tokio::select! {
        code = first.client.expect_close() => (0, code),
        code = second.client.expect_close() => (1, code),
    };
    assert_eq!(code, 4001, "clients are to connect again");
    let token = readers[stopped].client.token.clone();
    for number in 0..3 {
        readers[1 - stopped].post(&format!("m{number}")).await;
    }
    let Reader { cursor, texts, .. } = &readers[stopped];
    readers[stopped] = Reader::enter(&nginx, &token, Some((cursor.clone(), texts.clone()))).await;
    assert_eq!(readers[stopped].texts.len(), 8, "it has all that it missed: {:?}", readers[stopped].texts);
    readers[stopped].post("n").await;
    post_by_form(&mut ana, &["a4", "a5"]).await;
    for reader in &mut readers {
        reader.receive(11).await;
        assert_eq!(reader.texts, ["a1", "a2", "a3", "l0", "l1", "m0", "m1", "m2", "n", "a4", "a5"], "{}", nginx.log());
    }
}

#[tokio::test]
async fn limits_count_per_client_behind_nginx() {
    let Some((nginx, cluster)) = start().await else { return };
    let status_of_form = async |client: u8, number: usize| {
        let body = format!("name=n{client}-{number}");
        let headers = format!("Cookie: {}\r\n", session_cookie(number));
        let request = form_request(&nginx.server.address.to_string(), "/", &headers, &body);
        ClientHost::new(&nginx.server, client).send(&request).await.status
    };
    // Each node counts for itself, and the bucket refills meanwhile.
    let count = 3 * cluster.nodes.len() * limits::POST_BURST as usize;
    let statuses = futures_util::future::join_all((0..count).map(|number| status_of_form(2, number))).await;
    assert!(statuses.contains(&429), "{statuses:?}");
    for number in 0..4 {
        assert_eq!(status_of_form(3, 1_000 + number).await, 303, "another client");
    }
}
