//! Inline structure: emphasis, code spans, links and mentions.
//!
//! The parser makes one pass from left to right. A delimiter that may open emphasis or a link is pushed as text and
//! remembered. The closing delimiter turns all nodes since then into the children of one node. The time is linear. Only
//! the last opener of each kind of emphasis is remembered (CommonMark's nearest opener, §6.2), so nesting is bounded by
//! the number of kinds. A search for a closing delimiter that failed once is not repeated.

mod link;

use std::ops::Range;

use super::{
    Node, autolink,
    delimiter_run::{DelimiterRun, EmphasisKind},
    escape,
    line::ParagraphText,
    mention::{NoMentions, Resolver},
    slice,
};

/// Longest backtick string of a code span. The parser may search for each length once without success, so the number of
/// lengths is limited.
const LONGEST_BACKTICK_STRING: usize = 8;

/// Parses the text of a paragraph into inline nodes, and subtracts the number of elements from `elements_left`, which
/// limits it.
pub(super) fn parse(source: &ParagraphText, elements_left: &mut usize, mentions: &mut dyn Resolver) -> Vec<Node> {
    // The text of a link contains no mentions. Whether a bracket starts a link is known only after an `@` in it, so a
    // first pass finds the links.
    let known_link_texts = if source.text.contains("](") && source.text.contains('@') {
        let (mut elements_left, mut no_mentions) = (*elements_left, NoMentions);
        let mut parser = InlineParser::new(source, &mut elements_left, &mut no_mentions, Vec::new());
        parser.run();
        parser.link_texts
    } else {
        Vec::new()
    };
    let mut parser = InlineParser::new(source, elements_left, mentions, known_link_texts);
    parser.run();
    merge_adjacent_text(parser.nodes)
}

struct InlineParser<'a> {
    text: &'a str,
    source: &'a ParagraphText,
    mentions: &'a mut dyn Resolver,
    /// The ranges of link texts, which contain no mentions: found by a first pass, ascending.
    known_link_texts: Vec<Range<usize>>,
    /// The ranges of link texts found in this pass.
    link_texts: Vec<Range<usize>>,
    /// The end of the last line in which an `@` was found.
    line_end: usize,
    /// Opening parentheses at which a URL ends.
    unpaired_parentheses: autolink::UnpairedParentheses,
    /// The start of the text that has not been pushed as a node yet.
    text_start: usize,
    nodes: Vec<Node>,
    /// The last opener of each kind of emphasis: its index in `nodes`, and the end of its delimiter in the text.
    open_delimiters: [Option<(usize, usize)>; EmphasisKind::COUNT],
    /// Open brackets: their indices in `nodes` and their offsets in the text.
    open_brackets: Vec<(usize, usize)>,
    /// Whether the text has a `](`: otherwise brackets are ignored.
    may_have_links: bool,
    /// The lengths of backtick strings that do not occur in the rest of the text.
    unmatched_backticks: [bool; LONGEST_BACKTICK_STRING + 1],
    elements_left: &'a mut usize,
}

impl<'a> InlineParser<'a> {
    fn new(
        source: &'a ParagraphText,
        elements_left: &'a mut usize,
        mentions: &'a mut dyn Resolver,
        known_link_texts: Vec<Range<usize>>,
    ) -> Self {
        let text = source.text.as_str();
        Self {
            text,
            source,
            mentions,
            known_link_texts,
            link_texts: Vec::new(),
            line_end: 0,
            unpaired_parentheses: autolink::UnpairedParentheses::default(),
            text_start: 0,
            nodes: Vec::new(),
            open_delimiters: [None; EmphasisKind::COUNT],
            open_brackets: Vec::new(),
            may_have_links: text.contains("]("),
            unmatched_backticks: [false; LONGEST_BACKTICK_STRING + 1],
            elements_left,
        }
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(&byte) = self.text.as_bytes().get(at).filter(|_| *self.elements_left > 0) {
            at = match byte {
                b'\\' => self.backslash_escape(at),
                b'`' => self.code_span(at),
                b'*' | b'_' | b'~' => self.delimiter_run(at, byte),
                b'[' if self.may_have_links => self.open_bracket(at),
                b']' if self.may_have_links => self.close_bracket(at),
                b'@' => self.mention(at),
                b'h' | b'H' | b'm' | b'M' => self.autolink(at),
                _ => at + 1,
            };
        }
        self.flush_text(self.text.len());
    }

