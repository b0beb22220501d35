//! A case: what is sent on a new connection, and what may come back.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::{Answer, AnswerReader};
use crate::support::Server;

/// How long an answer, or the end of the connection, may take. The server itself waits three times as long for the rest
/// of a request, so that whatever it waits for makes the case fail.
const DEADLINE: Duration = Duration::from_secs(5);

/// Connections that are open at the same time.
const AT_ONCE: usize = 24;

/// Follows the hostile request on its connection, if that is still open.
const FOLLOW_UP: &[u8] = b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Which answers are allowed.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// One of these statuses.
    Status(Vec<u16>),
    /// Any status from 400 to 499.
    ClientError,
    /// Any status from 400 to 499, or the end of the connection without an answer.
    Rejected,
    /// Any status below 500: the request is odd, but not wrong.
    NoServerError,
}

impl Expected {
    fn allows(&self, status: u16) -> bool {
        match self {
            Self::Status(statuses) => statuses.contains(&status),
            Self::ClientError | Self::Rejected => (400..500).contains(&status),
            Self::NoServerError => status < 500,
        }
    }
}

/// Exactly this status.
pub(crate) fn status(status: u16) -> Expected {
    Expected::Status(vec![status])
}

type Condition = Box<dyn Fn(&Answer) -> bool>;

/// A request and what the server must do with it.
pub(crate) struct Case {
    pub(crate) name: String,
    request: Vec<u8>,
    expected: Expected,
    conditions: Vec<(String, Condition)>,
}

impl Case {
    pub(crate) fn new(name: impl Into<String>, request: impl Into<Vec<u8>>, expected: Expected) -> Self {
        Self { name: name.into(), request: request.into(), expected, conditions: Vec::new() }
    }

    /// The answer, if there is one, has to meet this condition too.
    pub(crate) fn with(mut self, what: impl Into<String>, holds: impl Fn(&Answer) -> bool + 'static) -> Self {
        self.conditions.push((what.into(), Box::new(holds)));
        self
    }

    /// Neither head nor body of the answer may contain this text.
    pub(crate) fn without_text(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.with(format!("must not contain {text:?}"), move |answer| !answer.contains(&text))
    }

    /// The answer's body has to contain this text.
    pub(crate) fn with_text(self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.with(format!("the body must contain {text:?}"), move |answer| answer.text().contains(&text))
    }

    /// The answer may not have this header.
    pub(crate) fn without_header(self, name: &'static str) -> Self {
        self.with(format!("must not have the header {name}"), move |answer| !answer.has_header(name))
    }

    /// # Errors
    /// How the server's answer differs from what is expected.
    async fn run(&self, address: SocketAddr) -> Result<(), String> {
        let stream = TcpStream::connect(address).await.map_err(|error| format!("no connection: {error}"))?;
        let (reading, mut writing) = stream.into_split();
        let mut answers = AnswerReader::new(reading);
        let to_head_request = self.request.starts_with(b"HEAD ");

        // The server may answer, and stop reading, before everything is sent.
        let mut sent = false;
        let answer = {
            let sending = async {
                sent = writing.write_all(&self.request).await.is_ok();
                std::future::pending().await
            };
            tokio::select! {
                answer = timeout(DEADLINE, answers.next(to_head_request)) => answer,
                never = sending => never,
            }
        };
        let Some(answer) = answer.map_err(|_| "neither an answer nor a close in time")?? else {
            return match self.expected {
                Expected::Rejected => Ok(()),
                _ => Err(format!("closed without an answer, expected {:?}", self.expected)),
            };
        };
        self.check(&answer)?;
        if sent && !answer.closes() {
            // Fails only if the connection is closed already, which is fine.
            let _ = writing.write_all(FOLLOW_UP).await;
        }
        let next = timeout(DEADLINE, answers.next(false)).await;
        match next.map_err(|_| "the connection is neither closed nor in use after the answer")?? {
            None => Ok(()),
            Some(next) if !answer.closes() && next.status == 200 && next.text().starts_with("User-agent") => Ok(()),
            Some(next) => Err(format!("a second answer comes after {}: {}", answer.status, next.head)),
        }
    }

    fn check(&self, answer: &Answer) -> Result<(), String> {
        let (status, expected) = (answer.status, &self.expected);
        if !expected.allows(status) {
            return Err(format!("answered with {status}, expected {expected:?}"));
        }
        match self.conditions.iter().find(|(_, holds)| !holds(answer)) {
            Some((what, _)) => Err(format!("the answer {status} {what}")),
            None => Ok(()),
        }
    }
}

/// Runs all cases of a section, then asks for two pages as a browser does.
///
/// # Panics
/// With the names of all cases that fail.
pub(crate) async fn run(server: &Server, section: &str, cases: Vec<Case>) {
    assert!(!cases.is_empty(), "{section} has no cases");
    let (count, address) = (cases.len(), server.address);
    let outcomes = stream::iter(cases).map(|case| async move {
        let outcome = case.run(address).await;
        outcome.err().map(|why| format!("- {}: {why}", case.name))
    });
    let mut failures: Vec<_> =
        outcomes.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect::<Vec<_>>().await;
    failures.sort();
    for path in ["/healthz", "/"] {
        let (status, ..) = server.get(path, "").await;
        assert_eq!(status, 200, "{section}: {path} is answered afterwards");
    }
    let failed = failures.len();
    assert!(failures.is_empty(), "{section}: {failed} of {count} cases fail:\n{}", failures.join("\n"));
}
