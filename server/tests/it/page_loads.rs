//! Many page loads, some of them aborted: each one gets a complete response, and nothing panics.

use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::{Server, wait_for};

/// Number of panics on any thread of this process.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Installs a panic hook that counts panics.
fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            PANICS.fetch_add(1, Ordering::Relaxed);
            before(panic);
        }));
    });
}

fn assert_no_panics() {
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "panics, see above");
}

/// A keep-alive connection that loads the page.
struct Loader {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Loader {
    async fn connect(server: &Server) -> Self {
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
        Self { stream: BufReader::new(TcpStream::connect(server.address).await.unwrap()), request }
    }

    /// Requests the page this many times at once.
    async fn request(&mut self, times: usize) {
        self.stream.write_all(self.request.repeat(times).as_bytes()).await.unwrap();
    }

    /// Reads one line, without its line break.
    async fn read_line(&mut self) -> String {
        let mut line = String::new();
        wait_for("a line of the response", self.stream.read_line(&mut line)).await.unwrap();
        assert!(line.ends_with('\n'), "the connection ended within a response, after {line:?}");
        line.trim_end().to_owned()
    }

    /// Reads one response, which has to be the complete page in chunks (RFC 9112 §7.1).
    async fn expect_page(&mut self) {
        assert_eq!(self.read_line().await, "HTTP/1.1 200 OK");
        let mut chunked = false;
        loop {
            match self.read_line().await.as_str() {
                "" => break,
                line => chunked |= line.eq_ignore_ascii_case("transfer-encoding: chunked"),
            }
        }
        assert!(chunked, "the page is streamed");
        let mut page = Vec::new();
        loop {
            let size = usize::from_str_radix(&self.read_line().await, 16).unwrap();
            let before = page.len();
            page.resize(before + size, 0);
            wait_for("a chunk", self.stream.read_exact(&mut page[before..])).await.unwrap();
            assert_eq!(self.read_line().await, "");
            if size == 0 {
                break;
            }
        }
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("</html>"), "the page is complete: {page}");
    }
}

/// Number of tasks that load pages at the same time.
const LOADERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thousands_of_loads_on_keep_alive_connections_are_complete() {
    count_panics();
    let server = Server::start().await;
    let mut loaders = JoinSet::new();
    for _ in 0..LOADERS {
        let mut loader = Loader::connect(&server).await;
        loaders.spawn(async move {
            for _ in 0..800 {
                loader.request(1).await;
                loader.expect_page().await;
            }
        });
    }
    loaders.join_all().await;
    server.stop().await;
    assert_no_panics();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_pipelined_loads_get_ten_responses() {
    count_panics();
    let server = Server::start().await;
    for _ in 0..100 {
        let mut loader = Loader::connect(&server).await;
        loader.request(10).await;
        for _ in 0..10 {
            loader.expect_page().await;
        }
    }
    server.stop().await;
    assert_no_panics();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn aborted_loads_do_not_disturb_later_ones() {
    count_panics();
    let server = Server::start().await;
    let mut loaders = JoinSet::new();
    for _ in 0..LOADERS {
        let mut connections = Vec::new();
        for _ in 0..100 {
            connections.push(Loader::connect(&server).await);
        }
        loaders.spawn(async move {
            for (number, mut loader) in connections.into_iter().enumerate() {
                // Some disconnect after the request, some within the first response, some between two responses.
                loader.request(1 + number % 5).await;
                match number % 3 {
                    0 => {}
                    1 => drop(loader.read_line().await),
                    _ => loader.expect_page().await,
                }
            }
        });
    }
    loaders.join_all().await;
    let mut after = Loader::connect(&server).await;
    after.request(1).await;
    after.expect_page().await;
    server.stop().await;
    assert_no_panics();
}
