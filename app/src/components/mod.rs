//! What is drawn, one concept a file. [`app`] puts the rest together.

#![allow(
    unreachable_pub,
    clippy::needless_pass_by_value,
    reason = "the component macro makes its own pub items, and takes every property by value"
)]

mod act;
pub mod app;
mod attributes;
pub mod avatar;
mod banner;
mod command;
mod completion;
pub mod composer;
mod element;
mod focus;
mod footer;
mod header;
mod insertion;
pub mod join;
mod key;
mod keys;
pub mod markup;
mod me;
mod message;
mod message_focus;
mod modal;
mod panel;
mod people;
mod picker;
mod pill;
mod room_finder;
mod rooms;
mod scroll;
mod search;
pub mod settings;
mod sheet;
mod speaker;
mod timeline;
mod touch;
mod transfer;
