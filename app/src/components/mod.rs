//! The components of the page, one concept in each file. [`app`] composes them.

#![allow(
    unreachable_pub,
    clippy::needless_pass_by_value,
    reason = "the component macro makes its own pub items, and takes every property by value"
)]

mod account_menu;
mod actions;
pub mod app;
mod attributes;
pub mod avatar;
mod banner;
mod commands;
mod completion;
pub mod composer;
mod element;
mod file_drop;
mod focus;
mod footer;
mod header;
mod insertion;
pub mod join;
mod jump_to_latest;
mod key_reader;
mod live_region;
pub mod markup;
mod media_queries;
mod message;
mod message_actions;
mod message_focus;
mod modal;
mod panel;
mod people;
mod picker;
mod room_finder;
mod rooms;
mod scroll;
mod search;
mod server_links;
pub mod settings;
mod sheet;
mod shortcuts;
mod timeline;
mod touch_gestures;
