//! What the components render: rows, labels and lists made from the state, in the reader's language.

#[cfg(test)]
pub(crate) mod fixtures;
pub mod labels;
pub mod locale;
pub mod row_blocks;
pub mod rows;
pub mod view_state;
