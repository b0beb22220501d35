//! A case as data: the inputs of a client and the expected outcome.

use super::dialect::{BOTH, Dialect};
use super::frame::Input;

/// How the connection of a case ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It stays usable: a message and a ping are answered, then the client closes with 1000.
    Open,
    /// The server sends a close frame with one of these codes, then TCP ends.
    Closed(Vec<u16>),
    /// The server sends a close frame without a payload, then TCP ends.
    ClosedWithoutCode,
    /// The client ends its side of the TCP connection, then the server does.
    Disconnect,
    /// The client resets the TCP connection.
    Reset,
}

/// One case: inputs and expectations.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The name in reports. Unique in the suite.
    pub(crate) name: String,
    /// The only dialect in which the case runs. `None` for both.
    pub(crate) only: Option<Dialect>,
    /// Whether the client has joined the lobby before it sends `inputs`.
    pub(crate) joined: bool,
    pub(crate) inputs: Vec<Input>,
    /// Chat messages that everyone in the lobby receives, in this order.
    pub(crate) messages: Vec<String>,
    /// Payloads of the pongs that the client receives, in this order.
    pub(crate) pongs: Vec<Vec<u8>>,
    /// Number of refusals that the client receives.
    pub(crate) refusals: usize,
    pub(crate) end: End,
}

/// A case in which a client of the lobby sends `inputs` and stays connected.
pub(crate) fn case(name: impl Into<String>, inputs: impl IntoIterator<Item = impl Into<Input>>) -> Case {
    Case {
        name: name.into(),
        only: None,
        joined: true,
        inputs: inputs.into_iter().map(Into::into).collect(),
        messages: Vec::new(),
        pongs: Vec::new(),
        refusals: 0,
        end: End::Open,
    }
}

impl Case {
    /// Expects these chat messages to be delivered.
    pub(crate) fn delivers<M: Into<String>>(mut self, messages: impl IntoIterator<Item = M>) -> Self {
        self.messages = messages.into_iter().map(Into::into).collect();
        self
    }

    /// Expects pongs with these payloads.
    pub(crate) fn pongs<P: AsRef<[u8]>>(mut self, payloads: impl IntoIterator<Item = P>) -> Self {
        self.pongs = payloads.into_iter().map(|payload| payload.as_ref().to_vec()).collect();
        self
    }

    /// Expects this many refusals.
    pub(crate) fn refusals(mut self, count: usize) -> Self {
        self.refusals = count;
        self
    }

    /// Expects a close frame with this code.
    pub(crate) fn closes(self, code: u16) -> Self {
        self.closes_with_any_of([code])
    }

    /// Expects a close frame with one of these codes.
    pub(crate) fn closes_with_any_of<const N: usize>(self, codes: [u16; N]) -> Self {
        self.ends(End::Closed(codes.to_vec()))
    }

    pub(crate) fn ends(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// Sends the inputs on a connection that has not joined.
    pub(crate) fn not_joined(mut self) -> Self {
        self.joined = false;
        self
    }

    pub(crate) fn only(mut self, dialect: Dialect) -> Self {
        self.only = Some(dialect);
        self
    }

    pub(crate) fn dialects(&self) -> Vec<Dialect> {
        self.only.map_or(BOTH.to_vec(), |dialect| vec![dialect])
    }
}
