//! Lists and list items (CommonMark §5.2 and §5.3).
//!
//! Unlike in CommonMark, an item ends at the first line that is not indented, and items keep their numbers as typed:
//! somebody who answers questions 2 and 5 means those numbers.

use super::{BlockParser, Line, NestingLimit, Node, slice, unwrap_paragraph};

/// Longest number of an item, in digits: `1984. A year` is not a list.
const MAX_NUMBER_DIGITS: usize = 3;

/// Minimum indentation of a line that belongs to the item above it, in columns. People type two spaces below any
/// marker.
const MIN_INDENT: usize = 2;

/// The list marker at the start of a line, with the text after it.
struct ListMarker<'a> {
    /// Columns before the marker.
    indent: usize,
    /// Columns from the start of the marker to the text, with one space.
    width: usize,
    /// The item's number; `None` for a bullet.
    number: Option<u32>,
    /// The rest of the line.
    text: Line<'a>,
}

/// Parses the list that starts at the first line, if any. Also returns its number of lines.
pub(super) fn parse(parser: &mut BlockParser<'_>, lines: &[Line<'_>], limit: NestingLimit) -> Option<(Node, usize)> {
    let mut marker = list_marker(*lines.first()?)?;
    let ordered = marker.number.is_some();
    parser.count_element();
    let mut items = Vec::new();
    let mut at = 0;
    loop {
        let mut body = vec![marker.text];
        // The second line of the item decides how much indentation all its lines lose.
        let mut columns = None;
        at += 1;
        let next = loop {
            let blanks = lines[at..].iter().take_while(|line| slice::is_blank(line.text)).count();
            let Some(&line) = lines.get(at + blanks) else { break None };
            if indent_columns(line.text) >= marker.indent + MIN_INDENT {
                body.extend_from_slice(&lines[at..at + blanks]);
                let columns = *columns.get_or_insert(indent_columns(line.text).min(marker.indent + marker.width));
                body.push(strip_columns(line, columns));
                at += blanks + 1;
            } else {
                let next =
                    list_marker(line).filter(|next| next.number.is_some() == ordered && parser.elements_left > 0);
                if next.is_some() {
                    at += blanks;
                }
                break next;
            }
        };
        parser.count_element();
        items.push(Node::ListItem { number: marker.number, children: unwrap_tight_item(parser.parse(&body, limit)) });
        match next {
            Some(next) => marker = next,
            None => return Some((Node::List { ordered, items }, at)),
        }
    }
}

// An item of one paragraph, with or without a nested list, is tight (§5.3): it needs no node for the paragraph.
fn unwrap_tight_item(nodes: Vec<Node>) -> Vec<Node> {
    unwrap_paragraph(nodes, |nodes| matches!(nodes, [_] | [_, Node::List { .. }]))
}

// The list marker at the start of a line, if any.
fn list_marker(line: Line<'_>) -> Option<ListMarker<'_>> {
    let indent = indent_columns(line.text);
    let before = leading_blanks(line.text);
    let marked = slice::from(line.text, before);
    let digits = marked.bytes().take_while(u8::is_ascii_digit).count();
    let (number, marker_length) = match digits {
        0 => (None, 1),
        1..=MAX_NUMBER_DIGITS => (slice::between(marked, 0, digits).parse().ok(), digits + 1),
        _ => return None,
    };
    let is_marker = match slice::between(marked, marker_length - 1, marker_length) {
        "-" | "*" => number.is_none(),
        // `007.` would be displayed as a different number.
        "." => number.is_some() && (digits == 1 || !marked.starts_with('0')),
        _ => false,
    };
    let rest = slice::from(marked, marker_length);
    let gap = leading_blanks(rest);
    let text = slice::from(rest, gap);
    // A line of markers only, such as `- - -`, is a hand-drawn rule and not an empty list.
    if !is_marker || indent > 3 || gap == 0 || text.bytes().all(|byte| matches!(byte, b'-' | b'*' | b' ' | b'\t')) {
        return None;
    }
    Some(ListMarker { indent, width: marker_length + 1, number, text: line.skip(before + marker_length + gap) })
}

// The number of spaces and tabs at the start of a text.
fn leading_blanks(text: &str) -> usize {
    text.bytes().map_while(column_width).count()
}

// The indentation of a line in columns; a tab counts as four.
fn indent_columns(line: &str) -> usize {
    line.bytes().map_while(column_width).sum()
}

// The line without `columns` columns of indentation, or without all indentation if it has less.
fn strip_columns(line: Line<'_>, columns: usize) -> Line<'_> {
    let mut removed = 0;
    let blanks = line.text.bytes().map_while(column_width).take_while(|width| {
        let is_within = removed < columns;
        removed += width;
        is_within
    });
    line.skip(blanks.count())
}

// The width of a space or tab in columns; `None` for other characters.
fn column_width(byte: u8) -> Option<usize> {
    match byte {
        b' ' => Some(1),
        b'\t' => Some(4),
        _ => None,
    }
}
