//! The lines of the timeline as they stand in the document: in blocks.
//!
//! Leptos keeps the nodes of a list's items, but takes them all out and puts them in again where several come before
//! them: the browser then lays everything out anew, and whoever had the focus loses it. Lines that come together come
//! as a block, before which nothing in the other blocks moves.

use std::ops::Range;
use std::sync::Arc;

use leptos::prelude::*;

use crate::state::rows::Row;

/// Lines that a block has at most when it is made, or when others are put at its end.
const BLOCK: usize = 25;

/// A line or a block of them. One type for all of it, for each type of signal and of list is code of its own in WASM.
#[derive(Clone)]
pub struct Part {
    /// Names it among those beside it.
    pub key: Arc<str>,
    /// What it is. It stays a line, or a block.
    pub content: ArcRwSignal<Content>,
}

/// What a part is.
pub enum Content {
    /// A line, and what it says.
    Line(Row),
    /// A block, and what is in it.
    Block(Vec<Part>),
}

impl Content {
    /// What is in it, if it is a block.
    pub fn parts(&self) -> &[Part] {
        if let Self::Block(parts) = self { parts } else { &[] }
    }
}

impl Part {
    fn new(key: Arc<str>, content: Content) -> Self {
        Self { key, content: ArcRwSignal::new(content) }
    }

    /// All lines together: a block of blocks.
    pub(crate) fn all() -> Self {
        Self::new(Arc::from("all"), Content::Block(Vec::new()))
    }

    /// Makes the lines those of the rows. Lines that stay keep their signal, and with it their DOM node; a list changes
    /// only when something in it comes, goes or moves.
    pub(crate) fn draw(&self, rows: Vec<Row>) {
        let before = self.content.read_untracked().parts().to_vec();
        let mut known: Vec<(usize, Part)> = Vec::with_capacity(rows.len());
        for (index, block) in before.iter().enumerate() {
            known.extend(block.content.read_untracked().parts().iter().map(|line| (index, line.clone())));
        }
        let mut lines = Vec::with_capacity(rows.len());
        let mut homes = Vec::with_capacity(rows.len());
        let mut at = 0;
        for row in rows {
            // Most often the line that follows the last one found: lines come and go, but seldom change places.
            let (passed, ahead) = known.split_at(at);
            let found = ahead.iter().chain(passed).position(|(_, line)| line.key == row.key);
            if let Some(steps) = found {
                let found = (at + steps) % known.len();
                let (home, line) = &known[found];
                if !matches!(&*line.content.read_untracked(), Content::Line(old) if *old == row) {
                    line.content.set(Content::Line(row));
                }
                homes.push(Some(*home));
                lines.push(line.clone());
                at = found + 1;
            } else {
                homes.push(None);
                lines.push(Self::new(row.key.clone(), Content::Line(row)));
            }
        }
        let mut after = Vec::new();
        for (home, range) in arrange(&homes) {
            let lines = &lines[range];
            after.push(if let Some(home) = home {
                before[home].hold(lines);
                before[home].clone()
            } else {
                Self::new(name(lines, &before), Content::Block(lines.to_vec()))
            });
        }
        self.hold(&after);
    }

    fn hold(&self, parts: &[Part]) {
        let same =
            |old: &[Part]| old.len() == parts.len() && old.iter().zip(parts).all(|(old, new)| old.key == new.key);
        if !same(self.content.read_untracked().parts()) {
            self.content.set(Content::Block(parts.to_vec()));
        }
    }
}

/// A block is named after the line that it begins with. Another one may still be, if that line had gone and is back.
fn name(lines: &[Part], before: &[Part]) -> Arc<str> {
    let mut name = lines[0].key.clone();
    while before.iter().any(|block| block.key == name) {
        name = Arc::from([&name, "+"].concat());
    }
    name
}

/// Which lines make a block, and which of the blocks before it is, if it is one of them. `homes` says of each line in
/// which block it was.
fn arrange(homes: &[Option<usize>]) -> Vec<(Option<usize>, Range<usize>)> {
    let mut blocks: Vec<(Option<usize>, Range<usize>)> = Vec::new();
    // The last of the blocks before that is among them.
    let mut reached = None;
    // However many come before all others, they are one block: of several, Leptos would move those that were there.
    let is_growing = homes.iter().any(Option::is_some);
    for (line, home) in homes.iter().enumerate() {
        let follows = home.is_some_and(|home| reached.is_none_or(|reached| home > reached));
        let fits = blocks.last().is_some_and(|(of, lines)| match home {
            // Where it was, or, if it has gone back, wherever it comes to stand.
            Some(_) => of.is_some() || lines.len() < BLOCK,
            None => lines.len() < BLOCK || (is_growing && reached.is_none()),
        });
        if follows {
            reached = *home;
            blocks.push((*home, line..line + 1));
        } else if fits {
            if let Some((_, lines)) = blocks.last_mut() {
                lines.end = line + 1;
            }
        } else {
            blocks.push((None, line..line + 1));
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_comes_before_all_others_is_a_block_and_moves_none_of_them() {
        let homes = [None, None, Some(0), Some(0), Some(1)];
        assert_eq!(arrange(&homes), [(None, 0..2), (Some(0), 2..4), (Some(1), 4..5)]);
    }

    #[test]
    fn however_many_come_before_all_others_they_are_one_block() {
        let homes: Vec<_> = std::iter::repeat_n(None, 60).chain([Some(0), Some(1)]).collect();
        assert_eq!(arrange(&homes), [(None, 0..60), (Some(0), 60..61), (Some(1), 61..62)]);
    }

    #[test]
    fn what_comes_within_a_block_or_at_the_end_belongs_to_it() {
        let homes = [Some(2), None, Some(2), Some(3), None];
        assert_eq!(arrange(&homes), [(Some(2), 0..3), (Some(3), 3..5)]);
    }

    #[test]
    fn many_are_several_blocks() {
        let homes: Vec<_> = std::iter::repeat_n(None, 60).collect();
        assert_eq!(arrange(&homes), [(None, 0..25), (None, 25..50), (None, 50..60)]);
    }

    proptest! {
        #[test]
        fn every_line_is_in_one_block_in_its_order_and_no_block_comes_twice(
            homes in prop::collection::vec(prop::option::of(0usize..6), 0..200),
        ) {
            let blocks = arrange(&homes);
            let mut at = 0;
            let mut old = Vec::new();
            for (home, lines) in blocks {
                prop_assert_eq!(lines.start, at);
                prop_assert!(lines.end > lines.start);
                at = lines.end;
                old.extend(home);
            }
            prop_assert_eq!(at, homes.len());
            prop_assert!(old.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
