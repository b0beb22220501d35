//! Reads HTTP/1.1 responses from a raw connection, one after another.

use tokio::io::AsyncReadExt;
use tokio::net::tcp::OwnedReadHalf;

/// A complete response.
#[derive(Debug)]
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    /// The status line and the header lines.
    pub(crate) head: String,
    /// The body, without its chunked framing.
    pub(crate) body: Vec<u8>,
    /// Statuses of the interim (1xx) responses before it.
    pub(crate) interim: Vec<u16>,
}

impl HttpResponse {
    /// The values of all headers with this name, compared without case.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
        lines.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The value of the first header with this name.
    pub(crate) fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.header(name).is_some()
    }

    /// The body as text; invalid UTF-8 is replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the head or the body contains this text.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.head.contains(text) || self.text().contains(text)
    }

    /// Whether the server closes the connection afterwards: by `Connection: close` (RFC 9112 §9.6) or HTTP/1.0.
    pub(crate) fn closes(&self) -> bool {
        self.head.starts_with("HTTP/1.0") || self.headers("connection").any(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// The reading half of a connection, with bytes that were received but not parsed yet.
pub(crate) struct ResponseReader {
    stream: OwnedReadHalf,
    buffer: Vec<u8>,
}

impl ResponseReader {
    pub(crate) fn new(stream: OwnedReadHalf) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    /// The next final response; `None` if the connection ends before its first byte.
    ///
    /// Cancel safe: received bytes stay in the buffer until a response is complete.
    ///
    /// # Errors
    /// The bytes are not a complete response.
    pub(crate) async fn next(&mut self, to_head_request: bool) -> Result<Option<HttpResponse>, String> {
        loop {
            if let Some((response, length)) = parse(&self.buffer, to_head_request, false)? {
                self.buffer.drain(..length);
                return Ok(Some(response));
            }
            if self.fill().await {
                continue;
            }
            if self.buffer.is_empty() {
                return Ok(None);
            }
            // A body without a length ends with the connection (RFC 9112 §6.3).
            return match parse(&self.buffer, to_head_request, true)? {
                Some((response, length)) => {
                    self.buffer.drain(..length);
                    Ok(Some(response))
                }
                None => Err(format!("the response ends too early: {:?}", start(&self.buffer))),
            };
        }
    }

    /// Reads this many bytes into the buffer, without parsing them.
    ///
    /// # Panics
    /// If the connection ends earlier.
    #[allow(dead_code, reason = "another test program uses it")]
    pub(crate) async fn receive_exact(&mut self, count: usize) {
        let start = self.buffer.len();
        self.buffer.resize(start + count, 0);
        self.stream.read_exact(&mut self.buffer[start..]).await.unwrap();
    }

    /// Reads more bytes. False if the server has closed or reset the connection.
    async fn fill(&mut self) -> bool {
        self.stream.read_buf(&mut self.buffer).await.is_ok_and(|read| read > 0)
    }
}

/// The first complete response in `bytes`, and its length in bytes.
fn parse(bytes: &[u8], to_head_request: bool, ended: bool) -> Result<Option<(HttpResponse, usize)>, String> {
    let (mut interim, mut at) = (Vec::new(), 0);
    loop {
        let Some(end) = bytes[at..].windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let head = String::from_utf8_lossy(&bytes[at..at + end + 2]).into_owned();
        at += end + 4;
        let status = head.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok());
        let status: u16 = status.ok_or_else(|| format!("no HTTP response: {:?}", start(head.as_bytes())))?;
        if (100..200).contains(&status) && status != 101 {
            interim.push(status);
            continue;
        }
        let mut response = HttpResponse { status, head, body: Vec::new(), interim };
        let rest = &bytes[at..];
        let body = if to_head_request || matches!(status, 101 | 204 | 304) {
            Some((Vec::new(), 0))
        } else if response.headers("transfer-encoding").any(|coding| coding == "chunked") {
            unchunk(rest)?
        } else if let Some(length) = response.header("content-length") {
            let length: usize = length.parse().map_err(|_| format!("a bad content-length: {length}"))?;
            rest.get(..length).map(|body| (body.to_vec(), length))
        } else {
            ended.then(|| (rest.to_vec(), rest.len()))
        };
        return Ok(body.map(|(body, length)| {
            response.body = body;
            (response, at + length)
        }));
    }
}

/// The content of a complete chunked body (RFC 9112 §7.1), and its length in bytes.
fn unchunk(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>, String> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let Some(end) = bytes[at..].windows(2).position(|two| two == b"\r\n") else { return Ok(None) };
        let line = String::from_utf8_lossy(&bytes[at..at + end]).into_owned();
        let size = usize::from_str_radix(&line, 16).map_err(|_| format!("a bad chunk size: {line:?}"))?;
        at += end + 2;
        let Some(chunk) = bytes.get(at..at + size + 2) else { return Ok(None) };
        if !chunk.ends_with(b"\r\n") {
            return Err("a chunk without its end".to_owned());
        }
        body.extend_from_slice(&chunk[..size]);
        at += size + 2;
        if size == 0 {
            return Ok(Some((body, at)));
        }
    }
}

/// The first bytes as text, for an error message.
fn start(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned()
}
