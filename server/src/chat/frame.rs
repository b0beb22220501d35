//! Encodes WebSocket frames as a server sends them (RFC 6455 §5.2): unmasked, so that all recipients share the bytes.

use bytes::{BufMut, Bytes, BytesMut};
use parlor::CloseCode;
use parlor::message::ServerMessage;
use parlor::plain::PlainFrame;
use serde::Serialize;

const FINAL: u8 = 0x80;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// Appends a text frame with `message` as JSON.
pub(super) fn write_json(to: &mut BytesMut, message: &impl Serialize) {
    match serde_json::to_vec(message) {
        Ok(json) => write(to, TEXT, &json),
        Err(error) => tracing::error!(%error, "a message cannot be encoded as JSON"),
    }
}

/// A text frame with a message of the rich dialect.
pub(crate) fn rich(message: &ServerMessage) -> Bytes {
    json(message)
}

/// A text frame with a message of the plain dialect.
pub(crate) fn plain(message: &PlainFrame) -> Bytes {
    json(message)
}

fn json(message: &impl Serialize) -> Bytes {
    let mut frame = BytesMut::new();
    write_json(&mut frame, message);
    frame.freeze()
}

/// A ping frame without payload, for the heartbeat.
pub(crate) fn ping() -> Bytes {
    control(PING, &[])
}

/// One pong frame for each payload of a ping.
pub(crate) fn pongs(payloads: &[Vec<u8>]) -> Bytes {
    let mut frames = BytesMut::new();
    payloads.iter().for_each(|payload| write(&mut frames, PONG, payload));
    frames.freeze()
}

/// A close frame. Code 1005 means "no status received" and is never sent: the frame has no payload then (RFC 6455
/// §7.4.1).
pub(crate) fn close(code: CloseCode, reason: &str) -> Bytes {
    if code.0 == 1005 {
        return control(CLOSE, &[]);
    }
    let mut payload = Vec::with_capacity(2 + reason.len());
    payload.put_u16(code.0);
    payload.put_slice(reason.as_bytes());
    control(CLOSE, &payload)
}

fn control(opcode: u8, payload: &[u8]) -> Bytes {
    debug_assert!(payload.len() <= 125, "a control frame has at most 125 bytes of payload (RFC 6455 §5.5)");
    let mut frame = BytesMut::new();
    write(&mut frame, opcode, payload);
    frame.freeze()
}

fn write(to: &mut BytesMut, opcode: u8, payload: &[u8]) {
    to.reserve(payload.len() + 10);
    to.put_u8(FINAL | opcode);
    match payload.len() {
        short @ 0..=125 => to.put_u8(short as u8),
        medium @ 126..=0xFFFF => {
            to.put_u8(126);
            to.put_u16(medium as u16);
        }
        long => {
            to.put_u8(127);
            to.put_u64(long as u64);
        }
    }
    to.put_slice(payload);
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use tungstenite::protocol::frame::FrameHeader;

    use super::*;

    #[test]
    fn tungstenite_parses_the_header_of_every_length() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 100_000] {
            let mut frame = BytesMut::new();
            write(&mut frame, TEXT, &vec![b'x'; length]);
            let mut cursor = Cursor::new(&frame[..]);
            let (header, payload) = FrameHeader::parse(&mut cursor).unwrap().unwrap();
            assert!(header.is_final && header.mask.is_none());
            assert_eq!(payload as usize, length);
            assert_eq!(frame.len() - cursor.position() as usize, length);
        }
    }
}
