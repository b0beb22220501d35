//! Block structure: paragraphs and block quotes, and where lists and code fences start.
//!
//! The start of a line decides to which block it belongs (CommonMark §3.1). Unlike in CommonMark, every line of a block
//! quote or list item needs its own `>` or indentation: a chat has no use for lazy continuation lines (§5.1). A
//! container is parsed by stripping its markers and parsing the rest. So each level of nesting reads each line once
//! more, and there are at most [`MAX_CONTAINERS`](super::MAX_CONTAINERS) levels.

mod code_fence;
mod list;

use super::{
    Node, inline,
    line::{Line, ParagraphText, strip_indent},
    mention::Resolver,
    slice,
};

/// How many further levels of containers are allowed.
#[derive(Clone, Copy)]
pub(super) struct NestingLimit {
    /// Levels of block quotes and lists together.
    pub(super) containers: usize,
    /// Levels of lists.
    pub(super) lists: usize,
}

impl NestingLimit {
    // The limit within a container.
    fn nested(self) -> Self {
        Self { containers: self.containers.saturating_sub(1), ..self }
    }
}

/// Parses lines into block nodes.
pub(super) struct BlockParser<'r> {
    /// How many more elements the message may have.
    pub(super) elements_left: usize,
    /// Resolves mentions.
    pub(super) mentions: &'r mut dyn Resolver,
}

impl BlockParser<'_> {
    /// Parses lines into blocks. A single paragraph is returned as its inline nodes.
    pub(super) fn parse_unwrapped(&mut self, lines: &[Line<'_>], limit: NestingLimit) -> Vec<Node> {
        unwrap_paragraph(self.parse(lines, limit), |nodes| nodes.len() == 1)
    }

    /// Parses lines into blocks.
    pub(super) fn parse(&mut self, lines: &[Line<'_>], limit: NestingLimit) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut paragraph = ParagraphText::default();
        let mut blank_lines = 0_usize;
        let mut fence_scanner = code_fence::FenceScanner::default();
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at];
            if slice::is_blank(line.text) {
                blank_lines += 1;
                at += 1;
                continue;
            }
            // One blank line only separates blocks. Further blank lines are intended, and are kept.
            let gap = if nodes.is_empty() && paragraph.text.is_empty() { 0 } else { blank_lines };
            if self.elements_left > 0 {
                if gap > 0 {
                    self.end_paragraph(&mut paragraph, &mut nodes);
                }
                if let Some((node, line_count)) = self.parse_other_block(&lines[at..], limit, &mut fence_scanner) {
                    self.end_paragraph(&mut paragraph, &mut nodes);
                    nodes.push(node);
                    at += line_count;
                    blank_lines = 0;
                    continue;
                }
            }
            let breaks = if paragraph.text.is_empty() { gap.saturating_sub(1) } else { gap + 1 };
            paragraph.push(breaks, line);
            blank_lines = 0;
            at += 1;
        }
        self.end_paragraph(&mut paragraph, &mut nodes);
        nodes
    }

    fn end_paragraph(&mut self, paragraph: &mut ParagraphText, nodes: &mut Vec<Node>) {
        if !paragraph.text.is_empty() {
            self.count_element();
            nodes.push(Node::Paragraph(inline::parse(paragraph, &mut self.elements_left, self.mentions)));
            *paragraph = ParagraphText::default();
        }
    }

    /// Subtracts one from the number of elements that the message may still have.
    pub(super) fn count_element(&mut self) {
        self.elements_left = self.elements_left.saturating_sub(1);
    }

    // The block other than a paragraph that starts at the first line, if any, and its number of lines.
    fn parse_other_block(
        &mut self,
        lines: &[Line<'_>],
        limit: NestingLimit,
        fence_scanner: &mut code_fence::FenceScanner,
    ) -> Option<(Node, usize)> {
        match *strip_indent(lines[0].text)?.as_bytes().first()? {
            b'`' => {
                let code = fence_scanner.scan(lines)?;
                self.count_element();
                Some((code.node(&mut self.elements_left), code.line_count))
            }
            // A block quote with a blank first line is text. Otherwise lines of `>` only would be collected repeatedly.
            b'>' if limit.containers > 0
                && strip_quote_marker(lines[0]).is_some_and(|line| !slice::is_blank(line.text)) =>
            {
                let quoted: Vec<_> = lines.iter().map_while(|line| strip_quote_marker(*line)).collect();
                self.count_element();
                Some((Node::BlockQuote(self.parse_unwrapped(&quoted, limit.nested())), quoted.len()))
            }
            b'-' | b'*' | b'0'..=b'9' if limit.containers > 0 && limit.lists > 0 => {
                list::parse(self, lines, NestingLimit { lists: limit.lists - 1, ..limit.nested() })
            }
            _ => None,
        }
    }
}

/// Replaces a paragraph at the start by its inline nodes, if `should_unwrap` accepts the nodes.
pub(super) fn unwrap_paragraph(mut nodes: Vec<Node>, should_unwrap: impl Fn(&[Node]) -> bool) -> Vec<Node> {
    if let Some(Node::Paragraph(_)) = nodes.first()
        && should_unwrap(&nodes)
        && let Node::Paragraph(mut children) = nodes.remove(0)
    {
        children.append(&mut nodes);
        return children;
    }
    nodes
}

// The line after its block quote marker (§5.1). Unlike in CommonMark, white space must follow the `>` characters,
// because `>_<` and `>:(` are emoticons.
fn strip_quote_marker(line: Line<'_>) -> Option<Line<'_>> {
    let rest = strip_indent(line.text)?.strip_prefix('>')?;
    let after_markers = slice::next_char(rest, slice::run_length(rest, 0, b'>'));
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    matches!(after_markers, None | Some(' ' | '\t')).then(|| line.skip(line.text.len() - rest.len()))
}
