//! WebSocket frames (RFC 6455, section 5): just enough to send texts and to find one frame after the other.

/// A client has to mask what it sends; any mask will do, and with this one the bytes stay as they are.
const MASK: [u8; 4] = [0; 4];

/// The kinds of frame that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// The end, with a close code.
    Close,
    /// To be answered by a pong.
    Ping,
    /// Anything else.
    Other,
}

/// Where a frame's payload lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its kind.
    pub kind: Kind,
    /// Bytes before the payload.
    pub before: usize,
    /// Bytes of payload.
    pub payload: usize,
}

impl Header {
    /// The header at the start of these bytes, if all of it is there.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (&first, &second) = (bytes.first()?, bytes.get(1)?);
        let masked = usize::from(second >> 7) * MASK.len();
        let (before, payload) = match second & 0x7f {
            126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
            127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
            short => (2, usize::from(short)),
        };
        let kind = match first & 0x0f {
            1 => Kind::Text,
            8 => Kind::Close,
            9 => Kind::Ping,
            _ => Kind::Other,
        };
        Some(Self { kind, before: before + masked, payload })
    }

    /// All bytes of the frame.
    pub fn total(self) -> usize {
        self.before + self.payload
    }
}

/// Puts a masked text frame behind what is there.
pub fn text(payload: &[u8], out: &mut Vec<u8>) {
    put(0x81, 0x80, payload, out);
}

/// Puts a masked pong behind what is there.
pub fn pong(payload: &[u8], out: &mut Vec<u8>) {
    put(0x8a, 0x80, payload, out);
}

/// Puts a text frame as a server sends it behind what is there.
pub fn server_text(payload: &[u8], out: &mut Vec<u8>) {
    put(0x81, 0, payload, out);
}

fn put(first: u8, mask_bit: u8, payload: &[u8], out: &mut Vec<u8>) {
    out.push(first);
    match payload.len() {
        short @ 0..=125 => out.push(mask_bit | short as u8),
        medium @ 126..=0xffff => {
            out.push(mask_bit | 126);
            out.extend_from_slice(&(medium as u16).to_be_bytes());
        }
        long => {
            out.push(mask_bit | 127);
            out.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    if mask_bit != 0 {
        out.extend_from_slice(&MASK);
    }
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_all_three_forms_are_written_and_read() {
        for length in [0, 1, 125, 126, 65_535, 65_536, 100_000] {
            for masked in [false, true] {
                let mut bytes = Vec::new();
                let write = if masked { text } else { server_text };
                write(&vec![b'x'; length], &mut bytes);
                let header = Header::parse(&bytes).unwrap();
                assert_eq!((header.kind, header.payload, header.total()), (Kind::Text, length, bytes.len()));
                assert!((0..header.before.min(2)).all(|cut| Header::parse(&bytes[..cut]).is_none()));
            }
        }
    }

    #[test]
    fn control_frames_are_told_apart() {
        let kind = |first: u8| Header::parse(&[first, 0]).unwrap().kind;
        assert_eq!(
            [kind(0x88), kind(0x89), kind(0x8a), kind(0x82)],
            [Kind::Close, Kind::Ping, Kind::Other, Kind::Other]
        );
    }
}
