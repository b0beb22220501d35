//! Links, autolinks and mentions.

use super::InlineParser;
use crate::{Node, autolink, character::is_spaced_word, delimiter_run, slice};

impl InlineParser<'_> {
    pub(super) fn open_bracket(&mut self, at: usize) -> usize {
        self.flush_text(at);
        self.open_brackets.push((self.nodes.len(), at));
        self.flush_text(at + 1);
        at + 1
    }

    // An inline link (§6.3) without a title: a text in brackets, directly followed by a URL in parentheses.
    pub(super) fn close_bracket(&mut self, at: usize) -> usize {
        let Some((from, opened_at)) = self.open_brackets.pop() else { return at + 1 };
        let Some(destination) = slice::from(self.text, at + 1).strip_prefix('(') else { return at + 1 };
        let Some(length) = autolink::destination_length(destination) else { return at + 1 };
        if slice::is_blank(slice::between(self.text, opened_at + 1, at)) {
            return at + 1;
        }
        self.flush_text(at);
        let children = self.take_children(from);
        self.link_texts.push(opened_at..at);
        // Links cannot contain other links (§6.3), so the link text cannot be the URL of a different destination.
        self.open_brackets.clear();
        let end = at + 2 + length + 1;
        self.text_start = end;
        self.push_node(end, end, Node::Link { destination: slice::copy(destination, 0, length), children })
    }

    // A mention does not start directly after a word: `ana@example.org` contains none.
    pub(super) fn mention(&mut self, at: usize) -> usize {
        let before = self.char_before(at);
        let link = self.known_link_texts.partition_point(|link| link.end <= at);
        if before.is_some_and(|c| is_spaced_word(c) || matches!(c, '@' | '/' | '.' | '-' | '+'))
            || self.known_link_texts.get(link).is_some_and(|link| link.contains(&at))
        {
            return at + 1;
        }
        if self.line_end <= at {
            let rest = slice::from(self.text, at).bytes();
            self.line_end = at + rest.take_while(|byte| *byte != b'\n').count();
        }
        let rest = slice::between(self.text, at + 1, self.line_end);
        let name = self.mentions.resolve(self.source.message_offset(at), rest);
        match name.filter(|name| name.length > 0 && rest.get(..name.length).is_some()) {
            None => at + 1,
            Some(name) => {
                self.open_brackets.clear();
                let end = at + 1 + name.length;
                let text = slice::copy(self.text, at, end);
                self.push_node(at, end, Node::Mention { text, author: name.author })
            }
        }
    }

    pub(super) fn autolink(&mut self, at: usize) -> usize {
        if self.char_before(at).is_some_and(is_spaced_word) {
            return at + 1;
        }
        let open = self.open_delimiters.map(|open| open.is_some());
        let closes = |byte, run| delimiter_run::closing_length(open, byte, run);
        let Some(end) = autolink::bare_url_end(self.text, at, &mut self.unpaired_parentheses, &closes) else {
            return at + 1;
        };
        self.open_brackets.clear();
        let destination = slice::copy(self.text, at, end);
        self.push_node(at, end, Node::Link { children: vec![Node::Text(destination.clone())], destination })
    }
}
