//! Decodes the frames that a client sends into messages (RFC 6455 §5).
//!
//! Tungstenite parses the frame headers. Everything else is implemented here, so that an idle connection needs no
//! buffer.

use std::io::Cursor;

use parlor::{CloseCode, limits};
use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

/// A complete message or control frame from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum IncomingMessage {
    /// A text message, assembled from its fragments.
    Text(String),
    /// A ping with its payload, which the pong must repeat.
    Ping(Vec<u8>),
    /// A pong. Its payload is ignored.
    Pong,
    /// A close frame with its code; 1005 if it has none.
    Close(CloseCode),
}

/// A violation of RFC 6455 by the client, with the close code for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ProtocolViolation(pub(super) CloseCode);

const PROTOCOL_ERROR: ProtocolViolation = ProtocolViolation(CloseCode::PROTOCOL);

/// The decoder of one connection. It holds the bytes of incomplete frames and messages, and no memory without them.
#[derive(Debug, Default)]
pub(super) struct FrameDecoder {
    /// The first bytes of a frame that is not complete yet.
    partial_frame: Vec<u8>,
    /// The joined fragments of a message that is not complete yet (RFC 6455 §5.4).
    fragments: Option<Vec<u8>>,
}

impl FrameDecoder {
    /// Decodes received bytes and appends complete messages to `messages`. Returns the number of complete frames.
    ///
    /// # Errors
    /// A [`ProtocolViolation`]. The messages before it are in `messages`. The decoder cannot be used any more.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        messages: &mut Vec<IncomingMessage>,
    ) -> (usize, Result<(), ProtocolViolation>) {
        let mut frames = 0;
        let outcome = if self.partial_frame.is_empty() {
            self.decode_frames(bytes, messages, &mut frames).map(|used| self.partial_frame = bytes[used..].to_vec())
        } else {
            let mut all = std::mem::take(&mut self.partial_frame);
            all.extend_from_slice(bytes);
            self.decode_frames(&all, messages, &mut frames).map(|used| {
                if used < all.len() {
                    all.drain(..used);
                    self.partial_frame = all;
                }
            })
        };
        (frames, outcome)
    }

    /// Decodes and counts the complete frames at the start of `bytes`. Returns the number of bytes they take up.
    fn decode_frames(
        &mut self,
        bytes: &[u8],
        messages: &mut Vec<IncomingMessage>,
        frames: &mut usize,
    ) -> Result<usize, ProtocolViolation> {
        let mut used = 0;
        loop {
            let rest = &bytes[used..];
            let mut cursor = Cursor::new(rest);
            let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(|_| PROTOCOL_ERROR)? else {
                return Ok(used);
            };
            let start = cursor.position() as usize;
            let length = self.validate_header(&header, length)?;
            let Some(payload) = rest.get(start..start + length) else { return Ok(used) };
            let mask = header.mask.ok_or(PROTOCOL_ERROR)?;
            let payload = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
            used += start + length;
            *frames += 1;
            if let Some(message) = self.handle_frame(&header, payload)? {
                let last = matches!(message, IncomingMessage::Close(_));
                messages.push(message);
                if last {
                    // Everything after a close frame is ignored (RFC 6455 §5.5.1).
                    return Ok(bytes.len());
                }
            }
        }
    }

    /// Validates a frame header, so that an invalid frame is refused before its payload arrives. Returns the payload's
    /// length.
    fn validate_header(&self, header: &FrameHeader, length: u64) -> Result<usize, ProtocolViolation> {
        if header.rsv1 || header.rsv2 || header.rsv3 || header.mask.is_none() {
            return Err(PROTOCOL_ERROR);
        }
        match header.opcode {
            OpCode::Control(Control::Reserved(_)) | OpCode::Data(Data::Reserved(_)) => Err(PROTOCOL_ERROR),
            OpCode::Control(_) if !header.is_final || length > 125 => Err(PROTOCOL_ERROR),
            OpCode::Control(_) => Ok(length as usize),
            OpCode::Data(Data::Binary) => Err(ProtocolViolation(CloseCode::UNSUPPORTED)),
            OpCode::Data(Data::Text) if self.fragments.is_some() => Err(PROTOCOL_ERROR),
            OpCode::Data(Data::Continue) if self.fragments.is_none() => Err(PROTOCOL_ERROR),
            OpCode::Data(_) => {
                let before = self.fragments.as_ref().map_or(0, Vec::len) as u64;
                let fits = before.checked_add(length).is_some_and(|all| all <= limits::FRAME_BYTES as u64);
                if fits { Ok(length as usize) } else { Err(ProtocolViolation(CloseCode::TOO_BIG)) }
            }
        }
    }

    fn handle_frame(
        &mut self,
        header: &FrameHeader,
        payload: Vec<u8>,
    ) -> Result<Option<IncomingMessage>, ProtocolViolation> {
        match header.opcode {
            OpCode::Control(Control::Ping) => Ok(Some(IncomingMessage::Ping(payload))),
            OpCode::Control(Control::Pong) => Ok(Some(IncomingMessage::Pong)),
            OpCode::Control(_) => close_code(&payload).map(|code| Some(IncomingMessage::Close(code))),
            OpCode::Data(_) => {
                let message = match self.fragments.take() {
                    None => payload,
                    Some(mut before) => {
                        before.extend_from_slice(&payload);
                        before
                    }
                };
                if !header.is_final {
                    self.fragments = Some(message);
                    return Ok(None);
                }
                let text = String::from_utf8(message).map_err(|_| ProtocolViolation(CloseCode::NOT_UTF8))?;
                Ok(Some(IncomingMessage::Text(text)))
            }
        }
    }
}

