//! The rows of the timeline as DOM nodes, grouped in blocks.
//!
//! When several items are inserted before others, Leptos' keyed list detaches and reinserts the ones that were there:
//! the browser lays all of them out again, and a focused row loses the focus. So rows that are inserted together become
//! a block of their own, and the nodes in other blocks do not move.

use std::ops::Range;
use std::sync::Arc;

use leptos::prelude::*;

use super::rows::Row;

/// Maximum number of rows of a block when it is made, or when rows are added at its end.
const ROWS_PER_BLOCK: usize = 25;

/// A row, or a block of rows. One type for both: each type of signal and of list adds code to the WASM.
#[derive(Clone)]
pub struct RowNode {
    /// Unique among its siblings.
    pub key: Arc<str>,
    /// The content. A node never changes from a row to a block or back.
    pub content: ArcRwSignal<RowNodeContent>,
}

/// The content of a [`RowNode`].
pub enum RowNodeContent {
    /// A row.
    Row(Row),
    /// A block of rows or blocks.
    Block(Vec<RowNode>),
}

impl RowNodeContent {
    /// Returns the nodes of a block; none for a row.
    pub fn nodes(&self) -> &[RowNode] {
        if let Self::Block(nodes) = self { nodes } else { &[] }
    }
}

impl RowNode {
    fn new(key: Arc<str>, content: RowNodeContent) -> Self {
        Self { key, content: ArcRwSignal::new(content) }
    }

    /// Returns the root: an empty block of blocks.
    pub(crate) fn root() -> Self {
        Self::new(Arc::from("all"), RowNodeContent::Block(Vec::new()))
    }

    /// Makes `rows` the rows of this root. A row that stays keeps its signal, and with it its DOM node; a list is set
    /// only when a node in it is added, removed or moved.
    pub(crate) fn update(&self, rows: Vec<Row>) {
        let before = self.content.read_untracked().nodes().to_vec();
        let mut known: Vec<(usize, RowNode)> = Vec::with_capacity(rows.len());
        for (index, block) in before.iter().enumerate() {
            known.extend(block.content.read_untracked().nodes().iter().map(|node| (index, node.clone())));
        }
        let mut nodes = Vec::with_capacity(rows.len());
        let mut old_blocks = Vec::with_capacity(rows.len());
        let mut next = 0;
        for row in rows {
            // Mostly the node after the last one found: rows are added and removed, but seldom change their order.
            let (passed, ahead) = known.split_at(next);
            let found = ahead.iter().chain(passed).position(|(_, node)| node.key == row.key);
            if let Some(steps) = found {
                let found = (next + steps) % known.len();
                let (block, node) = &known[found];
                if !matches!(&*node.content.read_untracked(), RowNodeContent::Row(old) if *old == row) {
                    node.content.set(RowNodeContent::Row(row));
                }
                old_blocks.push(Some(*block));
                nodes.push(node.clone());
                next = found + 1;
            } else {
                old_blocks.push(None);
                nodes.push(Self::new(row.key.clone(), RowNodeContent::Row(row)));
            }
        }
        let mut after = Vec::new();
        for (block, range) in arrange(&old_blocks) {
            let nodes = &nodes[range];
            after.push(if let Some(block) = block {
                before[block].set_nodes(nodes);
                before[block].clone()
            } else {
                Self::new(block_key(nodes, &before), RowNodeContent::Block(nodes.to_vec()))
            });
        }
        self.set_nodes(&after);
    }

    fn set_nodes(&self, nodes: &[RowNode]) {
        let same =
            |old: &[RowNode]| old.len() == nodes.len() && old.iter().zip(nodes).all(|(old, new)| old.key == new.key);
        if !same(self.content.read_untracked().nodes()) {
            self.content.set(RowNodeContent::Block(nodes.to_vec()));
        }
    }
}

/// A block has the key of its first row, with a suffix if a block of that key exists already (its row was removed and
/// is back).
fn block_key(nodes: &[RowNode], before: &[RowNode]) -> Arc<str> {
    let mut key = nodes[0].key.clone();
    while before.iter().any(|block| block.key == key) {
        key = Arc::from([&key, "+"].concat());
    }
    key
}

/// Groups rows in blocks. `old_blocks` has for each row the index of the block that it was in, if it is not new.
/// Returns each block's rows, and the index of the block that it continues, if it continues one.
fn arrange(old_blocks: &[Option<usize>]) -> Vec<(Option<usize>, Range<usize>)> {
    let mut blocks: Vec<(Option<usize>, Range<usize>)> = Vec::new();
    // The last of the old blocks that are continued.
    let mut continued = None;
    // All rows inserted before the others become one block: of several, Leptos would move those that were there.
    let has_known = old_blocks.iter().any(Option::is_some);
    for (index, old) in old_blocks.iter().enumerate() {
        let continues = old.is_some_and(|old| continued.is_none_or(|continued| old > continued));
        let fits = blocks.last().is_some_and(|(of, rows)| match old {
            // In its own block or, if it moved up, in the block where it is now.
            Some(_) => of.is_some() || rows.len() < ROWS_PER_BLOCK,
            None => rows.len() < ROWS_PER_BLOCK || (has_known && continued.is_none()),
        });
        if continues {
            continued = *old;
            blocks.push((*old, index..index + 1));
        } else if fits {
            if let Some((_, rows)) = blocks.last_mut() {
                rows.end = index + 1;
            }
        } else {
            blocks.push((None, index..index + 1));
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rows_before_all_others_form_a_block_and_move_none_of_them() {
        let old_blocks = [None, None, Some(0), Some(0), Some(1)];
        assert_eq!(arrange(&old_blocks), [(None, 0..2), (Some(0), 2..4), (Some(1), 4..5)]);
    }

    #[test]
    fn any_number_of_rows_before_all_others_is_one_block() {
        let old_blocks: Vec<_> = std::iter::repeat_n(None, 60).chain([Some(0), Some(1)]).collect();
        assert_eq!(arrange(&old_blocks), [(None, 0..60), (Some(0), 60..61), (Some(1), 61..62)]);
    }

    #[test]
    fn rows_within_a_block_or_at_its_end_belong_to_it() {
        let old_blocks = [Some(2), None, Some(2), Some(3), None];
        assert_eq!(arrange(&old_blocks), [(Some(2), 0..3), (Some(3), 3..5)]);
    }

    #[test]
    fn many_rows_form_several_blocks() {
        let old_blocks: Vec<_> = std::iter::repeat_n(None, 60).collect();
        assert_eq!(arrange(&old_blocks), [(None, 0..25), (None, 25..50), (None, 50..60)]);
    }

    proptest! {
        #[test]
        fn every_row_is_in_one_block_in_order_and_no_block_is_continued_twice(
            old_blocks in prop::collection::vec(prop::option::of(0usize..6), 0..200),
        ) {
            let blocks = arrange(&old_blocks);
            let mut at = 0;
            let mut continued = Vec::new();
            for (old, rows) in blocks {
                prop_assert_eq!(rows.start, at);
                prop_assert!(rows.end > rows.start);
                at = rows.end;
                continued.extend(old);
            }
            prop_assert_eq!(at, old_blocks.len());
            prop_assert!(continued.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
