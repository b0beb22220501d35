//! Blocks: paragraphs and quotes, and where lists and fences begin.
//!
//! A block is found by looking at the beginnings of lines (CommonMark §3.1). Unlike there, a line that continues a
//! quote or an item has to say so by its own `>` or its indent: a chat has no use for lazy continuation (§5.1). A
//! container is parsed by stripping its marks and parsing what is left, so each level of nesting reads each line once
//! more, and there are at most [`CONTAINERS`](super::CONTAINERS) levels.

use super::{
    Node, fence, inline,
    line::{Joined, Line},
    list,
    mention::Resolver,
    part,
};

/// How many containers may still stand in each other.
#[derive(Clone, Copy)]
pub(super) struct Depth {
    pub(super) containers: usize,
    pub(super) lists: usize,
}

impl Depth {
    // Within one more container.
    fn inside(self) -> Self {
        Self { containers: self.containers.saturating_sub(1), ..self }
    }
}

/// Lines becoming blocks.
pub(super) struct Blocks<'r> {
    /// Elements that may still be made.
    pub(super) left: usize,
    /// Tells which texts behind an `@` are names.
    pub(super) mentions: &'r mut dyn Resolver,
}

impl Blocks<'_> {
    /// The blocks of lines; a single paragraph without the node around it.
    pub(super) fn parse_unwrapped(&mut self, lines: &[Line<'_>], depth: Depth) -> Vec<Node> {
        unwrapped(self.parse(lines, depth), |nodes| nodes.len() == 1)
    }

    /// The blocks of lines.
    pub(super) fn parse(&mut self, lines: &[Line<'_>], depth: Depth) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut paragraph = Joined::default();
        let mut blank_lines = 0_usize;
        let mut fences = fence::Search::default();
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at];
            if part::is_blank(line.text) {
                blank_lines += 1;
                at += 1;
                continue;
            }
            // One blank line makes the gap between two blocks. What is more was meant, and is kept.
            let gap = if nodes.is_empty() && paragraph.text.is_empty() { 0 } else { blank_lines };
            if self.left > 0 {
                if gap > 0 {
                    self.end_paragraph(&mut paragraph, &mut nodes);
                }
                if let Some((node, used)) = self.other(&lines[at..], depth, &mut fences) {
                    self.end_paragraph(&mut paragraph, &mut nodes);
                    nodes.push(node);
                    at += used;
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

    fn end_paragraph(&mut self, paragraph: &mut Joined, nodes: &mut Vec<Node>) {
        if !paragraph.text.is_empty() {
            self.spend();
            nodes.push(Node::Paragraph(inline::parse(paragraph, &mut self.left, self.mentions)));
            *paragraph = Joined::default();
        }
    }

    /// Counts an element.
    pub(super) fn spend(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    // A block that is no paragraph, and of how many lines.
    fn other(&mut self, lines: &[Line<'_>], depth: Depth, fences: &mut fence::Search) -> Option<(Node, usize)> {
        match *unindented(lines[0].text)?.as_bytes().first()? {
            b'`' => {
                let found = fences.find(lines)?;
                self.spend();
                Some((found.node(&mut self.left), found.used))
            }
            // A quote that begins with nothing is text, so that lines of marks alone are not gathered again and again.
            b'>' if depth.containers > 0 && quoted(lines[0]).is_some_and(|line| !part::is_blank(line.text)) => {
                let quoted: Vec<_> = lines.iter().map_while(|line| quoted(*line)).collect();
                self.spend();
                Some((Node::Quote(self.parse_unwrapped(&quoted, depth.inside())), quoted.len()))
            }
            b'-' | b'*' | b'0'..=b'9' if depth.containers > 0 && depth.lists > 0 => {
                list::parse(self, lines, Depth { lists: depth.lists - 1, ..depth.inside() })
            }
            _ => None,
        }
    }
}

/// Nodes without the one around their first paragraph, where it is not needed.
pub(super) fn unwrapped(mut nodes: Vec<Node>, needless: impl Fn(&[Node]) -> bool) -> Vec<Node> {
    if let Some(Node::Paragraph(_)) = nodes.first()
        && needless(&nodes)
        && let Node::Paragraph(mut inside) = nodes.remove(0)
    {
        inside.append(&mut nodes);
        return inside;
    }
    nodes
}

// What stands behind the mark of a quote (§5.1). Unlike there, a blank has to follow the marks: `>_<` and `>:(` are
// faces.
fn quoted(line: Line<'_>) -> Option<Line<'_>> {
    let rest = unindented(line.text)?.strip_prefix('>')?;
    let behind_marks = part::next_char(rest, part::run(rest, 0, b'>'));
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    matches!(behind_marks, None | Some(' ' | '\t')).then(|| line.skip(line.text.len() - rest.len()))
}

/// A line without the up to three blanks that may stand before a mark (§2.3 and on); nothing where there are more.
pub(super) fn unindented(line: &str) -> Option<&str> {
    let blanks = part::run(line, 0, b' ');
    (blanks <= 3).then(|| part::from(line, blanks))
}
