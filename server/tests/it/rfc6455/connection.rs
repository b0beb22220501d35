//! Runs a case on a new connection: sends the inputs and compares everything that the server sends.

use std::net::SocketAddr;
use std::time::Duration;

use super::case::{Case, End};
use super::dialect::{Dialect, Interpreter, Meaning, MessageIds};
use super::frame::{Input, close, ping, text};
use crate::support::raw::{self, Delivery, RawClient};

/// Longer than a case takes on a busy machine; only a failing case waits this long.
const DEADLINE: Duration = Duration::from_secs(5);

/// The message and the ping that show that a connection is still usable.
const LAST_MESSAGE: &str = "end of case";

/// How the inputs of a case reach the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// On an open connection, in one write.
    Whole,
    /// On an open connection, one byte per write.
    Bytewise,
    /// In the same write as the request head, before the server has answered it.
    BehindHead,
}

/// Everything that the client of a case has received.
#[derive(Debug, Default)]
struct Received {
    joined: bool,
    messages: Vec<String>,
    pongs: Vec<Vec<u8>>,
    refusals: usize,
}

struct Connection<'a> {
    client: RawClient,
    dialect: Dialect,
    name: &'a str,
    ids: MessageIds,
    interpreter: Interpreter,
    received: Received,
    step: &'static str,
}

/// Plays a case on a new connection as `name`.
///
/// # Errors
/// The difference from the expectation.
pub(crate) async fn play(
    address: SocketAddr,
    case: &Case,
    dialect: Dialect,
    arrival: Arrival,
    name: &str,
) -> Result<(), String> {
    let mut connection = Connection {
        client: RawClient::connect(address).await?,
        dialect,
        name,
        ids: MessageIds::default(),
        interpreter: Interpreter::new(dialect, name),
        received: Received::default(),
        step: "",
    };
    let outcome = tokio::time::timeout(DEADLINE, connection.play(address, case, arrival)).await;
    let (step, received) = (connection.step, &connection.received);
    let reason = match outcome {
        Err(_) => format!("nothing more came while {step}"),
        Ok(Err(error)) => format!("{error}, while {step}"),
        Ok(Ok(())) if case.end == End::Reset => {
            connection.client.reset();
            return Ok(());
        }
        Ok(Ok(())) => return Ok(()),
    };
    Err(format!("{reason}; received {received:?}"))
}

/// The messages that the others in the lobby receive because of a case.
pub(crate) fn delivered(case: &Case) -> Vec<String> {
    let last = (case.end == End::Open && case.joined).then(|| LAST_MESSAGE.to_owned());
    case.messages.iter().cloned().chain(last).collect()
}

/// The head of a correct handshake.
pub(crate) fn request_head(address: SocketAddr, dialect: Dialect) -> Vec<u8> {
    let subprotocol = dialect.subprotocol().map(|name| format!("Sec-WebSocket-Protocol: {name}\r\n"));
    format!(
        "GET /ws/chat HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n{}\r\n",
        raw::KEY,
        subprotocol.unwrap_or_default(),
    )
    .into_bytes()
}

