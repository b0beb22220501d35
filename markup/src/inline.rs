//! What stands within lines: emphasis, code, links, mentions.
//!
//! One pass from left to right. A mark that may open something is put out as text and remembered; the mark that closes
//! it makes a node of all that was put out since. Nothing is read twice: of each kind of emphasis only the last open
//! mark is remembered (CommonMark's nearest opener, §6.2), so nesting is bounded by the number of kinds, and what was
//! looked for in vain once is not looked for again.

mod reference;

use std::ops::Range;

use super::{
    Node, address, delimiter,
    delimiter::Emphasis,
    escape,
    line::Joined,
    mention::{Nobody, Resolver},
    part,
};

/// Longest marks of code, in backticks. Each length may have to be looked for in vain once, so there are only so many.
const LONGEST_CODE_MARK: usize = 8;

/// The nodes of a text without blocks, at most `left` of them elements.
pub(super) fn parse(source: &Joined, left: &mut usize, mentions: &mut dyn Resolver) -> Vec<Node> {
    // A link has no mention in it. Whether a bracket begins a link shows behind the `@`, so the links are looked for first.
    let links = if source.text.contains("](") && source.text.contains('@') {
        let (mut left, mut nobody) = (*left, Nobody);
        let mut line = Line::new(source, &mut left, &mut nobody, Vec::new());
        line.read();
        line.link_texts
    } else {
        Vec::new()
    };
    let mut line = Line::new(source, left, mentions, links);
    line.read();
    merged(line.nodes)
}

struct Line<'a> {
    text: &'a str,
    source: &'a Joined,
    mentions: &'a mut dyn Resolver,
    /// Texts of links, where no mention is: found by a first reading, ascending.
    links: Vec<Range<usize>>,
    /// The texts of the links of this reading.
    link_texts: Vec<Range<usize>>,
    /// The end of the last line in which an `@` was found.
    line_end: usize,
    /// Parentheses that end an address.
    unpaired: address::Unpaired,
    /// From here on nothing is put out yet.
    kept: usize,
    nodes: Vec<Node>,
    /// The open mark of each kind of emphasis: its place in `nodes`, and the end of its mark in the text.
    open: [Option<(usize, usize)>; Emphasis::KINDS],
    /// Open brackets: their places in `nodes` and in the text.
    brackets: Vec<(usize, usize)>,
    /// Whether a bracket may have to be remembered at all.
    has_links: bool,
    /// Lengths of code marks that don't come again.
    endless_code: [bool; LONGEST_CODE_MARK + 1],
    left: &'a mut usize,
}

impl<'a> Line<'a> {
    fn new(source: &'a Joined, left: &'a mut usize, mentions: &'a mut dyn Resolver, links: Vec<Range<usize>>) -> Self {
        let text = source.text.as_str();
        Self {
            text,
            source,
            mentions,
            links,
            link_texts: Vec::new(),
            line_end: 0,
            unpaired: address::Unpaired::default(),
            kept: 0,
            nodes: Vec::new(),
            open: [None; Emphasis::KINDS],
            brackets: Vec::new(),
            has_links: text.contains("]("),
            endless_code: [false; LONGEST_CODE_MARK + 1],
            left,
        }
    }

    fn read(&mut self) {
        let mut at = 0;
        while let Some(&byte) = self.text.as_bytes().get(at).filter(|_| *self.left > 0) {
            at = match byte {
                b'\\' => self.backslash(at),
                b'`' => self.code(at),
                b'*' | b'_' | b'~' => self.delimiter(at, byte),
                b'[' if self.has_links => self.bracket(at),
                b']' if self.has_links => self.link(at),
                b'@' => self.mention(at),
                b'h' | b'H' | b'm' | b'M' => self.address(at),
                _ => at + 1,
            };
        }
        self.put_out(self.text.len());
    }

    fn before(&self, at: usize) -> Option<char> {
        part::char_before(self.text, at)
    }

    /// Puts out what is text up to a place.
    fn put_out(&mut self, to: usize) {
        if self.kept < to {
            self.nodes.push(Node::Text(part::copy(self.text, self.kept, to)));
        }
        self.kept = to;
    }

    /// Puts out a node for a part of the text, and goes on behind it.
    fn put_out_node(&mut self, from: usize, to: usize, node: Node) -> usize {
        self.put_out(from);
        self.nodes.push(node);
        *self.left -= 1;
        self.kept = to;
        to
    }

    /// Takes back what was put out from a place on; what was open there is open no more. Its mark is not part of it.
    fn take_back(&mut self, from: usize) -> Vec<Node> {
        let inside = self.nodes.split_off(from + 1);
        self.nodes.truncate(from);
        for open in &mut self.open {
            *open = open.filter(|(open, _)| *open < from);
        }
        while self.brackets.last().is_some_and(|(open, _)| *open >= from) {
            self.brackets.pop();
        }
        merged(inside)
    }

    fn backslash(&mut self, at: usize) -> usize {
        let escape = escape::read(self.text, at);
        if escape.hidden > 0 {
            self.put_out(at);
            self.kept = at + escape.hidden;
        }
        escape.end
    }

    // §6.1, but line breaks are kept and blank code is text.
    fn code(&mut self, at: usize) -> usize {
        let length = part::run(self.text, at, b'`');
        let start = at + length;
        if length > LONGEST_CODE_MARK || self.endless_code[length] {
            return start;
        }
        let mut end = start;
        while let Some(found) = part::from(self.text, end).bytes().position(|byte| byte == b'`') {
            let mark = end + found;
            let found = part::run(self.text, mark, b'`');
            end = mark + found;
            if found == length {
                let code = part::between(self.text, start, mark);
                if part::is_blank(code) {
                    return start;
                }
                let code = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' ')).unwrap_or(code);
                return self.put_out_node(at, end, Node::Code(code.to_owned()));
            }
        }
        self.endless_code[length] = true;
        start
    }

    fn delimiter(&mut self, at: usize, byte: u8) -> usize {
        let length = part::run(self.text, at, byte);
        let end = at + length;
        let run = delimiter::Run::new(byte, length, self.before(at), part::next_char(self.text, end));
        let (mut closed, mut opens) = (at, run.opens);
        if run.closes {
            // Of `***` the mark that was opened last is closed first.
            for _ in run.kinds {
                let open = run.kinds.iter().filter_map(|kind| Some((self.open[*kind as usize]?, *kind))).max();
                if let Some(((from, start), kind)) = open.filter(|_| *self.left > 0) {
                    if kind.length() == 1 && !part::between(self.text, start, at).contains(char::is_alphanumeric) {
                        // Nothing but punctuation: the ears of `(*^_^*)`, which enclose no words.
                        for open in &mut self.open {
                            *open = open.filter(|(open, _)| *open < from);
                        }
                        opens = false;
                        continue;
                    }
                    self.put_out(closed);
                    let inside = self.take_back(from);
                    closed += kind.length();
                    self.kept = closed;
                    self.put_out_node(closed, closed, kind.node(inside));
                }
            }
        }
        if closed == at && opens {
            self.put_out(at);
            let mut mark = at;
            for kind in run.kinds {
                mark += kind.length();
                self.open[*kind as usize] = Some((self.nodes.len(), mark));
                self.put_out(mark);
            }
        }
        end
    }
}

// Texts side by side become one.
fn merged(nodes: Vec<Node>) -> Vec<Node> {
    let mut merged: Vec<Node> = Vec::new();
    for node in nodes {
        match (merged.last_mut(), node) {
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, node) => merged.push(node),
        }
    }
    merged
}
