//! Frames as a client sends them, correct ones and incorrect ones.

use super::dialect::{Dialect, MessageIds};

/// FIN bit of the first header byte.
pub(crate) const FIN: u8 = 0x80;
/// Opcodes (RFC 6455 §5.2).
pub(crate) const CONTINUATION: u8 = 0x0;
pub(crate) const TEXT: u8 = 0x1;
pub(crate) const BINARY: u8 = 0x2;
pub(crate) const CLOSE: u8 = 0x8;
pub(crate) const PING: u8 = 0x9;
pub(crate) const PONG: u8 = 0xA;

/// The masking key of the examples in RFC 6455 §5.7.
const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// The position of a frame in a chat message, which the rich dialect wraps in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrap {
    /// The payload is sent as it is in both dialects.
    None,
    First,
    Last,
    Only,
}

/// An input that a client sends.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    /// Bytes sent as they are.
    Raw(Vec<u8>),
    /// A frame.
    Frame(Frame),
    /// The messages by which a new connection enters the lobby under its name.
    Join,
}

/// One frame: header, masking key, payload.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    first: u8,
    mask: Option<[u8; 4]>,
    payload: Vec<u8>,
    wrap: Wrap,
}

impl From<Frame> for Input {
    fn from(frame: Frame) -> Self {
        Self::Frame(frame)
    }
}

/// A frame with this first byte and payload, in both dialects.
pub(crate) fn frame(first: u8, payload: impl AsRef<[u8]>) -> Frame {
    Frame { first, mask: Some(MASK), payload: payload.as_ref().to_vec(), wrap: Wrap::None }
}

/// A chat message in one frame.
pub(crate) fn text(body: impl AsRef<[u8]>) -> Frame {
    Frame { wrap: Wrap::Only, ..frame(FIN | TEXT, body) }
}

/// The first fragment of a chat message.
pub(crate) fn first(body: impl AsRef<[u8]>) -> Frame {
    Frame { wrap: Wrap::First, ..frame(TEXT, body) }
}

/// A fragment between the first and the last.
pub(crate) fn middle(body: impl AsRef<[u8]>) -> Frame {
    frame(CONTINUATION, body)
}

/// The last fragment of a chat message.
pub(crate) fn last(body: impl AsRef<[u8]>) -> Frame {
    Frame { wrap: Wrap::Last, ..frame(FIN | CONTINUATION, body) }
}

pub(crate) fn ping(payload: impl AsRef<[u8]>) -> Frame {
    frame(FIN | PING, payload)
}

pub(crate) fn pong(payload: impl AsRef<[u8]>) -> Frame {
    frame(FIN | PONG, payload)
}

/// A close frame with this code and reason.
pub(crate) fn close(code: u16, reason: impl AsRef<[u8]>) -> Frame {
    frame(FIN | CLOSE, [&code.to_be_bytes()[..], reason.as_ref()].concat())
}

/// The header of a masked frame without its payload, with the shortest length encoding.
pub(crate) fn header(first: u8, length: u64) -> Input {
    let mut bytes = Vec::new();
    write_header(&mut bytes, first, Some(MASK), length);
    Input::Raw(bytes)
}

impl Frame {
    /// The same frame with another masking key; without one it is unmasked.
    pub(crate) fn masked_by(self, mask: Option<[u8; 4]>) -> Self {
        Self { mask, ..self }
    }

    /// The same frame with these bits added to its first byte.
    pub(crate) fn with_bits(self, bits: u8) -> Self {
        Self { first: self.first | bits, ..self }
    }

    fn encode(&self, dialect: Dialect, ids: &mut MessageIds) -> Vec<u8> {
        let mut payload = Vec::new();
        if dialect == Dialect::Rich && matches!(self.wrap, Wrap::First | Wrap::Only) {
            payload.extend(format!(r#"{{"type":"post","room":"lobby","client_id":"{}","body":""#, ids.next()).bytes());
        }
        payload.extend(&self.payload);
        if dialect == Dialect::Rich && matches!(self.wrap, Wrap::Last | Wrap::Only) {
            payload.extend(br#""}"#);
        }
        encode(self.first, self.mask, &payload)
    }
}

impl Input {
    /// The bytes of this input from the client called `name`.
    pub(crate) fn encode(&self, dialect: Dialect, name: &str, ids: &mut MessageIds) -> Vec<u8> {
        match self {
            Self::Raw(bytes) => bytes.clone(),
            Self::Frame(frame) => frame.encode(dialect, ids),
            Self::Join => {
                let texts = dialect.join(name);
                texts.iter().flat_map(|text| encode(FIN | TEXT, Some(MASK), text.as_bytes())).collect()
            }
        }
    }
}

fn encode(first: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_header(&mut bytes, first, mask, payload.len() as u64);
    bytes.extend(payload.iter().zip(mask.unwrap_or_default().iter().cycle()).map(|(byte, key)| byte ^ key));
    bytes
}

fn write_header(to: &mut Vec<u8>, first: u8, mask: Option<[u8; 4]>, length: u64) {
    to.push(first);
    let mask_bit = if mask.is_some() { 0x80 } else { 0 };
    match length {
        0..=125 => to.push(mask_bit | length as u8),
        126..=0xFFFF => {
            to.push(mask_bit | 126);
            to.extend((length as u16).to_be_bytes());
        }
        _ => {
            to.push(mask_bit | 127);
            to.extend(length.to_be_bytes());
        }
    }
    to.extend(mask.unwrap_or_default().iter().take(if mask.is_some() { 4 } else { 0 }));
}
