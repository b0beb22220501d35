//! The lines of a message, with their offsets in it.
//!
//! The block parser strips markers and indentation from lines and joins the rest into paragraphs. Mentions are stored
//! as byte ranges of the message as it was sent, so each line keeps its offset in the message.

use super::slice;

/// A line of a message, or the rest of it after a marker.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// The text without its line ending.
    pub(super) text: &'a str,
    /// The byte offset of `text` in the message.
    pub(super) offset: usize,
}

impl<'a> Line<'a> {
    /// The line without its first `bytes` bytes.
    pub(super) fn skip(self, bytes: usize) -> Self {
        Self { text: slice::from(self.text, bytes), offset: self.offset + bytes }
    }
}

/// Splits a message at its line endings: LF, CRLF and CR.
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // The second byte of a CRLF.
            b'\n' if at > 0 && bytes[at - 1] == b'\r' => start = at + 1,
            b'\n' | b'\r' => {
                lines.push(Line { text: slice::between(text, start, at), offset: start });
                start = at + 1;
            }
            _ => {}
        }
    }
    lines.push(Line { text: slice::from(text, start), offset: start });
    lines
}

/// The line without its indentation of up to three spaces, which is allowed before a block marker. `None` if there are
/// more spaces.
pub(super) fn strip_indent(line: &str) -> Option<&str> {
    let spaces = slice::run_length(line, 0, b' ');
    (spaces <= 3).then(|| slice::from(line, spaces))
}

/// The text of a paragraph: its lines joined by LF.
#[derive(Default)]
pub(super) struct ParagraphText {
    /// The joined lines.
    pub(super) text: String,
    // The start of each line: its offset in `text`, and its offset in the message.
    starts: Vec<(usize, usize)>,
}

impl ParagraphText {
    /// Appends `breaks` line feeds and a line.
    pub(super) fn push(&mut self, breaks: usize, line: Line<'_>) {
        self.text.extend((0..breaks).map(|_| '\n'));
        self.starts.push((self.text.len(), line.offset));
        self.text.push_str(line.text);
    }

    /// Converts an offset in `text` to the offset in the message.
    pub(super) fn message_offset(&self, at: usize) -> usize {
        let line = self.starts.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        self.starts.get(line).map_or(at, |(start, message_start)| message_start + at - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_line_endings_split_lines_and_offsets_refer_to_the_message() {
        let text = "a\r\nbé\rc\n\r\n\r\rd\n";
        let lines = split(text);
        let texts: Vec<_> = lines.iter().map(|line| line.text).collect();
        assert_eq!(texts, ["a", "bé", "c", "", "", "", "d", ""]);
        for line in lines {
            assert!(text[line.offset..].starts_with(line.text));
        }
    }
}
