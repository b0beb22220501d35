//! Lists (CommonMark §5.2 and §5.3).
//!
//! Other than there, an item ends with the first line that is not indented, and items keep the numbers they were typed
//! with: someone who answers questions 2 and 5 means those.

use super::{
    Node,
    block::{Blocks, Depth, unwrapped},
    line::Line,
    part,
};

/// Longest number before an item, in digits: `1984. A year` is no list.
const NUMBER_DIGITS: usize = 3;

/// Columns by which a line below an item has to be indented to belong to it. People type two below any mark.
const INDENT: usize = 2;

/// What stands at the beginning of an item's line.
struct Mark<'a> {
    /// Columns before the mark.
    indent: usize,
    /// Columns from the mark to the text.
    width: usize,
    number: Option<u32>,
    text: Line<'a>,
}

/// The list that begins at the first of the lines, if any does, and how many lines it has.
pub(super) fn parse(blocks: &mut Blocks<'_>, lines: &[Line<'_>], inside: Depth) -> Option<(Node, usize)> {
    let mut mark = mark(*lines.first()?)?;
    let ordered = mark.number.is_some();
    blocks.spend();
    let mut items = Vec::new();
    let mut at = 0;
    loop {
        let mut body = vec![mark.text];
        // The first line below the item's says how far all are indented.
        let mut columns = None;
        at += 1;
        let next = loop {
            let blanks = lines[at..].iter().take_while(|line| part::is_blank(line.text)).count();
            let Some(&line) = lines.get(at + blanks) else { break None };
            if indent(line.text) >= mark.indent + INDENT {
                body.extend_from_slice(&lines[at..at + blanks]);
                let columns = *columns.get_or_insert(indent(line.text).min(mark.indent + mark.width));
                body.push(outdented(line, columns));
                at += blanks + 1;
            } else {
                let next = self::mark(line).filter(|next| next.number.is_some() == ordered && blocks.left > 0);
                if next.is_some() {
                    at += blanks;
                }
                break next;
            }
        };
        blocks.spend();
        items.push(Node::Item { number: mark.number, inside: tight(blocks.parse(&body, inside)) });
        match next {
            Some(next) => mark = next,
            None => return Some((Node::List { ordered, items }, at)),
        }
    }
}

// An item that has one paragraph, and perhaps a list below it, needs no node for the paragraph (§5.3, tight lists).
fn tight(nodes: Vec<Node>) -> Vec<Node> {
    unwrapped(nodes, |nodes| matches!(nodes, [_] | [_, Node::List { .. }]))
}

fn mark(line: Line<'_>) -> Option<Mark<'_>> {
    let indent = indent(line.text);
    let before = blanks(line.text);
    let marked = part::from(line.text, before);
    let digits = marked.bytes().take_while(u8::is_ascii_digit).count();
    let (number, mark) = match digits {
        0 => (None, 1),
        1..=NUMBER_DIGITS => (part::between(marked, 0, digits).parse().ok(), digits + 1),
        _ => return None,
    };
    let is_mark = match part::between(marked, mark - 1, mark) {
        "-" | "*" => number.is_none(),
        // `007.` would come out as another number than was typed.
        "." => number.is_some() && (digits == 1 || !marked.starts_with('0')),
        _ => false,
    };
    let rest = part::from(marked, mark);
    let gap = blanks(rest);
    let text = part::from(rest, gap);
    // Nothing but marks is a line drawn by hand, not a list of nothing.
    if !is_mark || indent > 3 || gap == 0 || text.bytes().all(|byte| matches!(byte, b'-' | b'*' | b' ' | b'\t')) {
        return None;
    }
    Some(Mark { indent, width: mark + 1, number, text: line.skip(before + mark + gap) })
}

// How many blanks a text begins with.
fn blanks(text: &str) -> usize {
    text.bytes().map_while(column).count()
}

// Columns of blank at the beginning of a line; a tab counts as four.
fn indent(line: &str) -> usize {
    line.bytes().map_while(column).sum()
}

// The line without so many columns of blank, or without all it has.
fn outdented(line: Line<'_>, columns: usize) -> Line<'_> {
    let mut gone = 0;
    let blanks = line.text.bytes().map_while(column).take_while(|width| {
        let more = gone < columns;
        gone += width;
        more
    });
    line.skip(blanks.count())
}

fn column(byte: u8) -> Option<usize> {
    match byte {
        b' ' => Some(1),
        b'\t' => Some(4),
        _ => None,
    }
}
