//! A minimal implementation of WebSocket frames (RFC 6455, section 5): writes text frames and parses frame headers.

/// The masking key of clients. RFC 6455 requires masking, but any key is valid; a zero key leaves the payload
/// unchanged.
const MASK: [u8; 4] = [0; 4];

/// The kind of a frame, as far as the benchmark distinguishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// A text frame.
    Text,
    /// A close frame.
    Close,
    /// A ping frame.
    Ping,
    /// Any other frame.
    Other,
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// The kind of the frame.
    pub kind: FrameKind,
    /// The length of the header in bytes, including the masking key.
    pub header_length: usize,
    /// The length of the payload in bytes.
    pub payload_length: usize,
}

impl FrameHeader {
    /// Parses the header at the start of `bytes`. Returns `None` if it is incomplete.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (&first, &second) = (bytes.first()?, bytes.get(1)?);
        let mask_length = usize::from(second >> 7) * MASK.len();
        let (header_length, payload_length) = match second & 0x7f {
            126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
            127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
            short => (2, usize::from(short)),
        };
        let kind = match first & 0x0f {
            1 => FrameKind::Text,
            8 => FrameKind::Close,
            9 => FrameKind::Ping,
            _ => FrameKind::Other,
        };
        Some(Self { kind, header_length: header_length + mask_length, payload_length })
    }

    /// The length of the whole frame in bytes.
    pub fn frame_length(self) -> usize {
        self.header_length + self.payload_length
    }
}

/// Appends a masked text frame, as a client sends it.
pub fn write_client_text(payload: &[u8], out: &mut Vec<u8>) {
    write_frame(0x81, 0x80, payload, out);
}

/// Appends a masked pong frame.
pub fn write_pong(payload: &[u8], out: &mut Vec<u8>) {
    write_frame(0x8a, 0x80, payload, out);
}

/// Appends an unmasked text frame, as a server sends it.
pub fn write_server_text(payload: &[u8], out: &mut Vec<u8>) {
    write_frame(0x81, 0, payload, out);
}

fn write_frame(first: u8, mask_bit: u8, payload: &[u8], out: &mut Vec<u8>) {
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
                let write = if masked { write_client_text } else { write_server_text };
                write(&vec![b'x'; length], &mut bytes);
                let header = FrameHeader::parse(&bytes).unwrap();
                assert_eq!(
                    (header.kind, header.payload_length, header.frame_length()),
                    (FrameKind::Text, length, bytes.len())
                );
                assert!((0..header.header_length.min(2)).all(|cut| FrameHeader::parse(&bytes[..cut]).is_none()));
            }
        }
    }

    #[test]
    fn frame_kinds_are_distinguished() {
        let kind = |first: u8| FrameHeader::parse(&[first, 0]).unwrap().kind;
        assert_eq!(
            [kind(0x88), kind(0x89), kind(0x8a), kind(0x82)],
            [FrameKind::Close, FrameKind::Ping, FrameKind::Other, FrameKind::Other]
        );
    }
}