/// The code in the payload of a close frame; 1005 if the payload is empty (RFC 6455 §7.1.5, §7.4).
fn close_code(payload: &[u8]) -> Result<CloseCode, ProtocolViolation> {
    let (code, reason) = match payload {
        [] => return Ok(CloseCode(1005)),
        [_] => return Err(PROTOCOL_ERROR),
        [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
    };
    if std::str::from_utf8(reason).is_err() {
        return Err(ProtocolViolation(CloseCode::NOT_UTF8));
    }
    match code {
        1000..=1003 | 1007..=1014 | 3000..=4999 => Ok(CloseCode(code)),
        _ => Err(PROTOCOL_ERROR),
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

    fn decode(bytes: &[u8]) -> Result<Vec<IncomingMessage>, ProtocolViolation> {
        let mut messages = Vec::new();
        FrameDecoder::default().feed(bytes, &mut messages).1.map(|()| messages)
    }

    fn refusal_code(bytes: &[u8]) -> u16 {
        decode(bytes).unwrap_err().0.0
    }

    #[test]
    fn fragments_are_joined_and_pings_may_come_between_them() {
        let bytes = [frame(0x01, b"he"), frame(0x89, b"?"), frame(0x00, b"ll"), frame(0x80, b"o")].concat();
        assert_eq!(
            decode(&bytes).unwrap(),
            [IncomingMessage::Ping(b"?".to_vec()), IncomingMessage::Text("hello".into())]
        );
    }

    #[test]
    fn a_character_may_be_split_between_fragments() {
        let bytes = [frame(0x01, &[0xE2, 0x82]), frame(0x80, &[0xAC])].concat();
        assert_eq!(decode(&bytes).unwrap(), [IncomingMessage::Text("€".into())]);
    }

    #[test]
    fn violations_of_the_rfc_are_refused_with_their_close_code() {
        assert_eq!(refusal_code(&frame_with(0x81, None, b"unmasked")), 1002);
        assert_eq!(refusal_code(&frame(0xC1, b"rsv1")), 1002);
        assert_eq!(refusal_code(&frame(0x83, b"reserved opcode")), 1002);
        assert_eq!(refusal_code(&frame(0x80, b"a continuation of nothing")), 1002);
        assert_eq!(refusal_code(&[frame(0x01, b"a"), frame(0x81, b"b")].concat()), 1002);
        assert_eq!(refusal_code(&frame(0x09, b"a ping in parts")), 1002);
        assert_eq!(refusal_code(&frame(0x89, &[0; 126])), 1002);
        assert_eq!(refusal_code(&frame(0x88, &[3])), 1002);
        assert_eq!(refusal_code(&frame(0x88, &1005u16.to_be_bytes())), 1002);
        assert_eq!(refusal_code(&frame(0x88, &[0x03, 0xE8, 0xFF])), 1007);
        assert_eq!(refusal_code(&frame(0x82, b"binary")), 1003);
        assert_eq!(refusal_code(&frame(0x81, &[0xC3, 0x28])), 1007);
    }

    #[test]
    fn a_message_that_is_too_big_is_refused_by_its_header() {
        let whole = frame(0x81, &vec![b'x'; limits::FRAME_BYTES + 1]);
        assert_eq!(refusal_code(&whole[..14]), 1009);
        let half = vec![b'x'; limits::FRAME_BYTES / 2 + 1];
        assert_eq!(refusal_code(&[frame(0x01, &half), frame(0x80, &half)].concat()), 1009);
        assert!(decode(&frame(0x81, &vec![b'x'; limits::FRAME_BYTES])).is_ok());
        let endless = [0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];
        assert!(matches!(refusal_code(&endless), 1002 | 1009));
    }

    #[test]
    fn frames_after_a_close_frame_are_ignored() {
        let bytes = [frame(0x88, &1000u16.to_be_bytes()), frame(0x81, b"late")].concat();
        assert_eq!(decode(&bytes).unwrap(), [IncomingMessage::Close(CloseCode::NORMAL)]);
        assert_eq!(decode(&frame(0x88, b"")).unwrap(), [IncomingMessage::Close(CloseCode(1005))]);
    }

    proptest! {
        #[test]
        fn messages_do_not_depend_on_how_the_bytes_are_split(
            texts in prop::collection::vec("\\PC{0,300}", 1..8),
            cuts in prop::collection::vec(1usize..400, 1..40),
        ) {
            let stream: Vec<u8> = texts.iter().flat_map(|text| frame(0x81, text.as_bytes())).collect();
            let (mut decoder, mut messages, mut rest) = (FrameDecoder::default(), Vec::new(), &stream[..]);
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break }
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                decoder.feed(now, &mut messages).1.unwrap();
                rest = later;
            }
            let expected: Vec<_> = texts.into_iter().map(IncomingMessage::Text).collect();
            prop_assert_eq!(messages, expected);
            prop_assert_eq!(decoder.partial_frame.capacity(), 0);
        }

        #[test]
        fn no_input_causes_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