    fn char_before(&self, at: usize) -> Option<char> {
        slice::char_before(self.text, at)
    }

    /// Pushes the pending text up to an offset as a text node.
    fn flush_text(&mut self, to: usize) {
        if self.text_start < to {
            self.nodes.push(Node::Text(slice::copy(self.text, self.text_start, to)));
        }
        self.text_start = to;
    }

    /// Pushes a node for a range of the text. Returns the end of the range, at which parsing continues.
    fn push_node(&mut self, from: usize, to: usize, node: Node) -> usize {
        self.flush_text(from);
        self.nodes.push(node);
        *self.elements_left -= 1;
        self.text_start = to;
        to
    }

    /// Removes the nodes from an opener on, and forgets delimiters that are open there. Returns the nodes without the
    /// opener.
    fn take_children(&mut self, from: usize) -> Vec<Node> {
        let children = self.nodes.split_off(from + 1);
        self.nodes.truncate(from);
        for open in &mut self.open_delimiters {
            *open = open.filter(|(open, _)| *open < from);
        }
        while self.open_brackets.last().is_some_and(|(open, _)| *open >= from) {
            self.open_brackets.pop();
        }
        merge_adjacent_text(children)
    }

    fn backslash_escape(&mut self, at: usize) -> usize {
        let escape = escape::parse(self.text, at);
        if escape.hidden_backslashes > 0 {
            self.flush_text(at);
            self.text_start = at + escape.hidden_backslashes;
        }
        escape.end
    }

    // §6.1, except that line breaks are kept and blank code is text.
    fn code_span(&mut self, at: usize) -> usize {
        let length = slice::run_length(self.text, at, b'`');
        let start = at + length;
        if length > LONGEST_BACKTICK_STRING || self.unmatched_backticks[length] {
            return start;
        }
        let mut end = start;
        while let Some(found) = slice::from(self.text, end).bytes().position(|byte| byte == b'`') {
            let closing = end + found;
            let closing_length = slice::run_length(self.text, closing, b'`');
            end = closing + closing_length;
            if closing_length == length {
                let code = slice::between(self.text, start, closing);
                if slice::is_blank(code) {
                    return start;
                }
                let code = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' ')).unwrap_or(code);
                return self.push_node(at, end, Node::CodeSpan(code.to_owned()));
            }
        }
        self.unmatched_backticks[length] = true;
        start
    }

    fn delimiter_run(&mut self, at: usize, byte: u8) -> usize {
        let length = slice::run_length(self.text, at, byte);
        let end = at + length;
        let run = DelimiterRun::classify(byte, length, self.char_before(at), slice::next_char(self.text, end));
        let (mut closed, mut opens) = (at, run.can_open);
        if run.can_close {
            // `***` closes the delimiter that was opened last first.
            for _ in run.kinds {
                let open =
                    run.kinds.iter().filter_map(|kind| Some((self.open_delimiters[*kind as usize]?, *kind))).max();
                if let Some(((from, start), kind)) = open.filter(|_| *self.elements_left > 0) {
                    if kind.delimiter_length() == 1
                        && !slice::between(self.text, start, at).contains(char::is_alphanumeric)
                    {
                        // Only punctuation between the delimiters, as in the emoticon `(*^_^*)`.
                        for open in &mut self.open_delimiters {
                            *open = open.filter(|(open, _)| *open < from);
                        }
                        opens = false;
                        continue;
                    }
                    self.flush_text(closed);
                    let children = self.take_children(from);
                    closed += kind.delimiter_length();
                    self.text_start = closed;
                    self.push_node(closed, closed, kind.node(children));
                }
            }
        }
        if closed == at && opens {
            self.flush_text(at);
            let mut delimiter_end = at;
            for kind in run.kinds {
                delimiter_end += kind.delimiter_length();
                self.open_delimiters[*kind as usize] = Some((self.nodes.len(), delimiter_end));
                self.flush_text(delimiter_end);
            }
        }
        end
    }
}

// Joins adjacent text nodes.
fn merge_adjacent_text(nodes: Vec<Node>) -> Vec<Node> {
    let mut merged: Vec<Node> = Vec::new();
    for node in nodes {
        match (merged.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, node) => merged.push(node),
        }
    }
    merged
}
