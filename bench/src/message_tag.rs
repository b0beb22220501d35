//! The tag at the start of each message: its sender, its number and its due time.

/// Length of a tag in bytes.
pub const LENGTH: usize = 30;

/// Largest offset of a tag in a frame: enough for the other fields of an event in any JSON formatting.
const MAX_OFFSET: usize = 400;

/// The tag of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageTag {
    /// The sender's index in its room.
    pub sender: usize,
    /// The sender's message number, from 0.
    pub number: u32,
    /// The due time in microseconds since the start of the workload.
    pub due: u64,
}

impl MessageTag {
    /// A message of `size` bytes that starts with this tag.
    pub fn message(self, size: usize) -> String {
        let tag = format!("#{:03}.{:08}.{:016}", self.sender, self.number, self.due);
        format!("{tag:x<size$}")
    }

    /// Finds the tag in a frame from a server. Returns `None` for other frames, such as the announcement of a user.
    pub fn find(frame: &[u8]) -> Option<Self> {
        let start = frame.iter().take(MAX_OFFSET).position(|byte| *byte == b'#')?;
        let tag = frame.get(start..start + LENGTH)?;
        let number = |from: usize, to: usize| {
            tag[from..to]
                .iter()
                .try_fold(0u64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0')))
        };
        Some(Self { sender: number(1, 4)? as usize, number: number(5, 13)? as u32, due: number(14, 30)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_any_json_formatting() {
        let tag = MessageTag { sender: 7, number: 12_345, due: 9_876_543_210 };
        let message = tag.message(64);
        assert_eq!(message.len(), 64);
        for frame in [
            format!(r#"{{"username":"p0007","message":"{message}"}}"#),
            format!(r#"{{"username": "p0007", "message": "{message}"}}"#),
        ] {
            assert_eq!(MessageTag::find(frame.as_bytes()), Some(tag));
        }
        assert_eq!(MessageTag::find(br#"{"username":"p0007","message":"p0007 has joined the chat"}"#), None);
        assert_eq!(MessageTag::find(b"#00"), None);
    }
}
