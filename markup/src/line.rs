//! The lines of a message, with their offsets in it.
//!
//! Blocks strip marks and indents from lines and join what is left into paragraphs. Mentions are stored as byte ranges of
//! the message as it was sent, so each line keeps the offset at which it begins there.

use super::part;

/// A line, or what is left of it behind a mark.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// The text without its line end.
    pub(super) text: &'a str,
    /// The byte offset of `text` in the message.
    pub(super) at: usize,
}

impl<'a> Line<'a> {
    /// The line without its first bytes.
    pub(super) fn skip(self, bytes: usize) -> Self {
        Self { text: part::from(self.text, bytes), at: self.at + bytes }
    }
}

/// Splits a message at LF, CRLF and CR.
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // The second half of a CRLF.
            b'\n' if at > 0 && bytes[at - 1] == b'\r' => start = at + 1,
            b'\n' | b'\r' => {
                lines.push(Line { text: part::between(text, start, at), at: start });
                start = at + 1;
            }
            _ => {}
        }
    }
    lines.push(Line { text: part::from(text, start), at: start });
    lines
}

/// Lines joined by LF into the text of a paragraph.
#[derive(Default)]
pub(super) struct Joined {
    /// The text.
    pub(super) text: String,
    // Where each line begins: its offset in `text`, and in the message.
    starts: Vec<(usize, usize)>,
}

impl Joined {
    /// Appends a line behind `breaks` line ends.
    pub(super) fn push(&mut self, breaks: usize, line: Line<'_>) {
        self.text.extend((0..breaks).map(|_| '\n'));
        self.starts.push((self.text.len(), line.at));
        self.text.push_str(line.text);
    }

    /// The offset in the message of an offset in `text`.
    pub(super) fn origin(&self, at: usize) -> usize {
        let line = self.starts.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        self.starts.get(line).map_or(at, |(start, origin)| origin + at - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_line_ends_split_and_offsets_point_into_the_message() {
        let text = "a\r\nbé\rc\n\r\n\r\rd\n";
        let lines = split(text);
        let texts: Vec<_> = lines.iter().map(|line| line.text).collect();
        assert_eq!(texts, ["a", "bé", "c", "", "", "", "d", ""]);
        for line in lines {
            assert!(text[line.at..].starts_with(line.text));
        }
    }
}
