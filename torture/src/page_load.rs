//! Loads the page over HTTP as a browser does: the document contains the initial state, the headers the session's
//! cookie.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use parlor_app::initial_page::InitialPage;
use parlor_app::wire;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long a request may take.
const LOAD_TIMEOUT: Duration = Duration::from_secs(10);

/// A loaded page.
#[derive(Debug)]
pub(crate) struct PageLoad {
    pub(crate) initial: InitialPage,
    /// The secret of a new session, from its cookie.
    pub(crate) secret: Option<String>,
}

/// Loads the page of a room, with the session's secret as a cookie. `None` if the request failed or timed out.
pub(crate) async fn load_page(address: SocketAddr, room: &str, secret: Option<&str>) -> Option<PageLoad> {
    let response = tokio::time::timeout(LOAD_TIMEOUT, request(address, room, secret)).await.ok()?.ok()?;
    let (head, body) = response.split_once("\r\n\r\n")?;
    let (_, json) = body.split_once(r#"id="initial-page">"#)?;
    let (json, _) = json.split_once("</script>")?;
    let initial = wire::initial_page(json)?;
    let cookie = head.lines().find_map(|line| line.split_once("parlor_session="));
    let secret = cookie.and_then(|(_, value)| value.split(';').next()).map(str::to_owned);
    Some(PageLoad { initial, secret })
}

async fn request(address: SocketAddr, room: &str, secret: Option<&str>) -> io::Result<String> {
    let cookie = secret.map(|secret| format!("Cookie: parlor_session={secret}\r\n")).unwrap_or_default();
    let mut stream = TcpStream::connect(address).await?;
    // In HTTP/1.0 the response ends with the connection.
    stream.write_all(format!("GET /r/{room} HTTP/1.0\r\nHost: {address}\r\n{cookie}\r\n").as_bytes()).await?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}
