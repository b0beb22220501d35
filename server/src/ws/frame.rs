//! From bytes to messages, by the rules of RFC 6455 §5 for what a client sends.
//!
//! Headers are parsed by tungstenite; the rest is ours, so that an idle connection needs no buffer at all.

use std::io::Cursor;

use parlor::{CloseCode, limits};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

/// Something whole that a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    /// A text message.
    Text(String),
    /// A ping, to be answered with its payload.
    Ping(Vec<u8>),
    /// A sign of life.
    Pong,
    /// The client ends the connection, with this code.
    Close(CloseCode),
}

/// A client that breaks the rules, as the code to close with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Violation(pub(super) CloseCode);

const PROTOCOL: Violation = Violation(CloseCode::PROTOCOL);

/// What has come of messages that are not whole yet. Empty, it holds no memory.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The beginning of a frame.
    frame: Vec<u8>,
    /// The fragments so far of a message (RFC 6455 §5.4).
    message: Option<Vec<u8>>,
}

impl Decoder {
    /// Takes in bytes as they came and appends what they make whole to `messages`. Returns how many whole frames there
    /// were.
    ///
    /// # Errors
    /// A [`Violation`]; what was whole before it is in `messages`, and nothing more may be fed.
    pub(super) fn feed(&mut self, bytes: &[u8], messages: &mut Vec<Incoming>) -> (usize, Result<(), Violation>) {
        let mut frames = 0;
        let outcome = if self.frame.is_empty() {
            self.take_frames(bytes, messages, &mut frames).map(|used| self.frame = bytes[used..].to_vec())
        } else {
            let mut all = std::mem::take(&mut self.frame);
            all.extend_from_slice(bytes);
            self.take_frames(&all, messages, &mut frames).map(|used| {
                if used < all.len() {
                    all.drain(..used);
                    self.frame = all;
                }
            })
        };
        (frames, outcome)
    }

    /// Takes whole frames from the front, counts them, and returns how many bytes they were.
    fn take_frames(
        &mut self,
        bytes: &[u8],
        messages: &mut Vec<Incoming>,
        frames: &mut usize,
    ) -> Result<usize, Violation> {
        let mut used = 0;
        loop {
            let rest = &bytes[used..];
            let mut cursor = Cursor::new(rest);
            let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(|_| PROTOCOL)? else {
                return Ok(used);
            };
            let start = cursor.position() as usize;
            let length = self.check(&header, length)?;
            let Some(payload) = rest.get(start..start + length) else { return Ok(used) };
            let mask = header.mask.ok_or(PROTOCOL)?;
            let payload = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
            used += start + length;
            *frames += 1;
            if let Some(message) = self.take_frame(&header, payload)? {
                let last = matches!(message, Incoming::Close(_));
                messages.push(message);
                if last {
                    // Nothing counts after a close frame (RFC 6455 §5.5.1).
                    return Ok(bytes.len());
                }
            }
        }
    }

    /// Refuses a frame by its header alone, so that its payload need not be waited for.
    fn check(&self, header: &FrameHeader, length: u64) -> Result<usize, Violation> {
        if header.rsv1 || header.rsv2 || header.rsv3 || header.mask.is_none() {
            return Err(PROTOCOL);
        }
        match header.opcode {
            OpCode::Control(Control::Reserved(_)) | OpCode::Data(Data::Reserved(_)) => Err(PROTOCOL),
            OpCode::Control(_) if !header.is_final || length > 125 => Err(PROTOCOL),
            OpCode::Control(_) => Ok(length as usize),
            OpCode::Data(Data::Binary) => Err(Violation(CloseCode::UNSUPPORTED)),
            OpCode::Data(Data::Text) if self.message.is_some() => Err(PROTOCOL),
            OpCode::Data(Data::Continue) if self.message.is_none() => Err(PROTOCOL),
            OpCode::Data(_) => {
                let before = self.message.as_ref().map_or(0, Vec::len) as u64;
                let fits = before.checked_add(length).is_some_and(|all| all <= limits::FRAME_BYTES as u64);
                if fits { Ok(length as usize) } else { Err(Violation(CloseCode::TOO_BIG)) }
            }
        }
    }

    fn take_frame(&mut self, header: &FrameHeader, payload: Vec<u8>) -> Result<Option<Incoming>, Violation> {
        match header.opcode {
            OpCode::Control(Control::Ping) => Ok(Some(Incoming::Ping(payload))),
            OpCode::Control(Control::Pong) => Ok(Some(Incoming::Pong)),
            OpCode::Control(_) => close_code(&payload).map(|code| Some(Incoming::Close(code))),
            OpCode::Data(_) => {
                let whole = match self.message.take() {
                    None => payload,
                    Some(mut before) => {
                        before.extend_from_slice(&payload);
                        before
                    }
                };
                if !header.is_final {
                    self.message = Some(whole);
                    return Ok(None);
                }
                let text = String::from_utf8(whole).map_err(|_| Violation(CloseCode::NOT_UTF8))?;
                Ok(Some(Incoming::Text(text)))
            }
        }
    }
}

