//! Reads one socket: bytes into a buffer on the stack, whole messages out of it, nothing kept while it is idle.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parlor::limits;

use super::frame::{Decoder, Incoming};
use super::upgrade::Holding;
use crate::chat::{Connection, Pace};

/// Bytes read in one call: a burst of short messages, or a part of a long one.
const BUFFER: usize = 16 * 1024;

/// How long a connection may take to answer a close frame.
const LINGER: Duration = Duration::from_secs(5);

/// The reading end of a connection.
#[derive(Debug)]
pub(super) struct Reader {
    connection: Arc<Connection>,
    decoder: Decoder,
    pace: Pace,
}

/// The connection is over: nothing more will come.
#[derive(Debug)]
pub(super) struct Ended;

impl Reader {
    /// A reader that takes messages no faster than `pace` says: above it, it stops reading, and TCP holds the client.
    pub(super) fn new(connection: Arc<Connection>, pace: Pace) -> Self {
        Self { connection, decoder: Decoder::default(), pace }
    }

    /// Waits for text messages and appends them to `texts`. Pings, pongs and close frames are dealt with here.
    ///
    /// Cancel safe: what has been read is in `texts` or in the decoder.
    ///
    /// # Errors
    /// [`Ended`]; `texts` may still have got messages that came before the end.
    pub(super) async fn read(&mut self, texts: &mut Vec<String>) -> Result<(), Ended> {
        while texts.is_empty() {
            // Cancel safe: neither arm has taken anything before it is done.
            tokio::select! {
                readable = self.connection.stream().readable() => readable.map_err(|_| Ended)?,
                () = self.connection.farewell() => return Err(Ended),
            }
            self.read_now(texts)?;
        }
        // The connection that talks too fast waits here, alone.
        for _ in 0..texts.len() {
            while let Err(wait) = self.pace.take(Instant::now()) {
                tokio::time::sleep(wait).await;
            }
        }
        Ok(())
    }

    /// Takes in bytes that came together with the upgrade request.
    pub(super) fn read_leftover(&mut self, bytes: &[u8], texts: &mut Vec<String>) -> Result<(), Ended> {
        self.take_in(bytes, texts)
    }

    fn read_now(&mut self, texts: &mut Vec<String>) -> Result<(), Ended> {
        let mut buffer = [0; BUFFER];
        match self.connection.stream().try_read(&mut buffer) {
            Ok(0) => Err(Ended),
            Ok(count) => self.take_in(&buffer[..count], texts),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(_) => Err(Ended),
        }
    }

    fn take_in(&mut self, bytes: &[u8], texts: &mut Vec<String>) -> Result<(), Ended> {
        self.connection.hear();
        let mut messages = Vec::new();
        let outcome = self.decoder.feed(bytes, &mut messages);
        for message in messages {
            match message {
                Incoming::Text(text) => texts.push(text),
                Incoming::Ping(payload) => self.connection.send_pong(&payload),
                Incoming::Pong => {}
                Incoming::Close(code) => {
                    // Echoed, as RFC 6455 §5.5.1 asks; after our own close frame this is the answer to it.
                    self.connection.close(code, "");
                    return Err(Ended);
                }
            }
        }
        outcome.map_err(|violation| {
            self.connection.close(violation.0, "");
            Ended
        })
    }

    /// Waits until the other side has seen the close frame and hung up, for [`LINGER`] at most; then nothing is held any
    /// more. By now the connection is out of all rooms and its name is free.
    pub(super) async fn wait_for_end(self, _holding: Holding) {
        let end = async {
            let mut buffer = [0; 512];
            while self.connection.stream().readable().await.is_ok() {
                match self.connection.stream().try_read(&mut buffer) {
                    Ok(0) => return,
                    Err(error) if error.kind() != io::ErrorKind::WouldBlock => return,
                    _ => {}
                }
            }
        };
        let _ = tokio::time::timeout(LINGER, end).await;
    }
}

/// Messages of any kind that a connection may send at once, and per second after that, before it is held back.
/// Posts have a limit of their own, below this one.
const MESSAGE_BURST: u32 = 4 * limits::POST_BURST;
const MESSAGES_PER_SECOND: u32 = 10 * limits::POSTS_PER_SECOND;

/// The pace at which a connection is read, where limits are on.
pub(super) fn reading_pace(limits_on: bool) -> Pace {
    if limits_on {
        Pace::new(MESSAGE_BURST, MESSAGES_PER_SECOND, Instant::now())
    } else {
        Pace::unlimited(Instant::now())
    }
}

/// The pace at which a connection may search, where limits are on.
pub(super) fn searching_pace(limits_on: bool) -> Pace {
    if limits_on {
        Pace::new(limits::SEARCH_BURST, limits::SEARCHES_PER_SECOND, Instant::now())
    } else {
        Pace::unlimited(Instant::now())
    }
}

/// The pace at which a connection may post, where limits are on.
pub(super) fn posting_pace(limits_on: bool) -> Pace {
    if limits_on {
        Pace::new(limits::POST_BURST, limits::POSTS_PER_SECOND, Instant::now())
    } else {
        Pace::unlimited(Instant::now())
    }
}
