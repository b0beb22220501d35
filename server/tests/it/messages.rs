//! Operations on messages in an engine: posts, edits, deletions, reactions, replies and topics.

mod erasure;
mod fixture;
mod migration;
mod pages;
mod reactions;
mod rules;
