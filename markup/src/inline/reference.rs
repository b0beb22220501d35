//! What refers to something outside of the message: links, addresses, mentions.

use super::Line;
use crate::{Node, address, character::is_spaced_word, delimiter, part};

impl Line<'_> {
    pub(super) fn bracket(&mut self, at: usize) -> usize {
        self.put_out(at);
        self.brackets.push((self.nodes.len(), at));
        self.put_out(at + 1);
        at + 1
    }

    // §6.3, without titles: a text in brackets and right behind it an address in parentheses.
    pub(super) fn link(&mut self, at: usize) -> usize {
        let Some((from, opened_at)) = self.brackets.pop() else { return at + 1 };
        let Some(destination) = part::from(self.text, at + 1).strip_prefix('(') else { return at + 1 };
        let Some(length) = address::destination(destination) else { return at + 1 };
        if part::is_blank(part::between(self.text, opened_at + 1, at)) {
            return at + 1;
        }
        self.put_out(at);
        let inside = self.take_back(from);
        self.link_texts.push(opened_at..at);
        // A link has no link in it (§6.3): what is shown can't be the address of another place.
        self.brackets.clear();
        let end = at + 2 + length + 1;
        self.kept = end;
        self.put_out_node(end, end, Node::Link { address: part::copy(destination, 0, length), inside })
    }

    // A mention begins at no word: in `ana@example.org` there is none.
    pub(super) fn mention(&mut self, at: usize) -> usize {
        let before = self.before(at);
        let link = self.links.partition_point(|link| link.end <= at);
        if before.is_some_and(|c| is_spaced_word(c) || matches!(c, '@' | '/' | '.' | '-' | '+'))
            || self.links.get(link).is_some_and(|link| link.contains(&at))
        {
            return at + 1;
        }
        if self.line_end <= at {
            let rest = part::from(self.text, at).bytes();
            self.line_end = at + rest.take_while(|byte| *byte != b'\n').count();
        }
        let rest = part::between(self.text, at + 1, self.line_end);
        let name = self.mentions.resolve(self.source.origin(at), rest);
        match name.filter(|name| name.length > 0 && rest.get(..name.length).is_some()) {
            None => at + 1,
            Some(name) => {
                self.brackets.clear();
                let end = at + 1 + name.length;
                let text = part::copy(self.text, at, end);
                self.put_out_node(at, end, Node::Mention { text, author: name.author })
            }
        }
    }

    pub(super) fn address(&mut self, at: usize) -> usize {
        if self.before(at).is_some_and(is_spaced_word) {
            return at + 1;
        }
        let open = self.open.map(|open| open.is_some());
        let closes = |byte, run| delimiter::closing(open, byte, run);
        let Some(end) = address::bare(self.text, at, &mut self.unpaired, &closes) else { return at + 1 };
        self.brackets.clear();
        let address = part::copy(self.text, at, end);
        self.put_out_node(at, end, Node::Link { inside: vec![Node::Text(address.clone())], address })
    }
}
