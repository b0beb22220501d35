//! Many loads of the page, also such as end in the middle: each is answered, and nothing panics.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use support::{Server, soon};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Panics of any thread of this program.
static PANICS: AtomicUsize = AtomicUsize::new(0);

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

fn nothing_panicked() {
    assert_eq!(PANICS.load(Ordering::Relaxed), 0, "panics, see above");
}

/// A connection that stays open over requests.
struct Loader {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Loader {
    async fn connect(server: &Server) -> Self {
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
        Self { stream: BufReader::new(TcpStream::connect(server.address).await.unwrap()), request }
    }

    /// Asks for the page so many times at once.
    async fn asks(&mut self, times: usize) {
        self.stream.write_all(self.request.repeat(times).as_bytes()).await.unwrap();
    }

    /// Reads one line; without its end.
    async fn line(&mut self) -> String {
        let mut line = String::new();
        soon("a line of the answer", self.stream.read_line(&mut line)).await.unwrap();
        assert!(line.ends_with('\n'), "the connection ended within an answer, after {line:?}");
        line.trim_end().to_owned()
    }

    /// Reads one answer, which has to be the whole page. It comes in chunks (RFC 9112 §7.1).
    async fn is_answered(&mut self) {
        assert_eq!(self.line().await, "HTTP/1.1 200 OK");
        let mut chunked = false;
        loop {
            match self.line().await.as_str() {
                "" => break,
                line => chunked |= line.eq_ignore_ascii_case("transfer-encoding: chunked"),
            }
        }
        assert!(chunked, "the page is streamed");
        let mut page = Vec::new();
        loop {
            let size = usize::from_str_radix(&self.line().await, 16).unwrap();
            let before = page.len();
            page.resize(before + size, 0);
            soon("a chunk", self.stream.read_exact(&mut page[before..])).await.unwrap();
            assert_eq!(self.line().await, "");
            if size == 0 {
                break;
            }
        }
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("</html>"), "the page is whole: {page}");
    }
}

/// How many tasks load pages at once.
const LOADERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thousands_of_loads_on_connections_that_stay_open_are_answered_whole() {
    count_panics();
    let server = Server::start().await;
    let mut loaders = JoinSet::new();
    for _ in 0..LOADERS {
        let mut loader = Loader::connect(&server).await;
        loaders.spawn(async move {
            for _ in 0..800 {
                loader.asks(1).await;
                loader.is_answered().await;
            }
        });
    }
    loaders.join_all().await;
    server.stop().await;
    nothing_panicked();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_loads_asked_for_at_once_get_ten_answers() {
    count_panics();
    let server = Server::start().await;
    for _ in 0..100 {
        let mut loader = Loader::connect(&server).await;
        loader.asks(10).await;
        for _ in 0..10 {
            loader.is_answered().await;
        }
    }
    server.stop().await;
    nothing_panicked();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn loads_that_are_given_up_leave_the_server_whole() {
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
                // Some go away as soon as they have asked, some within the first answer, some between two answers.
                loader.asks(1 + number % 5).await;
                match number % 3 {
                    0 => {}
                    1 => drop(loader.line().await),
                    _ => loader.is_answered().await,
                }
            }
        });
    }
    loaders.join_all().await;
    let mut after = Loader::connect(&server).await;
    after.asks(1).await;
    after.is_answered().await;
    server.stop().await;
    nothing_panicked();
}
