//! What stands at the beginning of each message that is sent: who sent it, as which of theirs, and when it was due.

/// Bytes of the mark.
pub const LENGTH: usize = 30;

/// How far into a frame the mark begins at most: behind what else an event has, whatever form the server gives to JSON.
const WITHIN: usize = 400;

/// A mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which sender of the room.
    pub sender: usize,
    /// Which of their messages, from 0.
    pub number: u32,
    /// When it was due, in microseconds since the load began.
    pub due: u64,
}

impl Mark {
    /// A message of so many bytes that begins with it.
    pub fn message(self, size: usize) -> String {
        let mark = format!("#{:03}.{:08}.{:016}", self.sender, self.number, self.due);
        format!("{mark:x<size$}")
    }

    /// The mark in what a server made of a message, if it is one and not news of who came.
    pub fn find(frame: &[u8]) -> Option<Self> {
        let start = frame.iter().take(WITHIN).position(|byte| *byte == b'#')?;
        let mark = frame.get(start..start + LENGTH)?;
        let number = |from: usize, to: usize| {
            mark[from..to]
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
    fn a_mark_is_found_in_any_form_of_json() {
        let mark = Mark { sender: 7, number: 12_345, due: 9_876_543_210 };
        let message = mark.message(64);
        assert_eq!(message.len(), 64);
        for frame in [
            format!(r#"{{"username":"p0007","message":"{message}"}}"#),
            format!(r#"{{"username": "p0007", "message": "{message}"}}"#),
        ] {
            assert_eq!(Mark::find(frame.as_bytes()), Some(mark));
        }
        assert_eq!(Mark::find(br#"{"username":"p0007","message":"p0007 has joined the chat"}"#), None);
        assert_eq!(Mark::find(b"#00"), None);
    }
}