/// The code of a close frame's payload; 1005 if it has none (RFC 6455 §7.1.5, §7.4).
fn close_code(payload: &[u8]) -> Result<CloseCode, Violation> {
    let (code, reason) = match payload {
        [] => return Ok(CloseCode(1005)),
        [_] => return Err(PROTOCOL),
        [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
    };
    if std::str::from_utf8(reason).is_err() {
        return Err(Violation(CloseCode::NOT_UTF8));
    }
    match code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => Ok(CloseCode(code)),
        _ => Err(PROTOCOL),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame_with(first: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
        let opcode = OpCode::from(first & 0xF);
        let header = FrameHeader {
            is_final: first & 0x80 != 0,
            rsv1: first & 0x40 != 0,
            rsv2: first & 0x20 != 0,
            rsv3: first & 0x10 != 0,
            opcode,
            mask,
        };
        let mut bytes = Vec::new();
        header.format(payload.len() as u64, &mut bytes).unwrap();
        bytes.extend(payload.iter().zip(mask.unwrap_or_default().iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        frame_with(first, Some([1, 2, 3, 4]), payload)
    }

    fn decode(bytes: &[u8]) -> Result<Vec<Incoming>, Violation> {
        let mut messages = Vec::new();
        Decoder::default().feed(bytes, &mut messages).1.map(|()| messages)
    }

    fn refused(bytes: &[u8]) -> u16 {
        decode(bytes).unwrap_err().0.0
    }

    #[test]
    fn fragments_make_one_message_and_pings_may_come_between() {
        let bytes = [frame(0x01, b"he"), frame(0x89, b"?"), frame(0x00, b"ll"), frame(0x80, b"o")].concat();
        assert_eq!(decode(&bytes).unwrap(), [Incoming::Ping(b"?".to_vec()), Incoming::Text("hello".into())]);
    }

    #[test]
    fn a_character_may_be_split_between_fragments() {
        let bytes = [frame(0x01, &[0xE2, 0x82]), frame(0x80, &[0xAC])].concat();
        assert_eq!(decode(&bytes).unwrap(), [Incoming::Text("€".into())]);
    }

    #[test]
    fn what_the_rfc_forbids_ends_the_connection() {
        assert_eq!(refused(&frame_with(0x81, None, b"unmasked")), 1002);
        assert_eq!(refused(&frame(0xC1, b"rsv1")), 1002);
        assert_eq!(refused(&frame(0x83, b"reserved opcode")), 1002);
        assert_eq!(refused(&frame(0x80, b"a continuation of nothing")), 1002);
        assert_eq!(refused(&[frame(0x01, b"a"), frame(0x81, b"b")].concat()), 1002);
        assert_eq!(refused(&frame(0x09, b"a ping in parts")), 1002);
        assert_eq!(refused(&frame(0x89, &[0; 126])), 1002);
        assert_eq!(refused(&frame(0x88, &[3])), 1002);
        assert_eq!(refused(&frame(0x88, &1005u16.to_be_bytes())), 1002);
        assert_eq!(refused(&frame(0x88, &[0x03, 0xE8, 0xFF])), 1007);
        assert_eq!(refused(&frame(0x82, b"binary")), 1003);
        assert_eq!(refused(&frame(0x81, &[0xC3, 0x28])), 1007);
    }

    #[test]
    fn a_message_that_is_too_big_is_refused_by_its_header() {
        let whole = frame(0x81, &vec![b'x'; limits::FRAME_BYTES + 1]);
        assert_eq!(refused(&whole[..14]), 1009);
        let half = vec![b'x'; limits::FRAME_BYTES / 2 + 1];
        assert_eq!(refused(&[frame(0x01, &half), frame(0x80, &half)].concat()), 1009);
        assert!(decode(&frame(0x81, &vec![b'x'; limits::FRAME_BYTES])).is_ok());
        let endless = [0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];
        assert!(matches!(refused(&endless), 1002 | 1009));
    }

    #[test]
    fn nothing_counts_after_a_close_frame() {
        let bytes = [frame(0x88, &1000u16.to_be_bytes()), frame(0x81, b"late")].concat();
        assert_eq!(decode(&bytes).unwrap(), [Incoming::Close(CloseCode::NORMAL)]);
        assert_eq!(decode(&frame(0x88, b"")).unwrap(), [Incoming::Close(CloseCode(1005))]);
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_network_cuts(
            texts in prop::collection::vec("\\PC{0,300}", 1..8),
            cuts in prop::collection::vec(1usize..400, 1..40),
        ) {
            let stream: Vec<u8> = texts.iter().flat_map(|text| frame(0x81, text.as_bytes())).collect();
            let (mut decoder, mut messages, mut rest) = (Decoder::default(), Vec::new(), &stream[..]);
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break }
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                decoder.feed(now, &mut messages).1.unwrap();
                rest = later;
            }
            let expected: Vec<_> = texts.into_iter().map(Incoming::Text).collect();
            prop_assert_eq!(messages, expected);
            prop_assert_eq!(decoder.frame.capacity(), 0);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