impl Connection<'_> {
    async fn play(&mut self, address: SocketAddr, case: &Case, arrival: Arrival) -> Result<(), String> {
        let mut inputs = self.encode(&case.inputs);
        if arrival == Arrival::BehindHead {
            if case.joined {
                inputs.splice(..0, self.encode(&[Input::Join]));
            }
            inputs.splice(..0, request_head(address, self.dialect));
            self.client.send(&inputs, Delivery::Whole).await;
            self.expect_upgrade().await?;
        } else {
            self.client.send(&request_head(address, self.dialect), Delivery::Whole).await;
            self.expect_upgrade().await?;
            if case.joined {
                self.join().await?;
            }
            let delivery = if arrival == Arrival::Whole { Delivery::Whole } else { Delivery::Bytewise };
            self.client.send(&inputs, delivery).await;
        }
        self.expect_end(case).await?;
        self.compare(case)
    }

    fn encode(&mut self, inputs: &[Input]) -> Vec<u8> {
        inputs.iter().flat_map(|input| input.encode(self.dialect, self.name, &mut self.ids)).collect()
    }

    async fn send(&mut self, inputs: &[Input]) {
        let bytes = self.encode(inputs);
        self.client.send(&bytes, Delivery::Whole).await;
    }

    async fn expect_upgrade(&mut self) -> Result<(), String> {
        self.step = "upgrading";
        let response = self.client.response().await?;
        if response.status == 101 { Ok(()) } else { Err(format!("status {}", response.status)) }
    }

    async fn join(&mut self) -> Result<(), String> {
        self.step = "joining";
        self.send(&[Input::Join]).await;
        while !self.received.joined {
            self.expect_message().await?;
        }
        Ok(())
    }

    /// Waits for the expected end of the connection.
    async fn expect_end(&mut self, case: &Case) -> Result<(), String> {
        match &case.end {
            End::Open => self.expect_usable(case.joined).await,
            End::Closed(codes) => self.expect_close(codes).await,
            End::ClosedWithoutCode => self.expect_close(&[]).await,
            End::Disconnect => {
                self.step = "waiting for the end of the stream";
                self.client.shutdown().await;
                while self.receive().await?.is_none() {}
                Ok(())
            }
            End::Reset => Ok(()),
        }
    }

    /// Expects that the connection delivers a message, answers a ping, and ends with a correct close handshake.
    async fn expect_usable(&mut self, joined: bool) -> Result<(), String> {
        self.step = "checking that the connection is usable";
        let message = joined.then(|| text(LAST_MESSAGE).into());
        let inputs: Vec<Input> = message.into_iter().chain([ping(LAST_MESSAGE).into()]).collect();
        self.send(&inputs).await;
        let is_last = |message: Option<&String>| !joined || message.is_some_and(|message| message == LAST_MESSAGE);
        while !is_last(self.received.messages.last())
            || self.received.pongs.last().is_none_or(|payload| payload != LAST_MESSAGE.as_bytes())
        {
            self.expect_message().await?;
        }
        self.received.messages.truncate(self.received.messages.len() - usize::from(joined));
        self.received.pongs.pop();
        self.send(&[close(1000, "").into()]).await;
        self.expect_close(&[1000]).await
    }

    /// Expects a close frame with one of these codes, without one if there are none, and then the end of the stream.
    async fn expect_close(&mut self, codes: &[u16]) -> Result<(), String> {
        self.step = "waiting for a close frame";
        let payload = loop {
            if let Some(payload) = self.receive().await? {
                break payload.ok_or("the stream ended without a close frame")?;
            }
        };
        let code = match payload[..] {
            [] => None,
            [high, low, ref reason @ ..] if std::str::from_utf8(reason).is_ok() => {
                Some(u16::from_be_bytes([high, low]))
            }
            _ => return Err(format!("a malformed close frame: {payload:?}")),
        };
        if code.map_or(!codes.is_empty(), |code| !codes.contains(&code)) {
            return Err(format!("closed with {code:?} instead of {codes:?}"));
        }
        self.step = "waiting for the end of the stream after the close frame";
        match self.client.frame().await? {
            None => Ok(()),
            Some(frame) => Err(format!("{frame:?} after the close frame")),
        }
    }

    async fn expect_message(&mut self) -> Result<(), String> {
        match self.receive().await? {
            None => Ok(()),
            Some(None) => Err("the stream ended".to_owned()),
            Some(Some(payload)) => Err(format!("closed with {payload:?}")),
        }
    }

    /// Receives a frame and records it. `Some` at the end: the payload of a close frame, if there is one.
    async fn receive(&mut self) -> Result<Option<Option<Vec<u8>>>, String> {
        let Some(frame) = self.client.frame().await? else { return Ok(Some(None)) };
        match frame.opcode {
            raw::CLOSE => return Ok(Some(Some(frame.payload))),
            raw::PONG => self.received.pongs.push(frame.payload),
            raw::TEXT => match self.interpreter.interpret(&frame.payload)? {
                Meaning::Joined => self.received.joined = true,
                Meaning::OwnMessage(message) => self.received.messages.push(message),
                Meaning::Refusal => self.received.refusals += 1,
                Meaning::Other => {}
            },
            _ => {}
        }
        Ok(None)
    }

    fn compare(&self, case: &Case) -> Result<(), String> {
        self.ended_as_expected(case).then_some(()).ok_or_else(|| {
            let Case { messages, pongs, refusals, .. } = case;
            format!("expected messages {messages:?}, pongs {pongs:?}, {refusals} refusals")
        })
    }

    fn ended_as_expected(&self, case: &Case) -> bool {
        let Received { messages, pongs, refusals, .. } = &self.received;
        match case.end {
            End::Open => *messages == case.messages && *pongs == case.pongs && *refusals == case.refusals,
            // Messages that are still being stored when the server closes are delivered to the others only.
            End::Closed(_) | End::ClosedWithoutCode | End::Disconnect => {
                case.messages.starts_with(messages) && *pongs == case.pongs && *refusals == case.refusals
            }
            End::Reset => true,
        }
    }
}
