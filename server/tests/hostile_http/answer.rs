//! Reads the answers of an HTTP/1.1 server from a raw connection, one after another.

use tokio::io::AsyncReadExt;
use tokio::net::tcp::OwnedReadHalf;

/// One complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The status line and the header lines.
    pub(crate) head: String,
    /// The body, without its chunked framing.
    pub(crate) body: Vec<u8>,
    /// Statuses of the interim (1xx) answers that came before it.
    pub(crate) interim: Vec<u16>,
}

impl Answer {
    /// The values of all header lines of this name, in any case.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
        lines.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The first header of this name.
    pub(crate) fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.headers(name).next()
    }

    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.header(name).is_some()
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether head or body contain this text.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.head.contains(text) || self.text().contains(text)
    }

    /// Whether the server announces that it closes the connection (RFC 9112 §9.6), or speaks HTTP/1.0.
    pub(crate) fn closes(&self) -> bool {
        self.head.starts_with("HTTP/1.0") || self.headers("connection").any(|value| value.eq_ignore_ascii_case("close"))
    }
}

/// The receiving half of a connection, with the bytes that were read but not used yet.
pub(crate) struct AnswerReader {
    stream: OwnedReadHalf,
    buffer: Vec<u8>,
}

impl AnswerReader {
    pub(crate) fn new(stream: OwnedReadHalf) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    /// The next final answer; `None` when the connection ends before its first byte.
    ///
    /// Cancel safe: what was read stays in the buffer, and an answer is taken out of it only when it is complete.
    ///
    /// # Errors
    /// What is wrong with the bytes that came instead of a complete answer.
    pub(crate) async fn next(&mut self, to_head_request: bool) -> Result<Option<Answer>, String> {
        loop {
            if let Some((answer, length)) = parse(&self.buffer, to_head_request, false)? {
                self.buffer.drain(..length);
                return Ok(Some(answer));
            }
            if self.fill().await {
                continue;
            }
            if self.buffer.is_empty() {
                return Ok(None);
            }
            // A body without a length ends with the connection (RFC 9112 §6.3).
            return match parse(&self.buffer, to_head_request, true)? {
                Some((answer, length)) => {
                    self.buffer.drain(..length);
                    Ok(Some(answer))
                }
                None => Err(format!("the answer ends too early: {:?}", start(&self.buffer))),
            };
        }
    }

    /// Reads so many bytes, for answers to come.
    ///
    /// # Panics
    /// When the connection ends before.
    #[allow(dead_code, reason = "another test program uses it")]
    pub(crate) async fn reads(&mut self, count: usize) {
        let start = self.buffer.len();
        self.buffer.resize(start + count, 0);
        self.stream.read_exact(&mut self.buffer[start..]).await.unwrap();
    }

    /// Reads more bytes. False when there are none: the server closed or reset the connection.
    async fn fill(&mut self) -> bool {
        self.stream.read_buf(&mut self.buffer).await.is_ok_and(|read| read > 0)
    }
}

/// The first complete answer in `bytes`, and how many of them it takes.
fn parse(bytes: &[u8], to_head_request: bool, ended: bool) -> Result<Option<(Answer, usize)>, String> {
    let (mut interim, mut at) = (Vec::new(), 0);
    loop {
        let Some(end) = bytes[at..].windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
        let head = String::from_utf8_lossy(&bytes[at..at + end + 2]).into_owned();
        at += end + 4;
        let status = head.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5)).and_then(|code| code.parse().ok());
        let status: u16 = status.ok_or_else(|| format!("no HTTP answer: {:?}", start(head.as_bytes())))?;
        if (100..200).contains(&status) && status != 101 {
            interim.push(status);
            continue;
        }
        let mut answer = Answer { status, head, body: Vec::new(), interim };
        let rest = &bytes[at..];
        let body = if to_head_request || matches!(status, 101 | 204 | 304) {
            Some((Vec::new(), 0))
        } else if answer.headers("transfer-encoding").any(|coding| coding == "chunked") {
            unchunk(rest)?
        } else if let Some(length) = answer.header("content-length") {
            let length: usize = length.parse().map_err(|_| format!("a bad content-length: {length}"))?;
            rest.get(..length).map(|body| (body.to_vec(), length))
        } else {
            ended.then(|| (rest.to_vec(), rest.len()))
        };
        return Ok(body.map(|(body, length)| {
            answer.body = body;
            (answer, at + length)
        }));
    }
}

/// The content of a complete chunked body (RFC 9112 §7.1), and how many bytes it takes.
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

/// The first bytes, for a message.
fn start(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned()
}
