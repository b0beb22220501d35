//! Loading the page as a browser does: its first state comes in it, and the session's secret with it as a cookie.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use parlor_app::{Boot, wire};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came.
#[derive(Debug)]
pub(super) struct Visit {
    /// The page's first state.
    pub(super) boot: Boot,
    /// The secret of a new session.
    pub(super) secret: Option<String>,
}

/// Loads the page of a room; `None` if that did not work this time.
pub(super) async fn visit(address: SocketAddr, room: &str, secret: Option<&str>) -> Option<Visit> {
    let page = tokio::time::timeout(PATIENCE, fetch(address, room, secret)).await.ok()?.ok()?;
    let (head, body) = page.split_once("\r\n\r\n")?;
    let (_, state) = body.split_once(r#"id="boot">"#)?;
    let (state, _) = state.split_once("</script>")?;
    let boot = wire::boot(state)?;
    let cookie = head.lines().find_map(|line| line.split_once("parlor_session="));
    let secret = cookie.and_then(|(_, value)| value.split(';').next()).map(str::to_owned);
    Some(Visit { boot, secret })
}

async fn fetch(address: SocketAddr, room: &str, secret: Option<&str>) -> io::Result<String> {
    let cookie = secret.map(|secret| format!("Cookie: parlor_session={secret}\r\n")).unwrap_or_default();
    let mut stream = TcpStream::connect(address).await?;
    // In this version of HTTP the end of the page is the end of the connection.
    stream.write_all(format!("GET /r/{room} HTTP/1.0\r\nHost: {address}\r\n{cookie}\r\n").as_bytes()).await?;
    let mut page = Vec::new();
    stream.read_to_end(&mut page).await?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
